#include <algorithm>
#include <array>
#include <optional>

#include "doctor/boot_files.h"
#include "doctor/examination.h"

// Whether a modem on USB could be seen at all: hosts, gadgets, power.
namespace tunppp::doctor {
namespace {

// "usb1": the hub that every host has in itself.
bool is_root_hub(const std::string& name) {
  return name.size() > 3 && name.starts_with("usb") &&
         name.find_first_not_of("0123456789", 3) == name.npos;
}

bool has_root_hub(const tty::SystemTree& system, const std::string& directory) {
  const std::vector<std::string> names = system.list(directory);
  return std::any_of(names.begin(), names.end(), is_root_hub);
}

// The controllers that can be devices, as platform devices of Raspberry Pis: Zero and 1; 2, 3 and
// Zero 2; 4.
constexpr auto dwc2_devices =
    std::to_array<std::string_view>({"20980000.usb", "3f980000.usb", "fe980000.usb"});

struct Controller {
  std::string name;  ///< "20980000.usb"
  bool is_host = false;
  std::vector<Evidence> seen;
};

std::vector<std::string> gadget_modules(const Kernel& kernel) {
  std::vector<std::string> names;
  for (const std::string& module : kernel.loaded())
    if (module.starts_with("g_") || module == "libcomposite") names.push_back(module);
  return names;
}

/// What says that a gadget has been set up.
std::vector<Evidence> gadget_drivers(const Examination& examination) {
  std::vector<Evidence> seen;
  for (const std::string& module : gadget_modules(examination.kernel))
    seen.push_back({"/proc/modules", module + " is loaded"});
  const std::string configured = "/sys/kernel/config/usb_gadget";
  for (const std::string& gadget : examination.system.list(configured)) {
    const std::string path = configured + "/" + gadget + "/UDC";
    if (const std::string udc = examination.system.line(path); !udc.empty())
      seen.push_back({path, udc});
  }
  return seen;
}

/// What chose the mode: lines of config.txt and arguments of the kernel.
std::vector<Evidence> gadget_choices(const Examination& examination) {
  std::vector<Evidence> seen;
  for (const char* path : {"/boot/firmware/config.txt", "/boot/config.txt"}) {
    for (const BootSetting& setting : parse_boot_config(examination.system.read(path).value_or("")))
      if (setting.name == "dtoverlay" &&
          (setting.value == "dwc2" || setting.value.starts_with("dwc2,")))
        seen.push_back({path, setting.text});
  }
  for (const KernelArgument& argument : examination.kernel.arguments())
    if (argument.name == "modules-load" && argument.value.find("g_") != std::string::npos)
      seen.push_back({"/proc/cmdline", argument.text});
  return seen;
}

/// "/proc/device-tree/soc/usb@7e980000/dr_mode", though /proc/device-tree is a link.
std::vector<Evidence> device_tree_modes(const tty::SystemTree& system, std::string_view mode) {
  std::vector<Evidence> seen;
  const std::string root = system.resolve("/proc/device-tree").value_or("");
  if (root.empty()) return seen;
  for (const std::string& path : system.find(root, "dr_mode"))
    if (system.line(path) == mode)
      seen.push_back({"/proc/device-tree" + path.substr(root.size()), std::string(mode)});
  return seen;
}

Controller controller_of(const tty::SystemTree& system, const std::string& udc) {
  const std::string path = "/sys/class/udc/" + udc;
  Controller controller{.name = udc, .is_host = false, .seen = {}};
  // .../20980000.usb/udc/20980000.usb
  std::string device = system.resolve(path).value_or("");
  if (const std::size_t end = device.rfind("/udc/"); end != device.npos) {
    device.erase(end);
    controller.is_host = has_root_hub(system, device);
  }
  const std::string state = system.line(path + "/state");
  controller.seen.push_back({path, state.empty() ? "is there" : state});
  return controller;
}

std::vector<Controller> device_controllers(const Examination& examination) {
  const tty::SystemTree& system = examination.system;
  std::vector<Controller> controllers;
  for (const std::string& udc : system.list("/sys/class/udc"))
    controllers.push_back(controller_of(system, udc));
  for (const std::string_view name : dwc2_devices) {
    const std::string path = "/sys/bus/platform/devices/" + std::string(name);
    if (!system.exists(path) || has_root_hub(system, path)) continue;
    const auto known =
        std::find_if(controllers.begin(), controllers.end(),
                     [&](const Controller& controller) { return controller.name == name; });
    const Evidence no_hub{path + "/usb*", "is not there: it is no host"};
    if (known != controllers.end())
      known->seen.push_back(no_hub);
    else if (system.link_name(path + "/driver") == "dwc2")
      controllers.push_back({.name = std::string(name), .is_host = false, .seen = {no_hub}});
  }
  return controllers;
}

void append(std::vector<Evidence>& seen, const std::vector<Evidence>& more) {
  seen.insert(seen.end(), more.begin(), more.end());
}

bool is_built_as_peripheral(const Kernel& kernel) {
  return !kernel.log().forced_to_device.empty() ||
         kernel.config().is_on("CONFIG_USB_DWC2_PERIPHERAL");
}

std::vector<Evidence> seen_of_kernel(const Examination& examination) {
  const Kernel& kernel = examination.kernel;
  std::vector<Evidence> seen;
  if (!kernel.log().forced_to_device.empty())
    seen.push_back({"/dev/kmsg", kernel.log().forced_to_device});
  if (!kernel.config().is_known()) return seen;
  for (const char* option : {"CONFIG_USB_DWC2_PERIPHERAL", "CONFIG_USB"})
    seen.push_back({kernel.config().path(), kernel.config().line(option)});
  return seen;
}

/// Whether a controller is, or was told to be, a device; with a host elsewhere that is only a note.
bool examine_gadgets(Examination& examination, bool has_host) {
  std::vector<Evidence> seen;
  std::string name;
  for (const Controller& controller : device_controllers(examination)) {
    if (controller.is_host) continue;
    append(seen, controller.seen);
    if (name.empty()) name = controller.name;
  }
  append(seen, device_tree_modes(examination.system, "peripheral"));
  const bool by_kernel = is_built_as_peripheral(examination.kernel) &&
                         (!examination.kernel.log().forced_to_device.empty() || !seen.empty());
  if (seen.empty() && !by_kernel) return false;
  const Values values{{"controller", name.empty() ? "the USB controller" : name}};
  if (by_kernel) {
    std::vector<Evidence> kernel_first = seen_of_kernel(examination);
    append(kernel_first, seen);
    seen = std::move(kernel_first);
  }
  append(seen, gadget_choices(examination));
  append(seen, gadget_drivers(examination));
  examination.add(has_host    ? Cause::gadget_other_port
                  : by_kernel ? Cause::gadget_by_kernel
                              : Cause::gadget_by_overlay,
                  std::move(seen), values);
  return true;
}

/// A controller of both roles that has a gadget: without an OTG cable it remains a device.
void examine_bound_gadget(Examination& examination) {
  if (!examination.inventory.modems.empty()) return;
  const std::vector<Evidence> drivers = gadget_drivers(examination);
  if (drivers.empty()) return;
  for (const Controller& controller : device_controllers(examination)) {
    if (!controller.is_host) continue;
    std::vector<Evidence> seen = controller.seen;
    append(seen, drivers);
    append(seen, device_tree_modes(examination.system, "otg"));
    append(seen, gadget_choices(examination));
    examination.add(Cause::gadget_bound, std::move(seen));
    return;
  }
}

void examine_missing_host(Examination& examination) {
  const KernelConfig& config = examination.kernel.config();
  std::vector<Evidence> seen;
  const bool has_bus = examination.system.exists("/sys/bus/usb");
  if (has_bus)
    seen.push_back({"/sys/bus/usb/devices", "has no root hub (usb1 ...)"});
  else
    seen.push_back({"/sys/bus/usb", "is not there"});
  if (config.is_known()) seen.push_back({config.path(), config.line("CONFIG_USB")});
  const Cause cause = has_bus                       ? Cause::usb_no_controller
                      : config.is_off("CONFIG_USB") ? Cause::usb_host_not_built
                                                    : Cause::usb_host_not_loaded;
  examination.add(cause, std::move(seen));
}

}  // namespace

void examine_usb_host(Examination& examination) {
  if (examination.is_about_another_line()) return;
  const bool has_host = has_root_hub(examination.system, "/sys/bus/usb/devices");
  const bool is_gadget = examine_gadgets(examination, has_host);
  if (!has_host && !is_gadget) examine_missing_host(examination);
  if (has_host) examine_bound_gadget(examination);
}

}  // namespace tunppp::doctor
