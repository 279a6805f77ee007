#include "modem/dial.h"

#include <gtest/gtest.h>

#include "modem/at_engine.h"
#include "modem_line.h"

namespace tunppp::sim {
namespace {

using namespace std::chrono_literals;
using modem::Dial;
using modem::DialOptions;
using Options = ModemEmulatorOptions;

const modem::Profile& ec25() {
  return *modem::find_profile("quectel-ec25");
}
const modem::Profile& generic() {
  return *modem::find_profile("generic");
}

DialOptions with_apn(std::string apn = "internet") {
  DialOptions options;
  options.apn = std::move(apn);
  return options;
}

DialOptions with_pin(std::string_view pin) {
  DialOptions options = with_apn();
  options.pin = Secret(pin);
  return options;
}

// What the steps may take, from the timeouts and periods that src/modem documents.
constexpr Duration command_slack = 1s;  // all the commands that are answered at once
constexpr Duration poll = 1s;           // of the SIM and of registration
constexpr Duration probe = 4 * 300ms;   // AT, four times
constexpr Duration guard = 1050ms;
constexpr Duration escape = 2 * guard + 500ms;
constexpr Duration dtr = 1s + 500ms;

TEST(Dial, ReachesConnectAndTellsTheWay) {
  ModemLine line;
  Dial dial(ec25(), with_apn());
  const Duration took = line.run(dial);
  ASSERT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
  EXPECT_EQ(dial.outcome()->text, "CONNECT 150000000");
  EXPECT_TRUE(line.modem.in_data_mode());
  EXPECT_TRUE(line.told("modem: Quectel EC25, firmware EC25EFAR06A06M4G"));
  EXPECT_TRUE(line.told("sim: ready"));
  EXPECT_TRUE(line.told("context: APN internet"));
  EXPECT_TRUE(line.told("registration: searching"));
  EXPECT_TRUE(line.told("registration: registered, home (LTE)"));
  EXPECT_TRUE(line.told("operator: tunppp sim, LTE"));
  EXPECT_TRUE(line.told("signal: -71 dBm"));
  EXPECT_TRUE(line.told("dialling"));
  EXPECT_TRUE(line.told("CONNECT 150000000"));
  const Options defaults;
  EXPECT_LE(took, defaults.registration_delay + poll + defaults.dial_delay + command_slack);
}

TEST(Dial, GenericProfileDoes) {
  ModemLine line;
  Dial dial(generic(), with_apn());
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected());
}

TEST(Dial, LeavesEverythingBehindConnectToPpp) {
  const std::string frame("~\xff\x03\xc0!\x01\x01\x00\x04\x12\x34~", 12);
  for (const std::size_t read_size : {0u, 1u, 2u, 3u, 7u, 64u}) {
    ModemLine line;
    line.greeting = frame;
    line.read_size = read_size;
    Dial dial(ec25(), with_apn());
    line.run(dial);
    ASSERT_TRUE(dial.outcome()->connected());
    EXPECT_EQ(line.for_ppp, frame) << "in reads of " << read_size;
  }
}

TEST(Dial, LivesWithEverythingAtOnce) {
  // Echo that stays, unsolicited codes anywhere, answers octet by octet, a frame right behind.
  for (const std::size_t chunk : {1u, 3u}) {
    Options options;
    options.sticky_echo = true;
    options.noise_period = 97ms;  // no more than it can say
    options.chunk = chunk;
    options.sim = Options::Sim::busy_at_first;
    ModemLine line(options);
    line.greeting = "~frame~";
    Dial dial(ec25(), with_apn());
    line.run(dial);
    ASSERT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
    line.for_ppp += line.pass(1s);
    EXPECT_EQ(line.for_ppp, "~frame~");
    EXPECT_TRUE(line.told("modem: Quectel EC25, firmware EC25EFAR06A06M4G"));
  }
}

TEST(Dial, WaitsForAModemThatIsStarting) {
  Options options;
  options.boot_time = 12s;  // less than the profile's boot wait
  ModemLine line(options);
  Dial dial(ec25(), with_apn());
  const Duration took = line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
  EXPECT_LE(took, options.boot_time + 1s + options.registration_delay + poll + options.dial_delay +
                      2 * command_slack);
}

TEST(Dial, SilentModem) {
  for (const modem::Profile* profile : {&generic(), &ec25()}) {
    Options options;
    options.silent = true;
    ModemLine line(options);
    Dial dial(*profile, with_apn());
    const Duration took = line.run(dial);
    EXPECT_EQ(dial.outcome()->failure, EndReason::modem_silent);
    const Duration close_down = 1s;  // of a multiplexer
    const Duration ladder = probe + escape + probe + close_down + probe + dtr + probe;
    // The ladder, then AT every second until the boot wait is over, and once more then.
    const Duration last_try = 1s;
    EXPECT_GE(took, std::max(ladder, profile->boot_wait));
    EXPECT_LE(took, std::max(ladder, profile->boot_wait + 1s) + last_try);
  }
}

/// It answers the first probe after the second, and must not be a step behind from then on.
TEST(Dial, KeepsInStepWithASlowModem) {
  for (const int milliseconds : {310, 450, 599, 600, 700, 890, 1100}) {
    Options options;
    options.answer_delay = std::chrono::milliseconds(milliseconds);
    ModemLine line(options);
    Dial dial(ec25(), with_apn());
    line.run(dial);
    EXPECT_TRUE(dial.outcome()->connected()) << milliseconds << " ms: " << dial.outcome()->text;
  }
}

/// Deaf for so long, and then it answers all that it was asked meanwhile, one after the other.
Options busy_for(Duration time) {
  Options options;
  options.scenario = {
      {.kind = ScenarioEvent::Kind::slow, .at = Duration(), .lasting = 1s, .delay = time}};
  return options;
}

TEST(Dial, GetsInStepWithAModemThatWasBusy) {
  for (int milliseconds = 500; milliseconds <= 14000; milliseconds += 250) {
    ModemLine line(busy_for(std::chrono::milliseconds(milliseconds)));
    Dial dial(ec25(), with_apn());
    line.run(dial);
    EXPECT_TRUE(dial.outcome()->connected()) << milliseconds << " ms: " << dial.outcome()->text;
    EXPECT_TRUE(line.told("modem: Quectel EC25, firmware EC25EFAR06A06M4G"))
        << milliseconds << " ms";
    EXPECT_TRUE(line.told("sim: ready")) << milliseconds << " ms";
  }
}

// The answer to a program that is gone comes just after the dial has begun.
TEST(Dial, IsNotMisledByAnAnswerToSomebodyElse) {
  for (const int milliseconds : {50, 200, 299, 301, 900, 2500}) {
    Options options;
    options.answer_delay = std::chrono::milliseconds(milliseconds);
    ModemLine line(options);
    line.ask("ATE0\r", options.answer_delay + 1s);
    line.ask("AT+CGATT=1\r", options.answer_delay / 2);
    Dial dial(ec25(), with_apn());
    line.run(dial);
    EXPECT_TRUE(dial.outcome()->connected()) << milliseconds << " ms: " << dial.outcome()->text;
    EXPECT_TRUE(line.told("modem: Quectel EC25, firmware EC25EFAR06A06M4G"))
        << milliseconds << " ms";
  }
}

TEST(Dial, RecoversAModemThatWasLeftInDataMode) {
  Options options;
  options.start_in_data_mode = true;
  ModemLine line(options);
  line.greeting = "~a PPP frame~";
  Dial dial(ec25(), with_apn());
  const Duration took = line.run(dial);
  ASSERT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
  EXPECT_TRUE(line.told("modem: it was in data mode, hanging up"));
  EXPECT_LE(took, probe + escape + poll + options.dial_delay + command_slack);
  ASSERT_EQ(line.changes.size(), 4u);
  EXPECT_EQ(line.changes[1].kind, ModemEmulator::Event::Kind::suspended);
  EXPECT_EQ(line.changes[2].kind, ModemEmulator::Event::Kind::disconnected);
}

TEST(Dial, RecoversByDtrWhereTheEscapeIsNotHeard) {
  Options options;
  options.start_in_data_mode = true;
  options.guard_time = 10s;
  ModemLine line(options);
  Dial dial(ec25(), with_apn());
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
}

TEST(Dial, RecoversFromHalfACommand) {
  ModemLine line;
  line.ask("AT+CGDCONT=1,\"IP\",\"ha");
  Dial dial(ec25(), with_apn());
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
}

TEST(Dial, RecoversFromDigitsInsteadOfWords) {
  ModemLine line;
  line.ask("ATV0\r");
  Dial dial(ec25(), with_apn());
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
}

// --- SIM ---

TEST(DialSim, Absent) {
  Options options;
  options.sim = Options::Sim::absent;
  ModemLine line(options);
  Dial dial(ec25(), with_apn());
  const Duration took = line.run(dial);
  EXPECT_EQ(dial.outcome()->failure, EndReason::sim_absent);
  EXPECT_LE(took, 3s + poll + command_slack);  // some say so while they start
  EXPECT_TRUE(line.in_command_mode());
}

TEST(DialSim, BusyAtFirst) {
  Options options;
  options.sim = Options::Sim::busy_at_first;
  ModemLine line(options);
  Dial dial(ec25(), with_apn());
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected());
}

