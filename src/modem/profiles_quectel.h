#pragma once

#include <array>

#include "modem/profile_common.h"

namespace tunppp::modem {

// K: 0 DIAG, 1 NMEA, 2 AT, 3 modem, 4 QMI.
inline constexpr auto quectel_ports = std::to_array<UsbPort>({{0, PortRole::diagnostics},
                                                              {1, PortRole::nmea},
                                                              {2, PortRole::at},
                                                              {3, PortRole::modem},
                                                              {4, PortRole::network}});
inline constexpr auto eg916q_ports = std::to_array<UsbPort>({{0, PortRole::diagnostics},
                                                             {1, PortRole::nmea},
                                                             {2, PortRole::at},
                                                             {3, PortRole::modem},
                                                             {4, PortRole::network}});  // K

inline constexpr auto ec25_usb = std::to_array<UsbIdentity>({
    {0x2c7c, 0x0125, "EC25, EG25-G, EC20", quectel_ports},  // K, MM
    {0x2c7c, 0x0121, "EC21", quectel_ports},                // K, MM
    {0x2c7c, 0x0191, "EG91", quectel_ports},                // K, MM
    {0x2c7c, 0x0195, "EG95", quectel_ports},                // K, MM
    {0x2c7c, 0x0306, "EP06, EG06", quectel_ports},          // K, MM
    {0x2c7c, 0x0512, "EM12", quectel_ports},                // K, MM
});
inline constexpr auto ec25_models = std::to_array<string_view>(
    {"EC25", "EC21", "EC20", "EG25", "EG21", "EP06", "EG06", "EG91", "EG95", "EM12"});

// +QPINC: "SC",<PIN tries>,<PUK tries>
inline constexpr PinRetries quectel_pin_retries{R"(AT+QPINC="SC")", 1};
inline constexpr SimNumberQuery quectel_sim_number{"AT+QCCID", "+QCCID:"};
// <ctx>,<1 v4, 2 v6, 3 both>,"apn","user","password",<0 none, 1 PAP, 2 CHAP, 3 either>
inline constexpr ContextCommand quectel_authenticate{
    .command = R"(AT+QICSGP={cid},{pdp},"{apn}","{user}","{password}",{auth})",
    .pdp_words = {"1", "2", "3"},
    .auth_words = {"0", "1", "2", "3"}};
inline constexpr RadioCommands quectel_radio{.automatic = R"(AT+QCFG="nwscanmode",0)",
                                             .gsm = R"(AT+QCFG="nwscanmode",1)",
                                             .umts = R"(AT+QCFG="nwscanmode",2)",
                                             .lte = R"(AT+QCFG="nwscanmode",3)"};
inline constexpr string_view quectel_cell = R"(AT+QENG="servingcell")";
inline constexpr string_view quectel_power_off = "AT+QPOWD=1";  // M: POWERED DOWN follows
inline constexpr QuirkNote quectel_hangs_up_slowly{
    Quirk::slow_hang_up, "ATH is answered within 90 s.",
    "Quectel EC25 AT commands manual, ATH; esp-protocols and MuditaOS wait for it"};
inline constexpr QuirkNote quectel_names_apn{Quirk::names_apn_with_user,
                                             "AT+QICSGP replaces the whole context, APN included.",
                                             "Quectel EC25 TCP/IP AT commands manual, AT+QICSGP"};
inline constexpr auto quectel_quirks =
    std::to_array<QuirkNote>({quectel_hangs_up_slowly, quectel_names_apn});
inline constexpr auto ec200_quirks = std::to_array<QuirkNote>({
    quectel_hangs_up_slowly,
    quectel_names_apn,
    {Quirk::ports_not_listed,
     "Behind two interfaces of cdc_ether all look alike, and their order differs by model.",
     source::option},
});
inline constexpr auto bg9x_quirks = std::to_array<QuirkNote>({
    quectel_hangs_up_slowly,
    quectel_names_apn,
    {Quirk::ports_not_listed, "BG95 has two compositions whose roles nobody has written down.",
     source::option},
    {Quirk::not_activated_first, "It is dialled without AT+CGACT.", source::zephyr},
});

inline constexpr auto ec200_usb = std::to_array<UsbIdentity>({
    {0x2c7c, 0x6026, "EC200T", {}},           // K; the order of its ttys is not known
    {0x2c7c, 0x6002, "EC200S", {}},           // K
    {0x2c7c, 0x6005, "EC200A", {}},           // K
    {0x2c7c, 0x6001, "EG912Y", {}},           // K
    {0x2c7c, 0x0901, "EC200U", {}},           // K
    {0x2c7c, 0x6007, "EG916Q", eg916q_ports}  // K
});
inline constexpr auto ec200_models = std::to_array<string_view>({"EC200", "EG912", "EG916"});

inline constexpr auto bg9x_usb = std::to_array<UsbIdentity>({
    {0x2c7c, 0x0296, "BG96", quectel_ports},  // K, MM
    {0x2c7c, 0x0203, "BG95-M3", {}},          // K
    {0x2c7c, 0x0700, "BG95", {}},             // K
});
inline constexpr auto bg9x_models = std::to_array<string_view>({"BG95", "BG96", "BG77"});
inline constexpr RadioCommands bg9x_radio{.automatic = R"(AT+QCFG="iotopmode",2)",
                                          .gsm = R"(AT+QCFG="nwscanmode",1)",
                                          .lte = R"(AT+QCFG="nwscanmode",3)",
                                          .lte_m = R"(AT+QCFG="iotopmode",0)",
                                          .nb_iot = R"(AT+QCFG="iotopmode",1)"};  // V

inline constexpr auto rm500q_usb = std::to_array<UsbIdentity>({
    {0x2c7c, 0x0800, "RM500Q", quectel_ports},  // K, MM
    {0x2c7c, 0x0801, "RM520N", quectel_ports},  // K, MM
});
// Quectel's manual of RG50xQ and RM5xxQ: names of radios, joined by colons.
inline constexpr RadioCommands rm500q_radio{.automatic = R"(AT+QNWPREFCFG="mode_pref",AUTO)",
                                            .umts = R"(AT+QNWPREFCFG="mode_pref",WCDMA)",
                                            .lte = R"(AT+QNWPREFCFG="mode_pref",LTE)",
                                            .nr = R"(AT+QNWPREFCFG="mode_pref",NR5G)"};
inline constexpr auto rm500q_models = std::to_array<string_view>({"RM500", "RM502", "RM520"});

inline constexpr Profile quectel_ec25 = [] {
  Profile profile = like(generic, "quectel-ec25", "Quectel EC25, EC21, EC20, EG25-G, EP06, EG91",
                         ec25_usb, ec25_models, seconds(15));  // Z, for EG25
  profile.pin_retries = quectel_pin_retries;
  profile.sim_number = quectel_sim_number;
  profile.authenticate = quectel_authenticate;
  profile.radio = quectel_radio;
  profile.cell = quectel_cell;
  profile.power_off = quectel_power_off;
  profile.quirks = quectel_quirks;
  profile.cmux = full_cmux;
  return profile;
}();

inline constexpr Profile quectel_ec200 = [] {
  Profile profile =
      like(quectel_ec25, "quectel-ec200", "Quectel EC200T, EC200S, EC200A, EC200U, EG912Y, EG916Q",
           ec200_usb, ec200_models, seconds(15));
  profile.quirks = ec200_quirks;
  return profile;
}();

inline constexpr Profile quectel_bg95 = [] {
  Profile profile = like(quectel_ec25, "quectel-bg95", "Quectel BG95, BG96, BG77", bg9x_usb,
                         bg9x_models, seconds(5));  // Z
  profile.radio = bg9x_radio;
  profile.before_dial = {};  // Z dials without CGACT
  profile.quirks = bg9x_quirks;
  return profile;
}();

inline constexpr Profile quectel_rm500q = [] {
  Profile profile = like(quectel_ec25, "quectel-rm500q", "Quectel RM500Q, RM502Q, RM520N",
                         rm500q_usb, rm500q_models, seconds(15));
  profile.radio = rm500q_radio;
  profile.registration = registration_5g;
  return profile;
}();

}  // namespace tunppp::modem
