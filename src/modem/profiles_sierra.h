#pragma once

#include <array>

#include "modem/profile_common.h"

namespace tunppp::modem {

// MM: one tty speaks AT, and PPP is on it.
inline constexpr auto sierra_ports = std::to_array<UsbPort>({{0, PortRole::diagnostics},
                                                             {2, PortRole::nmea},
                                                             {3, PortRole::modem},
                                                             {8, PortRole::network},
                                                             {10, PortRole::network}});
inline constexpr auto mc74_usb = std::to_array<UsbIdentity>({
    {0x1199, 0x9071, "MC74xx", sierra_ports},
    {0x1199, 0x9079, "EM7455", sierra_ports},
    {0x1199, 0x9091, "EM7565", sierra_ports},
});
inline constexpr auto mc74_models =
    std::to_array<string_view>({"MC74", "MC73", "EM74", "EM75", "EM73", "EM76"});
inline constexpr PinRetries sierra_pin_retries{"AT+CPINC", 0};  // +CPINC: <PIN>,<PIN2>,<PUK>,<PUK2>
// MM: the password stands first.
inline constexpr ContextCommand mc74_authenticate{
    .command = R"(AT$QCPDPP={cid},{auth},"{password}","{user}")",
    .auth_words = {"0", "1", "2", "2"}};
inline constexpr string_view mc74_cell = "AT!GSTATUS?";
inline constexpr RadioCommands mc74_radio{.automatic = "AT!SELRAT=00",
                                          .gsm = "AT!SELRAT=02",
                                          .umts = "AT!SELRAT=01",
                                          .lte = "AT!SELRAT=06"};

// MM: 0 AT, 2 PPP, 4 NMEA.
inline constexpr auto hl78_ports =
    std::to_array<UsbPort>({{0, PortRole::at}, {2, PortRole::modem}, {4, PortRole::nmea}});
inline constexpr auto hl78_usb =
    std::to_array<UsbIdentity>({{0x1199, 0xc001, "HL7812", hl78_ports}});
inline constexpr auto hl78_models = std::to_array<string_view>({"HL78"});
// Z: before anything else it is to stay awake.
inline constexpr auto hl78_set_up =
    std::to_array<string_view>({"AT+KSLEEP=2", "AT+CPSMS=0", "AT+CEDRXS=0", "AT+WPPP=0"});
inline constexpr RadioCommands hl78_radio{
    .gsm = "AT+KSRAT=2", .lte_m = "AT+KSRAT=0", .nb_iot = "AT+KSRAT=1"};
inline constexpr ContextCommand hl78_authenticate{
    .command = R"(AT+WPPP={auth},{cid},"{user}","{password}")", .auth_words = {"0", "1", "2", "2"}};

inline constexpr auto mc74_quirks = std::to_array<QuirkNote>({
    {Quirk::password_before_user, "AT$QCPDPP=<cid>,<type>,<password>,<user>.",
     source::modem_manager},
    {Quirk::seen_in_manual_only,
     "AT!SELRAT: 00 automatic, 01 UMTS, 02 GSM, 06 LTE; some firmware refuses it.",
     "Sierra Wireless AT command reference, !SELRAT; https://forum.sierrawireless.com/t/13908"},
    {Quirk::no_power_off, "Its W_DISABLE pin or its supply does.",
     "Sierra Wireless AirPrime MC74xx product technical specification"},
});
inline constexpr auto hl78_quirks = std::to_array<QuirkNote>({
    {Quirk::wants_set_up, "It is told to stay awake, and to leave authentication to PPP.",
     source::zephyr},
    {Quirk::seen_in_manual_only,
     "AT+WPPP=<type>,<cid>,<user>,<password> and AT+KSRAT: 0 LTE-M, 1 NB-IoT, 2 GSM.",
     "Sierra Wireless AirPrime HL78xx AT commands guide 41111821; Zephyr's driver of HL78xx"},
});

inline constexpr Profile sierra_mc74xx = [] {
  Profile profile = like(generic, "sierra-mc74xx", "Sierra Wireless MC74xx, EM74xx, EM75xx",
                         mc74_usb, mc74_models, seconds(10));
  profile.pin_retries = sierra_pin_retries;
  profile.authenticate = mc74_authenticate;
  profile.radio = mc74_radio;
  profile.cell = mc74_cell;
  profile.quirks = mc74_quirks;
  return profile;
}();

inline constexpr Profile sierra_hl78 = [] {
  Profile profile =
      like(generic, "sierra-hl78", "Sierra Wireless HL78xx", hl78_usb, hl78_models, seconds(10));
  profile.set_up = hl78_set_up;
  profile.authenticate = hl78_authenticate;
  profile.radio = hl78_radio;
  profile.power_off = "AT+CPWROFF";
  profile.quirks = hl78_quirks;
  return profile;
}();

}  // namespace tunppp::modem
