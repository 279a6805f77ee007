#pragma once

#include "detect/modems.h"
#include "tty/system_tree.h"

#include <cstdint>
#include <string>
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

}  // namespace tunppp::detect
