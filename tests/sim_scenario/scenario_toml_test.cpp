#include "sim/scenario_toml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace tunppp::sim {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;
using Kind = ScenarioEvent::Kind;
using After = ScenarioEvent::After;

ModemEmulatorOptions read(std::string_view text) {
  auto options = parse_scenario(text, "f.toml");
  EXPECT_TRUE(options) << options.failure().text;
  return options ? *options : ModemEmulatorOptions{};
}

TEST(ScenarioToml, AnEmptyFileIsAnOrdinaryModem) {
  const ModemEmulatorOptions options = read("");
  EXPECT_EQ(options.model->name, "quectel-ec25");
  EXPECT_TRUE(options.scenario.empty());
}

TEST(ScenarioToml, TellsTheModem) {
  const ModemEmulatorOptions options = read(R"(
[modem]
model = "simcom-sim7600"
operator = "Example Mobile"
iccid = "8949000000000000017"
imsi = "262010000000017"
imei = "004999010640018"
sim = "busy"
pin = "4711"
pin_retries = 2
apn = "internet.example"
at_user = "alice"
at_password = "s3cret"
refusal = "cme-error"
registration = "roaming"
registration_delay = 1.5
attached = false
attach_refusal = 107
sticky_echo = true
boot_time = 8
unsolicited = 0.5
chunk = 3
answer_delay = 0.02
dial_delay = 2
)");
  EXPECT_EQ(options.model->name, "simcom-sim7600");
  EXPECT_EQ(options.operator_name, "Example Mobile");
  EXPECT_EQ(options.iccid, "8949000000000000017");
  EXPECT_EQ(options.imsi, "262010000000017");
  EXPECT_EQ(options.imei, "004999010640018");
  EXPECT_EQ(options.sim, ModemEmulatorOptions::Sim::busy_at_first);
  EXPECT_EQ(options.pin, "4711");
  EXPECT_EQ(options.pin_retries, 2);
  EXPECT_EQ(options.apn, "internet.example");
  EXPECT_EQ(options.user, "alice");
  EXPECT_EQ(options.password, "s3cret");
  EXPECT_EQ(options.refusal, ModemEmulatorOptions::Refusal::cme_error);
  EXPECT_EQ(options.registration, ModemEmulatorOptions::Registration::roaming);
  EXPECT_EQ(options.registration_delay, 1500ms);
  EXPECT_FALSE(options.attached);
  EXPECT_EQ(options.attach_refusal, 107);
  EXPECT_TRUE(options.sticky_echo);
  EXPECT_EQ(options.boot_time, 8s);
  EXPECT_EQ(options.noise_period, 500ms);
  EXPECT_EQ(options.chunk, 3u);
  EXPECT_EQ(options.answer_delay, 20ms);
  EXPECT_EQ(options.dial_delay, 2s);
}

TEST(ScenarioToml, TellsWhatHappensWhen) {
  const ModemEmulatorOptions options = read(R"(
[[event]]
event = "registration-lost"
at = 5.0
after = "connect"
for = 2.5

[[event]]
event = "text"
text = "RING"
every = 10

[[event]]
event = "answer"
command = "AT+CGATT?"
answer = "+CGATT: 0\nOK"
times = 2

[[event]]
event = "garbage"
octets = "f800 F8"

[[event]]
event = "signal"
value = 3
after = "first-connect"
)");
  ASSERT_EQ(options.scenario.size(), 5u);
  EXPECT_EQ(options.scenario[0].kind, Kind::registration_lost);
  EXPECT_EQ(options.scenario[0].at, 5s);
  EXPECT_EQ(options.scenario[0].after, After::connect);
  EXPECT_EQ(options.scenario[0].lasting, 2500ms);
  EXPECT_EQ(options.scenario[1].kind, Kind::text);
  EXPECT_EQ(options.scenario[1].text, "RING");
  EXPECT_EQ(options.scenario[1].every, 10s);
  EXPECT_EQ(options.scenario[1].after, After::power_up);
  EXPECT_EQ(options.scenario[2].command, "AT+CGATT?");
  EXPECT_EQ(options.scenario[2].text, "+CGATT: 0\nOK");
  EXPECT_EQ(options.scenario[2].times, 2);
  EXPECT_EQ(options.scenario[3].text, (std::string{"\xf8\x00\xf8", 3}));
  EXPECT_EQ(options.scenario[4].signal, 3);
  EXPECT_EQ(options.scenario[4].after, After::first_connect);
}

