// What `tunppp dial` makes of a modem that comes and goes. The modem is the sim's; it is pulled out
// by killing it, and comes back on another pty behind the same name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <tunppp/end_reason.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/network_namespace.h"
#include "support/process.h"
#include "support/pty_pair.h"
#include "support/sysfs_tree.h"
#include "support/temp_directory.h"

namespace tunppp::sim {
namespace {

using namespace std::chrono_literals;
using test::exited;
using test::Process;
using testing::HasSubstr;
using testing::Not;

int exit_code(EndReason reason) {
  return info(reason).exit_code;
}

class ComesAndGoes : public testing::Test {
 protected:
  using Options = std::vector<std::string>;

  void plug_in(Options options = {"--registration-delay", "0.1"}) {
    Options command{TUNPPP_PROGRAM, "sim", "--link", link()};
    command.insert(command.end(), options.begin(), options.end());
    sim_ = std::make_unique<Process>(command, far_.options());
    ASSERT_TRUE(sim_->wait_for_output("LINE=(/dev/pts/[0-9]+)\\n")) << sim_->err();
  }
  void pull_out() {
    sim_->kill();
    std::filesystem::remove(link());
  }
  void TearDown() override {
    if (sim_) pull_out();
    EXPECT_EQ(near_.run({"ip", "link", "show", "ppp0"}).out, "");
    for (const auto& lock : std::filesystem::directory_iterator("/var/lock"))
      EXPECT_THAT(lock.path().string(), Not(HasSubstr("LCK..pts"))) << "a lock file stays";
  }

  Process dial(Options options = {}) {
    Options command{TUNPPP_PROGRAM,  "dial",
                    "--device",      link(),
                    "--dns",         "none",
                    "--apn",         "internet",
                    "--modem",       "quectel-ec25",
                    "--retry-delay", "0.2",
                    "--state",       files_.path() / "state"};
    command.insert(command.end(), options.begin(), options.end());
    return Process(command, near_.options());
  }
  std::string link() const { return files_.path() / "modem"; }

