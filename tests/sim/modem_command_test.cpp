// `tunppp sim` as a user runs it: a scripted AT client on its pty, then `tunppp dial`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <thread>

#include "sim/world.h"
#include "support/network_namespace.h"
#include "support/process.h"
#include "support/temp_directory.h"

namespace tunppp::sim {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::exited;
using test::Process;
using testing::HasSubstr;

class SimCommand : public testing::Test {
 protected:
  void start(std::vector<std::string> options = {}) {
    std::vector<std::string> command{TUNPPP_PROGRAM, "sim", "--link", link()};
    if (std::ranges::find(options, "--registration-delay") == options.end())
      options.insert(options.end(), {"--registration-delay", "0.1"});
    command.insert(command.end(), options.begin(), options.end());
    sim_ = std::make_unique<Process>(command, far_.options());
    ASSERT_TRUE(sim_->wait_for_output("LINE=(/dev/pts/[0-9]+)\\n")) << sim_->err();
  }
  void open() {
    terminal_ = std::make_unique<Terminal>(link());
    ASSERT_TRUE(sim_->wait_for_output("the pty was opened"));
  }
  void TearDown() override {
    terminal_.reset();
    if (!sim_) return;
    EXPECT_EQ(sim_->terminate(), exited(0));
    EXPECT_FALSE(std::filesystem::is_symlink(link()));
  }

  std::string link() const { return files_.path() / "modem"; }

  // Sends a command and waits for words in the answer.
  bool say(const std::string& command, const std::string& answer, test::Timeout patience = 10s) {
    terminal_->forget();
    terminal_->write(command + "\r");
    return eventually([&] { return terminal_->read().find(answer) != std::string::npos; },
                      patience);
  }
  bool registered() {
    return eventually([&] { return say("AT+CEREG?", "+CEREG: 0,1", 300ms); });
  }

  test::Completed dial(std::vector<std::string> options) {
    std::vector<std::string> command{
        TUNPPP_PROGRAM, "dial",  "--device", link(),    "--dns",
        "none",         "--apn", "internet", "--state", files_.path() / "state"};
    if (std::ranges::find(options, "--modem") == options.end())
      options.insert(options.end(), {"--modem", "quectel-ec25"});
    command.insert(command.end(), options.begin(), options.end());
    return test::run(command, near_.options(), 60s);
  }

