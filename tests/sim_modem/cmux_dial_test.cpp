// Every modem that can be emulated is dialled over a channel of its multiplexer, by modems that do
// it right and by such as do not, in virtual time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "multiplexed_line.h"

namespace tunppp::sim {
namespace {

using namespace std::chrono_literals;
using modem::Dial;
using modem::DialOptions;
using modem::HangUp;
using modem::cmux::command_channel;
using modem::cmux::MultiplexStart;
using modem::cmux::ppp_channel;
using modem::cmux::StartOptions;
using testing::HasSubstr;

const modem::Profile& generic() {
  return *modem::find_profile("generic");
}

DialOptions automatic() {
  DialOptions options;
  options.apn = "internet";
  options.candidates = modem::profiles();
  return options;
}

ModemEmulatorOptions emulation(std::string_view model) {
  ModemEmulatorOptions options;
  options.model = find_modem_model(model);
  options.registration_delay = 100ms;
  return options;
}

std::string some_text(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * i / 7);
  return text;
}

/// From AT to CONNECT on a channel; false when it did not come to that.
bool connect(MultiplexedLine& line, Option option, std::size_t frame_size = 0) {
  MultiplexStart start(generic(), automatic(), {.option = option, .frame_size = frame_size});
  line.run(start);
  EXPECT_FALSE(start.outcome()->failure) << start.outcome()->text;
  if (start.outcome()->failure) return false;
  line.open(start.outcome()->muxer);
  if (line.us->state(ppp_channel) != Muxer::State::open) return false;
  Dial dial(start.profile(), automatic());
  line.run(dial, ppp_channel);
  EXPECT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
  return dial.outcome()->connected();
}

/// What the network said on the channel of PPP.
std::string from_network(MultiplexedLine& line, const std::string& said) {
  line.modem.receive_from_network(line.now, said);
  std::string heard;
  while (heard.size() < said.size()) {
    line.pass(100ms);
    const std::string more = text(line.us->received(ppp_channel));
    if (more.empty()) break;
    line.us->consumed(line.now, ppp_channel, more.size());
    heard += more;
  }
  return heard;
}

std::string to_network(MultiplexedLine& line, const std::string& said) {
  std::string heard;
  ModemEmulator& modem = line.modem.port(ppp_channel);
  for (Bytes rest = octets(said); !rest.empty();) {
    const std::size_t taken = line.us->write(ppp_channel, rest);
    rest = rest.subspan(taken);
    line.pass(1ms);
    heard += text(modem.poll_to_network());
    modem.written_to_network(modem.poll_to_network().size());
    if (taken == 0) break;
  }
  return heard;
}

class EveryModemMultiplexed : public testing::TestWithParam<std::tuple<ModemModel, Option>> {
 protected:
  static std::string_view model() { return std::get<0>(GetParam()).name; }
  static std::string_view profile() { return std::get<0>(GetParam()).profile; }
  static Option option() { return std::get<1>(GetParam()); }
};

TEST_P(EveryModemMultiplexed, IsDialledCarriesBothAndIsHungUp) {
  MultiplexedLine line(emulation(model()));
  ASSERT_TRUE(connect(line, option()));
  const std::string there = some_text(20'000);
  EXPECT_EQ(to_network(line, there), there);
  EXPECT_EQ(from_network(line, there), there);
  // AT beside the data, which goes on.
  EXPECT_THAT(line.ask(command_channel, "AT+CSQ\r"), HasSubstr("+CSQ:"));
  EXPECT_TRUE(line.modem.port(ppp_channel).in_data_mode());
  EXPECT_EQ(from_network(line, there), there);

  HangUp hang_up(*modem::find_profile(profile()), {.data_mode = true});
  line.run(hang_up, ppp_channel);
  EXPECT_EQ(hang_up.outcome(), modem::HangUpOutcome::hung_up);
  EXPECT_FALSE(line.modem.port(ppp_channel).call_up());
  line.close();
  EXPECT_FALSE(line.modem.multiplexes());
  EXPECT_TRUE(line.in_command_mode());
}

TEST_P(EveryModemMultiplexed, InTheWaysOfOthers) {
  for (const CmuxHabits& ways :
       {CmuxHabits{.status_first = true}, CmuxHabits{.one_channel = true},
        CmuxHabits{.wants_parameters = true}, CmuxHabits{.refuses_long_form = true},
        CmuxHabits{.long_lengths = option() == Option::basic}}) {
    MultiplexedLine line(emulation(model()), ways);
    ASSERT_TRUE(connect(line, option()));
    const std::string words = some_text(3'000);
    EXPECT_EQ(to_network(line, words), words);
    EXPECT_EQ(from_network(line, words), words);
    EXPECT_EQ(line.us->state(command_channel) == Muxer::State::open, !ways.one_channel);
  }
}

/// As its profile and its family say that it is.
TEST_P(EveryModemMultiplexed, InItsOwnWays) {
  const CmuxHabits own = habits_of(*find_modem_model(model()));
  MultiplexedLine line(emulation(model()), own);
  if (own.refuses) {
    MultiplexStart start(generic(), automatic(), {.option = option()});
    line.run(start);
    EXPECT_EQ(start.outcome()->failure, EndReason::cmux_failed);
    EXPECT_TRUE(line.in_command_mode());
    return;
  }
  ASSERT_TRUE(connect(line, option()));
  const std::string words = some_text(3'000);
  EXPECT_EQ(to_network(line, words), words);
  EXPECT_EQ(from_network(line, words), words);
  HangUp hang_up(*modem::find_profile(profile()), {.data_mode = true});
  line.run(hang_up, ppp_channel);
  line.close();
  EXPECT_FALSE(line.modem.multiplexes());
  EXPECT_TRUE(line.in_command_mode());
}

TEST(ModelHabits, AreThoseOfTheModem) {
  EXPECT_TRUE(habits_of(*find_modem_model("simcom-sim7000")).refuses) << "series B has none";
  EXPECT_TRUE(habits_of(*find_modem_model("simcom-a7670")).long_lengths);
  EXPECT_EQ(habits_of(*find_modem_model("ublox-lara-r6")).most_info, 31u);
  EXPECT_TRUE(habits_of(*find_modem_model("ublox-sara-r4")).ignores_disconnect);
}

TEST_P(EveryModemMultiplexed, WhatWasRefusedIsSaidInWords) {
  MultiplexedLine line(emulation(model()), {.refuses = true});
  MultiplexStart start(generic(), automatic(), {.option = option()});
  line.run(start);
  EXPECT_EQ(start.outcome()->failure, EndReason::cmux_failed);
  EXPECT_THAT(start.outcome()->text, HasSubstr("refused to multiplex"));
  EXPECT_TRUE(line.in_command_mode());
}

/// SIM7670G says OK, and that is all.
TEST_P(EveryModemMultiplexed, AModemThatAcceptsAndDoesNothingIsNoticed) {
  MultiplexedLine line(emulation(model()), {.silent = true});
  MultiplexStart start(generic(), automatic(), {.option = option()});
  line.run(start);
  ASSERT_FALSE(start.outcome()->failure);
  const Instant began = line.now;
  line.open(start.outcome()->muxer);
  EXPECT_EQ(line.us->ended(), Muxer::End::no_answer);
  EXPECT_LE(line.now - began, 8s);
  line.us.reset();
  HangUp check(start.profile(), {.multiplexed = true});
  EXPECT_LE(line.run(check), HangUp::bound);
  EXPECT_EQ(check.outcome(), modem::HangUpOutcome::hung_up);
  EXPECT_TRUE(line.in_command_mode());
}

TEST_P(EveryModemMultiplexed, DiesInTheMiddle) {
  MultiplexedLine line(emulation(model()));
  ASSERT_TRUE(connect(line, option()));
  line.modem.power_on(line.now);
  line.pass(1s);
  HangUp hang_up(*modem::find_profile(profile()), {.data_mode = true});
  EXPECT_LE(line.run(hang_up, ppp_channel), HangUp::bound);
  line.close();
  EXPECT_TRUE(line.in_command_mode());
}

TEST_P(EveryModemMultiplexed, AKilledProgramLeavesItSoAndTheNextDialGoesOn) {
  MultiplexedLine line(emulation(model()));
  ASSERT_TRUE(connect(line, option()));
  line.us.reset();  // and no goodbye
  line.events.clear();
  ASSERT_TRUE(line.modem.multiplexes());
  ASSERT_TRUE(connect(line, option()));
  const std::string words = some_text(500);
  EXPECT_EQ(to_network(line, words), words);
}

/// It ends in time with a reason, or works, and the modem hears AT afterwards.
TEST_P(EveryModemMultiplexed, DamagedFramesEndInAReasonOrInAConnection) {
  for (const CmuxHabits& faults : {CmuxHabits{.damage = 0.02}, CmuxHabits{.damage = 0.2},
                                   CmuxHabits{.most_info = 31}, CmuxHabits{.most_info = 4}}) {
    MultiplexedLine line(emulation(model()), faults);
    MultiplexStart start(generic(), automatic(), {.option = option(), .frame_size = 127});
    line.run(start);
    ASSERT_FALSE(start.outcome()->failure) << start.outcome()->text;
    line.open(start.outcome()->muxer);
    if (line.us->state(ppp_channel) == Muxer::State::open) {
      Dial dial(start.profile(), automatic());
      EXPECT_LE(line.run(dial, ppp_channel), std::chrono::minutes(15));
      if (!dial.outcome()->connected()) {
        EXPECT_NE(dial.outcome()->text, "");
      }
      HangUp hang_up(dial.profile(), {.data_mode = dial.outcome()->connected()});
      line.run(hang_up, ppp_channel);
    }
    line.close();
    HangUp check(start.profile(), {.multiplexed = true});
    line.run(check);
    EXPECT_TRUE(line.in_command_mode()) << faults.damage << " " << faults.most_info;
  }
}

std::string name_of(const testing::TestParamInfo<std::tuple<ModemModel, Option>>& info) {
  std::string name(std::get<0>(info.param).name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name + (std::get<1>(info.param) == Option::basic ? "_basic" : "_advanced");
}

INSTANTIATE_TEST_SUITE_P(All, EveryModemMultiplexed,
                         testing::Combine(testing::ValuesIn(modem_models().begin(),
                                                            modem_models().end()),
                                          testing::Values(Option::basic, Option::advanced)),
                         name_of);

TEST(CmuxCommand, SaysWhatTheProfileSays) {
  const auto command = [](std::string_view profile, StartOptions options) {
    const modem::CmuxParameters& cmux = modem::find_profile(profile)->cmux;
    if (options.frame_size == 0) options.frame_size = cmux.frame_size;
    return modem::cmux::cmux_command(cmux.command, options);
  };
  EXPECT_EQ(command("generic", {}), "AT+CMUX=0,0,5,127");
  EXPECT_EQ(command("generic", {.option = Option::advanced}), "AT+CMUX=1,0,5,127");
  EXPECT_EQ(command("quectel-ec25", {}), "AT+CMUX=0,0,5,127,10,3,30,10,2");
  EXPECT_EQ(command("telit-le910", {}), "AT+CMUX=0,0,5,127,10,3,30,10,2");
  EXPECT_EQ(command("simcom-sim800", {}), "AT+CMUX=0,0,5,128,10,3,30,10,2");
  EXPECT_EQ(command("ublox-lara-r6", {}), "AT+CMUX=0,0,5,31");
  EXPECT_EQ(command("generic", {.frame_size = 32768, .baud = 9600}), "AT+CMUX=0,0,1,32768");
  EXPECT_EQ(command("quectel-ec25", {.baud = 921600}), "AT+CMUX=0,0,8,127,10,3,30,10,2");
  // A speed that has no number is left as it is (27.007 section 5.7: the parameter may be empty).
  EXPECT_EQ(command("generic", {.baud = 3000000}), "AT+CMUX=0,0,,127");
}

TEST(CmuxCommand, AModemWithoutIsSaidToHaveNone) {
  modem::Profile none = generic();
  none.cmux.command = {};
  MultiplexedLine line;
  MultiplexStart start(none, {}, {});
  line.run(start);
  EXPECT_EQ(start.outcome()->failure, EndReason::cmux_failed);
  EXPECT_THAT(start.outcome()->text, HasSubstr("no multiplexer"));
  EXPECT_FALSE(start.asked());
}

TEST(CmuxCommand, TheUsersFrameSizeIsNotExchangedForAnother) {
  MultiplexedLine line({}, {.refuses_long_form = true});
  MultiplexStart start(generic(), {}, {.frame_size = 256});
  line.run(start);
  EXPECT_EQ(start.outcome()->failure, EndReason::cmux_failed);
  EXPECT_THAT(start.outcome()->text, HasSubstr("256"));
}

TEST(CmuxCommand, WaitsBeforeTheFirstFrame) {
  MultiplexedLine line;
  modem::Profile slow = generic();
  slow.cmux.settle = 300ms;
  MultiplexStart start(slow, {}, {});
  const Duration usual = [&] {
    MultiplexedLine other;
    MultiplexStart at_once(generic(), {}, {});
    return other.run(at_once);
  }();
  EXPECT_EQ(line.run(start) - usual, 300ms - generic().cmux.settle);
}

}  // namespace
}  // namespace tunppp::sim
