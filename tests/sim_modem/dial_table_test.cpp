// Every modem that can be emulated, in everything that can be right or wrong with it, its SIM and
// its network, dialled as `--modem auto` does it, with a multiplexer and without: each ends for its
// own reason, and leaves the modem hearing commands.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "multiplexed_line.h"

namespace tunppp::sim {
namespace {

using namespace std::chrono_literals;
using modem::Dial;
using modem::DialOptions;
using modem::DialOutcome;
using modem::HangUp;
using modem::cmux::MultiplexStart;
using modem::cmux::ppp_channel;
using Options = ModemEmulatorOptions;

/// How it is dialled.
enum class Way { plain, cmux_basic, cmux_advanced };

struct Row {
  const char* name;
  void (*modem)(Options&);       ///< what is so with modem, SIM and network
  void (*host)(DialOptions&);    ///< and with us
  std::optional<EndReason> end;  ///< nullopt: CONNECT
  int pins = 0;                  ///< how often the SIM sees one
  const char* heard = "";        ///< what the modem has heard before
};

void nothing(Options&) {}
void as_usual(DialOptions&) {}

void replace(Options& modem, std::string_view command, std::string_view answer) {
  ScenarioEvent event;
  event.kind = ScenarioEvent::Kind::answer;
  event.command = command;
  event.text = answer;
  modem.scenario.push_back(std::move(event));
}
void dial_answer(Options& modem, std::string_view answer) {
  replace(modem, "ATD*99***1#", answer);
}
void locked(Options& modem) {
  modem.pin = "4711";
}
void right_pin(DialOptions& host) {
  host.pin = Secret("4711");
}
void wrong_pin(DialOptions& host) {
  host.pin = Secret("9999");
}
void another_apn(Options& modem, Options::Refusal refusal) {
  modem.apn = "another.example";
  modem.refusal = refusal;
}

const Row rows[] = {
    // Right, in ways that are not easy.
    {"right", nothing, as_usual, {}},
    {"roaming", [](Options& m) { m.registration = Options::Registration::roaming; }, as_usual, {}},
    {"a SIM that is busy at first",
     [](Options& m) { m.sim = Options::Sim::busy_at_first; },
     as_usual,
     {}},
    {"starting still", [](Options& m) { m.boot_time = 4s; }, as_usual, {}},
    {"slow", [](Options& m) { m.answer_delay = 450ms; }, as_usual, {}},
    {"echo that stays, chatter, octet by octet",
     [](Options& m) {
       m.sticky_echo = true;
       m.noise_period = 97ms;  // fewer than it can say
       m.chunk = 1;
     },
     as_usual,
     {}},
    {"garbage at first",
     [](Options& m) {
       ScenarioEvent garbage;
       garbage.kind = ScenarioEvent::Kind::garbage;
       garbage.text = scenario_garbage(300, 7);
       m.scenario.push_back(garbage);
     },
     as_usual,
     {}},
    {"half a command", nothing, as_usual, {}, 0, "AT+CGDCONT=1,\"IP\",\"ha"},
    {"digits instead of words", nothing, as_usual, {}, 0, "ATV0\r"},
    {"left in data mode", [](Options& m) { m.start_in_data_mode = true; }, as_usual, {}},
    {"not attached", [](Options& m) { m.attached = false; }, as_usual, {}},
    {"the PIN of the SIM", locked, right_pin, {}, 1},
    {"a PIN that nobody wants", nothing, right_pin, {}, 0},
    {"a SIM whose PIN has two tries left",
     [](Options& m) {
       locked(m);
       m.pin_retries = 2;
     },
     right_pin,
     {},
     1},

    // The SIM.
    {"no SIM", [](Options& m) { m.sim = Options::Sim::absent; }, as_usual, EndReason::sim_absent},
    {"a SIM that stays busy", [](Options& m) { replace(m, "AT+CPIN?", "+CME ERROR: 14"); },
     as_usual, EndReason::sim_absent},
    {"a SIM that fails", [](Options& m) { replace(m, "AT+CPIN?", "+CME ERROR: 13"); }, as_usual,
     EndReason::sim_absent},
    {"PIN wanted and none given", locked, as_usual, EndReason::sim_pin},
    {"a wrong PIN", locked, wrong_pin, EndReason::sim_pin, 1},
    {"the last try",
     [](Options& m) {
       locked(m);
       m.pin_retries = 1;
     },
     right_pin, EndReason::sim_pin},
    {"PUK",
     [](Options& m) {
       locked(m);
       m.pin_retries = 0;
     },
     right_pin, EndReason::sim_puk},
    {"a wrong PIN that blocks the SIM",
     [](Options& m) {
       locked(m);
       replace(m, "AT+CPIN=\"4711\"", "+CME ERROR: 12");
     },
     right_pin, EndReason::sim_puk},
    {"a modem for another operator's SIM",
     [](Options& m) { replace(m, "AT+CPIN?", "+CPIN: PH-NET PIN\nOK"); }, as_usual,
     EndReason::sim_locked},

    // The network.
    {"denied", [](Options& m) { m.registration = Options::Registration::denied; }, as_usual,
     EndReason::registration_denied},
    {"never registered", [](Options& m) { m.registration = Options::Registration::never; },
     [](DialOptions& h) { h.registration_timeout = 30s; }, EndReason::not_registered},
    {"the packet service refused",
     [](Options& m) {
       m.attached = false;
       m.attach_refusal = 107;
     },
     as_usual, EndReason::registration_denied},
    {"congestion at the attach",
     [](Options& m) {
       m.attached = false;
       m.attach_refusal = 122;
     },
     as_usual, EndReason::network_congested},

    // APN, user and password.
    {"wrong APN: NO CARRIER and AT+CEER",
     [](Options& m) { another_apn(m, Options::Refusal::no_carrier); }, as_usual,
     EndReason::not_subscribed},
    {"wrong APN: +CME ERROR", [](Options& m) { another_apn(m, Options::Refusal::cme_error); },
     as_usual, EndReason::not_subscribed},
    {"wrong APN: in PPP only",
     [](Options& m) { another_apn(m, Options::Refusal::in_ppp); },
     as_usual,
     {}},
    {"an APN that nobody knows", [](Options& m) { dial_answer(m, "+CME ERROR: 127"); }, as_usual,
     EndReason::apn_unknown},
    {"an APN that is refused", [](Options& m) { dial_answer(m, "+CME ERROR: 130"); }, as_usual,
     EndReason::apn_refused},
    {"a wrong password", [](Options& m) { dial_answer(m, "+CME ERROR: 149"); }, as_usual,
     EndReason::bearer_auth_refused},
    {"a wrong password, by report",
     [](Options& m) {
       dial_answer(m, "NO CARRIER");
       replace(m, "AT+CEER", "+CEER: SM,29\nOK");
     },
     as_usual, EndReason::bearer_auth_refused},
    {"a bearer of another kind", [](Options& m) { dial_answer(m, "+CME ERROR: 128"); }, as_usual,
     EndReason::pdp_type_refused},

    // The dial.
    {"NO CARRIER", [](Options& m) { dial_answer(m, "NO CARRIER"); }, as_usual,
     EndReason::dial_failed},
    {"BUSY", [](Options& m) { dial_answer(m, "BUSY"); }, as_usual, EndReason::dial_failed},
    {"NO ANSWER", [](Options& m) { dial_answer(m, "NO ANSWER"); }, as_usual,
     EndReason::dial_failed},
    {"NO DIALTONE", [](Options& m) { dial_answer(m, "NO DIALTONE"); }, as_usual,
     EndReason::dial_failed},
    {"ERROR", [](Options& m) { dial_answer(m, "ERROR"); }, as_usual, EndReason::dial_failed},
    {"no network at the dial", [](Options& m) { dial_answer(m, "+CME ERROR: 30"); }, as_usual,
     EndReason::not_registered},
    {"congestion at the dial", [](Options& m) { dial_answer(m, "+CME ERROR: 126"); }, as_usual,
     EndReason::network_congested},
    {"a network that fails", [](Options& m) { dial_answer(m, "+CME ERROR: 134"); }, as_usual,
     EndReason::network_failure},
    {"no CONNECT in time", [](Options& m) { m.dial_delay = 10min; },
     [](DialOptions& h) { h.dial_timeout = 20s; }, EndReason::dial_failed},

    // The modem.
    {"silent", [](Options& m) { m.silent = true; }, as_usual, EndReason::modem_silent},
    {"a modem that knows no APN",
     [](Options& m) { replace(m, "AT+CGDCONT=1,\"IP\",\"internet\"", "+CME ERROR: 100"); },
     as_usual, EndReason::modem_error},
};

Options emulation(const ModemModel& model, const Row& row) {
  Options options;
  options.model = find_modem_model(model.name);
  options.registration_delay = 200ms;
  row.modem(options);
  return options;
}

DialOptions host(const Row& row) {
  DialOptions options;
  options.apn = "internet";
  options.candidates = modem::profiles();
  row.host(options);
  return options;
}

void expect_end(const Row& row, const ModemModel& model, const DialOutcome& outcome, int pins) {
  EXPECT_EQ(outcome.failure, row.end) << outcome.text;
  EXPECT_NE(outcome.text, "");
  EXPECT_EQ(pins, row.pins);
  if (!row.end) {
    EXPECT_EQ(outcome.text, model.connect);
  }
}

void dial_plainly(const ModemModel& model, const Row& row) {
  ModemLine line(emulation(model, row));
  if (*row.heard != '\0') line.ask(row.heard);
  Dial dial(*modem::find_profile("generic"), host(row));
  line.run(dial);
  expect_end(row, model, *dial.outcome(), line.modem.pin_attempts());
  if (dial.outcome()->connected()) {
    EXPECT_EQ(dial.profile().name, model.profile);
    EXPECT_TRUE(line.modem.in_data_mode());
    HangUp hang_up(dial.profile(), {.data_mode = true});
    line.run(hang_up);
    // What is slow may be hung up by DTR, and its word about that comes too late.
    EXPECT_NE(hang_up.outcome(), modem::HangUpOutcome::unknown);
  }
  if (row.end == EndReason::modem_silent) return;
  EXPECT_FALSE(line.modem.call_up());
  line.pass(2s);
  EXPECT_NE(line.ask("AT\r", 2s).find("OK"), std::string::npos);
}

void dial_multiplexed(const ModemModel& model, const Row& row, Option option) {
  MultiplexedLine line(emulation(model, row));
  if (*row.heard != '\0') line.ask(0, row.heard);
  MultiplexStart start(*modem::find_profile("generic"), host(row), {.option = option});
  line.run(start);
  if (start.outcome()->failure) {
    expect_end(row, model, {start.outcome()->failure, start.outcome()->text}, 0);
    return;
  }
  line.open(start.outcome()->muxer);
  ASSERT_EQ(line.us->state(ppp_channel), Muxer::State::open);
  Dial dial(start.profile(), host(row));
  line.run(dial, ppp_channel);
  expect_end(row, model, *dial.outcome(), line.modem.port(ppp_channel).pin_attempts());
  if (dial.outcome()->connected()) {
    EXPECT_EQ(dial.profile().name, model.profile);
    HangUp hang_up(dial.profile(), {.data_mode = true});
    line.run(hang_up, ppp_channel);
    EXPECT_NE(hang_up.outcome(), modem::HangUpOutcome::unknown);
  }
  EXPECT_FALSE(line.modem.port(ppp_channel).call_up());
  line.close();
  EXPECT_FALSE(line.modem.multiplexes());
  EXPECT_NE(line.ask(0, "\rAT\r", 2s).find("OK"), std::string::npos);
}

class DialTable : public testing::TestWithParam<std::tuple<ModemModel, Way>> {};

TEST_P(DialTable, EndsForItsOwnReasonAndLeavesCommandMode) {
  const auto& [model, way] = GetParam();
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    if (way == Way::plain)
      dial_plainly(model, row);
    else
      dial_multiplexed(model, row, way == Way::cmux_basic ? Option::basic : Option::advanced);
  }
}

// A program that was killed has left it multiplexing; the next one wants no multiplexer.
TEST_P(DialTable, IsDialledOutOfAMultiplexer) {
  const auto& [model, way] = GetParam();
  if (way == Way::plain) return;
  const Option option = way == Way::cmux_basic ? Option::basic : Option::advanced;
  const Row& right = rows[0];
  MultiplexedLine line(emulation(model, right));
  MultiplexStart start(*modem::find_profile("generic"), host(right), {.option = option});
  line.run(start);
  line.open(start.outcome()->muxer);
  line.us.reset();
  ASSERT_TRUE(line.modem.multiplexes());
  Dial dial(*modem::find_profile("generic"), host(right));
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
  EXPECT_FALSE(line.modem.multiplexes());
}

// It begins anew at any moment of the dial: that ends in a connection or in a reason, in time, and
// the next dial finds it as if nothing had been.
TEST_P(DialTable, BeginsAnewInTheMiddle) {
  const auto& [model, way] = GetParam();
  if (way != Way::plain) return;  // with a multiplexer: EveryModemMultiplexed.DiesInTheMiddle
  for (const Duration at : {1ms, 20ms, 60ms, 150ms, 230ms, 300ms, 400ms}) {
    Options options = emulation(model, rows[0]);
    options.dial_delay = 300ms;
    ScenarioEvent lost;
    lost.kind = ScenarioEvent::Kind::power_lost;
    lost.at = at;
    lost.lasting = 1500ms;
    options.scenario.push_back(lost);
    ModemLine line(options);
    Dial dial(*modem::find_profile("generic"), host(rows[0]));
    EXPECT_LE(line.run(dial), 200s);
    const auto failure = dial.outcome()->failure;
    EXPECT_TRUE(!failure || *failure == EndReason::modem_silent ||
                *failure == EndReason::dial_failed)
        << dial.outcome()->text;
    line.pass(30s);
    if (!failure) {
      HangUp hang_up(dial.profile(), {.data_mode = true});
      line.run(hang_up);
    }
    Dial next(*modem::find_profile("generic"), host(rows[0]));
    line.run(next);
    EXPECT_TRUE(next.outcome()->connected()) << next.outcome()->text;
  }
}

// User and password arrive in the places where this modem looks for them; a wrong one is refused.
TEST_P(DialTable, AuthenticatesByCommand) {
  const auto& [model, way] = GetParam();
  if (way != Way::plain) return;
  for (const std::string_view password : {"secret word", "another one"}) {
    Options strict = emulation(model, rows[0]);
    strict.apn = "internet";
    strict.user = "anna";
    strict.password = "secret word";
    ModemLine line(strict);
    DialOptions wanted = host(rows[0]);
    wanted.context_auth = modem::ContextAuth::chap;
    wanted.user = "anna";
    wanted.password = Secret(password);
    Dial dial(*modem::find_profile("generic"), std::move(wanted));
    line.run(dial);
    std::optional<EndReason> expected;
    if (model.auth.empty())
      expected = EndReason::usage;  // it takes them in PPP only
    else if (password != strict.password)
      expected = EndReason::not_subscribed;
    EXPECT_EQ(dial.outcome()->failure, expected) << dial.outcome()->text;
    EXPECT_FALSE(line.shown(password));
  }
}

std::string name_of(const testing::TestParamInfo<std::tuple<ModemModel, Way>>& info) {
  constexpr const char* ways[] = {"", "_cmux_basic", "_cmux_advanced"};
  std::string name(std::get<0>(info.param).name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name + ways[static_cast<int>(std::get<1>(info.param))];
}

INSTANTIATE_TEST_SUITE_P(
    All, DialTable,
    testing::Combine(testing::ValuesIn(modem_models().begin(), modem_models().end()),
                     testing::Values(Way::plain, Way::cmux_basic, Way::cmux_advanced)),
    name_of);

}  // namespace
}  // namespace tunppp::sim