  test::TempDirectory files_;
  test::NetworkNamespace far_;
  test::NetworkNamespace near_;
  std::unique_ptr<Process> sim_;
  std::unique_ptr<Terminal> terminal_;
};

TEST_F(SimCommand, TalksToAScriptedClient) {
  start({"--pin", "1234"});
  open();
  EXPECT_TRUE(say("AT", "AT\r\r\nOK\r\n")) << "with echo";
  EXPECT_TRUE(say("ATE0", "OK\r\n"));
  EXPECT_TRUE(say("AT+CPIN?", "+CPIN: SIM PIN"));
  EXPECT_TRUE(say("AT+CPIN=\"1234\"", "OK\r\n"));
  EXPECT_TRUE(registered());
  EXPECT_TRUE(say("AT+CGDCONT=1,\"IP\",\"internet\"", "OK\r\n"));
  EXPECT_TRUE(say("ATD*99***1#", "CONNECT 150000000\r\n"));
  // The server begins: a flag, All-Stations, UI, LCP, all control characters escaped.
  EXPECT_TRUE(eventually(
      [&] { return terminal_->read().find("\x7e\xff\x7d\x23\xc0\x21") != std::string::npos; }));

  // Back by +++, and the call is still there for ATO.
  std::this_thread::sleep_for(1100ms);  // the guard time itself
  terminal_->forget();
  terminal_->write("+++");
  EXPECT_TRUE(eventually([&] { return terminal_->read() == "\r\nOK\r\n"; }));
  EXPECT_TRUE(say("ATO", "CONNECT"));
  EXPECT_TRUE(sim_->wait_for_output("call: resumed"));
  // Whoever closes the tty hangs up.
  terminal_->close();
  EXPECT_TRUE(sim_->wait_for_output("call: ended"));
  EXPECT_TRUE(sim_->wait_for_output("server: ended"));
  open();
  EXPECT_TRUE(say("AT", "OK\r\n"));
  EXPECT_TRUE(say("ATD*99***1#", "CONNECT 150000000\r\n"));
}

TEST_F(SimCommand, PutsItsFarEndOnAnInterfaceOnlyDuringACall) {
  start({"--interface", "far0"});
  open();
  EXPECT_FALSE(far_.run({"ip", "link", "show", "far0"}).ok());
  EXPECT_TRUE(registered());
  EXPECT_TRUE(say("ATD*99***1#", "CONNECT"));
  EXPECT_TRUE(eventually([&] { return far_.run({"ip", "link", "show", "far0"}).ok(); }));
  terminal_->close();
  EXPECT_TRUE(eventually([&] { return !far_.run({"ip", "link", "show", "far0"}).ok(); }));
}

TEST_F(SimCommand, EndsInOrderDuringACall) {
  start();
  std::vector<std::string> command{TUNPPP_PROGRAM, "dial",    "--device",     link(),  "--dns",
                                   "none",         "--modem", "quectel-ec25", "--apn", "internet"};
  Process dial(command, near_.options());
  ASSERT_TRUE(dial.wait_for_output("up: ppp0", 20s)) << dial.out() << dial.err();
  sim_->signal(SIGTERM);
  EXPECT_EQ(sim_->wait(), exited(0));
  // The caller heard PPP say goodbye.
  EXPECT_EQ(dial.wait(), exited(26)) << dial.out() << dial.err();
}

TEST_F(SimCommand, IsDialledAndCarriesPackets) {
  start({"--local", "192.0.2.1", "--remote", "192.0.2.77", "--dns", "9.9.9.9", "--latency", "5"});
  Process dial({TUNPPP_PROGRAM, "dial", "--device", link(), "--modem", "quectel-ec25", "--apn",
                "internet", "--dns", "file:" + std::string(files_.path() / "resolv.conf")},
               near_.options());
  ASSERT_TRUE(dial.wait_for_output("up: ppp0, 192.0.2.77 to 192.0.2.1", 20s)) << dial.err();
  EXPECT_TRUE(eventually([&] {
    return test::read_file(files_.path() / "resolv.conf").find("nameserver 9.9.9.9") !=
           std::string::npos;
  }));
  const auto ping = near_.run({"ping", "-n", "-c3", "-i0.1", "-W3", "192.0.2.1"});
  EXPECT_THAT(ping.out, HasSubstr(" 0% packet loss")) << ping;
  dial.signal(SIGINT);
  EXPECT_EQ(dial.wait(), exited(0));
  EXPECT_TRUE(sim_->wait_for_output("call: ended"));
}

TEST_F(SimCommand, IsDialledAgainAndAgain) {
  start();
  for (int i = 0; i < 3; ++i) {
    Process dial({TUNPPP_PROGRAM, "dial", "--device", link(), "--dns", "none", "--modem",
                  "quectel-ec25", "--apn", "internet"},
                 near_.options());
    ASSERT_TRUE(dial.wait_for_output("up: ppp0", 20s)) << i << dial.out() << dial.err();
    if (i == 1)
      dial.kill();  // without a word
    else
      dial.signal(SIGINT);
    dial.wait();
  }
}

// --- What a user meets: the exit codes of `tunppp help exit-codes` ---

TEST_F(SimCommand, Silent) {
  start({"--silent"});
  EXPECT_EQ(dial({}).status, exited(10));
}

TEST_F(SimCommand, NoSim) {
  start({"--no-sim"});
  EXPECT_EQ(dial({}).status, exited(12));
}

TEST_F(SimCommand, PinWanted) {
  start({"--pin", "1234"});
  EXPECT_EQ(dial({}).status, exited(13));
  const auto wrong = dial({"--pin-file", files_.write_file("wrong", "9999\n")});
  EXPECT_EQ(wrong.status, exited(13)) << wrong;
  EXPECT_THAT(wrong.err + wrong.out, HasSubstr("the PIN was refused"));
  // Another process, the same PIN: the SIM does not see it again.
  const auto again = dial({"--pin-file", files_.write_file("wrong", "9999\n")});
  EXPECT_EQ(again.status, exited(13)) << again;
  EXPECT_THAT(again.err + again.out, HasSubstr("the PIN is not sent: this SIM has refused it"));
}

// kill -9 while the SIM looks at the PIN: nobody knows what it said, so it is not asked again.
TEST_F(SimCommand, AKilledDialHasNotedThePin) {
  // No final result comes: the dial waits for one.
  start({"--pin", "1234", "--scenario",
         files_.write_file("mute.toml",
                           "[[event]]\nevent = \"answer\"\nat = 0\n"
                           "command = 'AT+CPIN=\"1234\"'\nanswer = \"+CPIN: SIM PIN\"\n")});
  const std::string pin = files_.write_file("pin", "1234\n");
  {
    Process killed({TUNPPP_PROGRAM, "dial", "--device", link(), "--apn", "internet", "--pin-file",
                    pin, "--state", files_.path() / "state", "-v"},
                   near_.options());
    ASSERT_TRUE(killed.wait_for_output("sending it once", 30s)) << killed.err();
    EXPECT_EQ(killed.kill().signal, SIGKILL);
  }
  const auto again = dial({"--pin-file", pin});
  EXPECT_EQ(again.status, exited(13)) << again;
  EXPECT_THAT(again.err + again.out, HasSubstr("the PIN is not sent: this SIM has refused it "
                                               "before, or never answered"));
}

TEST_F(SimCommand, IsRecognizedByItsName) {
  start({"--modem", "simcom-sim7600", "--apn", "company.example"});
  const auto refused = dial({"--modem", "auto"});
  EXPECT_EQ(refused.status, exited(40)) << refused;
  EXPECT_THAT(refused.err + refused.out, HasSubstr("profile simcom-sim7600"));
  // As a file, which the user may change then, it is dialled just so.
  const auto printed = test::run({TUNPPP_PROGRAM, "dial", "--print-profile", "simcom-sim7600"});
  ASSERT_EQ(printed.status, exited(0)) << printed;
  const auto again = dial({"--profile", files_.write_file("printed.toml", printed.out)});
  EXPECT_EQ(again.status, exited(40)) << again;
  const auto none = test::run({TUNPPP_PROGRAM, "dial", "--print-profile", "abacus"});
  EXPECT_EQ(none.status, exited(2)) << none;
  EXPECT_THAT(none.err, HasSubstr("there is no modem profile abacus; there are generic, "));
}

TEST_F(SimCommand, DialledWithAProfileOfTheUsersOwn) {
  start();
  const auto wrong = dial({"--profile", files_.write_file("my.toml", "\ndial = \"*99#\"\n")});
  EXPECT_EQ(wrong.status, exited(2)) << wrong;
  EXPECT_THAT(wrong.err, HasSubstr("my.toml:2: dial: it must begin with AT"));
  const auto refused = dial({"--profile", files_.write_file("my.toml", "dial = \"ATD*98#\"\n")});
  EXPECT_EQ(refused.status, exited(18)) << refused;
}

TEST_F(SimCommand, AnswersTunpppAt) {
  start({"--modem", "simcom-sim800"});
  const auto at = [this](std::vector<std::string> commands) {
    commands.insert(commands.begin(), {TUNPPP_PROGRAM, "at", "--device", link()});
    return test::run(commands, near_.options(), 60s);
  };
  const auto good = at({"AT+CGMM", "AT+CCID"});
  EXPECT_EQ(good.status, exited(0)) << good;
  EXPECT_THAT(good.out, HasSubstr("SIMCOM_SIM800L"));
  EXPECT_THAT(good.out, HasSubstr("8900100000000000017"));
  const auto refused = at({"AT+QCCID"});
  EXPECT_EQ(refused.status, exited(11)) << refused;
  EXPECT_THAT(refused.err, HasSubstr("the modem refused AT+QCCID"));
}

TEST_F(SimCommand, RegistrationDenied) {
  start({"--deny"});
  EXPECT_EQ(dial({}).status, exited(16));
}

TEST_F(SimCommand, ApnRefused) {
  start({"--apn", "company.example"});
  const auto refused = dial({});
  EXPECT_EQ(refused.status, exited(40)) << refused;
}

TEST_F(SimCommand, TheNextApnIsTried) {
  start({"--apn", "company.example"});
  Process dial({TUNPPP_PROGRAM, "dial", "--device", link(), "--dns", "none", "--modem",
                "quectel-ec25", "--apn", "internet", "--apn", "company.example"},
               near_.options());
  ASSERT_TRUE(dial.wait_for_output("up: ppp0", 20s)) << dial.out() << dial.err();
  EXPECT_THAT(dial.out() + dial.err(), HasSubstr("trying company.example"));
  dial.signal(SIGINT);
  EXPECT_EQ(dial.wait(), exited(0));
}

TEST_F(SimCommand, TheNextProviderHasItsOwnUser) {
  start({"--require", "pap", "--user", "alice", "--password-file",
         files_.write_file("server", "s3cret\n")});
  const std::string list = files_.write_file(
      "providers.toml",
      "[[provider]]\napn = \"one\"\nuser = \"mallory\"\npassword_file = \"" +
          files_.write_file("mallory", "guess\n") +
          "\"\n[[provider]]\napn = \"two\"\nuser = \"alice\"\npassword_file = \"" +
          files_.write_file("alice", "s3cret\n") + "\"\n");
  Process dial({TUNPPP_PROGRAM, "dial", "--device", link(), "--dns", "none", "--modem",
                "quectel-ec25", "--providers", list},
               near_.options());
  ASSERT_TRUE(dial.wait_for_output("up: ppp0", 30s)) << dial.out() << dial.err();
  EXPECT_TRUE(sim_->wait_for_output("the peer is alice"));
  dial.signal(SIGINT);
  EXPECT_EQ(dial.wait(), exited(0));
}

TEST_F(SimCommand, TheApnComesFromTheProviderDatabase) {
  start({"--apn", "internet.example"});
  const std::string database = files_.write_file(
      "serviceproviders.xml",
      "<serviceproviders format=\"2.0\"><country code=\"xa\"><provider><name>Example "
      "Mobile</name><gsm><network-id mcc=\"001\" mnc=\"01\"/><apn value=\"internet.example\">"
      "<usage type=\"internet\"/></apn></gsm></provider></country></serviceproviders>\n");
  Process dial({TUNPPP_PROGRAM, "dial", "--device", link(), "--dns", "none", "--modem",
                "quectel-ec25", "--provider-database", database, "-v"},
               near_.options());
  ASSERT_TRUE(dial.wait_for_output("up: ppp0", 20s)) << dial.out() << dial.err();
  EXPECT_THAT(dial.out() + dial.err(), HasSubstr("the SIM is of Example Mobile"));
  EXPECT_THAT(dial.out() + dial.err(), HasSubstr("APN internet.example"));
  EXPECT_THAT(dial.out() + dial.err(), testing::Not(HasSubstr("001010000000017")));
  dial.signal(SIGINT);
  EXPECT_EQ(dial.wait(), exited(0));
}

TEST_F(SimCommand, MistakesAboutProvidersAreTold) {
  const auto both = dial({"--providers", files_.write_file("p.toml", "")});
  EXPECT_EQ(both.status, exited(2)) << both;
  EXPECT_THAT(both.err, HasSubstr("--apn and --providers exclude each other"));
  const auto empty = test::run({TUNPPP_PROGRAM, "dial", "--device", "/dev/null", "--providers",
                                files_.write_file("p.toml", "[[provider]]\nuser = \"a\"\n")},
                               near_.options(), 60s);
  EXPECT_EQ(empty.status, exited(2)) << empty;
  EXPECT_THAT(empty.err, HasSubstr("p.toml:1: a provider has an apn"));
}

TEST_F(SimCommand, ApnRefusedInPpp) {
  start({"--apn", "company.example", "--refusal", "in-ppp"});
  const auto refused = dial({});
  EXPECT_FALSE(refused.ok()) << refused;
  EXPECT_TRUE(sim_->wait_for_output("call: connected, and to be refused"));
}

class SimCredentials : public SimCommand, public testing::WithParamInterface<const char*> {};

TEST_P(SimCredentials, AreChecked) {
  start({"--require", GetParam(), "--user", "alice", "--password-file",
         files_.write_file("server", "s3cret\n")});
  const auto wrong =
      dial({"--user", "alice", "--password-file", files_.write_file("wrong", "guess\n")});
  EXPECT_EQ(wrong.status, exited(23)) << wrong;

  Process right({TUNPPP_PROGRAM, "dial", "--device", link(), "--dns", "none", "--modem",
                 "quectel-ec25", "--apn", "internet", "--user", "alice", "--password-file",
                 files_.write_file("right", "s3cret\n")},
                near_.options());
  EXPECT_TRUE(right.wait_for_output("up: ppp0", 20s)) << right.out() << right.err();
  EXPECT_TRUE(sim_->wait_for_output("the peer is alice"));
  right.signal(SIGINT);
  right.wait();
  EXPECT_EQ(sim_->out().find("s3cret"), std::string::npos);
}
INSTANTIATE_TEST_SUITE_P(Methods, SimCredentials, testing::Values("pap", "chap"));

TEST_F(SimCommand, ComesUpOverABadLine) {
  start({"--damage", "0.05", "--bit-errors", "1e-5", "--baud", "115200", "--seed", "3"});
  Process dial({TUNPPP_PROGRAM, "dial", "--device", link(), "--dns", "none", "--modem",
                "quectel-ec25", "--apn", "internet"},
               near_.options());
  ASSERT_TRUE(dial.wait_for_output("up: ppp0", 60s)) << dial.out() << dial.err();
  // One of the lost ones may be the goodbye.
  dial.signal(SIGINT);
  EXPECT_TRUE(dial.wait());
}

TEST(SimCommandLine, SaysWhatIsWrong) {
  const auto sim = [](std::vector<std::string> options) {
    options.insert(options.begin(), {TUNPPP_PROGRAM, "sim"});
    return test::run(options).status;
  };
  EXPECT_EQ(sim({"--modem", "no-such"}), exited(2));
  EXPECT_EQ(sim({"--local", "nowhere"}), exited(2));
  EXPECT_EQ(sim({"--require", "pap"}), exited(2));
  EXPECT_EQ(sim({"--user", "alice"}), exited(2));
  EXPECT_EQ(sim({"--link", "/no/such/folder/modem"}), exited(2));
  EXPECT_EQ(sim({"--link", "/dev/null"}), exited(2));
  for (const char* pin : {"abcd", "123", "123456789", ""})
    EXPECT_EQ(sim({"--pin", pin}), exited(2)) << pin;
  EXPECT_EQ(sim({"--multiplexer", "none", "--multiplexer", "silent"}), exited(2));
}

}  // namespace
}  // namespace tunppp::sim
