// What a user gets to see who made a mistake, or whose system lacks something.
#include <tunppp/end_reason.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/process.h"
#include "support/pty_pair.h"
#include "support/temp_directory.h"

namespace tunppp::cli {
namespace {

using test::Completed;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Completed tunppp(std::vector<std::string> arguments, test::ProcessOptions options = {}) {
  arguments.insert(arguments.begin(), TUNPPP_COMMAND);
  return test::run(std::move(arguments), std::move(options));
}

MATCHER_P(EndedWith, reason, std::string("exit code of ") + std::string(info(reason).name)) {
  return arg.status == test::exited(info(reason).exit_code);
}

TEST(CommandLine, HelpAndVersion) {
  EXPECT_THAT(tunppp({"--version"}).out, StartsWith("tunppp "));
  const Completed help = tunppp({"--help"});
  EXPECT_TRUE(help.ok());
  EXPECT_THAT(help.out, HasSubstr("dial"));
  EXPECT_THAT(help.out, HasSubstr("serve"));
  const Completed dial = tunppp({"dial", "--help"});
  EXPECT_TRUE(dial.ok());
  for (const char* option : {"--device",
                             "--modem",
                             "--apn",
                             "--user",
                             "--password-file",
                             "--pin-file",
                             "--profile",
                             "--radio",
                             "--state",
                             "--baud",
                             "--flow",
                             "--mru",
                             "--mtu",
                             "--accm",
                             "--no-default-route",
                             "--metric",
                             "--dns",
                             "--timeout",
                             "--ipv4",
                             "--no-ipv4",
                             "--ipv6",
                             "--no-ipv6",
                             "--ipv6-identifier",
                             "--vj",
                             "--no-vj",
                             "--vj-slots",
                             "--events",
                             "--capture",
                             "--capture-secrets",
                             "--interface",
                             "--stdio",
                             "--echo-interval",
                             "--echo-failures",
                             "--auth",
                             "--local",
                             "--remote",
                             "--pdp-type",
                             "--cid",
                             "--verbose"})
    EXPECT_THAT(dial.out, HasSubstr(option));
  EXPECT_THAT(dial.out, HasSubstr("quectel-ec25"));
  const Completed all = tunppp({"--help-all"});
  EXPECT_TRUE(all.ok());
  EXPECT_THAT(all.out, HasSubstr("auth_refused"));
  EXPECT_EQ(tunppp({"help", "dial"}).out, dial.out);
}

TEST(CommandLine, NothingAndNonsenseAreUsageErrors) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {},
           {"frobnicate"},
           {"dial", "--no-such-option"},
           {"dial", "--device", "/dev/null", "--mru", "many"},
           {"dial", "--device", "/dev/null", "--mtu", "20"},
           {"dial", "--device", "/dev/null", "--flow", "xonxoff"},
           {"dial", "--device", "/dev/null", "--accm", "zz"},
           {"dial", "--device", "/dev/null", "--dns", "magic"},
           {"dial", "--device", "/dev/null", "--local", "10.0.0"},
           {"dial", "--device", "/dev/null", "--modem", "acoustic"},
           {"dial", "--device", "/dev/null", "--stdio"},
           {"dial", "--device", "/dev/null", "--events", "xml"},
           {"dial", "--device", "/dev/null", "--events", "json:77"},
           {"dial", "--device", "/dev/null", "--events", "json:/no/such/folder/x"},
           {"dial", "--stdio", "--modem", "none", "--events", "json"},
           {"serve", "--device", "/dev/null"},
           {"serve", "--device", "/dev/null", "--local", "10.0.0.1"},
           {"serve", "--device", "/dev/null", "--local", "10.0.0.1", "--remote", "10.0.0.1"},
           {"serve", "--device", "/dev/null", "--local", "10.0.0.1", "--pool", "10.0.0.9-10.0.0.2"},
           {"serve", "--device", "/dev/null", "--local", "10.0.0.1", "--pool", "10.0.0.1"},
           {"serve", "--device", "/dev/null", "--local", "10.0.0.1", "--remote", "10.0.0.2",
            "--pool", "10.0.0.0/24"},
           {"serve", "--device", "/dev/null", "--no-ipv4", "--ipv6-prefix", "2001:db8::/48"},
           {"serve", "--device", "/dev/null", "--no-ipv4", "--ipv6-prefix", "fe80::/64"},
           {"serve", "--device", "/dev/null", "--no-ipv4", "--dns", "2001:db8::53"},
           {"dial", "--device", "/dev/null", "--no-ipv4", "--no-ipv6"},
           {"dial", "--device", "/dev/null", "--modem", "generic", "--no-ipv4"},
           {"dial", "--device", "/dev/null", "--modem", "generic", "--pdp-type", "ipv6",
            "--no-ipv6"},
           {"dial", "--device", "/dev/null", "--ipv6-identifier", "fe80::1:2:3:4:5"},
           {"dial", "--device", "/dev/null", "--ipv6-identifier", "0:0:0:0"},
           {"dial", "--device", "/dev/null", "--vj-slots", "1"},
           {"dial", "--device", "/dev/null", "--vj-slots", "256"},
           {"serve", "--local", "10.0.0.1", "--remote", "10.0.0.2"},
           {"serve", "--device", "/dev/null", "--local", "10.0.0.1", "--remote", "10.0.0.2",
            "--require", "pap"},
       }) {
    const Completed completed = tunppp(arguments);
    EXPECT_THAT(completed, EndedWith(EndReason::usage)) << testing::PrintToString(arguments);
    EXPECT_NE(completed.err, "") << testing::PrintToString(arguments);
    EXPECT_EQ(completed.out, "") << testing::PrintToString(arguments);
  }
}

