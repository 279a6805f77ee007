#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tunppp::tty {

struct UsbIdentity {
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
  std::optional<std::uint8_t> interface;  ///< bInterfaceNumber: which of the modem's ttys it is
  std::string manufacturer;
  std::string product_name;
};

/// A tty that a modem could be on.
struct TtyInfo {
  enum class Kind { usb_serial, usb_acm, uart };

  std::string name;              ///< "ttyUSB2"
  std::filesystem::path device;  ///< "/dev/ttyUSB2"
  Kind kind = Kind::uart;
  std::string driver;              ///< "option1", "cdc_acm", "serial8250"; may be empty
  std::optional<UsbIdentity> usb;  ///< none for a UART
  bool console = false;            ///< the kernel's console is on it
  /// Names that stay when the numbers change: in /dev/serial/by-path, and /dev/serial0.
  std::vector<std::filesystem::path> lasting_names;
};

/// Walks sysfs and /dev under `root`. USB ttys come first, then UARTs that are really there;
/// each in the order of their numbers.
std::vector<TtyInfo> discover(const std::filesystem::path& root = "/");

/// One line for people: "/dev/ttyUSB2  option1  2c7c:0125 interface 2  Quectel EC25".
std::string describe(const TtyInfo& tty);

}  // namespace tunppp::tty
