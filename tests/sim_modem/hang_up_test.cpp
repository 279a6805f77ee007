#include "modem/hang_up.h"

#include <gtest/gtest.h>

#include "modem/dial.h"
#include "modem_line.h"

namespace tunppp::sim {
namespace {

using namespace std::chrono_literals;
using modem::Dial;
using modem::DialOptions;
using modem::HangUp;
using modem::HangUpOutcome;
using Options = ModemEmulatorOptions;

const modem::Profile& ec25() {
  return *modem::find_profile("quectel-ec25");
}

Options at_once(Options options) {
  options.registration_delay = {};
  return options;
}

/// A line on which a call is up.
struct ConnectedLine : ModemLine {
  explicit ConnectedLine(Options options = {}) : ModemLine(at_once(std::move(options))) {
    Dial dial(ec25(), {});
    run(dial);
    EXPECT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
    pass(5s);
  }
};

TEST(HangUp, EscapesAndHangsUp) {
  ConnectedLine line;
  HangUp hang_up(ec25(), {});
  const Duration took = line.run(hang_up);
  EXPECT_EQ(hang_up.outcome(), HangUpOutcome::hung_up);
  EXPECT_LE(took, HangUp::bound);
  EXPECT_FALSE(line.modem.call_up());
  EXPECT_TRUE(line.in_command_mode());
  EXPECT_TRUE(line.sent("ATH"));
}

TEST(HangUp, WorksWhilePppIsStillTalking) {
  ConnectedLine line;
  line.modem.receive_from_host(line.now, octets("~our last frame~"));
  line.modem.receive_from_network(line.now, octets("~its last frame~\x7f\xff half a fra"));
  HangUp hang_up(ec25(), {});
  line.run(hang_up);
  EXPECT_EQ(hang_up.outcome(), HangUpOutcome::hung_up);
}

TEST(HangUp, SeesThatTheModemHungUpByItself) {
  ConnectedLine line;
  line.modem.drop_carrier(line.now);
  HangUp hang_up(ec25(), {});
  const Duration took = line.run(hang_up);
  EXPECT_EQ(hang_up.outcome(), HangUpOutcome::hung_up);
  EXPECT_LE(took, 500ms);
  EXPECT_FALSE(line.sent("+++"));
}

TEST(HangUp, ChecksOnlyWhenTheCarrierWasSeenGone) {
  ConnectedLine line;
  line.modem.drop_carrier(line.now);
  line.pass(1s);
  HangUp hang_up(ec25(), {.carrier_gone = true});
  const Duration took = line.run(hang_up);
  EXPECT_EQ(hang_up.outcome(), HangUpOutcome::hung_up);
  EXPECT_LE(took, 500ms);
}

TEST(HangUp, LowersDtrWhenTheEscapeIsNotHeard) {
  Options options;
  options.guard_time = 10s;
  ConnectedLine line(options);
  HangUp hang_up(ec25(), {});
  const Duration took = line.run(hang_up);
  EXPECT_EQ(hang_up.outcome(), HangUpOutcome::hung_up);
  EXPECT_LE(took, HangUp::bound);
  EXPECT_FALSE(line.modem.call_up());
  EXPECT_TRUE(line.in_command_mode());
}

TEST(HangUp, SaysSoWhenNothingHelps) {
  Options options;
  options.guard_time = 10s;
  ConnectedLine line(options);
  line.dtr_works = false;
  HangUp hang_up(ec25(), {});
  const Duration took = line.run(hang_up);
  EXPECT_EQ(hang_up.outcome(), HangUpOutcome::unknown);
  EXPECT_LE(took, HangUp::bound);
}

TEST(HangUp, EndsADialThatWasDroppedMidway) {
  Options options;
  options.registration_delay = {};
  options.dial_delay = 30s;
  ModemLine line(options);
  {
    Dial dial(ec25(), {});
    line.run_for(dial, 5s);
    ASSERT_FALSE(dial.outcome());
    ASSERT_TRUE(line.sent("ATD"));
  }
  HangUp hang_up(ec25(), {.data_mode = false});
  const Duration took = line.run(hang_up);
  EXPECT_EQ(hang_up.outcome(), HangUpOutcome::hung_up);
  EXPECT_LE(took, HangUp::bound_midway);
  EXPECT_TRUE(line.in_command_mode());
  line.pass(60s);
  EXPECT_FALSE(line.modem.call_up());
}

TEST(HangUp, EndsADialThatConnectedMeanwhile) {
  ConnectedLine line;
  HangUp hang_up(ec25(), {.data_mode = false});
  const Duration took = line.run(hang_up);
  EXPECT_EQ(hang_up.outcome(), HangUpOutcome::hung_up);
  EXPECT_LE(took, HangUp::bound_midway);
  EXPECT_FALSE(line.modem.call_up());
}

TEST(HangUp, SilentModemIsBounded) {
  for (const bool data_mode : {true, false}) {
    Options options;
    options.silent = true;
    ModemLine line(options);
    HangUp hang_up(ec25(), {.data_mode = data_mode});
    const Duration took = line.run(hang_up);
    EXPECT_EQ(hang_up.outcome(), HangUpOutcome::unknown);
    EXPECT_LE(took, data_mode ? HangUp::bound : HangUp::bound_midway);
  }
}

TEST(HangUp, RedialsAfterIt) {
  ConnectedLine line;
  HangUp hang_up(ec25(), {});
  line.run(hang_up);
  Dial dial(ec25(), {});
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected());
}

}  // namespace
}  // namespace tunppp::sim
