// Van Jacobson compression over a link (RFC 1144, RFC 1332 section 4): on good lines and bad ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "link/hand_peer.h"
#include "link/pair.h"
#include "link/tcp_stream.h"

namespace tunppp::test {
namespace {

constexpr std::uint16_t vj_compressed = 0x002d, vj_uncompressed = 0x002f;

LinkConfig agreeing(LinkConfig config) {
  config.ipcp.vj.accept = true;
  return config;
}
/// Asks for compressed headers, and agrees to send them.
LinkConfig asking(LinkConfig config) {
  config.ipcp.vj.request = true;
  return agreeing(config);
}

TEST(Compression, IsUsedInTheDirectionsThatWereAskedFor) {
  for (const bool client_asks : {false, true}) {
    for (const bool server_asks : {false, true}) {
      Pair pair(client_asks ? asking(client_config()) : agreeing(client_config()),
                server_asks ? asking(server_config()) : agreeing(server_config()));
      pair.start();
      ASSERT_TRUE(pair.run_until_up(seconds(5))) << pair.transcript();
      EXPECT_EQ(pair.a.last<Ipv4Up>()->vj_receive, client_asks);
      EXPECT_EQ(pair.b.last<Ipv4Up>()->vj_send, client_asks);
      EXPECT_EQ(pair.a.last<Ipv4Up>()->vj_send, server_asks);
      EXPECT_EQ(pair.b.last<Ipv4Up>()->vj_receive, server_asks);
      Stream stream(1024);
      for (int i = 0; i < 10; ++i) {
        const Octets packet = stream.next(100);
        pair.b.packets.clear();
        const auto before = pair.line.from(sim::LineEnd::a).statistics().octets_sent;
        ASSERT_EQ(pair.a.link.send(pair.now, NetworkProtocol::ipv4, packet), SendResult::accepted);
        pair.run_for(milliseconds(10));
        ASSERT_EQ(pair.b.packets, std::vector<Octets>{packet}) << i;
        const auto octets = pair.line.from(sim::LineEnd::a).statistics().octets_sent - before;
        if (i > 0 && server_asks) {
          EXPECT_LT(octets, 125U) << "40 octets of header have become few";
        }
      }
    }
  }
}

TEST(Compression, ARefusalIsNoHarm) {
  LinkConfig server = server_config();
  Pair pair(asking(client_config()), server);
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(5))) << pair.transcript();
  EXPECT_FALSE(pair.a.last<Ipv4Up>()->vj_receive);
}

/// What arrives was sent: a packet is lost, or its TCP checksum is wrong, but it is never another
/// one (RFC 1144 section 4).
void try_line(const sim::LineOptions& line, std::uint64_t seed, double least) {
  Pair pair(agreeing(client_config()), asking(server_config()), line, seed);
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(120))) << pair.transcript();
  pair.b.packets.clear();
  std::vector<Stream> streams;
  for (std::size_t port = 0; port < 20; ++port) streams.emplace_back(1024 + port);
  std::set<Octets> sent;
  Random random(seed);
  std::size_t current = 0;
  for (int i = 0; i < 2000; ++i) {
    if (random.below(6) == 0) current = random.below(streams.size());
    const Octets packet = streams[current].next(random.below(200));
    sent.insert(packet);
    while (pair.a.link.send(pair.now, NetworkProtocol::ipv4, packet) == SendResult::full) {
      pair.run_for(milliseconds(1));
    }
    pair.run_for(milliseconds(1));
    // As TCP would: what is lost is sent again, in full.
    if (i % 50 == 0) streams[current] = Stream(1024 + current + 100 * static_cast<unsigned>(i));
  }
  pair.run_for(seconds(1));
  std::size_t good = 0;
  for (const Octets& packet : pair.b.packets) {
    if (tcp_checksum(packet) != 0) continue;
    ASSERT_TRUE(sent.contains(packet)) << "made up, seed " << seed;
    ++good;
  }
  EXPECT_GE(static_cast<double>(good), least * 2000) << "seed " << seed;
}

TEST(Compression, OnAPerfectLineNothingIsLost) { try_line({}, 1, 1.0); }

TEST(Compression, DamagedFramesMakeNoPacketsUp) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    sim::LineOptions line;
    line.frame_damage = 0.05;
    try_line(line, seed, 0.2);
  }
}

TEST(Compression, LostFramesMakeNoPacketsUp) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    sim::LineOptions line;
    line.frame_loss = 0.05;
    try_line(line, seed, 0.1);
  }
}

TEST(Compression, LostOctetsMakeNoPacketsUp) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    sim::LineOptions line;
    line.octet_loss = 0.0003;
    try_line(line, seed, 0.2);
  }
}

// --- A peer played by hand ------------------------------------------------------------------------

/// Opens IPCP such that the link may be sent compressed packets.
void come_up_with_vj(HandPeer& peer) {
  peer.start();
  peer.open_lcp();
  peer.sent();
  peer.feed(ipcp, packet(1, 0x51, octets({3, 6, 10, 0, 0, 1})));
  peer.sent();
  peer.feed(ipcp, packet(3, peer.ipcp_request.identifier(), octets({3, 6, 10, 0, 0, 2})));
  peer.sent();
  peer.feed(ipcp, packet(2, peer.ipcp_request.identifier(), peer.ipcp_request.data()));
  peer.sent();
}

