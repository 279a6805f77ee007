// Van Jacobson compression (RFC 1144): what goes in comes out, in far fewer octets, and what was
// lost on the line is never made up.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "vj/compressor.h"
#include "vj/decompressor.h"

namespace tunppp::vj {
namespace {

using Octets = std::vector<std::byte>;

struct Segment {
  std::uint16_t source_port = 1024;
  std::uint16_t id = 1;
  std::uint32_t sequence = 1000;
  std::uint32_t acknowledgment = 5000;
  std::uint8_t flags = tcp_flag::ack;
  std::uint16_t window = 8192;
  std::uint16_t urgent = 0;
  std::size_t data = 0;
  std::size_t options = 0;  ///< octets of TCP options, a multiple of 4
  std::uint8_t ttl = 64;
};

void put16(Octets& out, std::size_t at, std::size_t value) {
  out[at] = static_cast<std::byte>(value >> 8);
  out[at + 1] = static_cast<std::byte>(value & 0xff);
}

void put32(Octets& out, std::size_t at, std::uint32_t value) {
  put16(out, at, value >> 16);
  put16(out, at + 2, value & 0xffff);
}

/// RFC 1071, octet by octet.
std::uint16_t checksum(const Octets& octets, std::size_t from, std::size_t to) {
  std::uint32_t sum = 0;
  for (std::size_t at = from; at < to; ++at) {
    sum += std::to_integer<std::uint32_t>(octets[at]) << ((at - from) % 2 == 0 ? 8 : 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum & 0xffff);
}

Octets packet(const Segment& segment) {
  const std::size_t header = 40 + segment.options;
  Octets out(header + segment.data);
  out[0] = std::byte{0x45};
  put16(out, 2, out.size());
  put16(out, 4, segment.id);
  out[6] = std::byte{0x40};
  out[8] = std::byte{segment.ttl};
  out[9] = std::byte{6};
  put32(out, 12, 0x0a000001);
  put32(out, 16, 0x0a000002);
  put16(out, 10, checksum(out, 0, 20));
  put16(out, 20, segment.source_port);
  put16(out, 22, 80);
  put32(out, 24, segment.sequence);
  put32(out, 28, segment.acknowledgment);
  out[32] = static_cast<std::byte>((20 + segment.options) / 4 << 4);
  out[33] = std::byte{segment.flags};
  put16(out, 34, segment.window);
  put16(out, 38, segment.urgent);
  for (std::size_t i = 40; i < header; ++i) out[i] = std::byte{1};
  for (std::size_t i = header; i < out.size(); ++i) out[i] = static_cast<std::byte>(i * 7);
  put16(out, 36, checksum(out, 20, out.size()));  // enough to see that it arrives as it was
  return out;
}

/// What the compressor sends, as one piece behind the headroom that the receiver needs.
struct Sent {
  PacketType type;
  Octets buffer;
  std::size_t size;
  MutableBytes data() { return MutableBytes(buffer).subspan(Decompressor::headroom, size); }
};

Sent send(Compressor& compressor, const Octets& original) {
  const auto output = compressor.compress(original);
  Sent sent{output.type, Octets(Decompressor::headroom), output.header.size() + output.rest.size()};
  sent.buffer.insert(sent.buffer.end(), output.header.begin(), output.header.end());
  sent.buffer.insert(sent.buffer.end(), output.rest.begin(), output.rest.end());
  return sent;
}

std::optional<Octets> receive(Decompressor& decompressor, Sent& sent) {
  std::optional<MutableBytes> whole;
  if (sent.type == PacketType::ip) whole = sent.data();
  if (sent.type == PacketType::uncompressed_tcp) whole = decompressor.remember(sent.data());
  if (sent.type == PacketType::compressed_tcp) whole = decompressor.decompress(sent.data());
  if (!whole) return std::nullopt;
  return Octets(whole->begin(), whole->end());
}

TEST(Vj, FirstPacketNamesItsConnectionAndTheNextIsSmall) {
  Compressor compressor(16, true);
  Decompressor decompressor(16);
  Segment segment{.data = 100};
  Sent first = send(compressor, packet(segment));
  EXPECT_EQ(first.type, PacketType::uncompressed_tcp);
  EXPECT_EQ(receive(decompressor, first), packet(segment));

  segment.sequence += 100;
  ++segment.id;
  Sent second = send(compressor, packet(segment));
  EXPECT_EQ(second.type, PacketType::compressed_tcp);
  EXPECT_EQ(second.size, 3 + 100U);  // "unidirectional data": mask and checksum alone (3.2.2)
  EXPECT_EQ(receive(decompressor, second), packet(segment));
}

/// ECN's flags and the reserved bits (RFC 3168) are none that a compressed header could carry.
TEST(Vj, BitsThatRfc1144DoesNotKnowArriveAsTheyWere) {
  for (const unsigned flag : {0x40U, 0x80U}) {  // ECE, CWR
    Compressor compressor(16, true);
    Decompressor decompressor(16);
    Segment segment{.data = 10};
    for (const unsigned flags : {tcp_flag::ack, tcp_flag::ack | flag, tcp_flag::ack | flag,
                                 tcp_flag::ack}) {
      segment.flags = static_cast<std::uint8_t>(flags);
      segment.sequence += 10;
      ++segment.id;
      Octets original = packet(segment);
      original[32] |= static_cast<std::byte>(flags >> 7);  // a reserved bit, too
      Sent sent = send(compressor, original);
      EXPECT_EQ(receive(decompressor, sent), original);
    }
  }
}

TEST(Vj, OnlyAcknowledgedEstablishedUnfragmentedTcpIsCompressed) {
  Compressor compressor(16, true);
  for (unsigned flags : {tcp_flag::syn, tcp_flag::syn | tcp_flag::ack, tcp_flag::fin | tcp_flag::ack,
                         tcp_flag::rst, 0U}) {
    const Octets original = packet({.flags = static_cast<std::uint8_t>(flags)});
    EXPECT_EQ(send(compressor, original).type, PacketType::ip) << flags;
  }
  Octets fragment = packet({});
  fragment[6] = std::byte{0x20};
  EXPECT_EQ(send(compressor, fragment).type, PacketType::ip);
  Octets udp = packet({});
  udp[9] = std::byte{17};
  EXPECT_EQ(send(compressor, udp).type, PacketType::ip);
  const Octets whole = packet({});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(compressor.compress(Bytes(whole).first(size)).type, PacketType::ip);
  }
}

/// Conversations at random: every field changes, every connection takes turns, on few slots.
TEST(Vj, WhateverChangesArrivesAsItWas) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 generator(seed);
    const auto random = [&] { return static_cast<std::uint32_t>(generator()); };
    const auto chance = [&](unsigned one_in) { return random() % one_in == 0; };
    const std::size_t slots = 1 + random() % 4;
    Compressor compressor(slots, seed % 2 == 0);
    Decompressor decompressor(slots);
    std::vector<Segment> connections(3);
    for (std::size_t i = 0; i < connections.size(); ++i) {
      connections[i].source_port = static_cast<std::uint16_t>(1000 + i);
    }
    std::size_t compressed = 0;
    for (int i = 0; i < 400; ++i) {
      Segment& segment = connections[chance(3) ? random() % 3 : 0];
      segment.sequence += chance(20) ? random() : static_cast<std::uint32_t>(segment.data);
      if (chance(3)) segment.acknowledgment += random() % (chance(10) ? 100000 : 1500);
      if (chance(4)) segment.window = static_cast<std::uint16_t>(random());
      segment.id = static_cast<std::uint16_t>(segment.id + (chance(5) ? random() % 600 : 1));
      segment.flags = static_cast<std::uint8_t>(tcp_flag::ack | (chance(3) ? tcp_flag::psh : 0U) |
                                                (chance(15) ? tcp_flag::urg : 0U) |
                                                (chance(40) ? tcp_flag::fin : 0U));
      if ((segment.flags & tcp_flag::urg) != 0 || chance(60)) {
        segment.urgent = static_cast<std::uint16_t>(random());
      }
      if (chance(50)) segment.options = 4 * (random() % 10);
      if (chance(50)) segment.ttl = static_cast<std::uint8_t>(random());
      segment.data = chance(3) ? 0 : random() % 300;
      Sent sent = send(compressor, packet(segment));
      compressed += sent.type == PacketType::compressed_tcp;
      ASSERT_EQ(receive(decompressor, sent), packet(segment)) << "seed " << seed << " packet " << i;
    }
    EXPECT_GT(compressed, 100U) << "seed " << seed;
  }
}