TEST(DialSim, PinIsSentWhenWanted) {
  Options options;
  options.pin = "4711";
  ModemLine line(options);
  Dial dial(ec25(), with_pin("4711"));
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
  EXPECT_TRUE(dial.pin_sent());
  EXPECT_EQ(line.modem.pin_attempts(), 1);
  EXPECT_TRUE(line.told("sim: wants its PIN, 3 tries left; sending it once"));
  EXPECT_FALSE(line.shown("4711"));
}

TEST(DialSim, PinIsNotSentWhenNotWanted) {
  ModemLine line;
  Dial dial(ec25(), with_pin("4711"));
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected());
  EXPECT_FALSE(dial.pin_sent());
  EXPECT_FALSE(line.sent("AT+CPIN="));
}

TEST(DialSim, PinWantedAndNoneGiven) {
  Options options;
  options.pin = "4711";
  ModemLine line(options);
  Dial dial(ec25(), with_apn());
  line.run(dial);
  EXPECT_EQ(dial.outcome()->failure, EndReason::sim_pin);
  EXPECT_EQ(line.modem.pin_attempts(), 0);
}

TEST(DialSim, WrongPinIsSentOnce) {
  Options options;
  options.pin = "4711";
  options.sticky_echo = true;
  ModemLine line(options);
  Dial dial(ec25(), with_pin("0815"));
  line.run(dial);
  EXPECT_EQ(dial.outcome()->failure, EndReason::sim_pin);
  EXPECT_TRUE(dial.pin_sent());
  EXPECT_EQ(line.modem.pin_attempts(), 1);
  EXPECT_FALSE(line.shown("0815"));
  EXPECT_EQ(dial.outcome()->text.find("0815"), std::string::npos);
}