LinkConfig hand_config() {
  LinkConfig config = asking({});
  config.ipcp.request_dns = false;
  return config;
}

Octets uncompressed(Octets packet, unsigned slot) {
  packet[9] = static_cast<std::byte>(slot);
  return packet;
}

TEST(CompressionByHand, AfterADamagedFrameNothingWithoutAConnectionNumberIsBelieved) {
  HandPeer peer(hand_config());
  come_up_with_vj(peer);
  ASSERT_TRUE(peer.end.up()) << peer.end.transcript();
  Stream stream(1024);
  const Octets first = stream.next(100);
  peer.feed(vj_uncompressed, uncompressed(first, 0));
  ASSERT_EQ(peer.end.packets, std::vector<Octets>{first});

  // "unidirectional data transfer": sequence and id follow from the packet before (RFC 1144 3.2.2).
  const auto follow = [&](unsigned changes) {
    const Octets whole = stream.next(100);
    Octets sent = octets({changes});
    if ((changes & 0x40) != 0) sent = sent + octets({0});
    sent = sent + Octets{whole[36], whole[37]} + Octets(whole.begin() + 40, whole.end());
    peer.feed(vj_compressed, sent);
    return whole;
  };
  const Octets second = follow(0x0f);
  ASSERT_EQ(peer.end.packets.size(), 2U);
  EXPECT_EQ(peer.end.packets[1], second);

  Octets damaged = frame_of(vj_compressed, octets({0x0f, 1, 2, 3}));
  damaged[damaged.size() / 2] ^= std::byte{0x01};
  peer.feed_raw(damaged);
  follow(0x0f);
  EXPECT_EQ(peer.end.packets.size(), 2U);
  EXPECT_EQ(peer.dropped(Drop::lost_header), 1U);

  const Octets fresh = stream.next(100);
  peer.feed(vj_uncompressed, uncompressed(fresh, 0));
  const Octets after = follow(0x4f);
  ASSERT_EQ(peer.end.packets.size(), 4U);
  EXPECT_EQ(peer.end.packets[3], after);
}

/// Not agreed to: an unknown protocol like any other.
TEST(CompressionByHand, WithoutAgreementItIsRejected) {
  HandPeer peer(agreeing({}));
  peer.come_up();
  peer.feed(vj_uncompressed, uncompressed(Stream(1024).next(10), 0));
  const SentFrame reject = peer.last_of(lcp, 8);
  ASSERT_EQ(reject.code(), 8U);
  EXPECT_EQ(at(reject.data(), 1), 0x2fU);
  EXPECT_TRUE(peer.end.packets.empty());
}

/// A peer that agreed to it and rejects it all the same gets packets as they are.
TEST(CompressionByHand, AProtocolRejectEndsIt) {
  HandPeer peer(agreeing({}));
  peer.start();
  peer.open_lcp();
  peer.open_ipcp(octets({3, 6, 10, 0, 0, 1, 2, 6, 0, 0x2d, 15, 1}));
  ASSERT_TRUE(peer.end.up()) << peer.end.transcript();
  Stream stream(1024);
  const auto protocol_of_next = [&] {
    peer.sent();
    EXPECT_EQ(peer.end.link.send(peer.now, NetworkProtocol::ipv4, stream.next(10)),
              SendResult::accepted);
    const auto frames = peer.sent();
    return frames.empty() ? 0 : frames[0].protocol;
  };
  EXPECT_EQ(protocol_of_next(), vj_uncompressed);
  EXPECT_EQ(protocol_of_next(), vj_compressed);
  peer.feed(lcp, packet(8, 1, octets({0x00, 0x2d, 0x0f, 1, 2})));
  EXPECT_EQ(protocol_of_next(), ipv4);
  EXPECT_TRUE(peer.end.up());
}

/// A header of 40 octets grown to the largest, before a frame that begins a slot.
TEST(CompressionByHand, ThereIsHeadroomForTheLargestHeader) {
  HandPeer peer(hand_config());
  come_up_with_vj(peer);
  Octets whole(120 + 8);
  whole[0] = std::byte{0x4f};  // 60 octets of IP header
  for (std::size_t i = 20; i < 60; ++i) whole[i] = std::byte{1};
  put16(whole, 2, whole.size());
  whole[8] = std::byte{64};
  whole[9] = std::byte{6};
  put32(whole, 12, 0x0a000002);
  put32(whole, 16, 0x0a000001);
  put16(whole, 10, checksum(whole, 0, 60, 0));
  whole[72] = std::byte{0xf0};  // and 60 of TCP
  whole[73] = std::byte{0x10};
  for (std::size_t i = 80; i < 120; ++i) whole[i] = std::byte{1};
  peer.feed(vj_uncompressed, uncompressed(whole, 3));
  ASSERT_EQ(peer.end.packets, std::vector<Octets>{whole});
  peer.feed(vj_compressed, octets({0x0f, 0, 0, 1, 2, 3}));
  ASSERT_EQ(peer.end.packets.size(), 2U);
  EXPECT_EQ(peer.end.packets[1].size(), 120U + 3U);
}

}  // namespace
}  // namespace tunppp::test
