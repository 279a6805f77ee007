#pragma once

#include "detect/modems.h"
#include "tty/system_tree.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunppp::detect {

/// A USB device as sysfs tells of it.
struct UsbDevice {
  std::string name;  ///< "1-1.3"
  std::string path;  ///< "/sys/devices/.../1-1.3"
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
  std::string manufacturer;
  std::string product_name;
  std::vector<UsbInterface> interfaces;  ///< of the configuration that is in use, by number
};

/// All but hubs, by name.
std::vector<UsbDevice> usb_devices(const tty::SystemTree& system);

/// "2c7c" and the like: nothing but hexadecimal digits, and not too large.
template <typename Number>
std::optional<Number> hexadecimal(std::string_view text);
extern template std::optional<std::uint8_t> hexadecimal(std::string_view);
extern template std::optional<std::uint16_t> hexadecimal(std::string_view);

}  // namespace tunppp::detect
