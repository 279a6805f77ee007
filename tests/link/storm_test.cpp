// Peers that mean no good: bounded time and memory, and every frame is accounted for.
#include <gtest/gtest.h>

#include "link/hand_peer.h"
#include "link/pair.h"

namespace tunppp::test {
namespace {

LinkConfig full_config() {
  LinkConfig config = server_config();
  config.lcp.echo_interval = seconds(30);
  config.auth.user = "us";
  config.auth.password = Secret("secret");
  return config;
}

/// Octets without any sense.
TEST(Storm, RandomOctets) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    HandPeer peer(full_config(), seed);
    if (seed % 2 == 0) {
      peer.come_up();
    } else {
      peer.start();
    }
    Random random(seed);
    const Instant begun = peer.now;
    while (!peer.end.ended() && peer.now - begun < seconds(400)) {
      Octets noise = random.octets(random.below(2000));
      for (std::byte& octet : noise) {
        if (random.below(20) == 0) octet = std::byte{0x7e};
      }
      peer.feed_raw(noise);
      peer.sent();
      peer.pass(milliseconds(static_cast<int>(random.below(2000))));
    }
    // Nothing of it is a frame, so the peer is silent or lost.
    ASSERT_TRUE(peer.end.ended()) << peer.end.transcript();
    EXPECT_TRUE(peer.end.end()->reason == EndReason::peer_lost ||
                peer.end.end()->reason == EndReason::peer_silent)
        << peer.end.transcript();
    EXPECT_LE(peer.now - begun, seconds(5 * 30 + 6 + 4));
  }
}

/// Control packets that are framed well, of every protocol, with random content.
class PacketStorm : public testing::TestWithParam<int> {
 protected:
  Octets random_packet(Random& random, HandPeer& peer, std::uint16_t protocol) {
    const unsigned code = static_cast<unsigned>(random.below(14));
    const bool answers = random.below(2) == 0;
    const SentFrame& request = protocol == ipcp ? peer.ipcp_request : peer.request;
    const unsigned identifier =
        answers ? request.identifier() & 0xff : static_cast<unsigned>(random.below(256));
    Octets data;
    switch (random.below(4)) {
      case 0: data = random.octets(random.below(40)); break;
      case 1: data = request.data(); break;
      case 2:
        while (random.below(4) != 0) {
          const unsigned types[] = {1, 2, 3, 5, 7, 8, 129, 131, 130, 132, 0, 255};
          const Octets value = random.octets(random.below(7));
          data = data + octets({types[random.below(12)], static_cast<unsigned>(value.size() + 2)}) +
                 value;
        }
        break;
      default: data = random.octets(random.below(1490)); break;
    }
    Octets out = packet(code, identifier, data);
    if (random.below(10) == 0) out[2 + random.below(2)] = random.octet();
    return out;
  }
};

TEST_P(PacketStorm, EndsInOrderOrStaysUp) {
  const int mode = GetParam();
  const std::uint64_t seeds = 40;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    LinkConfig config = full_config();
    if (mode == 1) config.auth.require = {AuthMethod::pap};
    if (mode == 2) config.lcp.passive = true;
    HandPeer peer(config, seed);
    if (seed % 3 == 0 && mode != 1) {
      peer.come_up();
    } else {
      peer.start();
      if (seed % 3 == 1) peer.open_lcp();
    }
    Random random(seed * 31 + static_cast<std::uint64_t>(mode));
    std::uint64_t fed = 0;
    const std::uint64_t before = peer.statistics().received_frames;
    const std::uint64_t drops_before = peer.end.drops();
    for (int i = 0; i < 3000 && !peer.end.ended(); ++i) {
      const std::uint16_t protocols[] = {lcp, ipcp, pap, chap, ipv4, 0x8057};
      const std::uint16_t protocol = protocols[random.below(mode == 3 ? 2 : 6)];
      peer.feed(protocol, random_packet(random, peer, protocol));
      ++fed;
      const auto answers = peer.sent();
      ASSERT_LE(answers.size(), 6U) << "more answers than one frame can ask for";
      for (const SentFrame& frame : answers) ASSERT_LE(frame.information.size(), 1500U);
      if (random.below(10) == 0) peer.pass(milliseconds(static_cast<int>(random.below(1500))));
      if (testing::Test::HasFailure()) return;
    }
    EXPECT_EQ(peer.statistics().received_frames - before, fed) << "every frame was good";
    EXPECT_LE(peer.end.drops() - drops_before, fed) << "and counted as dropped once at most";
    // Whatever the state: left alone it ends by its timers and echoes, or is up and is closed.
    peer.end.link.close(peer.now);
    peer.end.drain(peer.now);
    peer.pass(seconds(6));
    ASSERT_TRUE(peer.end.ended()) << peer.end.transcript();
    EXPECT_EQ(peer.end.link.next_timeout(), std::nullopt);
    EXPECT_EQ(peer.end.link.phase(), Phase::dead);
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, PacketStorm, testing::Range(0, 4));

/// Left alone after a storm, the link ends by itself: echoes when up, timers when not.
TEST(Storm, AfterwardsSilenceEndsTheLink) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    LinkConfig config = full_config();
    if (seed % 2 == 0) config.auth.require = {AuthMethod::chap_md5};
    HandPeer peer(config, seed);
    peer.start();
    Random random(seed);
    for (int i = 0; i < 200; ++i) {
      const std::uint16_t protocol = random.below(2) == 0 ? lcp : ipcp;
      const SentFrame& request = protocol == ipcp ? peer.ipcp_request : peer.request;
      const unsigned code = 1 + static_cast<unsigned>(random.below(4));
      peer.feed(protocol, packet(code, request.identifier() & 0xff,
                                 random.below(2) == 0 ? request.data() : Octets{}));
      peer.sent();
    }
    const Duration bound =
        config.lcp.restart.max_configure * config.lcp.restart.restart_timer + config.auth.timeout +
        (config.lcp.echo_failures + 1) * config.lcp.echo_interval +
        config.ipcp.restart.max_configure * config.ipcp.restart.restart_timer + seconds(12);
    peer.pass(bound);
    EXPECT_TRUE(peer.end.ended()) << "seed " << seed << "\n" << peer.end.transcript();
  }
}

