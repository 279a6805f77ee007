#pragma once

#include <array>

#include "modem/profile.h"

// The built-in modems are written down in profiles_*.h. What stands behind a command names where it
// comes from: 27.007 = 3GPP TS 27.007, V.250 = ITU-T V.250, K = Linux drivers/usb/serial/option.c,
// MM = ModemManager, Z = Zephyr modem_cellular, E = esp-protocols, M = MuditaOS (a Quectel phone),
// O = ofono, T = TinyGSM, V = vintage_net_mobile, X = ubxlib. Quirks have their source with them.

namespace tunppp::modem {

using std::string_view;
using std::chrono::seconds;

namespace source {
inline constexpr string_view modem_manager = "ModemManager, plugins for this maker";
inline constexpr string_view zephyr = "Zephyr, drivers/modem/modem_cellular.c";
inline constexpr string_view tiny_gsm = "TinyGSM, the client for this family";
inline constexpr string_view ubxlib = "u-blox ubxlib";
inline constexpr string_view option = "Linux, drivers/usb/serial/option.c";
}  // namespace source

// --- what 3GPP modems share ---

// One a line, as MM sends them: a modem that refuses one does not lose the others. CMEE tells
// causes by number, X4 tells busy and dial tone apart, &C1 lets DCD follow the carrier, &D2 hangs
// up when DTR falls. V.250; 27.007 section 9.1.
inline constexpr auto common_init =
    std::to_array<string_view>({"AT+CMEE=1", "ATX4", "AT&C1", "AT&D2"});

// 27.007 sections 5.1 to 5.3.
inline constexpr auto common_identify =
    std::to_array<string_view>({"AT+CGMI", "AT+CGMM", "AT+CGMR"});

// 27.007 section 8.65; many refuse it.
inline constexpr PinRetries common_pin_retries{R"(AT+CPINR="SIM PIN")", 1};

// 27.007 section 10.1.1.
inline constexpr ContextCommand common_context{.command = R"(AT+CGDCONT={cid},"{pdp}","{apn}")"};

// 27.007 section 10.1.31: 0 none, 1 PAP, 2 CHAP. There is no word for either; CHAP is the safer.
inline constexpr ContextCommand common_authenticate{
    .command = R"(AT+CGAUTH={cid},{auth},"{user}","{password}")",
    .auth_words = {"0", "1", "2", "2"}};

// 27.007 section 5.9.
inline constexpr RadioCommands common_radio{
    .automatic = "AT+WS46=25", .gsm = "AT+WS46=12", .umts = "AT+WS46=22", .lte = "AT+WS46=28"};

// 27.007 sections 7.2, 10.1.20, 10.1.22. On an LTE-only SIM CREG may stay 0 or 2, so it is asked
// last and does not stand in the way.
inline constexpr auto common_registration = std::to_array<RegistrationQuery>({
    {"AT+CEREG=2", "AT+CEREG?", "LTE", true},
    {"AT+CGREG=2", "AT+CGREG?", "packet", true},
    {"AT+CREG=2", "AT+CREG?", "voice", false},
});

// 27.007 section 10.1.47, before the others.
inline constexpr auto registration_5g = std::to_array<RegistrationQuery>({
    {"AT+C5GREG=2", "AT+C5GREG?", "5G", true},
    {"AT+CEREG=2", "AT+CEREG?", "LTE", true},
    {"AT+CGREG=2", "AT+CGREG?", "packet", true},
    {"AT+CREG=2", "AT+CREG?", "voice", false},
});

inline constexpr auto registration_2g = std::to_array<RegistrationQuery>({
    {"AT+CGREG=2", "AT+CGREG?", "packet", true},
    {"AT+CREG=2", "AT+CREG?", "voice", false},
});

inline constexpr string_view common_cell = "AT+CESQ";  // 27.007 section 8.69

// A context that is active already makes some refuse ATD (MM, for all).
inline constexpr auto deactivate_first = std::to_array<string_view>({"AT+CGACT=0,{cid}"});

inline constexpr string_view dial_context = "ATD*99***{cid}#";  // 27.007 section 10.2.1.1; MM, V, Z

// --- CMUX ---

// Z, for EG25-G and Telit: all parameters, T1 100 ms, N2 3, T2 300 ms, T3 10 s, k 2.
inline constexpr CmuxParameters full_cmux{.command =
                                              "AT+CMUX={mode},0,{speed},{frame_size},10,3,30,10,2"};
// O, for SIM900.
inline constexpr CmuxParameters sim800_cmux{
    .command = "AT+CMUX={mode},0,{speed},{frame_size},10,3,30,10,2", .frame_size = 128};
// Z: with 127 its frames are damaged.
inline constexpr CmuxParameters lara_r6_cmux{.frame_size = 31};
// X: knows no DISC on a channel.
inline constexpr CmuxParameters sara_r4_cmux{.disconnect = false};

// --- the profile of them all ---

inline constexpr auto generic_quirks = std::to_array<QuirkNote>({
    {Quirk::known_by_name_only, "It is for what no other profile knows.", "tunppp"},
    {Quirk::no_power_off, "27.007 has no command for it; AT+CFUN=0 only switches the radio off.",
     "3GPP TS 27.007 section 8.2"},
});

inline constexpr Profile generic{
    .name = "generic",
    .description = "any modem that keeps to 3GPP TS 27.007",
    .usb = {},
    .models = {},
    .boot_wait = seconds(5),
    .init = common_init,
    .identify = common_identify,
    .set_up = {},
    .pin_retries = common_pin_retries,
    .sim_number = {},
    .context = common_context,
    .authenticate = common_authenticate,
    .radio = common_radio,
    .registration = common_registration,
    .cell = common_cell,
    .before_dial = deactivate_first,
    .dial = dial_context,
    .hang_up = "ATH",
    .power_off = {},
    .cmux = {},
    .quirks = generic_quirks,
};

/// A profile like another one, under its own name.
inline constexpr Profile like(Profile base, string_view name, string_view description,
                              std::span<const UsbIdentity> usb, std::span<const string_view> models,
                              Duration boot_wait) {
  base.name = name;
  base.description = description;
  base.usb = usb;
  base.models = models;
  base.boot_wait = boot_wait;
  return base;
}

}  // namespace tunppp::modem
