// How a link ends: from each side, by the line, by a peer that vanishes. Each test asserts the time
// it takes by the formula of timers and counters.
#include <gtest/gtest.h>

#include "link/hand_peer.h"
#include "link/pair.h"

namespace tunppp::test {
namespace {

const RestartConfig lcp_restart = LcpConfig{}.restart;
/// Terminate-Requests that nobody answers.
const Duration terminate_time = lcp_restart.max_terminate * lcp_restart.restart_timer;

class Close : public testing::Test {
 protected:
  Close() : pair(client_config(), server_config()) {
    pair.start();
    EXPECT_TRUE(pair.run_until_up(seconds(0))) << pair.transcript();
    pair.run_for(seconds(10));
  }
  Duration until_both_ended(Duration limit) {
    const Instant begun = pair.now;
    EXPECT_TRUE(pair.run_until([this] { return pair.both_ended(); }, limit)) << pair.transcript();
    return pair.now - begun;
  }

  Pair pair;
};

TEST_F(Close, FromOneSide) {
  pair.a.link.close(pair.now);
  EXPECT_FALSE(pair.a.ended());
  // One end knows at once, the other waits one restart period after its Terminate-Ack.
  EXPECT_EQ(until_both_ended(seconds(10)), lcp_restart.restart_timer);
  EXPECT_EQ(pair.a.end()->reason, EndReason::requested);
  EXPECT_EQ(pair.b.end()->reason, EndReason::peer_closed);
  for (const Endpoint* end : {&pair.a, &pair.b}) {
    EXPECT_EQ(end->link.phase(), Phase::dead);
    EXPECT_EQ(end->link.next_timeout(), std::nullopt);
    EXPECT_EQ(end->link.mtu(), 0);
    EXPECT_EQ(end->all<Ipv4Down>().size(), 1U);
  }
}

TEST(CloseByHand, WhatIsStillUnderWayIsReadAsAgreed) {
  HandPeer peer;
  peer.come_up(octets({2, 6, 0, 0, 0, 0}));
  peer.end.link.close(peer.now);
  const std::uint64_t late = peer.dropped(Drop::not_open);
  // A packet with control characters that nobody asked us to escape.
  Octets frame = header(ipv4) + octets({0x45, 0x00, 0x01, 0x11, 0x13});
  const unsigned fcs = fcs16(frame);
  frame = octets({0x7e}) + frame + octets({fcs & 0xff, fcs >> 8, 0x7e});
  peer.feed_raw(frame);
  EXPECT_EQ(peer.dropped(Drop::not_open), late + 1) << peer.end.transcript();
  EXPECT_EQ(peer.dropped(Drop::fcs_error), 0U);
}

TEST_F(Close, FromTheOtherSide) {
  pair.b.link.close(pair.now);
  until_both_ended(seconds(10));
  EXPECT_EQ(pair.a.end()->reason, EndReason::peer_closed);
  EXPECT_EQ(pair.b.end()->reason, EndReason::requested);
}

TEST_F(Close, FromBothSidesAtOnce) {
  pair.a.link.close(pair.now);
  pair.b.link.close(pair.now);
  EXPECT_EQ(until_both_ended(seconds(10)), Duration{0});
  EXPECT_EQ(pair.a.end()->reason, EndReason::requested);
  EXPECT_EQ(pair.b.end()->reason, EndReason::requested);
}

TEST_F(Close, WithAReasonOfItsOwn) {
  pair.a.link.close(pair.now, EndReason::up_timeout);
  until_both_ended(seconds(10));
  EXPECT_EQ(pair.a.end()->reason, EndReason::up_timeout);
}

TEST_F(Close, TheFirstReasonStays) {
  pair.cut = true;
  pair.a.link.close(pair.now, EndReason::up_timeout);
  pair.a.link.close(pair.now, EndReason::requested);
  pair.run_until([&] { return pair.a.ended(); }, terminate_time);
  EXPECT_EQ(pair.a.end()->reason, EndReason::up_timeout);
}

TEST_F(Close, WhenNobodyAnswers) {
  pair.cut = true;
  const Instant begun = pair.now;
  pair.a.link.close(pair.now);
  ASSERT_TRUE(pair.run_until([&] { return pair.a.ended(); }, terminate_time));
  EXPECT_EQ(pair.now - begun, terminate_time);
  EXPECT_EQ(pair.a.end()->reason, EndReason::requested);
}

TEST_F(Close, TwiceIsOnce) {
  pair.a.link.close(pair.now);
  until_both_ended(seconds(10));
  pair.a.link.close(pair.now);
  pair.a.drain(pair.now);  // an event after LinkEnded would fail here
  EXPECT_EQ(pair.a.all<LinkEnded>().size(), 1U);
}

TEST_F(Close, ByTheLine) {
  pair.a.link.line_down(first_line, pair.now);
  pair.a.drain(pair.now);
  ASSERT_TRUE(pair.a.ended());
  EXPECT_EQ(pair.a.end()->reason, EndReason::carrier_lost);
  EXPECT_EQ(pair.a.link.next_timeout(), std::nullopt);
  EXPECT_EQ(pair.a.link.transmit_pending(), 0U);
  EXPECT_EQ(pair.a.all<Ipv4Down>().size(), 1U);
  std::vector<Phase> phases;
  for (const auto& change : pair.a.all<PhaseChanged>()) phases.push_back(change.phase);
  EXPECT_EQ(phases, (std::vector<Phase>{Phase::establish, Phase::authenticate, Phase::network,
                                        Phase::dead}))
      << "a dead line establishes nothing";
}

TEST_F(Close, ByTheLineWithAReasonOfTheCaller) {
  pair.a.link.line_down(first_line, pair.now, EndReason::tty_failed);
  pair.a.drain(pair.now);
  ASSERT_TRUE(pair.a.ended());
  EXPECT_EQ(pair.a.end()->reason, EndReason::tty_failed);
}

/// A modem hangs up as soon as it has read the Terminate-Request.
TEST_F(Close, ByTheLineWhileClosing) {
  pair.cut = true;
  pair.a.link.close(pair.now);
  pair.a.link.line_down(first_line, pair.now);
  pair.a.drain(pair.now);
  ASSERT_TRUE(pair.a.ended());
  EXPECT_EQ(pair.a.end()->reason, EndReason::requested);
}

/// ... or as soon as it has sent its own.
TEST_F(Close, ByTheLineAfterThePeersTerminateRequest) {
  pair.b.link.close(pair.now);
  pair.run_for(milliseconds(1));
  EXPECT_FALSE(pair.a.ended());
  pair.a.link.line_down(first_line, pair.now);
  pair.a.drain(pair.now);
  ASSERT_TRUE(pair.a.ended());
  EXPECT_EQ(pair.a.end()->reason, EndReason::peer_closed) << "that was the cause, not the carrier";
}

TEST_F(Close, WhileThePeerCloses) {
  pair.b.link.close(pair.now);
  pair.run_for(milliseconds(1));
  pair.a.link.close(pair.now);
  until_both_ended(seconds(3));
}

TEST_F(Close, AndTheLineCanBeUsedAgain) {
  pair.a.link.line_down(first_line, pair.now);
  pair.b.link.line_down(first_line, pair.now);
  pair.a.drain(pair.now);
  pair.b.drain(pair.now);
  pair.line.clear();
  pair.a.forget();
  pair.b.forget();
  pair.start();
  EXPECT_TRUE(pair.run_until_up(seconds(0))) << pair.transcript();
}

TEST_F(Close, NothingIsTakenAfterwards) {
  pair.a.link.close(pair.now);
  until_both_ended(seconds(10));
  EXPECT_EQ(pair.a.link.send(pair.now, NetworkProtocol::ipv4, ip_packet(20)), SendResult::closed);
  EXPECT_FALSE(pair.a.link.can_send());
  const Octets late = frame_of(lcp, packet(1, 1));
  EXPECT_EQ(pair.a.link.receive(first_line, pair.now, late), late.size());
  EXPECT_EQ(pair.a.link.transmit_pending(), 0U);
  EXPECT_EQ(pair.a.link.poll_event(), std::nullopt);
}

TEST(CloseEarly, BeforeTheLineIsUp) {
  HandPeer peer;
  peer.end.link.open(peer.now);
  peer.end.link.close(peer.now);
  peer.end.drain(peer.now);
  ASSERT_TRUE(peer.end.ended());
  EXPECT_EQ(peer.end.end()->reason, EndReason::requested);
}

TEST(CloseEarly, WithoutHavingBeenOpenedIsNothing) {
  HandPeer peer;
  peer.end.link.close(peer.now);
  peer.end.link.line_up(first_line, peer.now);
  peer.end.link.line_down(first_line, peer.now);
  peer.end.drain(peer.now);
  EXPECT_TRUE(peer.end.events.empty());
}

TEST(CloseEarly, DuringEachPhase) {
  LinkConfig config;
  config.auth.require = {AuthMethod::pap};
  for (int phase = 0; phase < 3; ++phase) {
    for (bool by_line : {false, true}) {
      HandPeer peer(phase == 1 ? config : LinkConfig{});
      peer.start();
      if (phase > 0) peer.open_lcp();
      if (by_line) {
        peer.end.link.line_down(first_line, peer.now);
      } else {
        peer.end.link.close(peer.now);
      }
      peer.end.drain(peer.now);
      peer.pass(terminate_time);
      ASSERT_TRUE(peer.end.ended()) << phase << peer.end.transcript();
      EXPECT_EQ(peer.end.end()->reason, by_line ? EndReason::carrier_lost : EndReason::requested);
      EXPECT_EQ(peer.end.link.next_timeout(), std::nullopt);
    }
  }
}

/// A passive end that waits in silence for its peer can be closed, too.
TEST(CloseEarly, APassiveEndThatWaits) {
  for (bool by_line : {false, true}) {
    LinkConfig config;
    config.lcp.passive = true;
    HandPeer peer(config);
    peer.start();
    peer.pass(seconds(1000));
    ASSERT_FALSE(peer.end.ended());
    if (by_line) {
      peer.end.link.line_down(first_line, peer.now);
    } else {
      peer.end.link.close(peer.now);
    }
    peer.end.drain(peer.now);
    ASSERT_TRUE(peer.end.ended());
    EXPECT_EQ(peer.end.end()->reason, by_line ? EndReason::carrier_lost : EndReason::requested);
    EXPECT_EQ(peer.end.link.phase(), Phase::dead);
  }
}

TEST(CloseEarly, APassiveEndWaitsForItsPeer) {
  LinkConfig config;
  config.lcp.passive = true;
  HandPeer peer(config);
  peer.start();
  peer.pass(seconds(1000));
  EXPECT_EQ(peer.statistics().sent_frames, 10U);
  peer.open_lcp();
  peer.sent();
  peer.feed(lcp, packet(2, peer.request.identifier(), peer.request.data()));
  peer.open_ipcp();
  EXPECT_TRUE(peer.end.up()) << peer.end.transcript();
}

// --- A peer that vanishes -------------------------------------------------------------------------

TEST(Vanish, IsFoundByTheKeepAliveWithinItsBound) {
  for (const Duration interval : {Duration(seconds(1)), Duration(seconds(20))}) {
    for (unsigned failures : {1U, 4U}) {
      LinkConfig config = client_config();
      config.lcp.echo_interval = interval;
      config.lcp.echo_failures = failures;
      Pair pair(config, server_config());
      pair.start();
      ASSERT_TRUE(pair.run_until_up(seconds(0)));
      pair.run_for(10 * interval + milliseconds(333));
      ASSERT_TRUE(pair.both_up()) << "the server has no echoes of its own, but answers ours";
      pair.cut = true;
      const Instant vanished = pair.now;
      const Duration bound = (failures + 1) * interval + terminate_time;
      ASSERT_TRUE(pair.run_until([&] { return pair.a.ended(); }, bound)) << pair.transcript();
      EXPECT_EQ(pair.a.end()->reason, EndReason::peer_lost);
      EXPECT_GE(pair.now - vanished, (failures - 1) * interval);
    }
  }
}

/// A peer that sends data, but whose echoes get lost, lives.
TEST(Vanish, DataIsASignOfLife) {
  LinkConfig config;
  config.lcp.echo_interval = seconds(10);
  config.lcp.echo_failures = 2;
  HandPeer peer(config);
  peer.come_up();
  for (int i = 0; i < 100; ++i) {
    peer.pass(seconds(19));
    peer.feed(ipv4, ip_packet(28));
    peer.sent();
  }
  EXPECT_TRUE(peer.end.up());
  EXPECT_FALSE(peer.end.ended());
}

TEST(Vanish, GarbageIsNoSignOfLife) {
  LinkConfig config;
  config.lcp.echo_interval = seconds(10);
  config.lcp.echo_failures = 2;
  HandPeer peer(config);
  peer.come_up();
  Random random(5);
  const Instant vanished = peer.now;
  while (!peer.end.ended() && peer.now - vanished < seconds(100)) {
    peer.pass(seconds(1));
    Octets noise = random.octets(30);
    for (std::byte& octet : noise) octet |= std::byte{0x80};
    peer.feed_raw(noise + octets({0x7e}));
    peer.sent();
  }
  ASSERT_TRUE(peer.end.ended());
  EXPECT_EQ(peer.end.end()->reason, EndReason::peer_lost);
  EXPECT_LE(peer.now - vanished, 3 * seconds(10) + terminate_time + seconds(1));
}

TEST(Vanish, DuringEachPhaseItEndsByTheCounters) {
  // During LCP.
  {
    Pair pair(client_config(), server_config());
    pair.cut = true;
    pair.start();
    const Duration bound = lcp_restart.max_configure * lcp_restart.restart_timer;
    ASSERT_TRUE(pair.run_until([&] { return pair.both_ended(); }, bound));
    EXPECT_EQ(pair.a.end()->reason, EndReason::peer_silent);
  }
  // During IPCP.
  {
    HandPeer peer;
    peer.start();
    peer.open_lcp();
    const IpcpConfig ipcp_config;
    peer.pass(ipcp_config.restart.max_configure * ipcp_config.restart.restart_timer + terminate_time);
    ASSERT_TRUE(peer.end.ended()) << peer.end.transcript();
    EXPECT_EQ(peer.end.end()->reason, EndReason::no_network_protocol);
  }
}

// --- Words ----------------------------------------------------------------------------------------

TEST(EndText, HasThePeersWordsMadePrintable) {
  HandPeer peer;
  peer.come_up();
  peer.feed(lcp, packet(5, 9, octets("No traffic\x1b[31m\r\n")));
  peer.pass(lcp_restart.restart_timer);
  ASSERT_TRUE(peer.end.ended());
  EXPECT_EQ(peer.end.end()->reason, EndReason::peer_closed);
  EXPECT_NE(peer.end.end()->text.find("No traffic.[31m.."), std::string::npos)
      << peer.end.end()->text;
}

TEST(EndText, OfIpcpClosedByThePeer) {
  HandPeer peer;
  peer.come_up();
  peer.feed(ipcp, packet(5, 9, octets("no more addresses")));
  EXPECT_FALSE(peer.end.up());
  peer.pass(IpcpConfig{}.restart.restart_timer + terminate_time);
  ASSERT_TRUE(peer.end.ended());
  EXPECT_EQ(peer.end.end()->reason, EndReason::no_network_protocol);
  EXPECT_NE(peer.end.end()->text.find("no more addresses"), std::string::npos);
}

}  // namespace
}  // namespace tunppp::test
