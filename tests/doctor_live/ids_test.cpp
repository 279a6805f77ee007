// Each id that the doctor promises, with a system or a modem that yields it and nothing else.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "doctor/catalogue.h"
#include "doctor/examined.h"
#include "doctor/live.h"
#include "scripted_modem.h"
#include "sim_modem/modem_line.h"

namespace tunppp::doctor {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using Options = sim::ModemEmulatorOptions;
using Ids = std::set<std::string>;

constexpr const char* promised =
    "no-usb-host usb-gadget-mode no-modem modem-storage-mode modem-hilink modem-not-serial-mode "
    "driver-missing driver-not-bound tty-missing wrong-tty tty-permission tty-busy uart-console "
    "tun-missing tun-permission modem-silent modem-in-data-mode sim-absent sim-pin sim-puk "
    "not-registered registration-denied no-signal apn-refused usb-reset-loop modem-in-cmux power";

/// What is in the way; notes are not.
Ids ids_of(const std::vector<Finding>& findings) {
  Ids ids;
  for (const Finding& finding : findings)
    if (finding.severity != Severity::note) ids.insert(finding.id);
  return ids;
}

template <class Modem>
Ids asked(Modem& modem) {
  LiveExamination live({.tty = "/dev/ttyUSB2"});
  EXPECT_LE(modem.run(live), LiveExamination::bound);
  return ids_of(live.outcome()->findings);
}
Ids emulated(Options options) {
  sim::ModemLine line(std::move(options));
  const Ids ids = asked(line);
  EXPECT_EQ(line.modem.pin_attempts(), 0);
  EXPECT_TRUE(options.silent || line.in_command_mode());
  return ids;
}
Ids shown(std::string_view fixture, const std::string& device = {}) {
  return ids_of(examined(fixture, device));
}

Ids muxed() {
  ScriptedModem modem;
  modem.answers["AT+CPIN?"] = info("+CPIN: READY");
  modem.deaf = true;
  modem.hear = [&](std::string_view said) {
    if (said.find("\xf9\x03\xef\x05\xc3\x01\xf2\xf9"s) == said.npos) return ""s;
    modem.deaf = false;
    return "\xf9\x03\xef\x05\xc1\x01\xf2\xf9"s;
  };
  return asked(modem);
}
Ids deaf_to_the_network() {
  ScriptedModem modem;
  modem.answers = {{"AT+CPIN?", info("+CPIN: READY")},
                   {"AT+CSQ", info("+CSQ: 99,99")},
                   {"AT+CEREG?", info("+CEREG: 0,2")},
                   {"AT+CFUN?", info("+CFUN: 1")}};
  return asked(modem);
}
Ids refused() {
  Options options;
  options.apn = "right.apn";
  sim::ModemLine line(options);
  line.pass(3s);
  line.ask("AT+CGDCONT=1,\"IP\",\"wrong.apn\"\r");
  line.ask("ATD*99***1#\r", 1s);
  return asked(line);
}

Options with(const std::function<void(Options&)>& change) {
  Options options;
  change(options);
  return options;
}

const std::map<std::string, std::function<Ids()>>& systems() {
  static const std::map<std::string, std::function<Ids()>> all{
      {"no-usb-host", [] { return shown("doctor_no_usb_host"); }},
      {"usb-gadget-mode", [] { return shown("doctor_zero_gadget_overlay"); }},
      {"no-modem", [] { return shown("pi4"); }},
      {"modem-storage-mode", [] { return shown("huawei_storage"); }},
      {"modem-hilink", [] { return shown("huawei_hilink"); }},
      {"modem-not-serial-mode", [] { return shown("doctor_network_mode"); }},
      {"driver-missing", [] { return shown("doctor_ec25_no_driver"); }},
      {"driver-not-bound", [] { return shown("doctor_not_bound"); }},
      {"tty-missing", [] { return shown("doctor_tty_missing"); }},
      {"wrong-tty", [] { return shown("doctor_ec25_wrong_tty", "/dev/ttyUSB2"); }},
      {"tty-permission", [] { return shown("doctor_tty_permission"); }},
      {"tty-busy", [] { return shown("doctor_tty_busy"); }},
      {"uart-console", [] { return shown("pi_uart_console", "/dev/serial0"); }},
      {"tun-missing", [] { return shown("doctor_tun_missing"); }},
      {"tun-permission", [] { return shown("doctor_tun_permission"); }},
      {"usb-reset-loop", [] { return shown("doctor_usb_reset_loop"); }},
      {"power", [] { return shown("doctor_power"); }},
      {"modem-silent", [] { return emulated(with([](Options& it) { it.silent = true; })); }},
      {"modem-in-data-mode",
       [] { return emulated(with([](Options& it) { it.start_in_data_mode = true; })); }},
      {"modem-in-cmux", muxed},
      {"sim-absent",
       [] { return emulated(with([](Options& it) { it.sim = Options::Sim::absent; })); }},
      {"sim-pin", [] { return emulated(with([](Options& it) { it.pin = "1234"; })); }},
      {"sim-puk",
       [] {
         return emulated(with([](Options& it) {
           it.pin = "1234";
           it.pin_retries = 0;
         }));
       }},
      {"not-registered",
       [] {
         return emulated(with([](Options& it) { it.registration = Options::Registration::never; }));
       }},
      {"registration-denied",
       [] {
         return emulated(
             with([](Options& it) { it.registration = Options::Registration::denied; }));
       }},
      {"no-signal", deaf_to_the_network},
      {"apn-refused", refused},
  };
  return all;
}

TEST(Ids, EachHasASystemThatYieldsItAndNothingElse) {
  std::istringstream list(promised);
  std::size_t count = 0;
  for (std::string id; list >> id; ++count) {
    const auto system = systems().find(id);
    if (system == systems().end())
      ADD_FAILURE() << "no system yields " << id;
    else
      EXPECT_EQ(system->second(), Ids{id});
  }
  EXPECT_EQ(count, 27u);
}

TEST(Ids, NoneIsToldThatIsNotPromised) {
  Ids known{"not-needed"};
  std::istringstream list(promised);
  for (std::string id; list >> id;) known.insert(id);
  for (const CatalogueRow& row : catalogue()) EXPECT_TRUE(known.contains(std::string(row.id)));
}

}  // namespace
}  // namespace tunppp::doctor