TEST(DialSim, LastTriesAreLeftAlone) {
  for (const int retries : {1, 0}) {
    Options options;
    options.pin = "4711";
    options.pin_retries = retries;
    ModemLine line(options);
    Dial dial(ec25(), with_pin("4711"));
    line.run(dial);
    EXPECT_EQ(dial.outcome()->failure, retries == 0 ? EndReason::sim_puk : EndReason::sim_pin);
    EXPECT_EQ(line.modem.pin_attempts(), 0);
    EXPECT_FALSE(dial.pin_sent());
  }
}

TEST(DialSim, TwoTriesAreEnough) {
  Options options;
  options.pin = "4711";
  options.pin_retries = 2;
  ModemLine line(options);
  Dial dial(ec25(), with_pin("4711"));
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected());
}

TEST(DialSim, NonsenseIsNoPin) {
  for (const std::string_view pin : {"", "123", "123456789", "12a4", "12\"4"}) {
    ModemLine line;
    Dial dial(ec25(), with_pin(pin));
    line.run(dial);
    EXPECT_EQ(dial.outcome()->failure, EndReason::usage) << pin;
    EXPECT_TRUE(line.modem.commands().empty());
  }
}

// --- APN and credentials ---

TEST(DialContext, WrongApnIsRefused) {
  for (const auto refusal : {Options::Refusal::no_carrier, Options::Refusal::cme_error}) {
    Options options;
    options.apn = "internet.example";
    options.refusal = refusal;
    ModemLine line(options);
    Dial dial(ec25(), with_apn("wrong"));
    line.run(dial);
    EXPECT_EQ(dial.outcome()->failure, EndReason::not_subscribed);
    EXPECT_NE(dial.outcome()->text.find("not subscribed"), std::string::npos)
        << dial.outcome()->text;
    EXPECT_TRUE(line.in_command_mode());
  }
}

TEST(DialContext, RefusalInPppIsForTheOwner) {
  Options options;
  options.apn = "internet.example";
  options.refusal = Options::Refusal::in_ppp;
  ModemLine line(options);
  Dial dial(ec25(), with_apn("wrong"));
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected());
  ASSERT_EQ(line.changes.size(), 1u);
  EXPECT_TRUE(line.changes[0].refuse);
}

TEST(DialContext, RightApnIsTaken) {
  Options options;
  options.apn = "internet.example";
  ModemLine line(options);
  Dial dial(ec25(), with_apn("internet.example"));
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected());
}

TEST(DialContext, IsNotWrittenAgain) {
  ModemLine line;
  line.ask("AT+CGDCONT=1,\"IP\",\"internet\"\r");
  Dial dial(ec25(), with_apn("Internet"));
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected());
  EXPECT_TRUE(line.told("context: APN Internet is set"));
  EXPECT_FALSE(line.sent("AT+CGDCONT=1,\"IP\",\"Internet\""));
}

