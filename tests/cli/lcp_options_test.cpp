// How the line is negotiated and watched, as the command line says it.
#include "cli/lcp_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <string>
#include <vector>

#include "cli/dial_serve.h"

namespace tunppp::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

/// nullopt: refused.
std::optional<LinkConfig> parsed(std::vector<std::string> words) {
  CLI::App app;
  LcpArguments arguments;
  add_lcp_options(app, arguments);
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const CLI::Error&) {
    return std::nullopt;
  }
  LinkConfig link;
  if (set_lcp(arguments, link)) return std::nullopt;
  return link;
}

TEST(LcpCommandLine, WithoutAnyAreThoseOfPppd) {
  const LinkConfig link = parsed({}).value();
  EXPECT_EQ(link.lcp.restart.restart_timer, seconds(3));
  EXPECT_EQ(link.lcp.restart.max_configure, 10U);
  EXPECT_EQ(link.lcp.restart.max_terminate, 2U);
  EXPECT_EQ(link.lcp.restart.max_failure, 5U);
  EXPECT_EQ(link.ipcp.restart.max_failure, 100U);
  EXPECT_EQ(link.lcp.fcs, FrameCheck::fcs16);
  EXPECT_EQ(link.lcp.quality.report_interval, Duration{0});
  EXPECT_EQ(link.lcp.echo_interval, seconds(30));
  EXPECT_TRUE(link.lcp.identification.empty());
  EXPECT_FALSE(link.lcp.passive || link.lcp.silent || link.lcp.echo_adaptive);
  EXPECT_FALSE(link.lcp.endpoint);
}

TEST(LcpCommandLine, ReachTheirPlaces) {
  const LinkConfig link =
      parsed({"--fcs", "32", "--no-accept-fcs", "--identification", "the shed", "--session-limit",
              "3600", "--endpoint", "IP:192.0.2.1", "--lqr", "2.5", "--no-accept-lqr",
              "--quality-loss", "7", "--quality-window", "3", "--quality-missing", "9",
              "--quality-close", "--echo-interval", "4", "--echo-failures", "6", "--echo-adaptive",
              "--passive", "--silent", "--restart-timer", "0.5", "--max-configure", "11",
              "--max-terminate", "4", "--max-failure", "8", "--ncp-max-failure", "50",
              "--max-rounds", "70", "--no-pcomp", "--no-accomp", "--no-magic-number",
              "--accept-all-controls", "--mru", "1400", "--accm", "0xa0000"})
          .value();
  const LcpConfig& lcp = link.lcp;
  EXPECT_EQ(lcp.fcs, FrameCheck::fcs32);
  EXPECT_FALSE(lcp.accept_fcs_alternatives);
  EXPECT_EQ(lcp.identification, "the shed");
  EXPECT_EQ(lcp.session_limit, seconds(3600));
  EXPECT_EQ(lcp.endpoint, parse_endpoint("IP:192.0.2.1"));
  EXPECT_EQ(lcp.quality.report_interval, milliseconds(2500));
  EXPECT_FALSE(lcp.quality.accept);
  EXPECT_EQ(lcp.quality.tolerated_loss, 7U);
  EXPECT_EQ(lcp.quality.window, 3U);
  EXPECT_EQ(lcp.quality.missing_reports, 9U);
  EXPECT_TRUE(lcp.quality.close_when_bad);
  EXPECT_EQ(lcp.echo_interval, seconds(4));
  EXPECT_EQ(lcp.echo_failures, 6U);
  EXPECT_TRUE(lcp.echo_adaptive && lcp.passive && lcp.silent && lcp.accept_all_controls);
  EXPECT_FALSE(lcp.protocol_field_compression || lcp.address_control_compression ||
               lcp.magic_number);
  EXPECT_EQ(lcp.mru, 1400);
  EXPECT_EQ(lcp.accm, 0xa0000U);
  EXPECT_EQ(lcp.restart.max_failure, 8U);
  EXPECT_EQ(lcp.restart.max_rounds, 70U);
  for (const RestartConfig& restart : {lcp.restart, link.ipcp.restart, link.ipv6cp.restart}) {
    EXPECT_EQ(restart.restart_timer, milliseconds(500));
    EXPECT_EQ(restart.max_configure, 11U);
    EXPECT_EQ(restart.max_terminate, 4U);
  }
  EXPECT_EQ(link.ipcp.restart.max_failure, 50U);
  EXPECT_EQ(link.ipv6cp.restart.max_failure, 50U);
  EXPECT_EQ(parsed({"--fcs", "null"})->lcp.fcs, FrameCheck::none);
}

TEST(LcpCommandLine, RefuseWhatIsNone) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"--fcs", "24"},
           {"--accm", "zz"},
           {"--mru", "100"},
           {"--endpoint", "tel:1"},
           {"--identification", std::string(201, 'x')},
           {"--lqr", "-1"},
           {"--quality-loss", "101"},
           {"--quality-window", "0"},
           {"--quality-close"},
           {"--restart-timer", "0"},
           {"--max-configure", "0"},
           {"--max-terminate", "none"},
           {"--max-failure", "0"},
           {"--echo-failures", "0"},
           {"--session-limit", "-5"}}) {
    EXPECT_FALSE(parsed(words)) << words[0];
  }
}

// --- As a user runs it ------------------------------------------------------------------------------

TEST_F(DialServe, ExtensionsOfLcpWorkTogether) {
  Process server(serve({"--fcs", "null", "--identification", "the server", "--lqr", "0.2"}),
                 at_server());
  Process client(dial({"--fcs", "32", "--identification", "the client", "--lqr", "0.1",
                       "--endpoint", "local:61", "--echo-interval", "0.1"}),
                 at_client());
  ASSERT_TRUE(client.wait_for_output("lcp: open, .*FCS 32 to us and null to the peer"))
      << client.out() << client.err();
  EXPECT_TRUE(server.wait_for_output("FCS null to us and 32 to the peer, peer local:61"));
  EXPECT_TRUE(client.wait_for_output("the peer says it is \"the server\""));
  EXPECT_TRUE(server.wait_for_output("the peer says it is \"the client\""));
  ASSERT_TRUE(client.wait_for_output("up: "));
  const test::Completed ping =
      client_.run({"ping", "-n", "-c", "10", "-i", "0.1", "-W", "5", "-s", "1000", "10.64.0.1"});
  EXPECT_TRUE(ping.ok()) << ping;
  close(client, server);
  EXPECT_THAT(client.out(), HasSubstr("round trip "));
  EXPECT_THAT(client.out(), HasSubstr("quality reports 0 frames were lost to us and 0 to the peer"));
}

TEST_F(DialServe, SessionLimitEndsTheSessionAndIsToldAhead) {
  Process server(serve({"--session-limit", "1"}), at_server());
  Process client(dial(), at_client());
  EXPECT_TRUE(client.wait_for_output("time remaining: 1 s")) << client.out();
  EXPECT_EQ(server.wait(), exited(exit_code(EndReason::session_limit)));
  EXPECT_EQ(client.wait(), exited(exit_code(EndReason::peer_closed)));
}

TEST_F(DialServe, ASilentServerAnswersWhoBegins) {
  Process server(serve({"--silent"}), at_server());
  Process client(dial(), at_client());
  ASSERT_TRUE(client.wait_for_output("up: ")) << client.out();
  close(client, server);
}

}  // namespace
}  // namespace tunppp::cli
