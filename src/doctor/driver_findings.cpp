#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "detect/roles.h"
#include "doctor/examination.h"

// Why a modem that is on USB has no tty, or not the one for PPP.
namespace tunppp::doctor {
namespace {

using detect::ModemDevice;
using detect::UsbInterface;
using modem::PortRole;

struct SerialDriver {
  std::string_view module;
  std::string_view option;                  ///< that builds it
  std::string_view config;                  ///< all that it needs
  std::string_view bus_driver;              ///< below /sys/bus/usb-serial/drivers
  std::array<std::string_view, 2> needs{};  ///< modules besides, where no modules.dep tells them
};

// The modules and the options in drivers/usb/serial and drivers/usb/class.
constexpr auto serial_drivers = std::to_array<SerialDriver>({
    {"option",
     "CONFIG_USB_SERIAL_OPTION",
     "CONFIG_USB_SERIAL=m CONFIG_USB_SERIAL_WWAN=m CONFIG_USB_SERIAL_OPTION=m",
     "option1",
     {"usb_wwan", "usbserial"}},
    {"qcserial",
     "CONFIG_USB_SERIAL_QUALCOMM",
     "CONFIG_USB_SERIAL=m CONFIG_USB_SERIAL_WWAN=m CONFIG_USB_SERIAL_QUALCOMM=m",
     "qcserial",
     {"usb_wwan", "usbserial"}},
    {"sierra",
     "CONFIG_USB_SERIAL_SIERRAWIRELESS",
     "CONFIG_USB_SERIAL=m CONFIG_USB_SERIAL_SIERRAWIRELESS=m",
     "sierra1",
     {"usbserial"}},
    {"cdc_acm", "CONFIG_USB_ACM", "CONFIG_USB_ACM=m", "", {}},
});

const SerialDriver& driver_named(std::string_view module) {
  const auto found =
      std::find_if(serial_drivers.begin(), serial_drivers.end(),
                   [&](const SerialDriver& driver) { return driver.module == module; });
  return found == serial_drivers.end() ? serial_drivers.front() : *found;
}

bool is_serial_driver(const std::string& module) {
  return std::any_of(serial_drivers.begin(), serial_drivers.end(),
                     [&](const SerialDriver& driver) { return driver.module == module; });
}

/// By the tables of the kernel itself; where they say nothing, by class and vendor.
const SerialDriver& driver_for(const Kernel& kernel, const ModemDevice& modem,
                               const UsbInterface& interface) {
  for (const std::string& module : kernel.modules_for(interface.modalias))
    if (is_serial_driver(module)) return driver_named(module);
  constexpr std::uint8_t communications = 0x02;
  constexpr std::uint8_t communications_data = 0x0a;
  constexpr std::uint16_t sierra_wireless = 0x1199;
  if (interface.interface_class == communications ||
      interface.interface_class == communications_data)
    return driver_named("cdc_acm");
  return driver_named(modem.vendor == sierra_wireless ? "qcserial" : "option");
}

std::string name_of_interface(const UsbInterface& interface) {
  return interface.path.substr(interface.path.rfind('/') + 1);
}

Evidence driver_link(const UsbInterface& interface) {
  return {"/sys/bus/usb/devices/" + name_of_interface(interface) + "/driver",
          interface.driver.empty()
              ? fmt::format("is not there (interface {:02x}/{:02x}/{:02x})",
                            interface.interface_class, interface.subclass, interface.protocol)
              : interface.driver};
}

/// The interface that should have a tty: that for PPP, else that for AT, else any serial one.
const UsbInterface* wanted_interface(const ModemDevice& modem) {
  for (const PortRole role : {PortRole::modem, PortRole::at})
    for (const UsbInterface& interface : modem.interfaces)
      if (interface.role.role == role) return &interface;
  for (const UsbInterface& interface : modem.interfaces)
    if (detect::is_serial(interface)) return &interface;
  return nullptr;
}

bool is_in_kernel(const Examination& examination, const SerialDriver& driver) {
  const std::string module(driver.module);
  return examination.kernel.state_of(module, driver.option) == ModuleState::running ||
         examination.system.exists("/sys/bus/usb/drivers/" + module) ||
         examination.system.exists("/sys/module/" + module);
}

/// Whether the driver has the modem's identity in its list: by modules.alias, else by whether we
/// know it ourselves.
bool is_known_to_driver(const Examination& examination, const ModemDevice& modem,
                        const UsbInterface& interface, const SerialDriver& driver) {
  if (!examination.kernel.knows_aliases()) return modem.is_known();
  const std::vector<std::string> modules = examination.kernel.modules_for(interface.modalias);
  return std::find(modules.begin(), modules.end(), driver.module) != modules.end();
}

Cause cause_of(const Examination& examination, const ModemDevice& modem,
               const UsbInterface& interface, const SerialDriver& driver) {
  const ModuleState state = examination.kernel.state_of(std::string(driver.module), driver.option);
  if (is_in_kernel(examination, driver))
    return is_known_to_driver(examination, modem, interface, driver) || driver.bus_driver.empty()
               ? Cause::driver_not_bound
               : Cause::driver_unknown_id;
  return state == ModuleState::absent ? Cause::driver_not_built : Cause::driver_not_loaded;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// The driver's module, and what it needs that is not there either.
std::vector<std::string> missing_modules(const Kernel& kernel, const SerialDriver& driver) {
  std::vector<std::string> missing = kernel.missing_of(std::string(driver.module));
  for (const std::string_view need : driver.needs) {
    if (need.empty()) continue;
    for (std::string& module : kernel.missing_of(std::string(need)))
      if (std::find(missing.begin(), missing.end(), module) == missing.end())
        missing.push_back(std::move(module));
  }
  return missing;
}

void examine_without_tty(Examination& examination, const ModemDevice& modem) {
  const UsbInterface* interface = wanted_interface(modem);
  if (!interface) return;
  const Kernel& kernel = examination.kernel;
  const SerialDriver& driver = driver_for(kernel, modem, *interface);
  const std::string module(driver.module);
  const Cause cause = cause_of(examination, modem, *interface, driver);
  std::vector<Evidence> seen{driver_link(*interface)};
  for (Evidence& more : kernel.evidence_of(module, driver.option)) seen.push_back(std::move(more));
  if (cause == Cause::driver_unknown_id && kernel.knows_aliases())
    seen.push_back({kernel.modules_directory() + "/modules.alias",
                    fmt::format("has no {} for {}", module, interface->modalias)});
  const std::vector<std::string> missing = missing_modules(kernel, driver);
  const bool names_missing = cause == Cause::driver_not_built && !missing.empty();
  if (names_missing && missing.size() > 1)
    seen.push_back({kernel.modules_directory(), "missing: " + joined(missing)});
  examination.add(cause, std::move(seen),
                  {{"modem", detect::describe(modem)},
                   {"module", names_missing ? joined(missing) : module},
                   {"config", std::string(driver.config)},
                   {"bus_driver", std::string(driver.bus_driver)},
                   {"vendor", fmt::format("{:04x}", modem.vendor)},
                   {"product", fmt::format("{:04x}", modem.product)},
                   {"interface", name_of_interface(*interface)},
                   {"release", kernel.release().empty() ? "uname -r" : kernel.release()}});
}

/// Some interfaces have ttys, but that for PPP has none.
void examine_missing_port(Examination& examination, const ModemDevice& modem) {
  if (modem.interfaces.empty() || modem.ports.empty()) return;
  const auto interface = std::find_if(
      modem.interfaces.begin(), modem.interfaces.end(), [](const UsbInterface& candidate) {
        return candidate.role.role == PortRole::modem && candidate.tty.empty();
      });
  if (interface == modem.interfaces.end() || interface->role.guess) return;
  const bool has_another =
      std::any_of(modem.ports.begin(), modem.ports.end(),
                  [](const detect::Port& port) { return port.role() == PortRole::modem; });
  if (has_another) return;
  const detect::Port* other = modem.ppp_port();
  std::vector<Evidence> seen{driver_link(*interface)};
  for (const detect::Port& port : modem.ports)
    seen.push_back(
        {"/sys/class/tty/" + port.tty,
         fmt::format("interface {}, {}", port.interface.number, detect::name_of(port.role()))});
  // On the AT port one can dial as well, mostly: then it is only a pity.
  examination.add(Cause::tty_interface_missing, other ? Severity::warning : Severity::error,
                  std::move(seen),
                  {{"modem", detect::describe(modem)},
                   {"number", std::to_string(interface->number)},
                   {"other", other ? other->device : modem.ports.front().device}});
}

}  // namespace

void examine_drivers(Examination& examination) {
  if (examination.is_about_another_line()) return;
  for (const ModemDevice& modem : examination.inventory.modems) {
    if (modem.mode != detect::Mode::serial) continue;
    if (modem.ports.empty())
      examine_without_tty(examination, modem);
    else
      examine_missing_port(examination, modem);
  }
}

}  // namespace tunppp::doctor
