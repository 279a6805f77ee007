// The built-in modems. Each fact names where it comes from: 27.007 = 3GPP TS 27.007, V.250 = ITU-T
// V.250, K = Linux drivers/usb/serial/option.c, MM = ModemManager, Z = Zephyr modem_cellular,
// E = esp-protocols, M = MuditaOS (a Quectel phone), O = ofono, T = TinyGSM, V =
// vintage_net_mobile, X = ubxlib. What carries a question mark was seen in no source that was tried
// on hardware: a modem that refuses it says so.

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

// 27.007 section 8.65; many refuse it.
constexpr PinRetries common_pin_retries{R"(AT+CPINR="SIM PIN")", 1};

// 27.007 section 10.1.1.
constexpr ContextCommand common_context{.command = R"(AT+CGDCONT={cid},"{pdp}","{apn}")"};

// 27.007 section 10.1.31: 0 none, 1 PAP, 2 CHAP. There is no word for either; CHAP is the safer.
constexpr ContextCommand common_authenticate{
    .command = R"(AT+CGAUTH={cid},{auth},"{user}","{password}")",
    .auth_words = {"0", "1", "2", "2"}};

// 27.007 section 5.9.
constexpr RadioCommands common_radio{
    .automatic = "AT+WS46=25", .gsm = "AT+WS46=12", .umts = "AT+WS46=22", .lte = "AT+WS46=28"};

// 27.007 sections 7.2, 10.1.20, 10.1.22. On an LTE-only SIM CREG may stay 0 or 2, so it is asked
// last and does not stand in the way.
constexpr auto common_registration = std::to_array<RegistrationQuery>({
    {"AT+CEREG=2", "AT+CEREG?", "LTE", true},
    {"AT+CGREG=2", "AT+CGREG?", "packet", true},
    {"AT+CREG=2", "AT+CREG?", "voice", false},
});

// 27.007 section 10.1.47, before the others.
constexpr auto registration_5g = std::to_array<RegistrationQuery>({
    {"AT+C5GREG=2", "AT+C5GREG?", "5G", true},
    {"AT+CEREG=2", "AT+CEREG?", "LTE", true},
    {"AT+CGREG=2", "AT+CGREG?", "packet", true},
    {"AT+CREG=2", "AT+CREG?", "voice", false},
});

constexpr auto registration_2g = std::to_array<RegistrationQuery>({
    {"AT+CGREG=2", "AT+CGREG?", "packet", true},
    {"AT+CREG=2", "AT+CREG?", "voice", false},
});

constexpr string_view common_cell = "AT+CESQ";  // 27.007 section 8.69

// A context that is active already makes some refuse ATD (MM, for all).
constexpr auto deactivate_first = std::to_array<string_view>({"AT+CGACT=0,{cid}"});

constexpr string_view dial_context = "ATD*99***{cid}#";  // 27.007 section 10.2.1.1; MM, V, Z

// --- CMUX ---

// Z, for EG25-G and Telit: all parameters, T1 100 ms, N2 3, T2 300 ms, T3 10 s, k 2.
constexpr CmuxParameters full_cmux{.command = "AT+CMUX={mode},0,{speed},{frame_size},10,3,30,10,2"};
// O, for SIM900.
constexpr CmuxParameters sim800_cmux{
    .command = "AT+CMUX={mode},0,{speed},{frame_size},10,3,30,10,2", .frame_size = 128};
// Z: with 127 its frames are damaged.
constexpr CmuxParameters lara_r6_cmux{.frame_size = 31};
// X: knows no DISC on a channel.
constexpr CmuxParameters sara_r4_cmux{.disconnect = false};

// --- Quectel ---

// K: 0 DIAG, 1 NMEA, 2 AT, 3 modem, 4 QMI.
constexpr auto quectel_ports = std::to_array<UsbPort>({{0, PortRole::diagnostics},
                                                       {1, PortRole::nmea},
                                                       {2, PortRole::at},
                                                       {3, PortRole::modem},
                                                       {4, PortRole::network}});
