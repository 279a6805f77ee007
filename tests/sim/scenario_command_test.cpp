// `tunppp sim --scenario` and `--list` as a user runs them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

#include "support/deadline.h"
#include "support/network_namespace.h"
#include "support/process.h"
#include "support/temp_directory.h"

namespace tunppp::sim {
namespace {

using namespace std::chrono_literals;
using test::exited;
using test::Process;
using testing::AllOf;
using testing::HasSubstr;

class SimScenario : public testing::Test {
 protected:
  void start(const std::string& scenario, const std::vector<std::string>& more = {}) {
    const std::string file = files_.write_file("scenario.toml", scenario);
    std::vector<std::string> command{
        TUNPPP_PROGRAM, "sim", "--link", link(), "--scenario", file, "--registration-delay", "0.1"};
    command.insert(command.end(), more.begin(), more.end());
    sim_ = std::make_unique<Process>(command, far_.options());
    ASSERT_TRUE(sim_->wait_for_output("LINE=(/dev/pts/[0-9]+)\\n")) << sim_->err();
  }
  void TearDown() override {
    if (!sim_) return;
    EXPECT_EQ(sim_->terminate(), exited(0));
    EXPECT_FALSE(std::filesystem::is_symlink(link()));
  }
  std::string at_link() const { return files_.path() / "modem-at"; }
  std::string link() const { return files_.path() / "modem"; }
  std::vector<std::string> dial(std::vector<std::string> more = {}) const {
    std::vector<std::string> command{
        TUNPPP_PROGRAM, "dial",     "--device", link(), "--modem", "quectel-ec25",
        "--apn",        "internet", "--dns",    "none", "--state", files_.path() / "s"};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }

  test::TempDirectory files_;
  test::NetworkNamespace far_;
  test::NetworkNamespace near_;
  std::unique_ptr<Process> sim_;
};

TEST_F(SimScenario, ACallIsLostAndTheNextOneLasts) {
  start("[[event]]\nevent = \"carrier-dropped\"\nafter = \"first-connect\"\nat = 0.8\n");
  Process lost(dial(), near_.options());
  EXPECT_EQ(lost.wait(), exited(19)) << lost.out() << lost.err();
  EXPECT_THAT(lost.err() + lost.out(), HasSubstr("NO CARRIER"));

  Process lasting(dial(), near_.options());
  ASSERT_TRUE(lasting.wait_for_output("up: ppp0", 20s)) << lasting.out() << lasting.err();
  lasting.signal(SIGINT);
  EXPECT_EQ(lasting.wait(), exited(0));
}

TEST_F(SimScenario, APlugIsPulledAndPutInAgain) {
  start(
      "[modem]\nboot_time = 0.5\n[[event]]\nevent = \"hung-up\"\nafter = \"first-connect\"\nat = "
      "0.8\nfor = 0.7\n"
      "[[event]]\nevent = \"power-lost\"\nafter = \"first-connect\"\nat = 0.8\nfor = 0.7\n");
  Process dialled(dial({"--persist", "--retry-delay", "0.2"}), near_.options());
  ASSERT_TRUE(dialled.wait_for_output("up: ppp0", 20s)) << dialled.out() << dialled.err();
  ASSERT_TRUE(sim_->wait_for_output("the plug is pulled"));
  ASSERT_TRUE(sim_->wait_for_output("plugged in again: /dev/pts/"));
  ASSERT_TRUE(sim_->wait_for_output("(?:[^]*call: connected){2}", 30s))
      << dialled.out() << dialled.err() << sim_->out();
  dialled.signal(SIGINT);
  dialled.wait();
}

// What the modem said on its AT port while it booted is no news of the call that follows.
TEST_F(SimScenario, OldBootCodesDoNotEndACall) {
  start("[modem]\nboot_time = 0.7\n", {"--at-link", at_link()});
  Process dialled(dial({"--at-device", at_link()}), near_.options());
  ASSERT_TRUE(dialled.wait_for_output("monitor: watching the modem", 20s))
      << dialled.out() << dialled.err();
  const auto ping = near_.run({"ping", "-n", "-c3", "-i0.2", "-W3", "10.64.64.1"});
  EXPECT_THAT(ping.out, HasSubstr(" 0% packet loss")) << ping << dialled.out() << dialled.err();
  dialled.signal(SIGINT);
  EXPECT_EQ(dialled.wait(), exited(0)) << dialled.out() << dialled.err();
}

TEST(SimList, ShowsAllModems) {
  const auto text = test::run({TUNPPP_PROGRAM, "sim", "--list"});
  EXPECT_EQ(text.status, exited(0));
  EXPECT_THAT(text.out, AllOf(HasSubstr("quectel-ec25"), HasSubstr("SIMCOM_SIM7600E-H")));
  const auto json = test::run({TUNPPP_PROGRAM, "sim", "--list", "--json"});
  EXPECT_EQ(json.status, exited(0));
  EXPECT_THAT(json.out, AllOf(testing::StartsWith("{\"modems\":[{\"name\":\"generic\""),
                              HasSubstr("{\"command\":\"+CGAUTH\",\"order\":\"cid,protocol,"
                                        "password,user\"}")));
  EXPECT_EQ(test::run({TUNPPP_PROGRAM, "sim", "--json"}).status, exited(2));
}

TEST(SimScenarioMistakes, AreTold) {
  test::TempDirectory files;
  const auto sim = [](std::vector<std::string> options) {
    options.insert(options.begin(), {TUNPPP_PROGRAM, "sim"});
    return test::run(options);
  };
  const std::pair<std::vector<std::string>, const char*> mistakes[] = {
      {{"--scenario", "/no/such"}, "cannot read the scenario /no/such: No such file"},
      {{"--scenario", files.path()}, "Is a directory"},
      {{"--scenario", files.write_file("a", "[[event")}, "a:1: "},
      {{"--scenario", files.write_file("b", "[[event]]\nevent = \"explode\"")},
       "b:2: event: nothing is called explode; what can happen is registration-lost, "},
      {{"--scenario", files.write_file("c", "[[event]]\nevent = \"silence\"\nat = -5")},
       "c:3: at: wants seconds from 0"},
      {{"--scenario", "a", "--scenario", "b"}, "--scenario"},
      {{"--modem", "nokia"}, "there is no modem nokia; tunppp sim --list shows all"},
  };
  for (const auto& [options, words] : mistakes) {
    const auto told = sim(options);
    EXPECT_EQ(told.status, exited(2)) << told;
    EXPECT_THAT(told.err, HasSubstr(words));
  }
}

}  // namespace
}  // namespace tunppp::sim
