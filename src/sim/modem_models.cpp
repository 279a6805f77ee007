#include "sim/modem_models.h"

#include <array>

namespace tunppp::sim {
namespace {

using std::string_view;

constexpr auto quectel_boot = std::to_array<string_view>(
    {"RDY", "+CFUN: 1", "+CPIN: READY", "+QUSIM: 1", "+QIND: SMS DONE", "+QIND: PB DONE"});
constexpr auto simcom_boot =
    std::to_array<string_view>({"RDY", "+CPIN: READY", "SMS DONE", "PB DONE"});
constexpr auto sim800_boot = std::to_array<string_view>(
    {"RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready", "SMS Ready", "*PSUTTZ: 2024,1,1,0,0,0"});
constexpr auto huawei_boot =
    std::to_array<string_view>({"^BOOT:1,0,0,0,0", "^RSSI: 20", "^MODE: 7,7"});
constexpr auto ublox_boot = std::to_array<string_view>({"READY"});
constexpr auto generic_boot = std::to_array<string_view>({"RDY", "+CFUN: 1"});

constexpr auto cgauth = std::to_array<AuthCommand>({{"+CGAUTH", AuthForm::user_password}});
constexpr auto quectel_auth = std::to_array<AuthCommand>(
    {{"+QICSGP", AuthForm::apn_user_password}, {"+CGAUTH", AuthForm::user_password}});
constexpr auto sim7600_auth = std::to_array<AuthCommand>({{"+CGAUTH", AuthForm::password_user}});
constexpr auto sim7080_auth = std::to_array<AuthCommand>({{"+CNCFG", AuthForm::index_of_context}});
constexpr auto ublox_auth = std::to_array<AuthCommand>({{"+UAUTHREQ", AuthForm::user_password}});
constexpr auto ublox_auth_reversed =
    std::to_array<AuthCommand>({{"+UAUTHREQ", AuthForm::password_user}});
constexpr auto telit_auth = std::to_array<AuthCommand>({{"#PDPAUTH", AuthForm::user_password}});
constexpr auto sierra_auth = std::to_array<AuthCommand>({{"$QCPDPP", AuthForm::password_user}});
constexpr auto hl78_auth = std::to_array<AuthCommand>({{"+WPPP", AuthForm::auth_user_password}});

constexpr string_view fast = "CONNECT 150000000";
constexpr string_view bare = "CONNECT";
constexpr string_view qeng =
    R"(+QENG: "servingcell","NOCONN","LTE","FDD",001,01,1C3D4E5,257,1850,3,5,5,1A2B,-94,-8,-65,15,38)";
constexpr string_view qeng_5g = R"(+QENG: "servingcell","NOCONN","NR5G-SA","TDD",001,01,1C3D4E5,1)";
constexpr string_view cpsi =
    "+CPSI: LTE,Online,001-01,0x1A2B,29613285,257,EUTRAN-BAND3,1850,5,5,-94,-850,-545,15";
constexpr string_view cesq = "+CESQ: 99,99,255,255,22,46";

constexpr ModemModel quectel(string_view name, string_view profile, string_view model,
                             string_view firmware, string_view cell_answer = qeng) {
  return {name,         profile,  "Quectel",  model,    firmware, fast,       quectel_boot,
          quectel_auth, "+QCCID", "+QCCID: ", "+QPINC", "+QENG",  cell_answer};
}

constexpr ModemModel ublox(string_view name, string_view model,
                           std::span<const AuthCommand> auth = ublox_auth, bool lte = true) {
  return {name, name,    "u-blox",  model,      "08.90", bare, ublox_boot,
          auth, "+CCID", "+CCID: ", "+UPINCNT", "+CESQ", cesq, lte};
}

// The names and forms are those of the profiles; see there where they come from.
constexpr auto models = std::to_array<ModemModel>({
    {"generic", "generic", "tunppp", "Generic", "1", bare, generic_boot, cgauth, "+CCID",
     "+CCID: ", "+CPINR", "+CESQ", cesq},
    quectel("quectel-ec25", "quectel-ec25", "EC25", "EC25EFAR06A06M4G"),
    quectel("quectel-ec21", "quectel-ec25", "EC21", "EC21EFAR06A05M4G"),
    quectel("quectel-eg25-g", "quectel-ec25", "EG25", "EG25GGBR07A08M2G"),
    quectel("quectel-ep06", "quectel-ec25", "EP06", "EP06ELAR04A08M4G"),
    quectel("quectel-eg91", "quectel-ec25", "EG91", "EG91EFBR02A02M4G"),
    quectel("quectel-ec200", "quectel-ec200", "EC200A", "EC200AEUHAR01A09M16"),
    quectel("quectel-bg95", "quectel-bg95", "BG95-M3", "BG95M3LAR02A04"),
    quectel("quectel-bg96", "quectel-bg95", "BG96", "BG96MAR02A07M1G"),
    quectel("quectel-rm500q", "quectel-rm500q", "RM500Q-GL", "RM500QGLABR11A06M4G", qeng_5g),
    {"simcom-sim7600", "simcom-sim7600", "SIMCOM INCORPORATED", "SIMCOM_SIM7600E-H",
     "LE20B03SIM7600M22", fast, simcom_boot, sim7600_auth, "+CICCID", "+ICCID: ", "+SPIC", "+CPSI",
     cpsi},
    {"simcom-a7670", "simcom-sim7600", "INCORPORATED", "A7670E-FASE", "A110B05A7670M7", fast,
     simcom_boot, sim7600_auth, "+CICCID", "+ICCID: ", "+SPIC", "+CPSI", cpsi},
    {"simcom-sim7080", "simcom-sim7080", "SIMCOM_Ltd", "SIMCOM_SIM7080G", "1951B16SIM7080", fast,
     simcom_boot, sim7080_auth, "+CCID", "", "+SPIC", "+CPSI", cpsi},
    {"simcom-sim7000",
     "simcom-sim7000",
     "SIMCOM_Ltd",
     "SIMCOM_SIM7000E",
     "1529B11SIM7000E",
     bare,
     simcom_boot,
     {},
     "+CCID",
     "",
     "+SPIC",
     "+CPSI",
     cpsi},
    {"simcom-sim800",
     "simcom-sim800",
     "SIMCOM_Ltd",
     "SIMCOM_SIM800L",
     "1418B05SIM800L24",
     bare,
     sim800_boot,
     {},
     "+CCID",
     "",
     "+SPIC",
     "",
     "",
     false},
    {"huawei-e3372",
     "huawei",
     "huawei",
     "E3372",
     "21.180.01.00.00",
     fast,
     huawei_boot,
     {},
     "^ICCID",
     "^ICCID: ",
     "^CPIN",
     "^HCSQ",
     R"(^HCSQ: "LTE",57,56,130,24)"},
    {"huawei-me909",
     "huawei",
     "Huawei Technologies Co., Ltd.",
     "ME909u-521",
     "12.636.11.01.00",
     fast,
     huawei_boot,
     {},
     "^ICCID",
     "^ICCID: ",
     "^CPIN",
     "^HCSQ",
     R"(^HCSQ: "LTE",57,56,130,24)"},
    ublox("ublox-sara-r4", "SARA-R410M-02B", ublox_auth_reversed),
    ublox("ublox-sara-r5", "SARA-R510S"),
    ublox("ublox-sara-u2", "SARA-U201", ublox_auth, false),
    ublox("ublox-lara-r6", "LARA-R6001", ublox_auth_reversed),
    ublox("ublox-toby-l2", "TOBY-L210"),
    {"telit-le910",
     "telit-le910",
     "Telit",
     "LE910C1-EU",
     "25.30.226",
     bare,
     {},
     telit_auth,
     "#CCID",
     "#CCID: ",
     "+CPINR",
     "#RFSTS",
     R"(#RFSTS: "001 01",1850,-94,-65,-8)"},
    {"telit-me910",
     "telit-me910",
     "Telit",
     "ME910G1-W1",
     "37.00.213",
     bare,
     {},
     telit_auth,
     "#CCID",
     "#CCID: ",
     "+CPINR",
     "#RFSTS",
     R"(#RFSTS: "001 01",1850,-94,-65,-8)"},
    {"sierra-mc74xx",
     "sierra-mc74xx",
     "Sierra Wireless, Incorporated",
     "MC7455",
     "SWI9X30C_02.33.03.00",
     fast,
     {},
     sierra_auth,
     "+CCID",
     "+CCID: ",
     "+CPINC",
     "",
     ""},
    {"sierra-em75xx",
     "sierra-mc74xx",
     "Sierra Wireless, Incorporated",
     "EM7565",
     "SWI9X50C_01.14.03.00",
     fast,
     {},
     sierra_auth,
     "+CCID",
     "+CCID: ",
     "+CPINC",
     "",
     ""},
    {"sierra-hl78",
     "sierra-hl78",
     "Sierra Wireless",
     "HL7800",
     "HL7800.4.6.9.4",
     bare,
     {},
     hl78_auth,
     "+CCID",
     "+CCID: ",
     "+CPINR",
     "+CESQ",
     cesq},
});

// --- habits ---

using std::chrono::seconds;

// One of each looks like the answer to a query.
constexpr auto quectel_unsolicited = std::to_array<string_view>(
    {R"(+QIND: "csq",20,99)", "+CREG: 1", R"(+CEREG: 1,"1A2B","01C3D4E5",7)", "+CGREG: 1", "RING"});
constexpr auto simcom_unsolicited =
    std::to_array<string_view>({"+CSQ: 20,99", "+CREG: 1", "*PSUTTZ: 2024,1,1,0,0,0", "RING"});
constexpr auto huawei_unsolicited = std::to_array<string_view>(
    {"^RSSI: 20", "^MODE: 7,7", R"(^HCSQ: "LTE",57,56,130,24)", "+CREG: 1"});
constexpr auto any_unsolicited = std::to_array<string_view>(
    {"+CREG: 1", R"(+CEREG: 1,"1A2B","01C3D4E5",7)", "+CIEV: 2,4", "RING"});

// The first whose name fits; the last fits all.
constexpr Family simcom_family{.beginning = "simcom-",
                               .sleep = {.name = "+CSCLK"},
                               .power_down_code = "NORMAL POWER DOWN",
                               .unsolicited = simcom_unsolicited};

/// Its firmware is of series B, which has no multiplexer.
constexpr Family sim7000_family() {
  Family family = simcom_family;
  family.beginning = "simcom-sim7000";
  family.multiplexes = false;
  return family;
}
constexpr Family sim7080_family() {
  Family family = simcom_family;
  family.beginning = "simcom-sim7080";
  family.own_activation = "+CNACT";
  return family;
}
constexpr Family a7670_family() {
  Family family = simcom_family;
  family.beginning = "simcom-a7670";
  family.long_frame_lengths = true;
  return family;
}

constexpr auto families = std::to_array<Family>({
    {.beginning = "quectel-",
     .sleep = {.name = "+QSCLK"},
     .power_down_code = "POWERED DOWN",
     .unsolicited = quectel_unsolicited,
     .flight_wants_sim = true},
    sim7000_family(),
    sim7080_family(),
    a7670_family(),
    simcom_family,
    {.beginning = "huawei-", .unsolicited = huawei_unsolicited},
    {.beginning = "ublox-",
     .sleep = {.name = "+UPSV", .by_dtr = 3, .when_idle = 1},
     .unsolicited = any_unsolicited},
    {.beginning = "telit-me910", .unsolicited = any_unsolicited, .context_wants_radio = true},
    {.beginning = "sierra-hl78",
     .sleep = {.name = "+KSLEEP", .never = 2, .by_dtr = 0, .when_idle = 1},
     .unsolicited = any_unsolicited},
    {.beginning = "sierra-", .unsolicited = any_unsolicited, .lone_line_feed = true},
    {.beginning = "", .unsolicited = any_unsolicited},
});

struct BootTime {
  string_view beginning;
  Duration time;
};
constexpr auto boot_times = std::to_array<BootTime>({
    {"quectel-bg", seconds(5)},
    {"quectel-", seconds(15)},
    {"simcom-sim7080", seconds(10)},
    {"simcom-sim7600", seconds(20)},
    {"simcom-a76", seconds(20)},
    {"ublox-lara-r6", seconds(9)},
    {"ublox-toby-l2", seconds(20)},
    {"", seconds(5)},
});

template <class Table>
const auto& first_that_fits(const Table& table, string_view name) {
  std::size_t i = 0;
  while (!name.starts_with(table[i].beginning)) ++i;
  return table[i];
}

}  // namespace

const Family& ModemModel::family() const {
  return first_that_fits(families, name);
}

Duration ModemModel::boot_time() const {
  return first_that_fits(boot_times, name).time;
}

std::string_view arguments_of(AuthForm form) {
  switch (form) {
    case AuthForm::user_password:
      return "cid,protocol,user,password";
    case AuthForm::password_user:
      return "cid,protocol,password,user";
    case AuthForm::auth_user_password:
      return "protocol,cid,user,password";
    case AuthForm::apn_user_password:
      return "cid,type,apn,user,password,protocol";
    case AuthForm::index_of_context:
      return "cid - 1,type,apn,user,password,protocol";
  }
  return {};
}

std::span<const ModemModel> modem_models() {
  return models;
}

const ModemModel* find_modem_model(std::string_view name) {
  for (const ModemModel& model : models)
    if (model.name == name) return &model;
  return nullptr;
}

}  // namespace tunppp::sim