constexpr auto eg916q_ports = std::to_array<UsbPort>({{0, PortRole::diagnostics},
                                                      {1, PortRole::nmea},
                                                      {2, PortRole::at},
                                                      {3, PortRole::modem},
                                                      {4, PortRole::network}});  // K

constexpr auto ec25_usb = std::to_array<UsbIdentity>({
    {0x2c7c, 0x0125, "EC25, EG25-G, EC20", quectel_ports},  // K, MM
    {0x2c7c, 0x0121, "EC21", quectel_ports},                // K, MM
    {0x2c7c, 0x0191, "EG91", quectel_ports},                // K, MM
    {0x2c7c, 0x0195, "EG95", quectel_ports},                // K, MM
    {0x2c7c, 0x0306, "EP06, EG06", quectel_ports},          // K, MM
    {0x2c7c, 0x0512, "EM12", quectel_ports},                // K, MM
});
constexpr auto ec25_models = std::to_array<string_view>(
    {"EC25", "EC21", "EC20", "EG25", "EG21", "EP06", "EG06", "EG91", "EG95", "EM12"});

// +QPINC: "SC",<PIN tries>,<PUK tries>
constexpr PinRetries quectel_pin_retries{R"(AT+QPINC="SC")", 1};
constexpr SimNumberQuery quectel_sim_number{"AT+QCCID", "+QCCID:"};
// <ctx>,<1 v4, 2 v6, 3 both>,"apn","user","password",<0 none, 1 PAP, 2 CHAP, 3 either>
constexpr ContextCommand quectel_authenticate{
    .command = R"(AT+QICSGP={cid},{pdp},"{apn}","{user}","{password}",{auth})",
    .pdp_words = {"1", "2", "3"},
    .auth_words = {"0", "1", "2", "3"}};
constexpr RadioCommands quectel_radio{.automatic = R"(AT+QCFG="nwscanmode",0)",
                                      .gsm = R"(AT+QCFG="nwscanmode",1)",
                                      .lte = R"(AT+QCFG="nwscanmode",3)"};
constexpr string_view quectel_cell = R"(AT+QENG="servingcell")";
constexpr string_view quectel_power_off = "AT+QPOWD=1";  // M: POWERED DOWN follows
constexpr auto quectel_quirks = std::to_array<Quirk>({
    Quirk::slow_hang_up,  // E, M: ATH up to 90 s
});

constexpr auto ec200_usb = std::to_array<UsbIdentity>({
    {0x2c7c, 0x6026, "EC200T", {}},           // K; the order of its ttys is not known
    {0x2c7c, 0x6002, "EC200S", {}},           // K
    {0x2c7c, 0x6005, "EC200A", {}},           // K
    {0x2c7c, 0x6001, "EG912Y", {}},           // K
    {0x2c7c, 0x0901, "EC200U", {}},           // K
    {0x2c7c, 0x6007, "EG916Q", eg916q_ports}  // K
});
constexpr auto ec200_models = std::to_array<string_view>({"EC200", "EG912", "EG916"});

constexpr auto bg9x_usb = std::to_array<UsbIdentity>({
    {0x2c7c, 0x0296, "BG96", quectel_ports},  // K, MM
    {0x2c7c, 0x0203, "BG95-M3", {}},          // K
    {0x2c7c, 0x0700, "BG95", {}},             // K
});
constexpr auto bg9x_models = std::to_array<string_view>({"BG95", "BG96", "BG77"});
constexpr RadioCommands bg9x_radio{.automatic = R"(AT+QCFG="iotopmode",2)",
                                   .gsm = R"(AT+QCFG="nwscanmode",1)",
                                   .lte = R"(AT+QCFG="nwscanmode",3)",
                                   .lte_m = R"(AT+QCFG="iotopmode",0)",
                                   .nb_iot = R"(AT+QCFG="iotopmode",1)"};  // V

