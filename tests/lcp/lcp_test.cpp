// What LCP does beyond options: echoes, keep-alive, loops, Protocol-Reject, Discard-Request.
#include "lcp/lcp.h"

#include <gtest/gtest.h>

#include "lcp/lcp_bench.h"

namespace tunppp::lcp::test {
namespace {

const Octets peers_magic = octets({0xca, 0xfe, 0xba, 0xbe});
const Octets our_magic = octets({0x11, 0x11, 0x11, 0x11});

// --- Echo and Discard (5.8, 5.9) ------------------------------------------------------------

TEST(Echo, IsAnsweredWithOurMagicAndTheSameData) {
  Bench bench;
  bench.become_opened();
  bench.receive(packet(9, 77, peers_magic + octets("hello")));
  EXPECT_EQ(bench.host.sent.back().octets, packet(10, 77, our_magic + octets("hello")));
}

TEST(Echo, IsAnsweredOnlyInOpened) {
  Bench bench;
  bench.start();
  const auto before = bench.host.sent.size();
  bench.receive(packet(9, 77, peers_magic));
  bench.acknowledge();
  bench.receive(packet(9, 78, peers_magic));
  EXPECT_EQ(bench.host.sent.size(), before);
  EXPECT_EQ(bench.host.drops, (std::vector<Drop>{Drop::not_open, Drop::not_open}));
}

TEST(Echo, TooShortForAMagicNumberIsMalformed) {
  Bench bench;
  bench.become_opened();
  const auto before = bench.host.sent.size();
  for (std::size_t size = 0; size < 4; ++size) bench.receive(packet(9, 1, Octets(size)));
  EXPECT_EQ(bench.host.sent.size(), before);
  EXPECT_EQ(bench.host.drops.size(), 4U);
}

TEST(Echo, ReplyKeepsToThePeersMru) {
  Bench bench;
  bench.become_opened(octets({1, 4, 0, 128, 5, 6, 9, 9, 9, 9}));
  bench.receive(packet(9, 1, peers_magic + Octets(1000, std::byte{1})));
  EXPECT_EQ(bench.host.sent.back().octets.size(), 128U);
  EXPECT_TRUE(cp::PacketView::parse(bench.host.sent.back().octets));
}

TEST(Echo, OfFullSizeIsAnsweredInFull) {
  Bench bench;
  bench.become_opened();
  const Octets data = peers_magic + Octets(1492, std::byte{1});
  bench.receive(packet(9, 1, data));
  EXPECT_EQ(bench.host.sent.back().octets.size(), 1500U);
}

TEST(Echo, WithoutAMagicNumberOfOursSaysZero) {
  LcpConfig config;
  config.magic_number = false;
  Bench bench(config);
  bench.become_opened();
  bench.receive(packet(9, 1, octets({0, 0, 0, 0})));
  EXPECT_EQ(bench.host.sent.back().octets, packet(10, 1, octets({0, 0, 0, 0})));
}

TEST(Echo, ReplyThatNobodyAskedForIsHarmless) {
  Bench bench;
  bench.become_opened();
  const auto before = bench.host.sent.size();
  bench.receive(packet(10, 1, peers_magic));
  bench.receive(packet(10, 1));
  bench.receive(packet(10, 1, our_magic));
  EXPECT_EQ(bench.host.sent.size(), before);
  EXPECT_TRUE(bench.lcp.opened());
}

TEST(Discard, IsDiscarded) {
  Bench bench;
  bench.become_opened();
  const auto before = bench.host.sent.size();
  bench.receive(packet(11, 1, peers_magic + octets("anything")));
  bench.receive(packet(11, 2));
  EXPECT_EQ(bench.host.sent.size(), before) << "no answer, no Code-Reject";
  EXPECT_TRUE(bench.lcp.opened());
}

TEST(UnknownCode, IsRejected) {
  Bench bench;
  bench.become_opened();
  for (unsigned code : {0U, 14U, 200U}) {
    bench.receive(packet(code, 5, octets({1})));
    EXPECT_EQ(bench.host.sent.back().code(), 7U);
    EXPECT_EQ(bench.host.sent.back().data(), packet(code, 5, octets({1})));
  }
}

// --- Keep-alive -------------------------------------------------------------------------------

LcpConfig with_echo(Duration interval, unsigned failures) {
  LcpConfig config;
  config.echo_interval = interval;
  config.echo_failures = failures;
  return config;
}

TEST(KeepAlive, IsOffUnlessAskedFor) {
  Bench bench;
  bench.become_opened();
  EXPECT_EQ(bench.lcp.next_timeout(), std::nullopt);
  bench.pass(seconds(100000));
  EXPECT_TRUE(bench.host.lost.empty());
}

TEST(KeepAlive, ASilentPeerIsLostAfterTheFailuresAndOneMoreInterval) {
  for (unsigned failures : {1U, 2U, 4U, 10U}) {
    for (const Duration interval : {Duration(seconds(1)), Duration(seconds(30))}) {
      Bench bench(with_echo(interval, failures));
      bench.become_opened();
      bench.pass(1000 * interval);
      ASSERT_EQ(bench.host.lost.size(), 1U);
      EXPECT_EQ(bench.host.lost[0] - Instant{}, (failures + 1) * interval);
      const auto echoes = std::count_if(bench.host.sent.begin(), bench.host.sent.end(),
                                        [](const Sent& one) { return one.code() == 9; });
      EXPECT_EQ(echoes, failures);
    }
  }
}

/// The bound holds from any last sign of life on.
TEST(KeepAlive, FindsTheLossWithinItsBoundWheneverThePeerVanished) {
  const Duration interval = seconds(10);
  const unsigned failures = 3;
  for (int last = 0; last < 100; ++last) {
    Bench bench(with_echo(interval, failures));
    bench.become_opened();
    for (int second = 0; second < last; ++second) {
      bench.pass(seconds(1));
      bench.lcp.frame_received();
    }
    const Instant vanished = bench.host.now;
    bench.pass(seconds(1000));
    ASSERT_EQ(bench.host.lost.size(), 1U);
    EXPECT_LE(bench.host.lost[0] - vanished, (failures + 1) * interval);
    EXPECT_GE(bench.host.lost[0] - vanished, failures * interval);
  }
}

/// "An echo that is late on a busy line is none of death".
TEST(KeepAlive, AnyGoodFrameIsASignOfLife) {
  Bench bench(with_echo(seconds(10), 2));
  bench.become_opened();
  for (int i = 0; i < 1000; ++i) {
    bench.pass(seconds(19));
    bench.lcp.frame_received();
    ASSERT_TRUE(bench.host.lost.empty()) << i;
  }
}

TEST(KeepAlive, RequestsHaveNewIdentifiersAndOurMagic) {
  Bench bench(with_echo(seconds(10), 4));
  bench.become_opened();
  bench.pass(seconds(20));
  const auto& sent = bench.host.sent;
  ASSERT_EQ(sent.back().code(), 9U);
  EXPECT_EQ(sent.back().data(), our_magic);
  EXPECT_NE(sent.back().identifier(), sent[sent.size() - 2].identifier());
}

TEST(KeepAlive, StopsWhenTheLayerGoesDown) {
  Bench bench(with_echo(seconds(10), 4));
  bench.become_opened();
  bench.lcp.close(bench.host.now);
  bench.pass(seconds(1000));
  EXPECT_TRUE(bench.host.lost.empty());
  EXPECT_EQ(bench.lcp.next_timeout(), std::nullopt);
}

TEST(KeepAlive, StartsAnewAfterARenegotiation) {
  Bench bench(with_echo(seconds(10), 2));
  bench.become_opened();
  bench.pass(seconds(25));
  bench.ask(octets({5, 6, 1, 2, 3, 4}));
  bench.acknowledge();
  ASSERT_TRUE(bench.lcp.opened());
  bench.pass(Duration(seconds(30)) - Duration(1));
  EXPECT_TRUE(bench.host.lost.empty());
  bench.pass(Duration(1));
  EXPECT_EQ(bench.host.lost.size(), 1U);
}

/// Requests, but nobody is ever given up: for lines that are watched otherwise.
TEST(KeepAlive, WithoutFailuresNobodyIsLost) {
  Bench bench(with_echo(seconds(10), 0));
  bench.become_opened();
  bench.pass(seconds(1000));
  EXPECT_TRUE(bench.host.lost.empty());
}

// --- Loops (6.4) ----------------------------------------------------------------------------

/// Everything that we send comes back.
TEST(Loop, IsFoundDuringNegotiation) {
  Bench bench;
  bench.start();
  std::size_t next = 0;
  while (next < bench.host.sent.size() && bench.host.finished.empty() && next < 1000) {
    const Octets octets = bench.host.sent[next++].octets;
    bench.receive(octets);
  }
  EXPECT_EQ(bench.lcp.failure(), EndReason::loopback);
  EXPECT_EQ(bench.host.finished, std::vector<cp::Finish>{cp::Finish::no_agreement});
  EXPECT_EQ(bench.host.ups, 0);
  EXPECT_LT(bench.host.sent.size(), 20U);
}

TEST(Loop, IsFoundByAnEchoRequestThatComesBack) {
  LcpConfig config = with_echo(seconds(10), 4);
  Bench bench(config);
  bench.become_opened();
  bench.pass(seconds(10));
  ASSERT_EQ(bench.host.sent.back().code(), 9U);
  bench.receive(Octets(bench.host.sent.back().octets));
  EXPECT_EQ(bench.lcp.failure(), EndReason::loopback);
  EXPECT_EQ(bench.host.downs, 1);
}

/// The same magic number by chance, or an old frame: that is no loop.
TEST(Loop, OneEqualMagicNumberIsNone) {
  for (int times = 1; times <= 3; ++times) {
    Bench bench;
    bench.start();
    for (int i = 0; i < times; ++i) bench.ask(octets({5, 6}) + our_magic);
    EXPECT_EQ(bench.ask(octets({5, 6, 9, 9, 9, 9})).code(), 2U);
    bench.acknowledge();
    EXPECT_TRUE(bench.lcp.opened());
    EXPECT_EQ(bench.lcp.failure(), std::nullopt);
  }
}

// --- Protocol-Reject (5.7) ------------------------------------------------------------------

TEST(ProtocolReject, IsSentOnlyInOpened) {
  Bench bench;
  bench.start();
  const auto before = bench.host.sent.size();
  bench.lcp.reject_protocol(0x8057, octets({1, 1, 0, 4}));
  EXPECT_EQ(bench.host.sent.size(), before);
  bench.ask({});
  bench.acknowledge();
  bench.lcp.reject_protocol(0x8057, octets({1, 1, 0, 4}));
  EXPECT_EQ(bench.host.sent.back().code(), 8U);
  EXPECT_EQ(bench.host.sent.back().data(), octets({0x80, 0x57, 1, 1, 0, 4}));
}

TEST(ProtocolReject, IsTruncatedToThePeersMru) {
  Bench bench;
  bench.become_opened(octets({1, 4, 0, 128}));
  bench.lcp.reject_protocol(0x8057, Octets(1500, std::byte{7}));
  EXPECT_EQ(bench.host.sent.back().octets.size(), 128U);
  EXPECT_TRUE(cp::PacketView::parse(bench.host.sent.back().octets));
}

TEST(ProtocolReject, OfThePeerIsTold) {
  Bench bench;
  bench.become_opened();
  bench.receive(packet(8, 1, octets({0x80, 0x21, 1, 1, 0, 4})));
  EXPECT_EQ(bench.host.rejected, std::vector<std::uint16_t>{0x8021});
}

TEST(ProtocolReject, OfThePeerIsDroppedOutsideOpenedAndWhenCut) {
  Bench bench;
  bench.start();
  bench.receive(packet(8, 1, octets({0x80, 0x21})));
  bench.ask({});
  bench.acknowledge();
  bench.receive(packet(8, 2, octets({0x80})));
  bench.receive(packet(8, 3));
  EXPECT_TRUE(bench.host.rejected.empty());
  EXPECT_EQ(bench.host.drops, (std::vector<Drop>{Drop::not_open, Drop::malformed, Drop::malformed}));
}

TEST(CodeReject, IsTruncatedToThePeersMru) {
  Bench bench;
  bench.become_opened(octets({1, 4, 0, 128}));
  bench.receive(packet(99, 1, Octets(1000)));
  EXPECT_EQ(bench.host.sent.back().code(), 7U);
  EXPECT_EQ(bench.host.sent.back().octets.size(), 128U);
}

}  // namespace
}  // namespace tunppp::lcp::test