TEST(CommandLine, AnUnknownModemNamesThoseThatThereAre) {
  const Completed completed = tunppp({"dial", "--modem", "acoustic"});
  EXPECT_THAT(completed.err, HasSubstr("no modem profile acoustic"));
  EXPECT_THAT(completed.err, HasSubstr("quectel-ec25"));
}

TEST(CommandLine, WhatMakesNoSenseWithAMultiplexerSaysWhatDoes) {
  struct Case {
    std::vector<std::string> arguments;
    std::string_view says;
  };
  for (const Case& each : std::vector<Case>{
           {{"--cmux", "basic", "--modem", "none"}, "leave --modem none out"},
           {{"--cmux", "basic", "--at-device", "/dev/ttyUSB2"},
            "leave out --at-device /dev/ttyUSB2"},
           {{"--cmux", "basic", "--change-baud", "921600"}, "give --baud the speed"},
           {{"--cmux", "basic", "--cmux-frame-size", "32769"}, "0 to 32768"},
           {{"--cmux", "basic", "--cmux-frame-size", "many"}, "0 to 32768"},
           {{"--cmux", "both"}, "basic,advanced,off"},
           {{"--cmux-frame-size", "31"}, "for --cmux basic and --cmux advanced"},
       }) {
    std::vector<std::string> arguments{"dial", "--device", "/dev/null"};
    arguments.insert(arguments.end(), each.arguments.begin(), each.arguments.end());
    const Completed completed = tunppp(arguments);
    EXPECT_THAT(completed, EndedWith(EndReason::usage)) << testing::PrintToString(arguments);
    EXPECT_THAT(completed.err, HasSubstr(std::string(each.says)));
  }
}

TEST(CommandLine, AnUnknownKernelNamesThoseThatThereAre) {
  const Completed completed =
      tunppp({"dial", "--device", "/dev/null"}, {.environment = {"TUNPPP_KERNEL=abacus"}});
  EXPECT_THAT(completed, EndedWith(EndReason::usage));
  EXPECT_THAT(completed.err, HasSubstr("abacus"));
  EXPECT_THAT(completed.err, HasSubstr("reference"));
}

TEST(CommandLine, NoSuchTty) {
  const Completed completed = tunppp({"dial", "--device", "/dev/ttyUSB77", "--modem", "none"});
  EXPECT_THAT(completed, EndedWith(EndReason::tty_missing));
  EXPECT_THAT(completed.err, HasSubstr("/dev/ttyUSB77"));
  EXPECT_THAT(completed.err, HasSubstr("tunppp detect"));  // the remedy
}

TEST(CommandLine, NotATty) {
  const test::TempDirectory directory;
  const std::string file = directory.write_file("plain", "");
  EXPECT_THAT(tunppp({"dial", "--device", file, "--modem", "none"}),
              EndedWith(EndReason::tty_failed));
}