constexpr auto rm500q_usb = std::to_array<UsbIdentity>({
    {0x2c7c, 0x0800, "RM500Q", quectel_ports},  // K, MM
    {0x2c7c, 0x0801, "RM520N", quectel_ports},  // K, MM
});
constexpr auto rm500q_models = std::to_array<string_view>({"RM500", "RM502", "RM520"});

// --- SIMCom ---

// K, MM, E: 0 QCDM, 1 GPS, 2 AT, 3 modem, 4 audio, 5 QMI.
constexpr auto sim7600_ports = std::to_array<UsbPort>({{0, PortRole::diagnostics},
                                                       {1, PortRole::nmea},
                                                       {2, PortRole::at},
                                                       {3, PortRole::modem},
                                                       {4, PortRole::other},
                                                       {5, PortRole::network}});
// K, MM: the composition with RNDIS.
constexpr auto sim7600_rndis_ports =
    std::to_array<UsbPort>({{2, PortRole::other}, {4, PortRole::at}, {5, PortRole::modem}});
constexpr auto sim7600_usb = std::to_array<UsbIdentity>({
    {0x1e0e, 0x9001, "SIM7600, SIM7500, SIM7100", sim7600_ports},
    {0x1e0e, 0x9011, "SIM7600, A7670, A7672", sim7600_rndis_ports},
});
constexpr auto sim7600_models = std::to_array<string_view>(
    {"SIM7600", "SIM7500", "SIM7100", "SIM7670", "SIM76", "SIM75", "A7670", "A7672", "A76"});
// +SPIC: <PIN>,<PUK>,<PIN2>,<PUK2> tries
constexpr PinRetries simcom_pin_retries{"AT+SPIC", 0};
constexpr SimNumberQuery sim7600_sim_number{"AT+CICCID", "+ICCID:"};
// The password stands first: T; manual of A76xx, 5.2.16. 3 = either.
constexpr ContextCommand sim7600_authenticate{
    .command = R"(AT+CGAUTH={cid},{auth},"{password}","{user}")"};
constexpr RadioCommands sim7600_radio{
    .automatic = "AT+CNMP=2", .gsm = "AT+CNMP=13", .umts = "AT+CNMP=14", .lte = "AT+CNMP=38"};
constexpr string_view simcom_cell = "AT+CPSI?";

// K, MM: AT and ECM; AT only, with the modem at 5.
constexpr auto sim7080_ports = std::to_array<UsbPort>(
    {{0, PortRole::diagnostics}, {1, PortRole::nmea}, {2, PortRole::at}, {3, PortRole::modem}});
constexpr auto sim7080_at_ports = std::to_array<UsbPort>({{0, PortRole::diagnostics},
                                                          {1, PortRole::nmea},
                                                          {2, PortRole::at},
                                                          {3, PortRole::other},
                                                          {4, PortRole::other},
                                                          {5, PortRole::modem}});
constexpr auto sim7080_usb = std::to_array<UsbIdentity>({
    {0x1e0e, 0x9205, "SIM7070, SIM7080, SIM7090", sim7080_ports},
    {0x1e0e, 0x9206, "SIM7070, SIM7080, SIM7090", sim7080_at_ports},
});
constexpr auto sim7080_models = std::to_array<string_view>({"SIM7070", "SIM7080", "SIM7090"});
// The bare number, without a name before it (T).
constexpr SimNumberQuery bare_sim_number{"AT+CCID", "+CCID:"};
// T: <index>,<0 both, 1 v4, 2 v6>,"apn","user","password",<auth>
constexpr ContextCommand sim7080_authenticate{
    .command = R"(AT+CNCFG=0,{pdp},"{apn}","{user}","{password}",{auth})",
    .pdp_words = {"1", "2", "0"}};
constexpr RadioCommands sim7080_radio{.automatic = "AT+CNMP=51",
                                      .lte = "AT+CNMP=38",
                                      .lte_m = "AT+CMNB=1",
                                      .nb_iot = "AT+CMNB=2"};  // T

