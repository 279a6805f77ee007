#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunppp::doctor {

/// What the kernel logged of one USB port ("1-1.3").
struct UsbPortLog {
  std::string port;
  unsigned disconnects = 0;
  unsigned failures = 0;     ///< "unable to enumerate USB device"
  bool is_loop = false;      ///< it came and went several times within minutes
  std::string last_line;     ///< the last that tells of it
  std::uint16_t vendor = 0;  ///< of what was last found there; 0: not logged
  std::uint16_t product = 0;
};

/// What matters to a modem in the kernel's log. Each line is without its prefix of priority and
/// time.
struct KernelLog {
  bool is_there = false;         ///< there was any line
  std::string forced_to_device;  ///< "dwc2 ...: Configuration mismatch. dr_mode forced to device"
  std::string undervoltage;      ///< the last line that tells of it
  std::string over_current;
  std::vector<UsbPortLog> usb_ports;  ///< by their first line; bounded
};

/// Of records as /dev/kmsg gives them, or of lines as dmesg prints them.
KernelLog parse_kernel_log(std::string_view text);

}  // namespace tunppp::doctor
