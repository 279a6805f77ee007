// Each scenario of docs/scenarios against a dial, in virtual time.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "sim/scenario_toml.h"
#include "sim_modem/modem_line.h"

namespace tunppp::sim {
namespace {

using namespace std::chrono_literals;
using modem::Dial;
using modem::DialOptions;

struct Expected {
  const char* file;
  std::optional<EndReason> failure;  ///< of the dial; nullopt: it connects
  bool lost = false;                 ///< the call ends by itself within a minute
  bool redials = true;               ///< a minute later a dial connects
};

const Expected scenarios[] = {
    {"attach-refused", EndReason::registration_denied, false, false},
    {"carrier-dropped", {}, true},
    {"congested", EndReason::network_congested},
    {"data-mode", {}},
    {"echo-and-chatter", {}},
    {"garbage-at-start", {}},
    {"hiccup", EndReason::modem_silent},
    {"no-carrier-for-a-while", EndReason::dial_failed},
    {"no-network", EndReason::not_registered, false, false},
    {"power-lost", {}, true},
    {"registration-denied", EndReason::registration_denied, false, false},
    {"registration-lost", {}, true},
    {"silence", EndReason::modem_silent, false, false},
    {"sim-busy", {}},
    {"sim-removed", EndReason::sim_absent, false, false},
    {"unplugged", {}, true},
};

ModemEmulatorOptions scenario(const std::string& name) {
  const std::string path = TUNPPP_SOURCE_DIR "/docs/scenarios/" + name + ".toml";
  std::ifstream file(path);
  const auto options = parse_scenario(
      std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()), path);
  EXPECT_TRUE(file && options) << (options ? path : options.failure().text);
  return options ? *options : ModemEmulatorOptions{};
}

DialOptions automatic() {
  DialOptions options;
  options.apn = "internet";
  options.candidates = modem::profiles();
  return options;
}

class EveryScenario : public testing::TestWithParam<Expected> {};

TEST_P(EveryScenario, EndsAsItShould) {
  const Expected& expected = GetParam();
  ModemLine line(scenario(expected.file));
  const modem::Profile& generic = *modem::find_profile("generic");
  Dial dial(generic, automatic());
  line.run(dial);
  ASSERT_TRUE(dial.outcome());
  EXPECT_EQ(dial.outcome()->failure, expected.failure) << dial.outcome()->text;

  line.pass(1min);
  const bool call = line.modem.call_up();
  EXPECT_EQ(call, !expected.failure && !expected.lost);
  if (call) {
    modem::HangUp hang_up(dial.profile(), {.data_mode = true});
    line.run(hang_up);
    line.pass(5s);  // it may be slow
    EXPECT_NE(line.ask("AT\r", 5s).find("OK"), std::string::npos);
  }
  Dial again(generic, automatic());
  line.run(again);
  EXPECT_EQ(again.outcome()->connected(), expected.redials) << again.outcome()->text;
}

std::string name_of_scenario(const testing::TestParamInfo<Expected>& parameter) {
  std::string name = parameter.param.file;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Scenarios, EveryScenario, testing::ValuesIn(scenarios), name_of_scenario);

TEST(Scenarios, AllFilesAreTried) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(TUNPPP_SOURCE_DIR "/docs/scenarios"))
    files.insert(entry.path().stem());
  std::set<std::string> tried;
  for (const Expected& expected : scenarios) tried.insert(expected.file);
  EXPECT_EQ(files, tried);
}

}  // namespace
}  // namespace tunppp::sim
