#pragma once

#include <tunppp/secret.h>
#include <tunppp/time.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
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
  std::string_view name;  ///< of the model, where a profile covers several
  std::span<const UsbPort> ports;
};

/// An AT command with placeholders that defines or authenticates a context.
struct ContextCommand {
  std::string_view command;                                           ///< empty: the modem has none
  std::array<std::string_view, 3> pdp_words{"IP", "IPV6", "IPV4V6"};  ///< {pdp}, by PdpType
  std::array<std::string_view, 4> auth_words{"0", "1", "2", "3"};     ///< {auth}, by ContextAuth
};

/// How to ask how many tries are left for the PIN.
struct PinRetries {
  std::string_view command;  ///< empty: there is no way
  std::size_t field = 0;     ///< which field of the answer, from 0
};

/// How to ask for the serial number of the SIM.
struct SimNumberQuery {
  std::string_view command = "AT+CCID";
  std::string_view prefix = "+CCID:";  ///< of the answer; what comes without one is taken, too
};

/// Which radio to use.
enum class Radio : std::uint8_t { unchanged, automatic, gsm, umts, lte, lte_m, nb_iot, nr, count };

/// As a user names it: "auto", "lte-m", "nr".
std::string_view name_of(Radio radio);

/// The command for each choice of radio; empty where the modem has none.
struct RadioCommands {
  std::string_view automatic{};
  std::string_view gsm{};
  std::string_view umts{};
  std::string_view lte{};
  std::string_view lte_m{};
  std::string_view nb_iot{};
  std::string_view nr{};  ///< 5G

  std::string_view of(Radio radio) const;
  bool operator==(const RadioCommands&) const = default;
};

struct RegistrationQuery {
  std::string_view enable;  ///< "AT+CEREG=2": the long form of the answer; may fail
  std::string_view query;   ///< "AT+CEREG?"
  std::string_view domain;  ///< "LTE"
  bool packet;              ///< tells of packet service, not only of telephony
};

/// How it is told to multiplex (TS 27.007 section 5.7, TS 27.010).
struct CmuxParameters {
  /// With {mode}, {speed} and {frame_size}; empty: it cannot.
  std::string_view command = "AT+CMUX={mode},0,{speed},{frame_size}";
  std::size_t frame_size = 127;                      ///< N1, where the user wants no other
  Duration settle = std::chrono::milliseconds(200);  ///< from OK to the first frame
  bool negotiate = false;                            ///< wants PN before a channel is opened
  bool disconnect = true;  ///< knows DISC on a channel; else CLD alone closes them
};

/// What a modem does differently from what 3GPP says or one would expect, by name. What it changes
/// stands in the profile's other fields, but for slow_hang_up.
enum class Quirk : std::uint8_t {
  slow_hang_up,
  password_before_user,
  authenticates_in_ppp_only,
  names_apn_with_user,
  no_radio_choice,
  no_cell_report,
  no_power_off,
  known_by_name_only,
  ports_not_listed,
  not_activated_first,
  small_frames,
  no_channel_disconnect,
  wants_set_up,
  seen_in_manual_only,
  count
};

/// A quirk for people.
struct QuirkInfo {
  std::string_view name;  ///< "slow-hang-up"
  std::string_view meaning;
};
QuirkInfo info(Quirk quirk);
/// nullopt if there is none of that name.
std::optional<Quirk> find_quirk(std::string_view name);

/// A quirk of one modem, and how that is known.
struct QuirkNote {
  Quirk quirk;
  std::string_view what;    ///< a sentence about this modem
  std::string_view source;  ///< a document, a program that drives it, or who saw it where
};

/// A modem, as data. Placeholders in commands: {cid} {pdp} {apn} {auth} {user} {password}; each
/// stands for its bare text, quotes are part of the command.
struct Profile {
  std::string_view name;  ///< for --modem
  std::string_view description;
  std::span<const UsbIdentity> usb;
  /// Parts of what it answers to AT+CGMM, by which it is known where there is no USB.
  std::span<const std::string_view> models;
  Duration boot_wait{};                        ///< how long it may be deaf after power-up
  std::span<const std::string_view> init;      ///< after ATE0 and ATV1; each may be refused
  std::span<const std::string_view> identify;  ///< manufacturer, model, firmware
  std::span<const std::string_view> set_up;    ///< its own, once it is known; each may be refused
  PinRetries pin_retries;
  SimNumberQuery sim_number;
  ContextCommand context;       ///< defines the APN
  ContextCommand authenticate;  ///< user and password, in this modem's order
  RadioCommands radio;
  std::span<const RegistrationQuery> registration;
  std::string_view cell;  ///< what it knows of the cell; empty: nothing but AT+CSQ
  std::span<const std::string_view> before_dial;  ///< each may be refused
  std::string_view dial;
  std::string_view hang_up;
  std::string_view power_off;  ///< empty: only the supply does it
  CmuxParameters cmux{};
  std::span<const QuirkNote> quirks;

  bool has(Quirk quirk) const;
};

/// What the placeholders stand for.
struct ContextValues {
  unsigned cid = 1;
  PdpType pdp_type = PdpType::ip;
  std::string_view apn;
  ContextAuth auth = ContextAuth::none;
  std::string_view user;
  std::string_view password;
};

/// The command with its placeholders filled in. A Secret, since a password may be in it.
Secret fill_in(const ContextCommand& command, const ContextValues& values);
/// For commands that know {cid} only.
std::string fill_in(std::string_view command, unsigned cid);

/// All built-in profiles, generic first.
std::span<const Profile> profiles();
/// nullptr if there is none of that name.
const Profile* find_profile(std::string_view name);
/// By what its USB descriptor says.
const Profile* find_profile_by_usb(std::uint16_t vendor, std::uint16_t product);
/// By its answer to AT+CGMM: the longest of all names that are a part of it.
const Profile* recognize(std::string_view model, std::span<const Profile> among);

}  // namespace tunppp::modem