  test::TempDirectory files_;
  test::NetworkNamespace far_;
  test::NetworkNamespace near_;
  std::unique_ptr<Process> sim_;
};

TEST_F(ComesAndGoes, IsFollowedToAnotherTty) {
  ASSERT_NO_FATAL_FAILURE(plug_in());
  Process client = dial({"--persist"});
  ASSERT_TRUE(client.wait_for_output("up: ppp0")) << client.out() << client.err();
  pull_out();
  ASSERT_TRUE(client.wait_for_output("is gone: the modem was pulled out.*dials again in"))
      << client.out();
  ASSERT_TRUE(client.wait_for_output("waiting for " + link())) << client.out();
  EXPECT_EQ(near_.run({"ip", "link", "show", "ppp0"}).out, "") << "no interface without a link";
  ASSERT_NO_FATAL_FAILURE(plug_in());
  ASSERT_TRUE(client.wait_for_output("up: ppp0(.|\n)*up: ppp0")) << client.out() << client.err();
  EXPECT_EQ(client.terminate(), exited(0)) << client.err();
}

// The link is going down by itself when somebody wants it to end: it does not begin anew.
TEST_F(ComesAndGoes, EndsForGoodWhenItIsToldToWhileALinkGoesDown) {
  const std::string silence = files_.path() / "silence.toml";
  files_.write_file(
      "silence.toml",
      "[[event]]\nevent = \"silence\"\nafter = \"first-connect\"\nat = 1\nfor = 30\n");
  ASSERT_NO_FATAL_FAILURE(plug_in({"--registration-delay", "0.1", "--scenario", silence}));
  Process client = dial({"--persist", "--echo-interval", "1", "--echo-failures", "1"});
  ASSERT_TRUE(client.wait_for_output("lowering DTR", 20s)) << client.out() << client.err();
  client.signal(SIGTERM);
  EXPECT_TRUE(client.wait()) << "still there";
  EXPECT_THAT(client.out(), Not(HasSubstr("dials again")));
}

TEST_F(ComesAndGoes, IsFoundByARelativeName) {
  ASSERT_NO_FATAL_FAILURE(plug_in());
  for (const char* option : {"--persist", "--wait=5"}) {
    test::ProcessOptions here = near_.options();
    here.working_directory = files_.path();
    Process client({TUNPPP_PROGRAM, "dial", "--device", "./modem", "--dns", "none", "--apn",
                    "internet", "--modem", "quectel-ec25", "--state", "state/", option},
                   here);
    ASSERT_TRUE(client.wait_for_output("up: ppp0")) << option << client.out() << client.err();
    EXPECT_EQ(client.terminate(), exited(0)) << client.err();
  }
}

TEST_F(ComesAndGoes, IsDialledAgainWithLongerAndLongerPauses) {
  ASSERT_NO_FATAL_FAILURE(plug_in({"--apn", "other"}));
  const std::string capture = files_.path() / "all.pcapng";
  Process client = dial({"--persist", "--capture", capture});
  ASSERT_TRUE(client.wait_for_output("dials again in 0\\.[12].*\n(.|\n)*dials again in 0\\.[34]"))
      << client.out() << client.err();
  EXPECT_EQ(client.terminate(), exited(0)) << "while it waits, too";
  const std::string captured = test::read_file(capture);
  const std::string section = "\x0a\x0d\x0d\x0a";
  EXPECT_NE(captured.find(section, 1), std::string::npos) << "a section for each attempt";
}

TEST_F(ComesAndGoes, IsLeftAloneWhenNothingWouldChange) {
  ASSERT_NO_FATAL_FAILURE(plug_in({"--pin", "1234"}));
  Process client = dial({"--persist"});
  EXPECT_EQ(client.wait(), exited(exit_code(EndReason::sim_pin))) << client.out();
  EXPECT_THAT(client.out(), Not(HasSubstr("again")));
}

TEST_F(ComesAndGoes, IsWaitedFor) {
  Process client = dial({"--wait", "30"});
  ASSERT_TRUE(client.wait_for_output("waiting for " + link() + ", at most 30 s")) << client.out();
  ASSERT_NO_FATAL_FAILURE(plug_in());
  ASSERT_TRUE(client.wait_for_output("up: ppp0")) << client.out() << client.err();
  EXPECT_EQ(client.terminate(), exited(0)) << client.err();
}

TEST_F(ComesAndGoes, IsWaitedForOnlySoLong) {
  Process client = dial({"--wait", "0.3"});
  EXPECT_EQ(client.wait(), exited(exit_code(EndReason::tty_missing)));
  EXPECT_THAT(client.out() + client.err(), HasSubstr("there is no " + link()));
}

TEST_F(ComesAndGoes, StopsWhileItWaits) {
  Process client = dial({"--persist"});
  ASSERT_TRUE(client.wait_for_output("waiting for ")) << client.out();
  EXPECT_EQ(client.terminate(), exited(0));
  EXPECT_THAT(client.out(), HasSubstr("stopped while waiting"));
}

TEST_F(ComesAndGoes, IsNoMatterOfStandardInput) {
  for (const char* option : {"--persist", "--wait=1"}) {
    const auto result = test::run({TUNPPP_PROGRAM, "dial", "--modem", "none", "--stdio", option});
    EXPECT_EQ(result.status, exited(exit_code(EndReason::usage))) << result;
    EXPECT_THAT(result.err, HasSubstr("--persist and --wait need --device"));
  }
}

// The machine's devices are the test's own: a modem that no table knows, of which the port that
// looks like the one for AT says nothing.
TEST_F(ComesAndGoes, OneThatNobodyKnowsIsTriedPortByPort) {
  test::SysfsTree machine("pi4");
  machine.add(R"(
usb /sys/devices/usb1/1-1 305a:1415 Newcomer Wireless | N1
interface 0 ff/ff/ff 2i option ttyUSB0
)");
  machine.remove("/sys/devices/usb1/1-1");  // it comes later
  test::PtyPair silent;
  ASSERT_NO_FATAL_FAILURE(plug_in());
  Options command{
      "unshare",     "-m",   "sh",           "-ec",      R"sh(
mount --bind "$0/sys" /sys
mkdir -p "$0/dev" && mount -t tmpfs none "$0/dev" && mkdir "$0/dev/net" "$0/dev/pts"
for node in null random urandom net/tun; do
  touch "$0/dev/$node" && mount --bind "/dev/$node" "$0/dev/$node"
done
touch "$0/dev/ttyUSB0" "$0/dev/ttyUSB1"
mount --bind "$1" "$0/dev/ttyUSB0"
mount --bind "$(readlink -f "$2")" "$0/dev/ttyUSB1"
mount --rbind /dev/pts "$0/dev/pts"
mount --rbind "$0/dev" /dev
shift 2
exec "$@")sh",     machine.path(),
      silent.path(), link(), TUNPPP_PROGRAM, "dial",     "--wait",  "30",
      "--dns",       "none", "--apn",        "internet", "--state", files_.path() / "state"};
  Process client(command, near_.options());
  ASSERT_TRUE(client.wait_for_output("waiting for a modem")) << client.out() << client.err();
  machine.add(R"(
usb /sys/devices/usb1/1-1 305a:1415 Newcomer Wireless | N1
interface 0 ff/ff/ff 2i option ttyUSB0
interface 1 ff/00/00 2i option ttyUSB1
)");
  ASSERT_TRUE(client.wait_for_output("line: /dev/ttyUSB0")) << client.out() << client.err();
  ASSERT_TRUE(client.wait_for_output("does not answer.*; tries its next port\n", 30s))
      << client.out() << client.err();
  ASSERT_TRUE(client.wait_for_output("line: /dev/ttyUSB1")) << client.out() << client.err();
  ASSERT_TRUE(client.wait_for_output("up: ppp0")) << client.out() << client.err();
  EXPECT_EQ(client.terminate(), exited(0)) << client.err();
}

/// A phase by its name in --events json, and what slows the modem down there.
struct PulledAt {
  const char* phase;
  std::vector<std::string> sim{"--registration-delay", "0.1"};
  bool closing = false;
  std::vector<std::string> dial{"--events", "json"};
};

const std::vector<std::string> multiplexed{"--events", "json", "--cmux", "basic"};

class PulledOut : public ComesAndGoes, public testing::WithParamInterface<PulledAt> {};

TEST_P(PulledOut, EndsWithASentenceAndItsExitCodeWithin5Seconds) {
  ASSERT_NO_FATAL_FAILURE(plug_in(GetParam().sim));
  Process client = dial(GetParam().dial);
  ASSERT_TRUE(client.wait_for_output("\"phase\":\"" + std::string(GetParam().phase) + "\""))
      << client.out() << client.err();
  if (GetParam().closing) client.signal(SIGTERM);
  const auto pulled = std::chrono::steady_clock::now();
  pull_out();
  const auto status = client.wait();
  EXPECT_LT(std::chrono::steady_clock::now() - pulled, 5s);
  if (GetParam().closing) {
    EXPECT_EQ(status, exited(0)) << client.err();
  } else {
    EXPECT_EQ(status, exited(exit_code(EndReason::modem_gone))) << client.out() << client.err();
    EXPECT_THAT(client.err(), HasSubstr("is gone: the modem was pulled out"));
  }
}

INSTANTIATE_TEST_SUITE_P(At, PulledOut,
                         testing::Values(PulledAt{.phase = "multiplexer", .dial = multiplexed},
                                         PulledAt{.phase = "dial", .dial = multiplexed},
                                         PulledAt{.phase = "up", .dial = multiplexed},
                                         PulledAt{"line"}, PulledAt{"recover", {"--silent"}},
                                         PulledAt{"modem"}, PulledAt{"sim"}, PulledAt{"context"},
                                         PulledAt{"registration", {"--registration-delay", "60"}},
                                         PulledAt{"dial"}, PulledAt{"connected"}, PulledAt{"lcp"},
                                         PulledAt{"ipcp"}, PulledAt{"up"},
                                         PulledAt{.phase = "up", .closing = true}),
                         [](const auto& it) {
                           return std::string(it.param.phase) +
                                  (it.param.closing ? "_closing" : "") +
                                  (it.param.dial.size() > 2 ? "_multiplexed" : "");
                         });

}  // namespace
}  // namespace tunppp::sim
