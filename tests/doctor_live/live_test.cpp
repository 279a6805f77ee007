#include "doctor/live.h"

#include <gtest/gtest.h>

#include <string>

#include "scripted_modem.h"
#include "sim_modem/modem_line.h"

namespace tunppp::doctor {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using sim::ModemLine;
using Options = sim::ModemEmulatorOptions;

LiveOptions on_usb() {
  LiveOptions options;
  options.tty = "/dev/ttyUSB2";
  return options;
}

std::vector<std::string> ids(const LiveExamination& live) {
  std::vector<std::string> ids;
  for (const Finding& finding : live.outcome()->findings) ids.push_back(finding.id);
  return ids;
}
using Ids = std::vector<std::string>;

/// "AT+CPIN? -> +CPIN: SIM PIN" of all findings, and their meanings.
std::string text_of(const LiveExamination& live) {
  std::string text;
  for (const Finding& finding : live.outcome()->findings) {
    text += finding.meaning + "\n";
    for (const Evidence& seen : finding.seen) text += seen.path + " -> " + seen.content + "\n";
  }
  return text;
}
std::string fact(const LiveExamination& live, std::string_view name) {
  for (const Evidence& fact : live.outcome()->facts)
    if (fact.path == name) return fact.content;
  return "";
}

#define EXPECT_SEEN(live, part) \
  EXPECT_NE(text_of(live).find(part), std::string::npos) << text_of(live)

/// What must not be done by who only looks.
void expect_nothing_changed(const std::vector<std::string>& commands) {
  for (const std::string& command : commands)
    for (const char* forbidden : {"AT+CPIN=", "AT+CFUN=", "ATD", "AT+CGDCONT=", "AT&W", "ATZ",
                                  "AT&F", "AT+COPS=", "AT+CGACT=", "AT+CGATT=", "AT+IPR="})
      EXPECT_FALSE(command.starts_with(forbidden)) << command;
}

TEST(Live, AModemThatIsWellGivesFactsAndNoFinding) {
  for (const sim::ModemModel& model : sim::modem_models()) {
    Options options;
    options.model = &model;
    ModemLine line(options);
    LiveExamination live(on_usb());
    EXPECT_LE(line.run(live), LiveExamination::bound);
    EXPECT_TRUE(live.outcome()->answers);
    EXPECT_EQ(ids(live), Ids{}) << model.name << "\n" << text_of(live);
    EXPECT_EQ(fact(live, "modem"),
              std::string(model.manufacturer) + " " + std::string(model.model));
    EXPECT_EQ(fact(live, "firmware"), model.firmware);
    EXPECT_EQ(fact(live, "operator"), "tunppp sim");
    EXPECT_EQ(fact(live, "signal"), "-71 dBm (very good)");
    EXPECT_TRUE(fact(live, "registration").starts_with("registered")) << fact(live, "registration");
    expect_nothing_changed(line.modem.commands());
    EXPECT_TRUE(line.in_command_mode());
  }
}

TEST(Live, NumbersOfOneModemAreNotShown) {
  Options options;
  options.imei = "867962041234567";
  ModemLine line(options);
  LiveExamination live(on_usb());
  line.run(live);
  EXPECT_EQ(fact(live, "IMEI"), "86796204*******");
  for (const modem::ModemEvent& event : line.events)
    EXPECT_EQ(event.text.find("1234567"), std::string::npos) << event.text;
}

// --- No answer ---

// What it is asked while it is deaf it answers later: that is neither data mode nor an all-clear.
TEST(Live, AModemThatWasBusyIsExaminedAllTheSame) {
  for (const int seconds : {1, 2, 3, 4}) {
    Options options;
    options.sim = Options::Sim::absent;
    options.scenario = {{.kind = sim::ScenarioEvent::Kind::slow,
                         .at = Duration(),
                         .lasting = std::chrono::seconds(1),
                         .delay = std::chrono::seconds(seconds)}};
    ModemLine line(options);
    LiveExamination live(on_usb());
    line.run(live);
    EXPECT_EQ(ids(live), Ids{"sim-absent"}) << seconds << " s\n" << text_of(live);
    EXPECT_EQ(fact(live, "firmware"), "EC25EFAR06A06M4G") << seconds;
  }
}

TEST(Live, EchoAndFormOfAnswersArePutBack) {
  // As after power-up: echo, words, errors without a number.
  ModemLine line;
  LiveExamination live(on_usb());
  line.run(live);
  const std::vector<std::string>& commands = line.modem.commands();
  ASSERT_GE(commands.size(), 2u);
  EXPECT_EQ(commands[commands.size() - 2], "ATE1");
  EXPECT_EQ(commands.back(), "AT+CMEE=0");

  // As tunppp dial leaves it: nothing to put back.
  ScriptedModem quiet;
  quiet.answers["AT+CMEE?"] = info("+CMEE: 1");
  LiveExamination second(on_usb());
  quiet.run(second);
  for (const std::string& command : quiet.commands) {
    EXPECT_NE(command, "ATE1");
    EXPECT_FALSE(command.starts_with("AT+CMEE=")) << command;
  }

  // One that answers in digits goes on to do so.
  ScriptedModem digits;
  digits.answers = {{"AT", "0\r"}, {"ATE0", "0\r"}, {"AT+CMEE?", "+CMEE: 2\r\n0\r"}};
  digits.hear = [&digits](std::string_view said) {
    if (said.starts_with("ATV1")) digits.answers["AT+CMEE?"] = info("+CMEE: 2");
    return "";
  };
  LiveExamination third(on_usb());
  digits.run(third);
  EXPECT_EQ(digits.commands[digits.commands.size() - 2], "AT+CMEE=2");
  EXPECT_EQ(digits.commands.back(), "ATV0");
}

TEST(Live, OneThatTakesItsTimeForEachAnswerEndsInTime) {
  for (const Duration delay : {200ms, 700ms, 1400ms, 2400ms}) {
    ScriptedModem modem;
    modem.delay = delay;
    modem.hear = [](std::string_view said) { return std::string(said); };  // its echo
    modem.answers["AT+CPIN?"] = info("+CPIN: READY");
    modem.answers["AT+CEREG?"] = info("+CEREG: 0,2");
    LiveExamination live(on_usb());
    EXPECT_LE(modem.run(live), LiveExamination::bound);
    for (const Finding& finding : live.outcome()->findings)
      EXPECT_NE(finding.cause, Cause::modem_in_data_mode);
  }
}

TEST(Live, NobodyThereIsFoundSoon) {
  Options options;
  options.silent = true;
  ModemLine line(options);
  LiveExamination live(on_usb());
  EXPECT_LE(line.run(live), LiveExamination::silent_bound);
  EXPECT_FALSE(live.outcome()->answers);
  EXPECT_EQ(ids(live), Ids{"modem-silent"});
  EXPECT_SEEN(live, "nothing comes");
}

// A session's AT port: others' commands come first, and data mode is the session's business.
TEST(Live, APortThatIsLentMayTakeItsTime) {
  LiveOptions options = on_usb();
  options.lent = true;
  ScriptedModem busy;
  busy.delay = 2s;
  LiveExamination patient(options);
  busy.run(patient);
  EXPECT_TRUE(patient.outcome()->answers);
  EXPECT_EQ(ids(patient), Ids{}) << text_of(patient);

  ScriptedModem slow;
  slow.delay = 5900ms;
  LiveExamination bounded(options);
  EXPECT_LE(slow.run(bounded), LiveExamination::bound);
  EXPECT_TRUE(bounded.outcome()->answers);

  ScriptedModem taken;
  taken.deaf = true;
  std::string asked;
  taken.hear = [&](std::string_view said) {
    asked += said;
    return "";
  };
  LiveExamination in_vain(options);
  EXPECT_LE(taken.run(in_vain), 10s);
  EXPECT_FALSE(in_vain.outcome()->answers);
  EXPECT_EQ(ids(in_vain), Ids{"tty-busy"});
  EXPECT_EQ(in_vain.outcome()->findings[0].severity, Severity::note);
  EXPECT_EQ(asked, "AT\r");

  // Somebody else's command comes between ours.
  ScriptedModem interrupted;
  interrupted.hear = [&](std::string_view said) {
    interrupted.deaf = interrupted.deaf || said.starts_with("AT+CPIN?");
    return "";
  };
  LiveExamination halted(options);
  EXPECT_LE(interrupted.run(halted), LiveExamination::bound);
  EXPECT_TRUE(halted.outcome()->answers);
  EXPECT_EQ(ids(halted), Ids{"tty-busy"}) << text_of(halted);
}

TEST(Live, APortThatSendsPositionsIsTheWrongOne) {
  ScriptedModem port;
  port.deaf = true;
  port.chatter = "$GPGGA,123519,4807.038,N*47\r\n";
  LiveExamination live(on_usb());
  EXPECT_LE(port.run(live), LiveExamination::silent_bound);
  EXPECT_EQ(ids(live), Ids{"wrong-tty"});
  EXPECT_SEEN(live, "$GPGGA");
}

TEST(Live, ADiagnosticsPortShowsItsOctets) {
  ScriptedModem port;
  port.deaf = true;
  port.chatter = "\x13\x41\x54\x7d\x5e\x99\x7e"s;
  LiveExamination live(on_usb());
  port.run(live);
  EXPECT_EQ(ids(live), Ids{"modem-silent"});
  EXPECT_SEEN(live, "binary octets");
  EXPECT_SEEN(live, "13 41 54 7d");
}

TEST(Live, AWireFromTxToRxIsToldByItsEcho) {
  ScriptedModem port;
  port.deaf = true;
  port.hear = [](std::string_view said) { return std::string(said); };
  LiveExamination live(on_usb());
  port.run(live);
  EXPECT_EQ(ids(live), Ids{"modem-silent"});
  EXPECT_SEEN(live, "what was sent comes back");
}

TEST(Live, OtherSpeedsAreTriedOnASerialLine) {
  ScriptedModem modem;
  modem.listens_at = 9600;
  LiveOptions options;
  options.tty = "/dev/ttyAMA0";
  options.baud = 115200;
  options.other_bauds = modem::usual_bauds();
  LiveExamination live(options);
  modem.run(live);
  EXPECT_TRUE(live.outcome()->answers);
  EXPECT_EQ(ids(live).front(), "modem-silent");
  EXPECT_SEEN(live, "no OK at 115200 baud, but at 9600");
}

TEST(Live, WhereNoSpeedIsAnsweredTheOldOneIsSetAgain) {
  ScriptedModem modem;
  modem.listens_at = 300;
  LiveOptions options;
  options.tty = "/dev/ttyAMA0";
  options.baud = 115200;
  options.other_bauds = modem::usual_bauds();
  LiveExamination live(options);
  EXPECT_LE(modem.run(live), LiveExamination::silent_bound +
                                 modem::usual_bauds().size() * LiveExamination::speed_bound);
  EXPECT_EQ(ids(live), Ids{"modem-silent"});
  EXPECT_EQ(modem.baud, 115200u);
}

// --- Not in command mode ---

TEST(Live, DataModeIsFoundAndLeft) {
  Options options;
  options.start_in_data_mode = true;
  ModemLine line(options);
  LiveExamination live(on_usb());
  EXPECT_LE(line.run(live), LiveExamination::bound);
  EXPECT_TRUE(live.outcome()->answers);
  EXPECT_EQ(ids(live), Ids{"modem-in-data-mode"});
  EXPECT_SEEN(live, "+++ -> OK");
  EXPECT_TRUE(line.in_command_mode());
  EXPECT_FALSE(line.modem.call_up());
}

TEST(Live, PppThatAnswersIsDataModeThoughNothingEndsIt) {
  ScriptedModem modem;
  modem.deaf = true;
  modem.hear = [](std::string_view said) {
    return said.find("\xff\x03\xc0\x21") == said.npos
               ? ""s
               : "\x7e\xff\x7d\x23\xc0\x21\x7d\x2a\x7d\x21\x7d\x20\x7d\x28\x11\x22\x7e"s;
  };
  LiveExamination live(on_usb());
  modem.run(live);
  EXPECT_FALSE(live.outcome()->answers);
  EXPECT_EQ(ids(live), Ids{"modem-in-data-mode"});
  EXPECT_SEEN(live, "LCP Echo-Request -> PPP frames: 7e ff 7d 23");
}

TEST(Live, CmuxIsFoundAndLeft) {
  ScriptedModem modem;
  modem.deaf = true;
  modem.hear = [&](std::string_view said) {
    if (said.find("\xf9\x03\xef\x05\xc3\x01\xf2\xf9"s) == said.npos) return ""s;
    modem.deaf = false;
    return "\xf9\x01\xef\x05\xc1\x01\x42\xf9\xf9\x03\xef\x05\xc1\x01\xa3\xf9\xf9\x03\x73\x01\xd7\xf9"s;
  };
  LiveExamination live(on_usb());
  modem.run(live);
  EXPECT_TRUE(live.outcome()->answers);
  EXPECT_EQ(ids(live), Ids{"modem-in-cmux"});
  EXPECT_SEEN(live, "answered by a frame");
}

// --- SIM ---

TEST(Live, NoSim) {
  Options options;
  options.sim = Options::Sim::absent;
  ModemLine line(options);
  LiveExamination live(on_usb());
  EXPECT_LE(line.run(live), LiveExamination::bound);
  EXPECT_EQ(ids(live), Ids{"sim-absent"});
  EXPECT_SEEN(live, "AT+CPIN? -> SIM not inserted (+CME ERROR: 10)");
}

TEST(Live, ASimThatWantsItsPinIsAskedForItsTriesOnly) {
  struct Case {
    int tries;
    const char* id;
    Severity severity;
    const char* part;
  };
  for (const auto& [tries, id, severity, part] :
       {Case{3, "sim-pin", Severity::error, "3 tries left"},
        Case{2, "sim-pin", Severity::error, "2 tries left"},
        Case{1, "sim-pin", Severity::error, "1 try left"},
        Case{0, "sim-puk", Severity::error, "SIM PUK"}}) {
    Options options;
    options.pin = "1234";
    options.pin_retries = tries;
    ModemLine line(options);
    LiveExamination live(on_usb());
    line.run(live);
    EXPECT_EQ(ids(live), Ids{id});
    EXPECT_EQ(live.outcome()->findings.front().severity, severity);
    EXPECT_SEEN(live, part);
    EXPECT_SEEN(live, "AT+CPIN? -> +CPIN: SIM P");
    EXPECT_EQ(line.modem.pin_attempts(), 0);
    expect_nothing_changed(line.modem.commands());
    if (tries == 1) {
      EXPECT_EQ(live.outcome()->findings.front().cause, Cause::sim_pin_last_try);
    }
  }
}

/// TS 27.007 section 8.3: bound to a network; no PIN of the SIM helps.
TEST(Live, AModemThatIsLockedToOtherSims) {
  ScriptedModem modem;
  modem.answers["AT+CPIN?"] = info("+CPIN: PH-NET PIN");
  LiveExamination live(on_usb());
  modem.run(live);
  EXPECT_EQ(ids(live), Ids{"registration-denied"});
  EXPECT_SEEN(live, "PH-NET PIN");
}

// --- Network ---

TEST(Live, SearchingIsWaitedForAWhile) {
  Options options;
  options.registration = Options::Registration::never;
  ModemLine line(options);
  LiveExamination live(on_usb());
  EXPECT_LE(line.run(live), LiveExamination::bound);
  EXPECT_EQ(ids(live), Ids{"not-registered"});
  EXPECT_SEEN(live, "searching (it was watched for 8 s)");
  EXPECT_SEEN(live, "AT+CEREG? -> +CEREG: 0,2");
}

TEST(Live, WhoIsRegisteredAfterAWhileIsWell) {
  Options options;
  options.registration_delay = 5s;
  ModemLine line(options);
  LiveExamination live(on_usb());
  line.run(live);
  EXPECT_EQ(ids(live), Ids{});
}

TEST(Live, ADeniedRegistrationTellsWhereAndWhy) {
  Options options;
  options.registration = Options::Registration::denied;
  ModemLine line(options);
  LiveExamination live(on_usb());
  line.run(live);
  EXPECT_EQ(ids(live), Ids{"registration-denied"});
  EXPECT_SEEN(live, "AT+CEREG? -> +CEREG: 0,3");
  EXPECT_SEEN(live, "AT+CEER -> +CEER: ");
  EXPECT_SEEN(live, "denied it (LTE");
}

/// Registered, in use, all well; single answers are then changed.
ScriptedModem registered_modem() {
  ScriptedModem modem;
  modem.answers = {{"AT+CPIN?", info("+CPIN: READY")},
                   {"AT+CSQ", info("+CSQ: 21,99")},
                   {"AT+CREG?", info("+CREG: 0,1")},
                   {"AT+CGREG?", info("+CGREG: 0,1")},
                   {"AT+CEREG?", info("+CEREG: 0,1")},
                   {"AT+COPS?", info("+COPS: 0,0,\"net\",7")},
                   {"AT+CFUN?", info("+CFUN: 1")},
                   {"AT+CGDCONT?", info("+CGDCONT: 1,\"IP\",\"wrong.apn\",\"\",0,0")},
                   {"AT+CGATT?", info("+CGATT: 1")},
                   {"AT+CEER", info("+CEER: No cause information available")}};
  return modem;
}
void search(ScriptedModem& modem) {
  for (const char* domain : {"CREG", "CGREG", "CEREG"})
    modem.answers["AT+"s + domain + "?"] = info("+"s + domain + ": 0,2");
}

TEST(Live, NoSignal) {
  ScriptedModem modem = registered_modem();
  search(modem);
  modem.answers["AT+CSQ"] = info("+CSQ: 99,99");
  modem.answers["AT+CESQ"] = info("+CESQ: 99,99,255,255,255,255");
  LiveExamination live(on_usb());
  EXPECT_LE(modem.run(live), LiveExamination::bound);
  EXPECT_EQ(ids(live), Ids{"no-signal"}) << "that it is not registered follows";
  EXPECT_SEEN(live, "AT+CEREG? -> +CEREG: 0,2");
  EXPECT_SEEN(live, "AT+CSQ -> +CSQ: 99,99");
  EXPECT_SEEN(live, "AT+CESQ -> +CESQ: 99,99,255,255,255,255");
  expect_nothing_changed(modem.commands);
}

TEST(Live, SignalThatOnlyTheNewerCommandTells) {
  ScriptedModem modem = registered_modem();
  modem.answers["AT+CSQ"] = info("+CSQ: 99,99");
  modem.answers["AT+CESQ"] = info("+CESQ: 99,99,255,255,20,61");
  LiveExamination live(on_usb());
  modem.run(live);
  EXPECT_EQ(ids(live), Ids{});
  EXPECT_EQ(fact(live, "signal"), "-80 dBm (good)");
}

TEST(Live, ARadioThatIsOffIsToldAndNotSwitched) {
  ScriptedModem modem = registered_modem();
  for (const char* domain : {"CREG", "CGREG", "CEREG"})
    modem.answers["AT+"s + domain + "?"] = info("+"s + domain + ": 0,0");
  modem.answers["AT+CFUN?"] = info("+CFUN: 4");
  modem.answers["AT+CSQ"] = info("+CSQ: 99,99");
  LiveExamination live(on_usb());
  modem.run(live);
  EXPECT_EQ(ids(live), Ids{"not-registered"});
  EXPECT_SEEN(live, "its radio is switched off");
  EXPECT_SEEN(live, "AT+CFUN? -> +CFUN: 4");
  expect_nothing_changed(modem.commands);
}

TEST(Live, AnApnThatWasRefusedIsShown) {
  for (const char* report : {"Requested service option not subscribed", "Missing or unknown APN"}) {
    ScriptedModem modem = registered_modem();
    modem.answers["AT+CEER"] = info("+CEER: "s + report);
    LiveExamination live(on_usb());
    modem.run(live);
    EXPECT_EQ(ids(live), Ids{"apn-refused"}) << report;
    EXPECT_SEEN(live, "wrong.apn");
    EXPECT_SEEN(live, report);
  }
}

TEST(Live, AfterADialThatTheNetworkRefusedItIsTold) {
  Options options;
  options.apn = "right.apn";
  ModemLine line(options);
  line.pass(3s);
  line.ask("AT+CGDCONT=1,\"IP\",\"wrong.apn\"\r");
  line.ask("ATD*99***1#\r", 1s);
  LiveExamination live(on_usb());
  line.run(live);
  EXPECT_EQ(ids(live), Ids{"apn-refused"});
  EXPECT_SEEN(live, "wrong.apn");
}

TEST(Live, RegisteredButNotAttached) {
  ScriptedModem modem = registered_modem();
  modem.answers["AT+CGATT?"] = info("+CGATT: 0");
  LiveExamination live(on_usb());
  modem.run(live);
  EXPECT_EQ(ids(live), Ids{"not-registered"});
  EXPECT_SEEN(live, "AT+CGATT? -> +CGATT: 0");
}

TEST(Live, AModemThatFallsSilentDoesNotHoldItUp) {
  for (const char* last : {"ATE0", "AT+CGMI", "AT+CPIN?", "AT+CSQ", "AT+CEREG?", "AT+CGATT?"}) {
    ScriptedModem modem = registered_modem();
    modem.hear = [&](std::string_view said) {
      if (said.starts_with(last)) modem.deaf = true;
      return "";
    };
    LiveExamination live(on_usb());
    EXPECT_LE(modem.run(live), LiveExamination::bound) << last;
    EXPECT_EQ(ids(live).front(), "modem-silent") << last;
  }
}

TEST(Live, OneThatAnswersNothingButAtIsNotAccused) {
  ScriptedModem modem;
  LiveExamination live(on_usb());
  modem.run(live);
  EXPECT_TRUE(live.outcome()->answers);
  EXPECT_EQ(ids(live), Ids{}) << text_of(live);
}

}  // namespace
}  // namespace tunppp::doctor