TEST(DialContext, OtherContextIsDialled) {
  Options options;
  options.apn = "internet";
  ModemLine line(options);
  DialOptions wanted = with_apn();
  wanted.cid = 3;
  Dial dial(ec25(), std::move(wanted));
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected());
  EXPECT_TRUE(line.sent("ATD*99***3#"));
}

TEST(DialContext, CredentialsByCommandInEachProfilesWay) {
  for (const modem::Profile* profile : {&generic(), &ec25()})
    for (const std::string_view password : {"s3cret", "wrong"}) {
      Options options;
      options.user = "anna";
      options.password = "s3cret";
      options.sticky_echo = true;
      ModemLine line(options);
      DialOptions wanted = with_apn();
      wanted.context_auth = modem::ContextAuth::pap;
      wanted.user = "anna";
      wanted.password = Secret(password);
      Dial dial(*profile, std::move(wanted));
      line.run(dial);
      EXPECT_EQ(dial.outcome()->connected(), password == "s3cret") << dial.outcome()->text;
      EXPECT_FALSE(line.shown(password));
    }
}

TEST(DialContext, NoCommandInsideAString) {
  for (const std::string_view bad : {"a\"b", "a\rATH", "a\nb"}) {
    ModemLine line;
    Dial dial(ec25(), with_apn(std::string(bad)));
    line.run(dial);
    EXPECT_EQ(dial.outcome()->failure, EndReason::usage);
    EXPECT_TRUE(line.modem.commands().empty());
  }
}

// --- registration ---

TEST(DialRegistration, SlowButInTime) {
  Options options;
  options.registration_delay = 100s;
  options.registration = Options::Registration::roaming;
  ModemLine line(options);
  Dial dial(ec25(), with_apn());
  const Duration took = line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
  EXPECT_TRUE(line.told("registration: registered, roaming (LTE)"));
  EXPECT_LE(took, options.registration_delay + poll + options.dial_delay + command_slack);
}

TEST(DialRegistration, Never) {
  Options options;
  options.registration = Options::Registration::never;
  ModemLine line(options);
  DialOptions wanted = with_apn();
  wanted.registration_timeout = 60s;
  Dial dial(ec25(), std::move(wanted));
  const Duration took = line.run(dial);
  EXPECT_EQ(dial.outcome()->failure, EndReason::not_registered);
  EXPECT_GE(took, 60s);
  EXPECT_LE(took, 60s + poll + command_slack);
  EXPECT_TRUE(line.in_command_mode());
}

TEST(DialRegistration, Denied) {
  Options options;
  options.registration = Options::Registration::denied;
  ModemLine line(options);
  Dial dial(ec25(), with_apn());
  const Duration took = line.run(dial);
  EXPECT_EQ(dial.outcome()->failure, EndReason::registration_denied);
  EXPECT_LE(took, options.registration_delay + 10s + 2 * poll + command_slack);
  EXPECT_EQ(
      dial.outcome()->text,
      "the network refuses to register us; the modem's report: No cause information available");
}

// --- dialling ---

TEST(DialNumber, OverrideIsUsed) {
  for (const std::string_view number : {"*99#", "ATD*99#", "atdt*99***1#"}) {
    ModemLine line;
    DialOptions wanted = with_apn();
    wanted.dial_string = number;
    Dial dial(ec25(), std::move(wanted));
    line.run(dial);
    EXPECT_TRUE(dial.outcome()->connected()) << number;
  }
}

TEST(DialNumber, WrongNumberFails) {
  ModemLine line;
  DialOptions wanted = with_apn();
  wanted.dial_string = "*100#";
  Dial dial(ec25(), std::move(wanted));
  line.run(dial);
  EXPECT_EQ(dial.outcome()->failure, EndReason::dial_failed);
}

TEST(DialNumber, NoConnectInTimeLeavesCommandMode) {
  Options options;
  options.dial_delay = 1h;
  ModemLine line(options);
  DialOptions wanted = with_apn();
  wanted.dial_timeout = 20s;
  Dial dial(ec25(), std::move(wanted));
  const Duration took = line.run(dial);
  EXPECT_EQ(dial.outcome()->failure, EndReason::dial_failed);
  EXPECT_LE(took,
            options.registration_delay + poll + 20s + modem::AtEngine::drain_bound + command_slack);
  EXPECT_TRUE(line.in_command_mode());
}

}  // namespace
}  // namespace tunppp::sim
