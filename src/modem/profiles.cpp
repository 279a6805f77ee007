// The built-in modems. Each fact names where it comes from: 27.007 = 3GPP TS 27.007, V.250 = ITU-T
// V.250, K = Linux drivers/usb/serial/option.c, MM = ModemManager, Z = Zephyr modem_cellular,
// E = esp-protocols, M = MuditaOS (a Quectel phone), V = vintage_net_mobile.

#include <array>

#include "modem/profile.h"

namespace tunppp::modem {
namespace {

using std::string_view;
using std::chrono::seconds;

// --- what 3GPP modems share ---

// One a line, as MM sends them: a modem that refuses one does not lose the others. CMEE tells
// causes by number, X4 tells busy and dial tone apart, &C1 lets DCD follow the carrier, &D2 hangs
// up when DTR falls. V.250; 27.007 section 9.1.
constexpr auto common_init = std::to_array<string_view>({"AT+CMEE=1", "ATX4", "AT&C1", "AT&D2"});

// 27.007 sections 5.1 to 5.3.
constexpr auto common_identify = std::to_array<string_view>({"AT+CGMI", "AT+CGMM", "AT+CGMR"});

// 27.007 section 10.1.1.
constexpr ContextCommand common_context{.command = R"(AT+CGDCONT={cid},"{pdp}","{apn}")"};

// 27.007 section 10.1.31: 0 none, 1 PAP, 2 CHAP. There is no word for either; CHAP is the safer.
constexpr ContextCommand common_authenticate{
    .command = R"(AT+CGAUTH={cid},{auth},"{user}","{password}")",
    .auth_words = {"0", "1", "2", "2"}};

// 27.007 sections 7.2, 10.1.20, 10.1.22. On an LTE-only SIM CREG may stay 0 or 2, so it is asked
// last and does not stand in the way.
constexpr auto common_registration = std::to_array<RegistrationQuery>({
    {"AT+CEREG=2", "AT+CEREG?", "LTE", true},
    {"AT+CGREG=2", "AT+CGREG?", "packet", true},
    {"AT+CREG=2", "AT+CREG?", "voice", false},
});

// A context that is active already makes some refuse ATD (MM, for all).
constexpr auto deactivate_first = std::to_array<string_view>({"AT+CGACT=0,{cid}"});

constexpr string_view dial_context = "ATD*99***{cid}#";  // 27.007 section 10.2.1.1; MM, V, Z

// --- Quectel ---

// K: 0 DIAG, 1 NMEA, 2 AT, 3 modem, 4 QMI.
constexpr auto quectel_ports = std::to_array<UsbPort>({{0, PortRole::diagnostics},
                                                       {1, PortRole::nmea},
                                                       {2, PortRole::at},
                                                       {3, PortRole::modem},
                                                       {4, PortRole::network}});

constexpr auto ec25_usb = std::to_array<UsbIdentity>({
    {0x2c7c, 0x0125, "EC25, EG25-G, EC20", quectel_ports},  // K, MM
    {0x2c7c, 0x0121, "EC21", quectel_ports},                // K, MM
});

constexpr auto ec25_quirks = std::to_array<Quirk>({
    Quirk::slow_hang_up,  // E, M: ATH up to 90 s
});

constexpr auto all = std::to_array<Profile>({
    {
        .name = "generic",
        .description = "any modem that keeps to 3GPP TS 27.007",
        .usb = {},
        .boot_wait = seconds(5),
        .init = common_init,
        .identify = common_identify,
        .pin_retries = {R"(AT+CPINR="SIM PIN")", 1},  // 27.007 section 8.65; many refuse it
        .context = common_context,
        .authenticate = common_authenticate,
        .registration = common_registration,
        .before_dial = deactivate_first,
        .dial = dial_context,
        .hang_up = "ATH",
        .quirks = {},
    },
    {
        .name = "quectel-ec25",
        .description = "Quectel EC25, EC21, EC20, EG25-G",
        .usb = ec25_usb,
        .boot_wait = seconds(15),  // Z, for EG25
        .init = common_init,
        .identify = common_identify,
        .pin_retries = {R"(AT+QPINC="SC")", 1},  // +QPINC: "SC",<PIN tries>,<PUK tries>
        .context = common_context,
        // <ctx>,<1 v4, 2 v6, 3 both>,"apn","user","password",<0 none, 1 PAP, 2 CHAP, 3 either>
        .authenticate = {.command = R"(AT+QICSGP={cid},{pdp},"{apn}","{user}","{password}",{auth})",
                         .pdp_words = {"1", "2", "3"},
                         .auth_words = {"0", "1", "2", "3"}},
        .registration = common_registration,
        .before_dial = deactivate_first,
        .dial = dial_context,
        .hang_up = "ATH",
        .quirks = ec25_quirks,
    },
});

}  // namespace

std::span<const Profile> profiles() {
  return all;
}

}  // namespace tunppp::modem
