#pragma once

#include <array>

#include "modem/profile_common.h"

namespace tunppp::modem {

// MM: 0 QCDM, 3 GPS, 4 AT, 5 AT.
inline constexpr auto le910c1_ports = std::to_array<UsbPort>({{0, PortRole::diagnostics},
                                                              {3, PortRole::nmea},
                                                              {4, PortRole::modem},
                                                              {5, PortRole::at},
                                                              {6, PortRole::other}});
// MM: MBIM between them moves all but the first.
inline constexpr auto le910c1_mbim_ports = std::to_array<UsbPort>(
    {{0, PortRole::diagnostics}, {4, PortRole::nmea}, {5, PortRole::modem}, {6, PortRole::at}});
// MM: 0 QCDM, 1 AT, 2 AT.
inline constexpr auto me910_ports =
    std::to_array<UsbPort>({{0, PortRole::diagnostics}, {1, PortRole::modem}, {2, PortRole::at}});
inline constexpr auto le910s1_ports =
    std::to_array<UsbPort>({{3, PortRole::at}, {4, PortRole::modem}});  // MM
inline constexpr auto le910_usb = std::to_array<UsbIdentity>({
    {0x1bc7, 0x1201, "LE910C1", le910c1_ports},
    {0x1bc7, 0x1203, "LE910C1", {}},
    {0x1bc7, 0x1204, "LE910C1", le910c1_mbim_ports},
    {0x1bc7, 0x1206, "LE910C1", {}},
    {0x1bc7, 0x1031, "LE910C1-EUX", me910_ports},
    {0x1bc7, 0x1033, "LE910C1-EUX", me910_ports},
    {0x1bc7, 0x1035, "LE910C1-EUX", me910_ports},
    {0x1bc7, 0x7010, "LE910S1", le910s1_ports},
    {0x1bc7, 0x7011, "LE910S1", le910s1_ports},
});
inline constexpr auto le910_models = std::to_array<string_view>({"LE910"});
inline constexpr auto me910_usb = std::to_array<UsbIdentity>({
    {0x1bc7, 0x1101, "ME910C1", me910_ports},
    {0x1bc7, 0x110a, "ME910G1", me910_ports},
});
inline constexpr auto me910_models = std::to_array<string_view>({"ME910"});
// O, for #PDPAUTH; the others are in use by programs for these modems.
inline constexpr SimNumberQuery telit_sim_number{"AT#CCID", "#CCID:"};
inline constexpr ContextCommand telit_authenticate{
    .command = R"(AT#PDPAUTH={cid},{auth},"{user}","{password}")",
    .auth_words = {"0", "1", "2", "2"}};
inline constexpr string_view telit_cell = "AT#RFSTS";
inline constexpr string_view telit_power_off = "AT#SHDN";

inline constexpr QuirkNote telit_radio_from_manual{
    Quirk::seen_in_manual_only, "AT+WS46 with the numbers of 27.007.",
    "Telit LE910 AT commands reference guide, +WS46"};
inline constexpr auto le910_quirks = std::to_array<QuirkNote>({
    telit_radio_from_manual,
    {Quirk::ports_not_listed, "The compositions 1203 and 1206 begin with RNDIS or ECM.",
     source::option},
});
inline constexpr auto me910_quirks = std::to_array<QuirkNote>({telit_radio_from_manual});

inline constexpr Profile telit_le910 = [] {
  Profile profile =
      like(generic, "telit-le910", "Telit LE910", le910_usb, le910_models, seconds(10));
  profile.sim_number = telit_sim_number;
  profile.authenticate = telit_authenticate;
  profile.cell = telit_cell;
  profile.power_off = telit_power_off;
  profile.cmux = full_cmux;
  profile.quirks = le910_quirks;
  return profile;
}();

// ME910G1 takes the APN only with the radio on (Z), and so it is for every modem here: the radio is
// switched on when the SIM is looked at, and that comes before.
inline constexpr Profile telit_me910 = [] {
  Profile profile =
      like(telit_le910, "telit-me910", "Telit ME910", me910_usb, me910_models, seconds(10));
  profile.quirks = me910_quirks;
  return profile;
}();

}  // namespace tunppp::modem