// Its USB identity is that of SIM7600, so only its name tells.
constexpr auto sim7000_models = std::to_array<string_view>({"SIM7000"});
constexpr auto sim800_models = std::to_array<string_view>({"SIM800", "SIM868", "SIM900"});

// --- Huawei ---

// MM: the roles stand in the descriptors.
constexpr auto huawei_usb = std::to_array<UsbIdentity>({
    {0x12d1, 0x1573, "ME909u", {}},
    {0x12d1, 0x1506, "E3372", {}},
    {0x12d1, 0x1442, "E3372", {}},
});
constexpr auto huawei_models = std::to_array<string_view>({"E3372", "E3272", "ME909", "ME906"});

// --- u-blox ---

// +UPINCNT: <PIN>,<PIN2>,<PUK>,<PUK2> tries
constexpr PinRetries ublox_pin_retries{"AT+UPINCNT", 0};
constexpr ContextCommand ublox_authenticate{
    .command = R"(AT+UAUTHREQ={cid},{auth},"{user}","{password}")"};
// X: these two take the password first.
constexpr ContextCommand ublox_authenticate_password_first{
    .command = R"(AT+UAUTHREQ={cid},{auth},"{password}","{user}")"};
constexpr RadioCommands ublox_radio{.automatic = "AT+URAT=3,2,0",  // Z
                                    .gsm = "AT+URAT=0",            // ?
                                    .umts = "AT+URAT=2",           // ?
                                    .lte = "AT+URAT=3"};           // ?
constexpr RadioCommands sara_r4_radio{.lte_m = "AT+URAT=7",        // ?
                                      .nb_iot = "AT+URAT=8"};      // ?
constexpr string_view ublox_power_off = "AT+CPWROFF";              // ?

// K: AT at 2, QMI at 3.
constexpr auto sara_r4_ports =
    std::to_array<UsbPort>({{2, PortRole::modem}, {3, PortRole::network}});
constexpr auto sara_r4_usb =
    std::to_array<UsbIdentity>({{0x05c6, 0x90b2, "SARA-R410M", sara_r4_ports}});
constexpr auto sara_r4_models = std::to_array<string_view>({"SARA-R4"});
constexpr auto sara_r5_models = std::to_array<string_view>({"SARA-R5"});
constexpr auto sara_u2_usb = std::to_array<UsbIdentity>({
    {0x1546, 0x1102, "SARA-U2", {}},  // MM
    {0x1546, 0x1104, "SARA-U2", {}},  // MM
});
constexpr auto sara_u2_models = std::to_array<string_view>({"SARA-U2"});
// K, MM: 0 diagnostics, 1 AT, 2 and 3 AT as well.
constexpr auto lara_r6_ports = std::to_array<UsbPort>(
    {{0, PortRole::diagnostics}, {1, PortRole::modem}, {2, PortRole::at}, {3, PortRole::at}});
constexpr auto lara_r6_usb = std::to_array<UsbIdentity>({
    {0x05c6, 0x908b, "LARA-R6", lara_r6_ports},
    {0x1546, 0x1311, "LARA-R6", lara_r6_ports},
    {0x1546, 0x1312, "LARA-R6", lara_r6_ports},
    {0x1546, 0x1313, "LARA-R6", lara_r6_ports},
});
constexpr auto lara_r6_models = std::to_array<string_view>({"LARA-R6"});
constexpr auto lara_r6_set_up = std::to_array<string_view>({"AT+ULWM2M=1"});  // Z: LwM2M off
constexpr auto toby_l2_usb = std::to_array<UsbIdentity>({
    {0x1546, 0x1141, "TOBY-L2", {}},  // MM, V
    {0x1546, 0x1143, "TOBY-L2", {}},  // MM, V
    {0x1546, 0x1146, "TOBY-L2", {}},  // MM, V
});
constexpr auto toby_l2_models = std::to_array<string_view>({"TOBY-L2", "TOBY-L4", "LARA-R2"});

