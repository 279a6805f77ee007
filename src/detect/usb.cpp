#include "detect/usb.h"

#include "detect/hexadecimal.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace tunppp::detect {
namespace {

const std::string usb_bus = "/sys/bus/usb/devices";
constexpr std::uint8_t hub_class = 0x09;
constexpr std::size_t most_attributes = 128;  // in an interface's directory; there are about 20

bool has_interrupt_endpoint(const tty::SystemTree& system, const std::string& interface) {
  for (const std::string& entry : system.list(interface, most_attributes))
    if (entry.starts_with("ep_") && system.line(interface + "/" + entry + "/type") == "Interrupt")
      return true;
  return false;
}

/// Of usb-serial it is the interface's child, of cdc_acm its grandchild.
std::string tty_of(const tty::SystemTree& system, const std::string& interface) {
  for (const std::string& entry : system.list(interface, most_attributes)) {
    if (entry.starts_with("tty") && entry != "tty") return entry;
    if (entry != "tty") continue;
    const std::vector<std::string> ttys = system.list(interface + "/tty");
    if (!ttys.empty()) return ttys.front();
  }
  return {};
}

std::optional<UsbInterface> read_interface(const tty::SystemTree& system, const std::string& link) {
  const std::optional<std::string> path = system.resolve(link);
  if (!path) return std::nullopt;
  const auto number = hexadecimal<std::uint8_t>(system.line(*path + "/bInterfaceNumber"));
  if (!number) return std::nullopt;
  const auto byte = [&](const char* attribute) {
    return hexadecimal<std::uint8_t>(system.line(*path + attribute)).value_or(0);
  };
  UsbInterface interface;
  interface.path = *path;
  interface.number = *number;
  interface.interface_class = byte("/bInterfaceClass");
  interface.subclass = byte("/bInterfaceSubClass");
  interface.protocol = byte("/bInterfaceProtocol");
  interface.endpoints = byte("/bNumEndpoints");
  interface.interrupt_endpoint = has_interrupt_endpoint(system, *path);
  interface.modalias = system.line(*path + "/modalias");
  interface.driver = system.link_name(*path + "/driver");
  interface.tty = tty_of(system, *path);
  return interface;
}

std::optional<UsbDevice> read_device(const tty::SystemTree& system, const std::string& name) {
  const std::optional<std::string> path = system.resolve(usb_bus + "/" + name);
  if (!path) return std::nullopt;
  const auto vendor = hexadecimal<std::uint16_t>(system.line(*path + "/idVendor"));
  const auto product = hexadecimal<std::uint16_t>(system.line(*path + "/idProduct"));
  if (!vendor || !product) return std::nullopt;
  if (hexadecimal<std::uint8_t>(system.line(*path + "/bDeviceClass")) == hub_class)
    return std::nullopt;
  UsbDevice device;
  device.name = name;
  device.path = *path;
  device.vendor = *vendor;
  device.product = *product;
  device.manufacturer = system.line(*path + "/manufacturer");
  device.product_name = system.line(*path + "/product");
  return device;
}

}  // namespace

std::vector<UsbDevice> usb_devices(const tty::SystemTree& system) {
  std::vector<UsbDevice> devices;
  const std::vector<std::string> names = system.list(usb_bus);
  for (const std::string& name : names) {
    if (name.find(':') != name.npos) continue;
    if (std::optional<UsbDevice> device = read_device(system, name))
      devices.push_back(std::move(*device));
  }
  // "1-1.3:1.2" is interface 2 of configuration 1 of the device 1-1.3.
  for (UsbDevice& device : devices) {
    for (const std::string& name : names) {
      if (!name.starts_with(device.name + ":")) continue;
      if (auto interface = read_interface(system, usb_bus + "/" + name))
        device.interfaces.push_back(std::move(*interface));
    }
    std::sort(device.interfaces.begin(), device.interfaces.end(),
              [](const UsbInterface& a, const UsbInterface& b) {
                return std::tie(a.number, a.path) < std::tie(b.number, b.path);
              });
  }
  return devices;
}

}  // namespace tunppp::detect