TEST(CommandLine, ATtyInUseNamesWhoHoldsIt) {
  const test::PtyPair pty;
  test::Process holder({TUNPPP_COMMAND, "serve", "--device", pty.path(), "--local", "10.0.0.1",
                        "--remote", "10.0.0.2", "--interface", "ppp5"});
  ASSERT_TRUE(holder.wait_for_output("lcp:"));
  const Completed completed = tunppp({"dial", "--device", pty.path(), "--modem", "none"});
  EXPECT_THAT(completed, EndedWith(EndReason::tty_busy));
  EXPECT_THAT(completed.err, HasSubstr(std::to_string(holder.pid())));
  EXPECT_EQ(holder.terminate(), test::exited(0));
}

TEST(CommandLine, ATakenInterfaceNamesItsOwner) {
  const test::PtyPair line;
  const test::PtyPair other;
  test::Process owner({TUNPPP_COMMAND, "serve", "--device", line.path(), "--local", "10.0.0.1",
                       "--remote", "10.0.0.2", "--interface", "ppp5"});
  ASSERT_TRUE(owner.wait_for_output("interface: ppp5"));
  const Completed completed =
      tunppp({"dial", "--device", other.path(), "--modem", "none", "--interface", "ppp5"});
  EXPECT_THAT(completed, EndedWith(EndReason::interface_taken));
  EXPECT_THAT(completed.err, HasSubstr("ppp5"));
  EXPECT_THAT(completed.err, HasSubstr(std::to_string(owner.pid())));
  EXPECT_EQ(owner.terminate(), test::exited(0));
}

TEST(CommandLine, NoTun) {
  const test::PtyPair pty;
  // In a mount namespace of its own, so that nobody else misses it.
  const Completed completed = test::run(
      {"unshare", "--mount", "sh", "-c",
       "mount -t tmpfs none /dev/net && exec \"$0\" dial --modem none --device " + pty.path(),
       TUNPPP_COMMAND});
  EXPECT_THAT(completed, EndedWith(EndReason::tun_missing));
  EXPECT_THAT(completed.err, HasSubstr("modprobe tun"));
}

TEST(CommandLine, ASilentPeer) {
  const test::PtyPair pty;
  const Completed completed =
      tunppp({"dial", "--device", pty.path(), "--modem", "none", "--timeout", "0.5"});
  EXPECT_THAT(completed, EndedWith(EndReason::up_timeout));
  EXPECT_THAT(completed.err, HasSubstr("lcp"));
}

// --- Secrets ---

TEST(CommandLine, APasswordFileThatIsNobodysElse) {
  const test::TempDirectory directory;
  const std::string file = directory.write_file("password", "s3cret\n");
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  const Completed completed =
      tunppp({"dial", "--device", "/dev/null", "--user", "alice", "--password-file", file});
  EXPECT_THAT(completed, EndedWith(EndReason::usage));
  EXPECT_THAT(completed.err, HasSubstr("chmod 600 " + file));
  EXPECT_THAT(completed.err, Not(HasSubstr("s3cret")));
}

TEST(CommandLine, ASecretsFileWithAMistakeNamesTheLineAndShowsNothingOfIt) {
  const test::TempDirectory directory;
  const std::string file = directory.write_file("secrets", "# ok\nalice s3cret\n");
  const Completed completed =
      tunppp({"serve", "--device", "/dev/null", "--local", "10.0.0.1", "--remote", "10.0.0.2",
              "--require", "chap", "--secrets", file});
  EXPECT_THAT(completed, EndedWith(EndReason::usage));
  EXPECT_THAT(completed.err, HasSubstr("line 2"));
  EXPECT_THAT(completed.err, Not(HasSubstr("s3cret")));
}

TEST(CommandLine, StandardInputCannotBeTwoThings) {
  const Completed completed = tunppp(
      {"dial", "--device", "/dev/null", "--user", "a", "--password-file", "-", "--pin-file", "-"});
  EXPECT_THAT(completed, EndedWith(EndReason::usage));
  EXPECT_THAT(completed.err, HasSubstr("only one"));
}

}  // namespace
}  // namespace tunppp::cli
