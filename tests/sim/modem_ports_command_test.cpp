// `tunppp sim` with a second tty, and with a multiplexer on its first: what the modem tells on one
// port while PPP runs on another.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

#include "support/network_namespace.h"
#include "support/process.h"
#include "support/temp_directory.h"

namespace tunppp::sim {
namespace {

using namespace std::chrono_literals;
using test::exited;
using test::Process;
using testing::HasSubstr;
using testing::Not;

class SimPorts : public testing::Test {
 protected:
  using Options = std::vector<std::string>;

  void start(Options options) {
    options.insert(options.begin(),
                   {TUNPPP_PROGRAM, "sim", "--link", line(), "--registration-delay", "0.1"});
    sim_ = std::make_unique<Process>(options, far_.options());
    ASSERT_TRUE(sim_->wait_for_output("LINE=/dev/pts/[0-9]+\\n")) << sim_->err();
  }
  /// With a tty for AT, and what happens by itself.
  void start_with_at(const std::string& scenario = "") {
    ASSERT_NO_FATAL_FAILURE(
        start({"--at-link", at(), "--scenario", files_.write_file("scenario.toml", scenario)}));
    ASSERT_TRUE(sim_->wait_for_output("AT=/dev/pts/[0-9]+\\n"));
  }
  void TearDown() override {
    if (!sim_) return;
    EXPECT_EQ(sim_->terminate(), exited(0));
    EXPECT_FALSE(std::filesystem::is_symlink(line()));
    EXPECT_FALSE(std::filesystem::is_symlink(at()));
  }

  std::string line() const { return files_.path() / "modem"; }
  std::string at() const { return files_.path() / "at"; }
  std::string sockets() const { return files_.path() / "run"; }

  std::unique_ptr<Process> dial(Options options) {
    Options command{TUNPPP_PROGRAM, "dial",   "--device", line(),    "--apn",
                    "internet",     "--dns",  "none",     "--state", files_.path() / "state",
                    "--at-sockets", sockets()};
    command.insert(command.end(), options.begin(), options.end());
    return std::make_unique<Process>(command, near_.options());
  }
  static bool is_up(Process& dialled) {
    return dialled.wait_for_output("up: ppp0", 20s).has_value();
  }
  test::Completed ask(Options options) {
    options.insert(options.begin(), {TUNPPP_PROGRAM, "at", "--at-sockets", sockets()});
    return test::run(options, near_.options());
  }
  void expect_packets_both_ways() {
    for (auto [from, to] : {std::pair(&near_, "10.64.64.1"), std::pair(&far_, "10.64.64.2")}) {
      const auto ping = from->run({"ping", "-n", "-c2", "-i0.1", "-W3", to});
      EXPECT_THAT(ping.out, HasSubstr(" 0% packet loss")) << ping;
    }
  }

