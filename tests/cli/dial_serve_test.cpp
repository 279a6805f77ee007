// tunppp dial against tunppp serve, each in a network namespace of its own.
#include <tunppp/end_reason.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/dial_serve.h"
#include "support/temp_directory.h"

namespace tunppp::cli {
namespace {

using test::exited;
using test::find;
using test::Process;
using testing::HasSubstr;
using testing::Not;

TEST_F(DialServe, PacketsOfAllSizesPassBothWays) {
  Process server(serve(), at_server());
  Process client(dial({"--no-ipv6"}), at_client());
  ASSERT_TRUE(client.wait_for_output("up: ppp0, 10\\.64\\.0\\.2 to 10\\.64\\.0\\.1, MTU 1500"))
      << client.out() << client.err();
  ASSERT_TRUE(server.wait_for_output("up: ppp0"));

  for (const char* size : {"0", "56", "1472"}) {
    const test::Completed ping = client_.run(
        {"ping", "-n", "-c", "3", "-i", "0.05", "-W", "5", "-M", "do", "-s", size, "10.64.0.1"});
    EXPECT_TRUE(ping.ok()) << ping;
  }
  const test::Completed back = server_.run({"ping", "-n", "-c", "3", "-i", "0.05", "10.64.0.2"});
  EXPECT_TRUE(back.ok()) << back;
  EXPECT_EQ(client_.run({"ip", "-6", "addr", "show", "dev", "ppp0"}).out, "");

  EXPECT_EQ(client.terminate(), exited(0)) << client.err();
  EXPECT_THAT(client.out(), HasSubstr("traffic: "));
  EXPECT_THAT(client.out(), HasSubstr("closed on request"));
  EXPECT_EQ(client.err(), "");
  EXPECT_EQ(server.wait(), exited(exit_code(EndReason::peer_closed)));
  EXPECT_EQ(client_.run({"ip", "link", "show", "ppp0"}).out, "");
}

TEST_F(DialServe, PhasesHaveTheirTimes) {
  Process server(serve(), at_server());
  Process client(dial(), at_client());
  for (const char* phase : {"line: ", "interface: ppp0", "lcp: ", "ipcp: ", "up: "})
    EXPECT_TRUE(client.wait_for_output(std::string("(^|\n) +[0-9]+\\.[0-9][0-9] s  ") + phase))
        << phase;
  EXPECT_TRUE(client.wait_for_output("dns: 10.64.0.53"));
  close(client, server);
}

class Signals : public DialServe, public testing::WithParamInterface<int> {};

TEST_P(Signals, CloseInOrder) {
  Process server(serve(), at_server());
  Process client(dial(), at_client());
  ASSERT_TRUE(client.wait_for_output("up: "));
  client.signal(GetParam());
  EXPECT_EQ(client.wait(), exited(0));
  EXPECT_EQ(server.wait(), exited(exit_code(EndReason::peer_closed)));
}

INSTANTIATE_TEST_SUITE_P(DialServe, Signals, testing::Values(SIGINT, SIGTERM, SIGHUP),
                         [](const auto& it) {
                           return it.param == SIGINT ? "Int" : it.param == SIGTERM ? "Term" : "Hup";
                         });

TEST_F(DialServe, ASecondSignalEndsAtOnce) {
  Process server(serve(), at_server());
  Process client(dial(), at_client());
  ASSERT_TRUE(client.wait_for_output("up: "));
  cable_.pull();  // so that nobody answers our goodbye
  client.signal(SIGINT);
  ASSERT_TRUE(client.wait_for_output("closing"));
  client.signal(SIGINT);
  EXPECT_EQ(client.wait(std::chrono::seconds(1)), exited(exit_code(EndReason::interrupted)));
  EXPECT_EQ(client_.run({"ip", "link", "show", "ppp0"}).out, "");
  kill(server);
}

TEST_F(DialServe, OneSignalIsEnoughWhateverHangs) {
  Process server(serve(), at_server());
  Process client(dial(), at_client());
  ASSERT_TRUE(client.wait_for_output("up: "));
  cable_.pull();
  client.signal(SIGTERM);
  EXPECT_EQ(client.wait(std::chrono::seconds(5)), exited(0));
  kill(server);
}

TEST_F(DialServe, TheLineIsHungUp) {
  Process server(serve(), at_server());
  Process client(dial(), at_client());
  ASSERT_TRUE(client.wait_for_output("up: "));
  cable_.hang_up(0);
  EXPECT_EQ(client.wait(), exited(exit_code(EndReason::carrier_lost)));
  EXPECT_THAT(client.err(), HasSubstr("hung up"));
  server.terminate();
}

TEST_F(DialServe, ThePeerVanishes) {
  Process server(serve(), at_server());
  Process client(dial({"--echo-interval", "0.2", "--echo-failures", "2"}), at_client());
  ASSERT_TRUE(client.wait_for_output("up: "));
  kill(server);
  EXPECT_EQ(client.wait(), exited(exit_code(EndReason::peer_lost)));
}

TEST_F(DialServe, RightAndWrongPasswords) {
  const test::TempDirectory files;
  const std::string secrets = files.write_file("secrets", "alice * \"s3cret word\"\n");
  for (const std::string method : {"pap", "chap"}) {
    for (const std::string password : {"s3cret word", "wrong"}) {
      SCOPED_TRACE(method + " " + password);
      Process server(serve({"--require", method, "--secrets", secrets}), at_server());
      Process client(dial({"--user", "alice", "-v", "--password-file",
                           files.write_file("password", password + "\n")}),
                     at_client());
      if (password == "wrong") {
        EXPECT_EQ(client.wait(), exited(exit_code(EndReason::auth_refused)));
        EXPECT_THAT(client.err(), HasSubstr("--user"));  // the remedy
        EXPECT_EQ(server.wait(), exited(exit_code(EndReason::peer_auth_failed)));
      } else {
        EXPECT_TRUE(client.wait_for_output("up: ")) << client.err();
        EXPECT_EQ(client.terminate(), exited(0));
        EXPECT_TRUE(server.wait());
      }
      EXPECT_THAT(client.out() + client.err() + server.out() + server.err(),
                  Not(HasSubstr(password == "wrong" ? "\"wrong\"" : "s3cret")));
      EXPECT_THAT(client.out(), HasSubstr(method == "pap" ? "sent PAP" : "sent CHAP"));
    }
  }
}

TEST_F(DialServe, EventsOnStandardOutputTextOnStandardError) {
  Process server(serve(), at_server());
  Process client(dial({"--events", "json", "--counters", "0.1"}), at_client());
  ASSERT_TRUE(client.wait_for_output("\"event\":\"counters\"", std::chrono::seconds(10),
                                     Process::Output::standard))
      << client.err();
  close(client, server);
  EXPECT_THAT(client.err(), HasSubstr("up: ppp0"));
  std::string out = client.out();
  EXPECT_TRUE(find(out, "\"event\":\"addresses\",\"interface\":\"ppp0\",\"local\":\"10.64.0.2\""));
  EXPECT_TRUE(find(out, "\"event\":\"dns\",\"servers\":\\[\"10.64.0.53\"\\]"));
  for (std::size_t start = 0; start < out.size(); start = out.find('\n', start) + 1)
    EXPECT_EQ(out.compare(start, 11, "{\"elapsed\":"), 0) << out.substr(start, 80);
  const std::string last = out.substr(out.rfind('\n', out.size() - 2) + 1);
  EXPECT_TRUE(find(last, "\"event\":\"end\",\"reason\":\"requested\",\"exit_code\":0")) << last;
}

TEST_F(DialServe, EventsInAFile) {
  const test::TempDirectory directory;
  const std::string file = (directory.path() / "events").string();
  Process server(serve(), at_server());
  Process client(dial({"--events", "json:" + file}), at_client());
  ASSERT_TRUE(
      client.wait_for_output("up: ppp0", std::chrono::seconds(10), Process::Output::standard));
  close(client, server);
  EXPECT_THAT(test::read_file(file), HasSubstr("\"reason\":\"requested\""));
}

TEST_F(DialServe, NameServersInAFileForTheTimeOfTheLink) {
  const test::TempDirectory directory;
  const std::string file = directory.write_file("resolv.conf", "# mine\n");
  Process server(serve(), at_server());
  Process client(dial({"--dns", "file:" + file}), at_client());
  ASSERT_TRUE(client.wait_for_output("dns: "));
  EXPECT_THAT(test::read_file(file), HasSubstr("nameserver 10.64.0.53\n"));
  close(client, server);
  EXPECT_EQ(test::read_file(file), "# mine\n");
}

TEST_F(DialServe, NoDefaultRouteWhenNotWanted) {
  Process server(serve(), at_server());
  Process client(dial({"--no-default-route", "--interface", "wan%d", "--mtu", "1200"}),
                 at_client());
  ASSERT_TRUE(client.wait_for_output("up: wan0, .* MTU 1200\n")) << client.out();
  EXPECT_EQ(client_.run({"ip", "route", "show", "default"}).out, "");
  close(client, server);
}

TEST_F(DialServe, AddressesMayBeAskedFor) {
  Process server(serve(), at_server());
  Process client(dial({"--local", "10.64.0.2", "--remote", "10.64.0.1"}), at_client());
  ASSERT_TRUE(client.wait_for_output("up: ppp0, 10\\.64\\.0\\.2 to 10\\.64\\.0\\.1"));
  close(client, server);
}

TEST_F(DialServe, OverStandardInputAndOutput) {
  int fds[2] = {-1, -1};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
  test::ProcessOptions at_server_options = at_server();
  at_server_options.descriptors = {{fds[1], 5}};
  test::ProcessOptions at_client_options = at_client();
  at_client_options.descriptors = {{fds[0], 5}};
  const std::string command = TUNPPP_COMMAND;
  {
    Process server(
        {"sh", "-c",
         "exec " + command + " serve --stdio --local 10.64.0.1 --remote 10.64.0.2 <&5 >&5"},
        at_server_options);
    Process client({"sh", "-c", "exec " + command + " dial --modem none --stdio <&5 >&5"},
                   at_client_options);
    ::close(fds[0]);
    ::close(fds[1]);
    ASSERT_TRUE(client.wait_for_output("up: ppp0")) << client.err();
    const test::Completed ping = client_.run({"ping", "-n", "-c", "1", "10.64.0.1"});
    EXPECT_TRUE(ping.ok()) << ping;
    EXPECT_EQ(client.terminate(), exited(0));
    EXPECT_TRUE(server.wait());
  }
}

/// 4 MiB of TCP each way: every queue on the way has been full and empty again.
TEST_F(DialServe, BulkArrivesWhole) {
  Process server(serve(), at_server());
  Process client(dial(), at_client());
  ASSERT_TRUE(client.wait_for_output("up: "));
  ASSERT_TRUE(server.wait_for_output("up: "));
  const test::TempDirectory directory;
  const std::string file = (directory.path() / "bulk").string();
  ASSERT_TRUE(test::shell("head -c 4194304 /dev/urandom >" + file).ok());
  const std::string sum = test::shell("sha256sum <" + file).out;

  const auto move = [&](const test::NetworkNamespace& from, const test::NetworkNamespace& to,
                        const std::string& address) {
    Process sink({"sh", "-c", "socat -u TCP-LISTEN:5000,bind=" + address + " - | sha256sum"},
                 to.options());
    ASSERT_TRUE(test::eventually(
        [&] { return to.shell("ss -Hltn sport = :5000").out.find("5000") != std::string::npos; }));
    const test::Completed source =
        from.run({"socat", "-u", "OPEN:" + file, "TCP:" + address + ":5000"});
    EXPECT_TRUE(source.ok()) << source;
    EXPECT_EQ(sink.wait(), exited(0)) << sink.err();
    EXPECT_EQ(sink.out(), sum);
  };
  move(client_, server_, "10.64.0.1");
  move(server_, client_, "10.64.0.2");
  close(client, server);
}

}  // namespace
}  // namespace tunppp::cli
