#pragma once

#include "base/result.h"
#include "detect/modems.h"
#include "modem/profile.h"
#include "tty/system_tree.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tunppp::detect {

/// By which a port of a modem is known again, whatever number its tty has got.
struct PortIdentity {
  std::string usb_path;  ///< "1-1.3"
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
  std::uint8_t interface = 0;  ///< bInterfaceNumber

  friend bool operator==(const PortIdentity&, const PortIdentity&) = default;
};

/// A line to dial on, and what is known about it.
struct LineChoice {
  std::string device;     ///< for PPP: "/dev/ttyUSB3"
  std::string at_device;  ///< another tty of the same modem that speaks AT; empty: none
  const modem::Profile* profile = nullptr;  ///< nullptr: not known by USB
  std::optional<PortIdentity> identity;     ///< none: not a port of a USB modem
  std::string why;                          ///< one sentence, without a full stop
};

/// What is meant by a device that somebody named: a tty by any of its names ("/dev/ttyUSB3",
/// "ttyUSB3", "/dev/serial/by-path/..."), which is taken as it is, or a modem by its place on USB
/// ("1-1.3"), of which the port is chosen. What is no tty of a modem comes back as it was named,
/// without anything known; nullopt: a place on USB where there is no modem that could be dialled.
std::optional<LineChoice> find_line(const tty::SystemTree& system, const Inventory& inventory,
                                    std::string_view device);

/// The one modem that is here. Fails with no_modem when there is none (the text lists what a modem
/// could be wired to), and with usage when there are several (the text lists them).
Result<LineChoice> choose_line(const Inventory& inventory);

/// Where the port is now; nullopt: not here at the moment. At another place on USB it is taken for
/// the same only if no other modem of its identity is here.
std::optional<LineChoice> find_again(const Inventory& inventory, const PortIdentity& identity);

/// Which port to try when that one does not answer, of a modem whose ports are known by a guess
/// only: after the last comes the first again. nullopt: its ports are known, or there is no other.
std::optional<PortIdentity> next_guess(const Inventory& inventory, const PortIdentity& identity);

/// Whether that could be a place on USB: "1-1.3".
bool is_usb_path(std::string_view text);

}  // namespace tunppp::detect