  test::TempDirectory files_;
  test::NetworkNamespace far_;
  test::NetworkNamespace near_;
  std::unique_ptr<Process> sim_;
};

// --- a tty for AT ---

TEST_F(SimPorts, AtIsAnsweredBesideTheCall) {
  ASSERT_NO_FATAL_FAILURE(start_with_at());
  const auto before = ask({"--device", at(), "AT+CSQ", "AT+CGACT?"});
  EXPECT_EQ(before.status, exited(0)) << before;
  EXPECT_THAT(before.out, HasSubstr("+CSQ: 21,99"));
  EXPECT_THAT(before.out, HasSubstr("+CGACT: 1,0"));

  const auto dialled = dial({"--at-device", at(), "--events", "json"});
  ASSERT_TRUE(dialled->wait_for_output("\"event\":\"modem_status\"[^\\n]*\"signal_dbm\":-71", 20s))
      << dialled->out() << dialled->err();
  expect_packets_both_ways();
  const auto during = ask({"--device", at(), "AT+CGACT?", "AT+CGATT?"});
  EXPECT_EQ(during.status, exited(0)) << during;
  EXPECT_THAT(during.out, HasSubstr("+CGACT: 1,1"));
  EXPECT_THAT(during.out, HasSubstr("+CGATT: 1"));
  dialled->signal(SIGINT);
  EXPECT_EQ(dialled->wait(), exited(0));
  EXPECT_THAT(ask({"--device", at(), "AT+CGACT?"}).out, HasSubstr("+CGACT: 1,0"));
}

struct Loss {
  const char* name;
  const char* event;
  int code;
};

class SimPortsLoss : public SimPorts, public testing::WithParamInterface<Loss> {};

/// The stream of PPP itself says nothing of it: only the AT port tells.
TEST_P(SimPortsLoss, IsSeenOnTheAtPortAndEndsTheLinkAtOnce) {
  ASSERT_NO_FATAL_FAILURE(start_with_at("[[event]]\nafter = \"first-connect\"\nat = 1\n" +
                                        std::string(GetParam().event)));
  const auto dialled = dial({"--at-device", at()});
  ASSERT_TRUE(is_up(*dialled)) << dialled->out() << dialled->err();
  EXPECT_EQ(dialled->wait(8s), exited(GetParam().code)) << dialled->out() << dialled->err();
  // The modem is left as it should be.
  for (const std::string& tty : {line(), at()}) {
    const auto afterwards = ask({"--device", tty, "AT+CGACT?"});
    EXPECT_EQ(afterwards.status, exited(0)) << afterwards;
    EXPECT_THAT(afterwards.out, HasSubstr("+CGACT: 1,0"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Of, SimPortsLoss,
    testing::Values(Loss{"Bearer", "event = \"text\"\nport = 1\ntext = \"+CGEV: NW PDN DEACT 1\"\n",
                         46},
                    Loss{"Registration", "event = \"registration-lost\"\n", 45}),
    [](const auto& it) { return std::string(it.param.name); });

// --- a multiplexer ---

class SimMultiplexed : public SimPorts, public testing::WithParamInterface<const char*> {};

TEST_P(SimMultiplexed, CarriesPacketsAndAtAndIsAnOrdinaryLineAfterwards) {
  ASSERT_NO_FATAL_FAILURE(start({}));
  const auto dialled = dial({"--cmux", GetParam()});
  ASSERT_TRUE(is_up(*dialled)) << dialled->out() << dialled->err();
  expect_packets_both_ways();
  const auto meanwhile = ask({"--interface", "ppp0", "AT+CGACT?", "AT+CSQ"});
  EXPECT_EQ(meanwhile.status, exited(0)) << meanwhile;
  EXPECT_THAT(meanwhile.out, HasSubstr("+CGACT: 1,1"));
  EXPECT_THAT(meanwhile.out, HasSubstr("+CSQ: 21,99"));
  dialled->signal(SIGINT);
  EXPECT_EQ(dialled->wait(), exited(0));
  EXPECT_TRUE(sim_->wait_for_output("call: ended"));
  const auto afterwards = ask({"--device", line(), "AT+CGACT?"});
  EXPECT_EQ(afterwards.status, exited(0)) << afterwards;
  EXPECT_THAT(afterwards.out, HasSubstr("+CGACT: 1,0"));
}

INSTANTIATE_TEST_SUITE_P(Option, SimMultiplexed, testing::Values("basic", "advanced"));

struct Killed {
  const char* option;
  const char* next;
};

class SimLeftMultiplexed : public SimPorts, public testing::WithParamInterface<Killed> {};

/// kill -9 in the middle of a call: nobody has told the modem to stop.
TEST_P(SimLeftMultiplexed, IsDialledAgain) {
  ASSERT_NO_FATAL_FAILURE(start({}));
  const auto killed = dial({"--cmux", GetParam().option});
  ASSERT_TRUE(is_up(*killed)) << killed->out() << killed->err();
  EXPECT_EQ(killed->kill().signal, SIGKILL);
  const auto next = dial({"--cmux", GetParam().next});
  ASSERT_TRUE(is_up(*next)) << next->out() << next->err();
  expect_packets_both_ways();
  next->signal(SIGINT);
  EXPECT_EQ(next->wait(), exited(0));
}

INSTANTIATE_TEST_SUITE_P(Option, SimLeftMultiplexed,
                         testing::Values(Killed{"basic", "basic"}, Killed{"advanced", "off"}),
                         [](const auto& it) {
                           return std::string(it.param.option) + "_then_" + it.param.next;
                         });

struct Way {
  const char* name;
  int code;  ///< of the dial; 0: it comes up
};

class SimMultiplexerWays : public SimPorts, public testing::WithParamInterface<Way> {};

TEST_P(SimMultiplexerWays, AreChosenByOption) {
  ASSERT_NO_FATAL_FAILURE(start({"--multiplexer", GetParam().name}));
  const auto dialled = dial({"--cmux", "basic"});
  if (GetParam().code != 0) {
    EXPECT_EQ(dialled->wait(20s), exited(GetParam().code)) << dialled->out() << dialled->err();
    return;
  }
  ASSERT_TRUE(is_up(*dialled)) << dialled->out() << dialled->err();
  dialled->signal(SIGINT);
  EXPECT_EQ(dialled->wait(), exited(0));
}

INSTANTIATE_TEST_SUITE_P(Way, SimMultiplexerWays,
                         testing::Values(Way{"none", 37}, Way{"one-channel", 0},
                                         Way{"mode-only", 0}));

TEST(SimPortsMistakes, AreTold) {
  const auto sim = [](std::vector<std::string> options) {
    options.insert(options.begin(), {TUNPPP_PROGRAM, "sim"});
    return test::run(options);
  };
  EXPECT_EQ(sim({"--ports", "3"}).status, exited(2));
  EXPECT_EQ(sim({"--ports", "0"}).status, exited(2));
  const auto way = sim({"--multiplexer", "upside-down"});
  EXPECT_EQ(way.status, exited(2)) << way;
  EXPECT_THAT(way.err, HasSubstr("upside-down"));
  const auto nowhere = sim({"--at-link", "/no/such/folder/at"});
  EXPECT_EQ(nowhere.status, exited(2)) << nowhere;
  EXPECT_THAT(nowhere.err, HasSubstr("/no/such/folder/at"));
  test::TempDirectory files;
  const std::string both = files.path() / "both";
  const auto same = sim({"--link", both, "--at-link", both});
  EXPECT_EQ(same.status, exited(2)) << same;
  EXPECT_THAT(same.err, HasSubstr("--at-link"));
  EXPECT_FALSE(std::filesystem::is_symlink(both));
}

}  // namespace
}  // namespace tunppp::sim
