#pragma once

#include "tty/system_tree.h"

#include <string>
#include <string_view>
#include <vector>

namespace tunppp::tty {

/// A tty that a modem could be on.
struct TtyInfo {
  enum class Kind { usb_serial, usb_acm, uart };

  std::string name;    ///< "ttyUSB2"
  std::string device;  ///< "/dev/ttyUSB2"
  Kind kind = Kind::uart;
  std::string driver;    ///< "option1", "cdc_acm", "serial8250"; may be empty
  std::string hardware;  ///< what it belongs to, in sysfs: "/sys/devices/.../1-1.3:1.2/ttyUSB2"
  bool console = false;  ///< the kernel's console is on it
  /// Names that stay when the numbers change: in /dev/serial/by-path, and /dev/serial0.
  std::vector<std::string> lasting_names;
};

/// USB ttys come first, then UARTs that are really there; each in the order of their numbers.
std::vector<TtyInfo> discover(const SystemTree& system);

}  // namespace tunppp::tty
