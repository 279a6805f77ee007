// Two links over a line that loses nothing: what is agreed upon, and how long it takes.
#include "link/pair.h"

#include <gtest/gtest.h>

namespace tunppp::test {
namespace {

sim::LineOptions latency(Duration latency) {
  sim::LineOptions options;
  options.latency = latency;
  return options;
}

TEST(Pair, ComesUpWithAddressesAndNameServers) {
  Pair pair(client_config(), server_config());
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(0))) << pair.transcript();
  const auto client = pair.a.last<Ipv4Up>().value();
  EXPECT_EQ(to_string(client.local), "10.0.0.2");
  EXPECT_EQ(to_string(client.remote), "10.0.0.1");
  EXPECT_EQ(to_string(client.dns[0]), "10.0.0.53");
  EXPECT_EQ(to_string(client.dns[1]), "10.0.1.53");
  EXPECT_EQ(client.mtu, 1500);
  const auto server = pair.b.last<Ipv4Up>().value();
  EXPECT_EQ(to_string(server.local), "10.0.0.1");
  EXPECT_EQ(to_string(server.remote), "10.0.0.2");
  EXPECT_EQ(pair.a.link.phase(), Phase::network);
  EXPECT_EQ(pair.a.drops() + pair.b.drops(), 0U);
}

TEST(Pair, PhasesFollowEachOtherAsTheStandardHasThem) {
  Pair pair(client_config(), server_config());
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(0)));
  pair.a.link.close(pair.now);
  ASSERT_TRUE(pair.run_until([&] { return pair.both_ended(); }, seconds(10))) << pair.transcript();
  for (const Endpoint* end : {&pair.a, &pair.b}) {
    std::vector<Phase> phases;
    for (const auto& change : end->all<PhaseChanged>()) phases.push_back(change.phase);
    EXPECT_EQ(phases, (std::vector<Phase>{Phase::establish, Phase::authenticate, Phase::network,
                                          Phase::terminate, Phase::dead}))
        << end->name;
  }
}

/// With a latency L and nothing lost: LCP takes a request and an Ack, IPCP of a client without an
/// address a request, a Nak, a request and an Ack. While the round trip is shorter than the restart
/// timer nothing is sent twice, so the time to come up is that of these six ways.
TEST(Pair, ComesUpInSixTimesTheLatency) {
  for (const Duration delay : {Duration(milliseconds(10)), Duration(milliseconds(100)),
                               Duration(milliseconds(700)), Duration(milliseconds(1400))}) {
    Pair pair(client_config(), server_config(), latency(delay));
    pair.start();
    ASSERT_TRUE(pair.run_until_up(6 * delay)) << pair.transcript();
    EXPECT_EQ(pair.elapsed(), 6 * delay);
    pair.run_for(seconds(60));
    EXPECT_TRUE(pair.both_up()) << pair.transcript();
    EXPECT_EQ(pair.a.all<Ipv4Up>().size(), 1U) << pair.transcript();
  }
}

/// When the round trip is longer than the restart timer, each request is sent again before its
/// answer can be there. That must not keep the link from coming up in the same six ways, nor take
/// it down again.
TEST(Pair, ComesUpWhenTheRoundTripIsLongerThanTheRestartTimer) {
  for (const Duration delay : {Duration(milliseconds(1501)), Duration(milliseconds(1999)),
                               Duration(milliseconds(2000)), Duration(milliseconds(2500)),
                               Duration(milliseconds(4000))}) {
    SCOPED_TRACE(delay.count());
    Pair pair(client_config(), server_config(), latency(delay));
    pair.start();
    EXPECT_TRUE(pair.run_until_up(6 * delay)) << pair.transcript();
    pair.run_for(seconds(300));
    EXPECT_TRUE(pair.both_up()) << pair.transcript();
    EXPECT_EQ(pair.a.all<Ipv4Up>().size(), 1U) << pair.transcript();
    EXPECT_EQ(pair.b.all<Ipv4Up>().size(), 1U) << pair.transcript();
  }
}

TEST(Pair, OneEndMayStartLater) {
  for (const Duration delay : {Duration(milliseconds(1)), Duration(milliseconds(900)),
                               Duration(milliseconds(2000))}) {
    for (const auto late : {seconds(1), seconds(4), seconds(8), seconds(20)}) {
      SCOPED_TRACE(late.count());
      Pair pair(client_config(), server_config(), latency(delay));
      pair.a.link.open(pair.now);
      pair.a.link.line_up(first_line, pair.now);
      pair.run_for(late);
      pair.b.link.open(pair.now);
      pair.b.link.line_up(first_line, pair.now);
      // The other end's next request is one restart period away at most.
      EXPECT_TRUE(pair.run_until_up(seconds(3) + 6 * delay)) << pair.transcript();
      pair.run_for(seconds(60));
      EXPECT_TRUE(pair.both_up()) << pair.transcript();
      EXPECT_EQ(pair.a.all<Ipv4Up>().size(), 1U) << pair.transcript();
    }
  }
}