TEST(Vj, AfterALostFrameNothingIsGuessedUntilAConnectionIsNamed) {
  Compressor compressor(16, true);
  Decompressor decompressor(16);
  Segment segment{.data = 10};
  Sent first = send(compressor, packet(segment));
  ASSERT_TRUE(receive(decompressor, first));
  decompressor.frame_lost();
  segment.sequence += 10;
  ++segment.id;
  Sent unnamed = send(compressor, packet(segment));
  ASSERT_EQ(unnamed.type, PacketType::compressed_tcp);
  EXPECT_FALSE(receive(decompressor, unnamed));

  // A retransmission goes uncompressed (3.2.3: nothing, or what cannot be told, has changed).
  segment.sequence -= 10;
  Sent again = send(compressor, packet(segment));
  ASSERT_EQ(again.type, PacketType::uncompressed_tcp);
  EXPECT_EQ(receive(decompressor, again), packet(segment));
}

TEST(Vj, GarbageIsRefused) {
  std::mt19937 random(7);
  Decompressor decompressor(4);
  for (int i = 0; i < 20000; ++i) {
    Octets buffer(Decompressor::headroom + random() % 80);
    for (std::byte& octet : buffer) octet = static_cast<std::byte>(random());
    const MutableBytes data = MutableBytes(buffer).subspan(Decompressor::headroom);
    const auto whole = random() % 2 == 0 ? decompressor.decompress(data) : decompressor.remember(data);
    EXPECT_TRUE(!whole || Header::parse(*whole));
  }
}

}  // namespace
}  // namespace tunppp::vj