TEST(ScenarioToml, GarbageByChanceIsTheSameForTheSameSeed) {
  const auto garbage = [](int seed) {
    return read("[[event]]\nevent = \"garbage\"\ncount = 64\nseed = " + std::to_string(seed))
        .scenario.at(0)
        .text;
  };
  EXPECT_EQ(garbage(1).size(), 64u);
  EXPECT_EQ(garbage(1), garbage(1));
  EXPECT_NE(garbage(1), garbage(2));
}

// Whatever can happen can be written with what it wants, and with nothing else.
TEST(ScenarioToml, EveryKindIsRead) {
  const std::pair<ScenarioKey, std::string> values[] = {
      {ScenarioKey::lasting, "1"},     {ScenarioKey::text, "\"RING\""},
      {ScenarioKey::octets, "\"00\""}, {ScenarioKey::count, "5"},
      {ScenarioKey::seed, "5"},        {ScenarioKey::command, "\"AT+CSQ\""},
      {ScenarioKey::answer, "\"OK\""}, {ScenarioKey::times, "5"},
      {ScenarioKey::value, "5"},       {ScenarioKey::delay, "5"},
      {ScenarioKey::port, "1"},
  };
  ASSERT_EQ(scenario_kinds().size(), static_cast<std::size_t>(Kind::count));
  for (const ScenarioKind& kind : scenario_kinds()) {
    std::string text = "[[event]]\nevent = \"" + std::string(kind.name) + "\"\n";
    if (kind.kind == Kind::garbage) text += "count = 5\n";
    for (const auto& [key, value] : values)
      if (std::find(kind.wanted.begin(), kind.wanted.end(), key) != kind.wanted.end())
        text += std::string(name_of(key)) + " = " + value + "\n";
    const ModemEmulatorOptions options = read(text);
    ASSERT_EQ(options.scenario.size(), 1u) << text;
    EXPECT_EQ(options.scenario[0].kind, kind.kind);
    EXPECT_EQ(&info(kind.kind), &kind);

    for (const auto& [key, value] : values) {
      if (kind.knows(name_of(key))) continue;
      const auto meaningless =
          parse_scenario(text + std::string(name_of(key)) + " = " + value + "\n", "f.toml");
      ASSERT_FALSE(meaningless) << kind.name << " " << name_of(key);
      EXPECT_THAT(
          meaningless.failure().text,
          HasSubstr(std::string(name_of(key)) + " means nothing to " + std::string(kind.name)));
    }
  }
}

