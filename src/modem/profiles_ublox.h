#pragma once

#include <array>

#include "modem/profile_common.h"

namespace tunppp::modem {

// +UPINCNT: <PIN>,<PIN2>,<PUK>,<PUK2> tries
inline constexpr PinRetries ublox_pin_retries{"AT+UPINCNT", 0};
inline constexpr ContextCommand ublox_authenticate{
    .command = R"(AT+UAUTHREQ={cid},{auth},"{user}","{password}")"};
// X: these two take the password first.
inline constexpr ContextCommand ublox_authenticate_password_first{
    .command = R"(AT+UAUTHREQ={cid},{auth},"{password}","{user}")"};
inline constexpr RadioCommands ublox_radio{.automatic = "AT+URAT=3,2,0",  // Z
                                           .gsm = "AT+URAT=0",
                                           .umts = "AT+URAT=2",
                                           .lte = "AT+URAT=3"};
inline constexpr RadioCommands sara_r4_radio{.lte_m = "AT+URAT=7", .nb_iot = "AT+URAT=8"};
inline constexpr string_view ublox_power_off = "AT+CPWROFF";

// K: AT at 2, QMI at 3.
inline constexpr auto sara_r4_ports =
    std::to_array<UsbPort>({{2, PortRole::modem}, {3, PortRole::network}});
inline constexpr auto sara_r4_usb =
    std::to_array<UsbIdentity>({{0x05c6, 0x90b2, "SARA-R410M", sara_r4_ports}});
inline constexpr auto sara_r4_models = std::to_array<string_view>({"SARA-R4"});
inline constexpr auto sara_r5_models = std::to_array<string_view>({"SARA-R5"});
inline constexpr auto sara_u2_usb = std::to_array<UsbIdentity>({
    {0x1546, 0x1102, "SARA-U2", {}},  // MM
    {0x1546, 0x1104, "SARA-U2", {}},  // MM
});
inline constexpr auto sara_u2_models = std::to_array<string_view>({"SARA-U2"});
// K, MM: 0 diagnostics, 1 AT, 2 and 3 AT as well.
inline constexpr auto lara_r6_ports = std::to_array<UsbPort>(
    {{0, PortRole::diagnostics}, {1, PortRole::modem}, {2, PortRole::at}, {3, PortRole::at}});
inline constexpr auto lara_r6_usb = std::to_array<UsbIdentity>({
    {0x05c6, 0x908b, "LARA-R6", lara_r6_ports},
    {0x1546, 0x1311, "LARA-R6", lara_r6_ports},
    {0x1546, 0x1312, "LARA-R6", lara_r6_ports},
    {0x1546, 0x1313, "LARA-R6", lara_r6_ports},
});
inline constexpr auto lara_r6_models = std::to_array<string_view>({"LARA-R6"});
inline constexpr auto lara_r6_set_up = std::to_array<string_view>({"AT+ULWM2M=1"});  // Z: LwM2M off
inline constexpr auto toby_l2_usb = std::to_array<UsbIdentity>({
    {0x1546, 0x1141, "TOBY-L2", {}},  // MM, V
    {0x1546, 0x1143, "TOBY-L2", {}},  // MM, V
    {0x1546, 0x1146, "TOBY-L2", {}},  // MM, V
});
inline constexpr auto toby_l2_models =
    std::to_array<string_view>({"TOBY-L2", "TOBY-L4", "LARA-R2"});

inline constexpr QuirkNote ublox_urat_from_manual{
    Quirk::seen_in_manual_only,
    "AT+URAT: 0 GSM, 2 UMTS, 3 LTE, 7 LTE-M, 8 NB-IoT; it may want AT+CFUN=0 before.",
    "u-blox AT commands manual, +URAT"};
inline constexpr QuirkNote ublox_ports_not_listed{
    Quirk::ports_not_listed, "Its ttys are of cdc_acm and tell by their descriptors what they are.",
    source::modem_manager};
inline constexpr QuirkNote ublox_password_before_user{
    Quirk::password_before_user, "AT+UAUTHREQ=<cid>,<type>,<password>,<user>.", source::ubxlib};
inline constexpr auto toby_l2_quirks =
    std::to_array<QuirkNote>({ublox_urat_from_manual, ublox_ports_not_listed});
inline constexpr auto sara_r4_quirks = std::to_array<QuirkNote>({
    ublox_password_before_user,
    {Quirk::no_channel_disconnect, "DISC on a channel is not known to it.", source::ubxlib},
});
inline constexpr auto sara_r5_quirks = std::to_array<QuirkNote>({
    ublox_urat_from_manual,
    {Quirk::known_by_name_only, "It has a UART; its USB is for tracing.",
     "u-blox SARA-R5 system integration manual"},
});
inline constexpr auto lara_r6_quirks = std::to_array<QuirkNote>({
    ublox_password_before_user,
    ublox_urat_from_manual,
    {Quirk::small_frames, "With 127 octets its frames are damaged, with 31 they are not.",
     source::zephyr},
    {Quirk::wants_set_up, "Its LwM2M client is switched off, or it dials by itself.",
     source::zephyr},
});

inline constexpr Profile ublox_toby_l2 = [] {
  Profile profile = like(generic, "ublox-toby-l2", "u-blox TOBY-L2, TOBY-L4, LARA-R2", toby_l2_usb,
                         toby_l2_models, seconds(20));  // READY after 20 s
  profile.pin_retries = ublox_pin_retries;
  profile.authenticate = ublox_authenticate;
  profile.radio = ublox_radio;
  profile.power_off = ublox_power_off;
  profile.quirks = toby_l2_quirks;
  return profile;
}();

inline constexpr Profile ublox_sara_u2 = [] {
  Profile profile = like(ublox_toby_l2, "ublox-sara-u2", "u-blox SARA-U2", sara_u2_usb,
                         sara_u2_models, seconds(5));
  profile.registration = registration_2g;  // no LTE in it
  return profile;
}();

inline constexpr Profile ublox_sara_r4 = [] {
  Profile profile = like(ublox_toby_l2, "ublox-sara-r4", "u-blox SARA-R4", sara_r4_usb,
                         sara_r4_models, seconds(5));
  profile.authenticate = ublox_authenticate_password_first;
  profile.radio = sara_r4_radio;
  profile.cmux = sara_r4_cmux;
  profile.quirks = sara_r4_quirks;
  return profile;
}();

inline constexpr Profile ublox_sara_r5 = [] {
  Profile profile =
      like(ublox_toby_l2, "ublox-sara-r5", "u-blox SARA-R5", {}, sara_r5_models, seconds(5));
  profile.radio = sara_r4_radio;
  profile.quirks = sara_r5_quirks;
  return profile;
}();

inline constexpr Profile ublox_lara_r6 = [] {
  Profile profile = like(ublox_toby_l2, "ublox-lara-r6", "u-blox LARA-R6", lara_r6_usb,
                         lara_r6_models, seconds(9));  // Z
  profile.authenticate = ublox_authenticate_password_first;
  profile.set_up = lara_r6_set_up;
  profile.cmux = lara_r6_cmux;
  profile.quirks = lara_r6_quirks;
  return profile;
}();

}  // namespace tunppp::modem