TEST(Pair, APeerThatStaysSilentEndsTheLinkAfterTenRequests) {
  Pair pair(client_config(), server_config());
  pair.a.link.open(pair.now);
  pair.a.link.line_up(first_line, pair.now);
  const LcpConfig defaults;
  const Duration bound = defaults.restart.max_configure * defaults.restart.restart_timer;
  EXPECT_FALSE(pair.run_until([&] { return pair.a.ended(); }, bound - Duration(1)));
  ASSERT_TRUE(pair.run_until([&] { return pair.a.ended(); }, Duration(1)));
  EXPECT_EQ(pair.a.end()->reason, EndReason::peer_silent);
  EXPECT_EQ(pair.a.link.statistics().sent_frames, 10U);
  EXPECT_EQ(pair.a.link.phase(), Phase::dead);
  EXPECT_EQ(pair.a.link.next_timeout(), std::nullopt);
}

TEST(Pair, CanBeOpenedAgainOnTheSameLine) {
  Pair pair(client_config(), server_config());
  for (int round = 0; round < 3; ++round) {
    pair.a.forget();
    pair.b.forget();
    pair.start();
    ASSERT_TRUE(pair.run_until_up(seconds(0))) << round << pair.transcript();
    pair.b.link.close(pair.now);
    ASSERT_TRUE(pair.run_until([&] { return pair.both_ended(); }, seconds(4)));
    EXPECT_EQ(pair.a.end()->reason, EndReason::peer_closed);
    EXPECT_EQ(pair.b.end()->reason, EndReason::requested);
  }
}

/// A silent second attempt is told as silence, whatever the first one had heard.
TEST(Pair, SilenceAfterAFormerSessionIsSilence) {
  Pair pair(client_config(), server_config());
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(0)));
  pair.a.link.close(pair.now);
  ASSERT_TRUE(pair.run_until([&] { return pair.both_ended(); }, seconds(4)));
  pair.a.forget();
  pair.a.link.open(pair.now);
  ASSERT_TRUE(pair.run_until([&] { return pair.a.ended(); }, seconds(30)));
  EXPECT_EQ(pair.a.end()->reason, EndReason::peer_silent);
}

TEST(Pair, BothMayBeServersWithFixedAddresses) {
  LinkConfig a;
  a.ipcp.local = {{192, 168, 7, 1}};
  a.ipcp.remote = {{192, 168, 7, 2}};
  LinkConfig b;
  b.ipcp.local = {{192, 168, 7, 2}};
  b.ipcp.remote = {{192, 168, 7, 1}};
  a.ipcp.accept_local = b.ipcp.accept_local = false;
  a.ipcp.accept_remote = b.ipcp.accept_remote = false;
  a.ipcp.request_dns = b.ipcp.request_dns = false;
  Pair pair(a, b);
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(0))) << pair.transcript();
  EXPECT_EQ(to_string(pair.a.last<Ipv4Up>()->remote), "192.168.7.2");
  EXPECT_EQ(to_string(pair.b.last<Ipv4Up>()->remote), "192.168.7.1");
}

/// Two clients: nobody has an address to give but the fallback, and both would get the same.
TEST(Pair, TwoClientsWithoutAnAddressEndInOrder) {
  Pair pair(client_config(), client_config());
  pair.start();
  const IpcpConfig ipcp;
  const LcpConfig lcp;
  // IPCP's negotiation, its end, and LCP's end; nothing gets lost, so answers come at once, but for
  // the pauses of a peer that is not ready.
  const Duration bound = ipcp.restart.max_failure * ipcp.not_ready_pause +
                         ipcp.restart.max_terminate * ipcp.restart.restart_timer +
                         lcp.restart.max_terminate * lcp.restart.restart_timer;
  pair.run_until([&] { return pair.both_ended() || pair.both_up(); }, bound);
  if (!pair.both_up()) {
    ASSERT_TRUE(pair.both_ended()) << pair.transcript();
    EXPECT_TRUE(pair.a.end()->reason == EndReason::address_conflict ||
                pair.b.end()->reason == EndReason::address_conflict)
        << pair.transcript();
  }
}

}  // namespace
}  // namespace tunppp::test