TEST(ScenarioToml, AMistakeIsToldWithItsLine) {
  const std::string event = "[[event]]\nevent = \"text\"\ntext = \"RING\"\n";
  const std::pair<std::string, const char*> mistakes[] = {
      {"[modem", "f.toml:1:"},
      {"modem = 7", "f.toml:1: [modem] wants to be a table"},
      {"[[modem]]\nmodel = \"generic\"", "f.toml:1: [modem] wants to be a table"},
      {"model = \"generic\"", "f.toml:1: there is no key model; a scenario has [modem] and [[eve"},
      {"[modem]\nmodel = \"nokia\"", "f.toml:2: model: there is no modem nokia; tunppp sim --list"},
      {"[modem]\n\nmodle = \"generic\"",
       "f.toml:3: modle: there is no such key; [modem] has answer_delay, apn"},
      {"[modem]\npin = \"12a4\"", "f.toml:2: pin: wants 4 to 8 digits in quotes"},
      {"[modem]\npin = 1234", "f.toml:2: pin: wants a text in quotes"},
      {"[modem]\nsim = \"gone\"",
       "f.toml:2: sim: wants one of these in quotes: absent, busy, ready"},
      {"[modem]\nsilent = 1", "f.toml:2: silent: wants true or false"},
      {"[modem]\nboot_time = -1", "f.toml:2: boot_time: wants seconds from 0 to"},
      {"[modem]\nboot_time = nan", "f.toml:2: boot_time: wants seconds"},
      {"[modem]\nboot_time = \"8\"", "f.toml:2: boot_time: wants seconds"},
      {"[modem]\nunsolicited = 0", "f.toml:2: unsolicited: wants seconds from 0.01"},
      {"[modem]\nattach_refusal = 1.5", "f.toml:2: attach_refusal: wants a whole number from 0"},
      {"[modem]\noperator = \"a\\nb\"", "f.toml:2: operator: a control character is in it"},
      {"[event]\nevent = \"text\"", "f.toml:1: events are written as [[event]], with two brackets"},
      {"event = 7", "f.toml:1: events are written as [[event]]"},
      {"event = [7]", "f.toml:1: [[event]] wants to be a table"},
      {"[[event]]\nat = 5", "f.toml:1: an [[event]] wants event = and what is to happen"},
      {"[[event]]\nevent = \"explode\"", "f.toml:2: event: nothing is called explode; what can"},
      {"[[event]]\nevent = \"text\"", "f.toml:1: text wants text ="},
      {event + "at = -5", "f.toml:4: at: wants seconds from 0 to"},
      {event + "at = 1e30", "f.toml:4: at: wants seconds"},
      {event + "after = \"dinner\"",
       "f.toml:4: after: wants one of these in quotes: connect, first"},
      {event + "every = 0", "f.toml:4: every: wants seconds from 0.01"},
      {event + "for = 5", "f.toml:4: for means nothing to text"},
      {event + "port = 99", "f.toml:4: port: wants a whole number from 0 to 15"},
      {"[[event]]\nevent = \"silence\"\nevery = 5\nfor = 5", "f.toml:1: for is to be shorter than"},
      {"[[event]]\nevent = \"signal\"\nvalue = 50", "f.toml:3: value: wants 0 to 31, or 99"},
      {"[[event]]\nevent = \"garbage\"", "f.toml:1: garbage wants either octets = or count ="},
      {"[[event]]\nevent = \"garbage\"\ncount = 2\noctets = \"00\"", "garbage wants either octets"},
      {"[[event]]\nevent = \"garbage\"\noctets = \"00\"\nseed = 3", "seed goes with count"},
      {"[[event]]\nevent = \"garbage\"\noctets = \"0\"", "f.toml:3: octets: wants octets in hex"},
      {"[[event]]\nevent = \"garbage\"\noctets = \"\"", "f.toml:3: octets: wants octets in hex"},
      {"[[event]]\nevent = \"garbage\"\ncount = 99999", "f.toml:3: count: wants a whole number"},
      {"[[event]]\nevent = \"answer\"\nanswer = \"OK\"", "f.toml:1: answer wants command ="},
      {"[[event]]\nevent = \"answer\"\ncommand = \"+CSQ\"",
       "f.toml:3: command: wants an AT command"},
      {"[[event]]\nevent = \"answer\"\nanswer = \"\"", "f.toml:3: answer: is empty; for no answer"},
  };
  for (const auto& [text, words] : mistakes) {
    const auto options = parse_scenario(text, "f.toml");
    ASSERT_FALSE(options) << text;
    EXPECT_THAT(options.failure().text, StartsWith("f.toml:")) << text;
    EXPECT_THAT(options.failure().text, HasSubstr(words)) << text;
    EXPECT_EQ(options.failure().reason, EndReason::usage);
  }
}

TEST(ScenarioToml, IsBounded) {
  std::string many;
  for (std::size_t i = 0; i <= max_scenario_events; ++i)
    many += "[[event]]\nevent = \"carrier-dropped\"\n";
  const auto too_many = parse_scenario(many, "f.toml");
  ASSERT_FALSE(too_many);
  EXPECT_THAT(too_many.failure().text, HasSubstr("more than 1000 events"));

  const auto too_long = parse_scenario(
      "[[event]]\nevent = \"text\"\ntext = \"" + std::string(max_scenario_text + 1, 'x') + "\"",
      "f.toml");
  ASSERT_FALSE(too_long);
  EXPECT_THAT(too_long.failure().text, HasSubstr("longer than 4096"));
}

}  // namespace
}  // namespace tunppp::sim