// --- Telit ---

// MM: 0 QCDM, 3 GPS, 4 AT, 5 AT.
constexpr auto le910c1_ports = std::to_array<UsbPort>({{0, PortRole::diagnostics},
                                                       {3, PortRole::nmea},
                                                       {4, PortRole::modem},
                                                       {5, PortRole::at},
                                                       {6, PortRole::other}});
// MM: MBIM between them moves all but the first.
constexpr auto le910c1_mbim_ports = std::to_array<UsbPort>({{0, PortRole::diagnostics},
                                                            {4, PortRole::nmea},
                                                            {5, PortRole::modem},
                                                            {6, PortRole::at}});
// MM: 0 QCDM, 1 AT, 2 AT.
constexpr auto me910_ports =
    std::to_array<UsbPort>({{0, PortRole::diagnostics}, {1, PortRole::modem}, {2, PortRole::at}});
constexpr auto le910s1_ports =
    std::to_array<UsbPort>({{3, PortRole::at}, {4, PortRole::modem}});  // MM
constexpr auto le910_usb = std::to_array<UsbIdentity>({
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
constexpr auto le910_models = std::to_array<string_view>({"LE910"});
constexpr auto me910_usb = std::to_array<UsbIdentity>({
    {0x1bc7, 0x1101, "ME910C1", me910_ports},
    {0x1bc7, 0x110a, "ME910G1", me910_ports},
});
constexpr auto me910_models = std::to_array<string_view>({"ME910"});
constexpr SimNumberQuery telit_sim_number{"AT#CCID", "#CCID:"};  // ?
constexpr ContextCommand telit_authenticate{
    .command = R"(AT#PDPAUTH={cid},{auth},"{user}","{password}")",
    .auth_words = {"0", "1", "2", "2"}};            // ?
constexpr string_view telit_cell = "AT#RFSTS";      // ?
constexpr string_view telit_power_off = "AT#SHDN";  // ?

// --- Sierra ---

// MM: one tty speaks AT, and PPP is on it.
constexpr auto sierra_ports = std::to_array<UsbPort>({{0, PortRole::diagnostics},
                                                      {2, PortRole::nmea},
                                                      {3, PortRole::modem},
                                                      {8, PortRole::network},
                                                      {10, PortRole::network}});
constexpr auto mc74_usb = std::to_array<UsbIdentity>({
    {0x1199, 0x9071, "MC74xx", sierra_ports},
    {0x1199, 0x9079, "EM7455", sierra_ports},
    {0x1199, 0x9091, "EM7565", sierra_ports},
});
constexpr auto mc74_models =
    std::to_array<string_view>({"MC74", "MC73", "EM74", "EM75", "EM73", "EM76"});
constexpr PinRetries sierra_pin_retries{"AT+CPINC", 0};  // +CPINC: <PIN>,<PIN2>,<PUK>,<PUK2>
// MM: the password stands first.
constexpr ContextCommand mc74_authenticate{
    .command = R"(AT$QCPDPP={cid},{auth},"{password}","{user}")",
    .auth_words = {"0", "1", "2", "2"}};
constexpr string_view mc74_cell = "AT!GSTATUS?";
constexpr RadioCommands mc74_radio{.automatic = "AT!SELRAT=00",
                                   .gsm = "AT!SELRAT=02",
                                   .umts = "AT!SELRAT=01",
                                   .lte = "AT!SELRAT=06"};  // ?

// MM: 0 AT, 2 PPP, 4 NMEA.
constexpr auto hl78_ports =
    std::to_array<UsbPort>({{0, PortRole::at}, {2, PortRole::modem}, {4, PortRole::nmea}});
constexpr auto hl78_usb = std::to_array<UsbIdentity>({{0x1199, 0xc001, "HL7812", hl78_ports}});
constexpr auto hl78_models = std::to_array<string_view>({"HL78"});
// Z: before anything else it is to stay awake.
constexpr auto hl78_set_up =
    std::to_array<string_view>({"AT+KSLEEP=2", "AT+CPSMS=0", "AT+CEDRXS=0", "AT+WPPP=0"});
constexpr ContextCommand hl78_authenticate{
    .command = R"(AT+WPPP={auth},{cid},"{user}","{password}")",
    .auth_words = {"0", "1", "2", "2"}};  // Z, for WPPP=0; the rest: ?

// --- the profiles ---

constexpr Profile generic{
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
    .quirks = {},
};

/// A profile like another one, under its own name.
constexpr Profile like(Profile base, string_view name, string_view description,
                       std::span<const UsbIdentity> usb, std::span<const string_view> models,
                       Duration boot_wait) {
  base.name = name;
  base.description = description;
  base.usb = usb;
  base.models = models;
  base.boot_wait = boot_wait;
  return base;
}

constexpr Profile quectel_ec25 = [] {
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

constexpr Profile quectel_ec200 =
    like(quectel_ec25, "quectel-ec200", "Quectel EC200T, EC200S, EC200A, EC200U, EG912Y, EG916Q",
         ec200_usb, ec200_models, seconds(15));

constexpr Profile quectel_bg95 = [] {
  Profile profile = like(quectel_ec25, "quectel-bg95", "Quectel BG95, BG96, BG77", bg9x_usb,
                         bg9x_models, seconds(5));  // Z
  profile.radio = bg9x_radio;
  profile.before_dial = {};  // Z dials without CGACT
  return profile;
}();

constexpr Profile quectel_rm500q = [] {
  Profile profile = like(quectel_ec25, "quectel-rm500q", "Quectel RM500Q, RM502Q, RM520N",
                         rm500q_usb, rm500q_models, seconds(15));
  profile.radio = {};
  profile.registration = registration_5g;
  return profile;
}();

constexpr Profile simcom_sim7600 = [] {
  Profile profile = like(generic, "simcom-sim7600", "SIMCom SIM7600, SIM7500, SIM7100, A76xx",
                         sim7600_usb, sim7600_models, seconds(20));  // Z, for A76xx
  profile.pin_retries = simcom_pin_retries;
  profile.sim_number = sim7600_sim_number;
  profile.authenticate = sim7600_authenticate;
  profile.radio = sim7600_radio;
  profile.cell = simcom_cell;
  profile.power_off = "AT+CPOF";
  return profile;
}();

constexpr Profile simcom_sim7080 = [] {
  Profile profile = like(generic, "simcom-sim7080", "SIMCom SIM7070, SIM7080, SIM7090", sim7080_usb,
                         sim7080_models, seconds(10));  // Z
  profile.pin_retries = simcom_pin_retries;
  profile.sim_number = bare_sim_number;
  profile.authenticate = sim7080_authenticate;
  profile.radio = sim7080_radio;
  profile.cell = simcom_cell;
  profile.before_dial = {};  // T: not to be activated before it is dialled
  profile.power_off = "AT+CPOWD=1";
  return profile;
}();

constexpr Profile simcom_sim7000 = [] {
  Profile profile =
      like(simcom_sim7080, "simcom-sim7000", "SIMCom SIM7000", {}, sim7000_models, seconds(10));
  profile.authenticate = {};  // none is known
  return profile;
}();

constexpr Profile simcom_sim800 = [] {
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
  return profile;
}();

constexpr Profile huawei = [] {
  Profile profile = like(generic, "huawei", "Huawei E3372 (stick mode), ME909", huawei_usb,
                         huawei_models, seconds(5));
  profile.sim_number = {"AT^ICCID?", "^ICCID:"};
  profile.authenticate = {};  // ^NDISDUP is not for PPP
  profile.radio = {};
  profile.cell = "AT^HCSQ?";  // ?
  return profile;
}();

constexpr Profile ublox_toby_l2 = [] {
  Profile profile = like(generic, "ublox-toby-l2", "u-blox TOBY-L2, TOBY-L4, LARA-R2", toby_l2_usb,
                         toby_l2_models, seconds(20));  // READY after 20 s
  profile.pin_retries = ublox_pin_retries;
  profile.authenticate = ublox_authenticate;
  profile.radio = ublox_radio;
  profile.power_off = ublox_power_off;
  return profile;
}();

constexpr Profile ublox_sara_u2 = [] {
  Profile profile = like(ublox_toby_l2, "ublox-sara-u2", "u-blox SARA-U2", sara_u2_usb,
                         sara_u2_models, seconds(5));
  profile.registration = registration_2g;  // no LTE in it
  return profile;
}();

constexpr Profile ublox_sara_r4 = [] {
  Profile profile = like(ublox_toby_l2, "ublox-sara-r4", "u-blox SARA-R4", sara_r4_usb,
                         sara_r4_models, seconds(5));
  profile.authenticate = ublox_authenticate_password_first;
  profile.radio = sara_r4_radio;
  profile.cmux = sara_r4_cmux;
  return profile;
}();

constexpr Profile ublox_sara_r5 = [] {
  Profile profile =
      like(ublox_toby_l2, "ublox-sara-r5", "u-blox SARA-R5", {}, sara_r5_models, seconds(5));
  profile.radio = sara_r4_radio;
  return profile;
}();

constexpr Profile ublox_lara_r6 = [] {
  Profile profile = like(ublox_toby_l2, "ublox-lara-r6", "u-blox LARA-R6", lara_r6_usb,
                         lara_r6_models, seconds(9));  // Z
  profile.authenticate = ublox_authenticate_password_first;
  profile.set_up = lara_r6_set_up;
  profile.cmux = lara_r6_cmux;
  return profile;
}();

constexpr Profile telit_le910 = [] {
  Profile profile =
      like(generic, "telit-le910", "Telit LE910", le910_usb, le910_models, seconds(10));
  profile.sim_number = telit_sim_number;
  profile.authenticate = telit_authenticate;
  profile.cell = telit_cell;
  profile.power_off = telit_power_off;
  profile.cmux = full_cmux;
  return profile;
}();

// ME910G1 takes the APN only with the radio on (Z), and so it is for every modem here: the radio is
// switched on when the SIM is looked at, and that comes before.
constexpr Profile telit_me910 =
    like(telit_le910, "telit-me910", "Telit ME910", me910_usb, me910_models, seconds(10));

constexpr Profile sierra_mc74xx = [] {
  Profile profile = like(generic, "sierra-mc74xx", "Sierra Wireless MC74xx, EM74xx, EM75xx",
                         mc74_usb, mc74_models, seconds(10));
  profile.pin_retries = sierra_pin_retries;
  profile.authenticate = mc74_authenticate;
  profile.radio = mc74_radio;
  profile.cell = mc74_cell;
  return profile;
}();

constexpr Profile sierra_hl78 = [] {
  Profile profile =
      like(generic, "sierra-hl78", "Sierra Wireless HL78xx", hl78_usb, hl78_models, seconds(10));
  profile.set_up = hl78_set_up;
  profile.authenticate = hl78_authenticate;
  profile.radio = {};
  return profile;
}();

constexpr auto all = std::to_array<Profile>({
    generic,        quectel_ec25,   quectel_ec200,  quectel_bg95,  quectel_rm500q,
    simcom_sim7600, simcom_sim7080, simcom_sim7000, simcom_sim800, huawei,
    ublox_toby_l2,  ublox_sara_u2,  ublox_sara_r4,  ublox_sara_r5, ublox_lara_r6,
    telit_le910,    telit_me910,    sierra_mc74xx,  sierra_hl78,
});

}  // namespace

std::span<const Profile> profiles() {
  return all;
}

}  // namespace tunppp::modem
