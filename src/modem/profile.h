#pragma once

#include <tunppp/time.h>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace tunppp::modem {

enum class PdpType { ip, ipv6, ipv4v6 };
/// Authentication that the modem does towards the network, by AT command. Most modems need none:
/// they pass on what PPP says.
enum class ContextAuth { none, pap, chap, either };

/// What one USB interface of a modem is for.
enum class PortRole { diagnostics, nmea, at, modem, network, other };

struct UsbPort {
  std::uint8_t interface_number;
  PortRole role;
};

struct UsbIdentity {
  std::uint16_t vendor;
  std::uint16_t product;
  std::string_view name;  ///< of the composition or model, where a profile covers several
  std::span<const UsbPort> ports;
};

/// One command of a fixed sequence. Placeholders as in Profile.
struct Step {
  std::string_view command;
  bool may_fail = true;  ///< ERROR is no obstacle
};

/// An AT command with placeholders that defines or authenticates a context.
struct ContextCommand {
  std::string_view command;                                           ///< empty: the modem has none
  std::array<std::string_view, 3> pdp_words{"IP", "IPV6", "IPV4V6"};  ///< {pdp}, by PdpType
  std::array<std::string_view, 4> auth_words{"0", "1", "2", "3"};     ///< {auth}, by ContextAuth
};

/// Asks how many tries are left for the PIN.
struct PinRetries {
  std::string_view command;  ///< empty: unknown
  std::size_t field = 0;     ///< which field of the answer, from 0
};

struct RegistrationQuery {
  std::string_view command;  ///< AT+CEREG?
  std::string_view enable;   ///< AT+CEREG=2; may fail
  bool packet;               ///< tells of packet service, not of telephony
};

enum class Quirk : std::uint8_t {
  slow_hang_up,          ///< ATH may take 90 s
  context_busy_at_dial,  ///< a context that is active already makes ATD fail: deactivate it first
};

/// A modem, as data. Placeholders in commands: {cid} {pdp} {apn} {auth} {user} {password}; each
/// stands for its bare text, quotes are part of the command.
struct Profile {
  std::string_view name;  ///< for --modem
  std::string_view description;
  std::span<const UsbIdentity> usb;
  Duration boot_wait;              ///< how long it may be deaf after power-up
  std::span<const Step> init;      ///< after ATE0
  std::span<const Step> identify;  ///< manufacturer, model, firmware; each answers one bare line
  PinRetries pin_retries;
  ContextCommand context;                           ///< the APN
  ContextCommand authenticate;                      ///< user and password, in this modem's order
  std::span<const RegistrationQuery> registration;  ///< in order of preference
  std::span<const Step> before_dial;
  std::string_view dial;
  std::string_view hang_up;
  std::span<const Quirk> quirks;

  bool has(Quirk quirk) const;
};

/// All built-in profiles, generic first.
std::span<const Profile> profiles();
/// nullptr if there is none of that name.
const Profile* find_profile(std::string_view name);

}  // namespace tunppp::modem
