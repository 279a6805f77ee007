#pragma once

#include <array>

#include "modem/profile_common.h"

namespace tunppp::modem {

// K, MM, E: 0 QCDM, 1 GPS, 2 AT, 3 modem, 4 audio, 5 QMI.
inline constexpr auto sim7600_ports = std::to_array<UsbPort>({{0, PortRole::diagnostics},
                                                              {1, PortRole::nmea},
                                                              {2, PortRole::at},
                                                              {3, PortRole::modem},
                                                              {4, PortRole::other},
                                                              {5, PortRole::network}});
// K, MM: the composition with RNDIS.
inline constexpr auto sim7600_rndis_ports =
    std::to_array<UsbPort>({{2, PortRole::other}, {4, PortRole::at}, {5, PortRole::modem}});
inline constexpr auto sim7600_usb = std::to_array<UsbIdentity>({
    {0x1e0e, 0x9001, "SIM7600, SIM7500, SIM7100", sim7600_ports},
    {0x1e0e, 0x9011, "SIM7600, A7670, A7672", sim7600_rndis_ports},
});
inline constexpr auto sim7600_models = std::to_array<string_view>(
    {"SIM7600", "SIM7500", "SIM7100", "SIM7670", "SIM76", "SIM75", "A7670", "A7672", "A76"});
// +SPIC: <PIN>,<PUK>,<PIN2>,<PUK2> tries
inline constexpr PinRetries simcom_pin_retries{"AT+SPIC", 0};
inline constexpr SimNumberQuery sim7600_sim_number{"AT+CICCID", "+ICCID:"};
// The password stands first: T; manual of A76xx, 5.2.16. 3 = either.
inline constexpr ContextCommand sim7600_authenticate{
    .command = R"(AT+CGAUTH={cid},{auth},"{password}","{user}")"};
inline constexpr RadioCommands sim7600_radio{
    .automatic = "AT+CNMP=2", .gsm = "AT+CNMP=13", .umts = "AT+CNMP=14", .lte = "AT+CNMP=38"};
inline constexpr string_view simcom_cell = "AT+CPSI?";

// K, MM: AT and ECM; AT only, with the modem at 5.
inline constexpr auto sim7080_ports = std::to_array<UsbPort>(
    {{0, PortRole::diagnostics}, {1, PortRole::nmea}, {2, PortRole::at}, {3, PortRole::modem}});
inline constexpr auto sim7080_at_ports = std::to_array<UsbPort>({{0, PortRole::diagnostics},
                                                                 {1, PortRole::nmea},
                                                                 {2, PortRole::at},
                                                                 {3, PortRole::other},
                                                                 {4, PortRole::other},
                                                                 {5, PortRole::modem}});
inline constexpr auto sim7080_usb = std::to_array<UsbIdentity>({
    {0x1e0e, 0x9205, "SIM7070, SIM7080, SIM7090", sim7080_ports},
    {0x1e0e, 0x9206, "SIM7070, SIM7080, SIM7090", sim7080_at_ports},
});
inline constexpr auto sim7080_models =
    std::to_array<string_view>({"SIM7070", "SIM7080", "SIM7090"});
// The bare number, without a name before it (T).
inline constexpr SimNumberQuery bare_sim_number{"AT+CCID", "+CCID:"};
// T: <index>,<0 both, 1 v4, 2 v6>,"apn","user","password",<auth>
inline constexpr ContextCommand sim7080_authenticate{
    .command = R"(AT+CNCFG=0,{pdp},"{apn}","{user}","{password}",{auth})",
    .pdp_words = {"1", "2", "0"}};
inline constexpr RadioCommands sim7080_radio{.automatic = "AT+CNMP=51",
                                             .lte = "AT+CNMP=38",
                                             .lte_m = "AT+CMNB=1",
                                             .nb_iot = "AT+CMNB=2"};  // T

// Its USB identity is that of SIM7600, so only its name tells.
inline constexpr auto sim7000_models = std::to_array<string_view>({"SIM7000"});
inline constexpr auto sim800_models = std::to_array<string_view>({"SIM800", "SIM868", "SIM900"});

inline constexpr auto sim7600_quirks = std::to_array<QuirkNote>({
    {Quirk::password_before_user, "AT+CGAUTH=<cid>,<type>,<password>,<user>: not as in 27.007.",
     "SIMCom A76XX AT command manual, section 5.2.16; TinyGSM"},
});
inline constexpr auto sim7080_quirks = std::to_array<QuirkNote>({
    {Quirk::not_activated_first, "A context that AT+CNACT has activated cannot be dialled.",
     source::tiny_gsm},
    {Quirk::names_apn_with_user, "AT+CNCFG counts contexts from 0 and takes the APN once more.",
     source::tiny_gsm},
});
inline constexpr auto sim7000_quirks = std::to_array<QuirkNote>({
    {Quirk::known_by_name_only, "It has the identity 1e0e:9001 of SIM7600.", source::option},
    {Quirk::not_activated_first, "As SIM7080.", source::tiny_gsm},
    {Quirk::authenticates_in_ppp_only, "AT+CSTT is for its own TCP/IP.", source::tiny_gsm},
});
inline constexpr auto sim800_quirks = std::to_array<QuirkNote>({
    {Quirk::known_by_name_only, "It has a UART and no USB for data.", "SIMCom SIM800 manual"},
    {Quirk::authenticates_in_ppp_only, "AT+CSTT is for its own TCP/IP.", source::tiny_gsm},
    {Quirk::no_radio_choice, "It has GSM only.", "SIMCom SIM800 manual"},
    {Quirk::no_cell_report, "AT+CSQ is all that is asked.", source::tiny_gsm},
});

inline constexpr Profile simcom_sim7600 = [] {
  Profile profile = like(generic, "simcom-sim7600", "SIMCom SIM7600, SIM7500, SIM7100, A76xx",
                         sim7600_usb, sim7600_models, seconds(20));  // Z, for A76xx
  profile.pin_retries = simcom_pin_retries;
  profile.sim_number = sim7600_sim_number;
  profile.authenticate = sim7600_authenticate;
  profile.radio = sim7600_radio;
  profile.cell = simcom_cell;
  profile.power_off = "AT+CPOF";
  profile.quirks = sim7600_quirks;
  return profile;
}();

inline constexpr Profile simcom_sim7080 = [] {
  Profile profile = like(generic, "simcom-sim7080", "SIMCom SIM7070, SIM7080, SIM7090", sim7080_usb,
                         sim7080_models, seconds(10));  // Z
  profile.pin_retries = simcom_pin_retries;
  profile.sim_number = bare_sim_number;
  profile.authenticate = sim7080_authenticate;
  profile.radio = sim7080_radio;
  profile.cell = simcom_cell;
  profile.before_dial = {};  // T: not to be activated before it is dialled
  profile.power_off = "AT+CPOWD=1";
  profile.quirks = sim7080_quirks;
  return profile;
}();

inline constexpr Profile simcom_sim7000 = [] {
  Profile profile =
      like(simcom_sim7080, "simcom-sim7000", "SIMCom SIM7000", {}, sim7000_models, seconds(10));
  profile.authenticate = {};
  profile.quirks = sim7000_quirks;
  return profile;
}();

inline constexpr Profile simcom_sim800 = [] {
  Profile profile =
      like(generic, "simcom-sim800", "SIMCom SIM800, SIM900", {}, sim800_models, seconds(5));
  profile.pin_retries = simcom_pin_retries;
  profile.sim_number = bare_sim_number;
  profile.authenticate = {};  // PPP only
  profile.radio = {};
  profile.registration = registration_2g;
  profile.cell = {};
  profile.power_off = "AT+CPOWD=1";
  profile.cmux = sim800_cmux;
  profile.quirks = sim800_quirks;
  return profile;
}();

}  // namespace tunppp::modem
