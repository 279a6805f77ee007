#pragma once

#include "modem/profile.h"
#include "tty/system_tree.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Which modems are here, what their ports are for, and which of them tunppp would use. By USB
/// identity, interface number and descriptors: never by the number of a ttyUSB, which says only
/// what was plugged in first.
namespace tunppp::detect {

/// What an interface is for, and how that is known.
struct Role {
  modem::PortRole role = modem::PortRole::other;
  std::string why;     ///< one clause: "interface 3 of 2c7c:0125 is its modem port"
  bool guess = false;  ///< by descriptors of a modem that is not known: to be probed
};

/// "AT", "PPP", "GNSS", "diagnostics", "network" or "other".
std::string_view name_of(modem::PortRole role);

/// One interface of a USB device, whether a driver took it or not.
struct UsbInterface {
  std::string path;  ///< "/sys/devices/.../1-1.3:1.2"
  std::uint8_t number = 0;
  std::uint8_t interface_class = 0;
  std::uint8_t subclass = 0;
  std::uint8_t protocol = 0;
  unsigned endpoints = 0;
  bool interrupt_endpoint = false;
  std::string modalias;  ///< by which the module for it is found
  std::string driver;    ///< "option", "cdc_acm", "qmi_wwan"; empty: none took it
  std::string tty;       ///< "ttyUSB2"; empty: none
  Role role;
};

/// A tty of a modem.
struct Port {
  std::string tty;     ///< "ttyUSB3"
  std::string device;  ///< "/dev/ttyUSB3"
  std::string driver;  ///< "option1", "cdc_acm"
  /// Names that last when numbers change: first those below /dev/serial/by-path.
  std::vector<std::string> lasting_names;
  UsbInterface interface;

  modem::PortRole role() const { return interface.role.role; }
  /// Empty: it has none.
  std::string by_path() const { return lasting_names.empty() ? "" : lasting_names.front(); }
};

enum class Mode : std::uint8_t {
  serial,   ///< has AT and PPP on ttys, or would have if a driver took its interfaces
  storage,  ///< shows a disk with drivers for other systems; usb_modeswitch ends that
  hilink,   ///< a router behind a network interface: it dials by itself
  network,  ///< QMI, MBIM or a network interface alone: another composition has the ttys
};

/// "serial", "storage", "hilink" or "network".
std::string_view name_of(Mode mode);

/// A port by its place in ModemDevice::ports, and why it is the one.
struct PortChoice {
  std::size_t index = 0;
  std::string why;
};

struct ModemDevice {
  std::string usb_path;     ///< "1-1.3": bus and ports; stays the same in the same socket
  std::string device_path;  ///< "/sys/devices/.../1-1.3"
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
  std::string manufacturer;
  std::string product_name;
  std::string composition;  ///< in words: "4 serial ports, QMI network"
  Mode mode = Mode::serial;
  std::string model;  ///< what has this identity: "EC25, EG25-G, EC20"; empty: not known
  const modem::Profile* profile = nullptr;  ///< of vendor and product; nullptr: not known
  std::vector<UsbInterface> interfaces;     ///< by number
  std::vector<Port> ports;                  ///< the ttys, by interface number
  std::optional<PortChoice> at;   ///< for AT while PPP runs; none: there is no second port
  std::optional<PortChoice> ppp;  ///< to dial on

  bool is_known() const { return profile != nullptr; }
  const Port* at_port() const { return at ? &ports[at->index] : nullptr; }
  const Port* ppp_port() const { return ppp ? &ports[ppp->index] : nullptr; }
};

/// Something serial that a modem could be wired to: only the modem's answer would tell.
struct Candidate {
  std::string tty;     ///< "ttyAMA0"
  std::string device;  ///< "/dev/ttyAMA0"
  std::string driver;  ///< "uart-pl011", "ftdi_sio"
  bool console = false;
  std::vector<std::string> lasting_names{};  ///< "/dev/serial0"
  /// Of a USB serial adapter.
  std::optional<std::uint16_t> vendor{};
  std::optional<std::uint16_t> product{};
  std::string usb_path{};
  std::string name{};  ///< "FT232R USB UART"; may be empty

  bool is_uart() const { return !vendor; }
};

struct Inventory {
  std::vector<ModemDevice> modems;    ///< by USB path
  std::vector<Candidate> candidates;  ///< UARTs, then adapters

  bool empty() const { return modems.empty() && candidates.empty(); }
};

/// Looks; opens no tty and asks no modem. Of ttys that are on no modem, those on USB that no modem
/// is known to have, too, are candidates.
/// `own` is a user's profile, whose identities and roles count before the built-in ones; it must
/// outlive what is found.
Inventory find_modems(const tty::SystemTree& system, const modem::Profile* own = nullptr);

/// "Quectel EC25-AF (2c7c:0125)": for sentences.
std::string describe(const ModemDevice& modem);
/// "/dev/ttyAMA0, a UART (uart-pl011)".
std::string describe(const Candidate& candidate);

}  // namespace tunppp::detect