// --- Requests for ever, of each kind --------------------------------------------------------------

TEST(Endless, LcpRequestsThatCannotBeAcknowledged) {
  HandPeer peer;
  peer.start();
  const RestartConfig restart = LcpConfig{}.restart;
  unsigned identifier = 0;
  while (!peer.end.ended() && peer.now - Instant{} < seconds(10000)) {
    peer.feed(lcp, packet(1, ++identifier & 0xff, octets({99, 2})));
    peer.sent();
    if (peer.request.good) peer.feed(lcp, packet(2, peer.request.identifier(), peer.request.data()));
    peer.pass(milliseconds(200));
  }
  ASSERT_TRUE(peer.end.ended());
  EXPECT_EQ(peer.end.end()->reason, EndReason::negotiation_failed);
  EXPECT_LE(peer.now - Instant{}, restart.max_rounds * restart.restart_timer + milliseconds(200));
}

TEST(Endless, IpcpNaks) {
  HandPeer peer;
  peer.start();
  peer.open_lcp();
  peer.sent();
  const IpcpConfig config;
  while (!peer.end.ended() && peer.now - Instant{} < seconds(10000)) {
    peer.feed(ipcp, packet(3, peer.ipcp_request.identifier(), octets({3, 6, 0, 0, 0, 0})));
    peer.sent();
    peer.pass(milliseconds(100));
  }
  ASSERT_TRUE(peer.end.ended());
  EXPECT_EQ(peer.end.end()->reason, EndReason::no_network_protocol);
  EXPECT_LE(peer.now - Instant{},
            (config.restart.max_failure + 1) * (config.not_ready_pause + milliseconds(100)) +
                2 * config.restart.restart_timer + seconds(6));
}

TEST(Endless, RenegotiationOfLcp) {
  HandPeer peer;
  peer.start();
  unsigned identifier = 0;
  while (!peer.end.ended() && identifier < 10000) {
    peer.feed(lcp, packet(1, ++identifier & 0xff, octets({5, 6, 9, 9, 9, 9})));
    peer.sent();
    peer.feed(lcp, packet(2, peer.request.identifier(), peer.request.data()));
    peer.sent();
  }
  ASSERT_TRUE(peer.end.ended());
  EXPECT_EQ(peer.end.end()->reason, EndReason::negotiation_failed);
  EXPECT_LE(identifier, LcpConfig{}.restart.max_rounds + 1);
}

/// LCP and authentication over and over, each time just long enough that LCP counts as open for a
/// while: no network protocol is ever reached.
TEST(Endless, AuthenticationThatNeverComesToItsEnd) {
  const Duration each_time = seconds(31);
  HandPeer peer;
  peer.end.owner = Endpoint::Owner::is_silent;
  peer.start();
  unsigned identifier = 0;
  while (!peer.end.ended() && peer.now - Instant{} < seconds(100000)) {
    peer.feed(lcp, packet(1, ++identifier & 0xff, octets({3, 4, 0xc0, 0x23})));
    peer.sent();
    peer.feed(lcp, packet(2, peer.request.identifier(), peer.request.data()));
    peer.pass(each_time);
    peer.sent();
  }
  ASSERT_TRUE(peer.end.ended());
  EXPECT_LE(peer.now - Instant{}, (LcpConfig{}.restart.max_rounds + 1) * each_time);
}

/// The same with IPCP, which the peer keeps busy with Naks until it begins anew.
TEST(Endless, NegotiationThatNeverGetsAsFarAsPackets) {
  const Duration each_time = seconds(40);
  HandPeer peer;
  peer.start();
  unsigned identifier = 0;
  while (!peer.end.ended() && peer.now - Instant{} < seconds(100000)) {
    peer.feed(lcp, packet(1, ++identifier & 0xff, octets({5, 6, 9, 9, 9, 9})));
    peer.sent();
    peer.feed(lcp, packet(2, peer.request.identifier(), peer.request.data()));
    const Instant begun = peer.now;
    while (peer.now - begun < each_time) {
      peer.sent();
      peer.feed(ipcp, packet(3, peer.ipcp_request.identifier(), octets({3, 6, 0, 0, 0, 0})));
      peer.pass(seconds(1));
    }
    peer.sent();
  }
  ASSERT_TRUE(peer.end.ended());
  EXPECT_LE(peer.now - Instant{}, (LcpConfig{}.restart.max_rounds + 2) * each_time);
}

TEST(Endless, CodeAndProtocolRejectsOfEverything) {
  HandPeer peer;
  peer.come_up();
  for (unsigned code = 8; code < 256; ++code) {
    peer.feed(lcp, packet(7, code, packet(code, 1)));
    peer.feed(ipcp, packet(7, code, packet(code, 1)));
  }
  EXPECT_TRUE(peer.end.up());
  EXPECT_TRUE(peer.sent().empty());
}

TEST(Endless, EchoRequests) {
  HandPeer peer;
  peer.come_up();
  for (unsigned i = 0; i < 20000; ++i) {
    peer.feed(lcp, packet(9, i & 0xff, octets({9, 9, 9, 9})));
    ASSERT_EQ(peer.sent().size(), 1U);
  }
  EXPECT_TRUE(peer.end.up());
}

}  // namespace
}  // namespace tunppp::test
