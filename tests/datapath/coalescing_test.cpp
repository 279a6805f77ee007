#include "tun/coalescing.h"

#include <gtest/gtest.h>

#include "super_packets.h"

namespace tunppp::tun {
namespace {

using test::coalesced;
using test::Octets;
using test::PacketSpec;
using test::read_u16;
using test::SuperPacket;

/// `count` segments that follow each other.
std::vector<PacketSpec> run(std::size_t count, PacketSpec first = {}) {
  std::vector<PacketSpec> specs;
  for (std::size_t i = 0; i < count; ++i) {
    specs.push_back(first);
    first.sequence += static_cast<std::uint32_t>(first.payload);
    ++first.identification;
    first.payload_seed = static_cast<std::uint8_t>(first.payload_seed + first.payload * 7);
  }
  return specs;
}

std::vector<Octets> built(const std::vector<PacketSpec>& specs) {
  std::vector<Octets> packets;
  for (const PacketSpec& spec : specs) packets.push_back(test::build(spec));
  return packets;
}

/// Sizes tell what was joined.
std::vector<std::size_t> sizes(const std::vector<SuperPacket>& written) {
  std::vector<std::size_t> result;
  for (const SuperPacket& packet : written) result.push_back(packet.packet.size());
  return result;
}

using Sizes = std::vector<std::size_t>;
constexpr std::size_t header = 52;

TEST(Coalescer, JoinsSegmentsThatFollowEachOther) {
  for (const bool ipv6 : {false, true}) {
    const auto specs = run(5, {.ipv6 = ipv6});
    const auto written = coalesced(built(specs));
    ASSERT_EQ(written.size(), 1u);
    PacketSpec whole = specs.front();
    whole.payload = 5000;
    const SuperPacket expected = test::super_packet(whole, 1000);
    EXPECT_EQ(written[0].packet, expected.packet);
    EXPECT_EQ(written[0].header.flags, expected.header.flags);
    EXPECT_EQ(written[0].header.gso_type, expected.header.gso_type);
    EXPECT_EQ(written[0].header.segment_size, 1000);
    EXPECT_EQ(written[0].header.header_size, expected.header.header_size);
    EXPECT_EQ(written[0].header.checksum_start, expected.header.checksum_start);
    EXPECT_EQ(written[0].header.checksum_offset, expected.header.checksum_offset);
  }
}

TEST(Coalescer, AShortSegmentIsTheLast) {
  auto specs = run(4);
  specs[1].payload = 400;
  specs[2].sequence = specs[1].sequence + 400;
  specs[3].sequence = specs[2].sequence + 1000;
  EXPECT_EQ(sizes(coalesced(built(specs))), (Sizes{header + 1400, header + 2000}));
}

TEST(Coalescer, ALongerSegmentBeginsAnew) {
  auto specs = run(3);
  specs[1].payload = 1200;
  specs[2].payload = 1200;
  specs[2].sequence = specs[1].sequence + 1200;
  EXPECT_EQ(sizes(coalesced(built(specs))), (Sizes{header + 1000, header + 2400}));
}

TEST(Coalescer, PushAndFinEndAndAreKept) {
  for (const std::uint8_t flag : {std::uint8_t{0x08}, std::uint8_t{0x01}, std::uint8_t{0x09}}) {
    auto specs = run(4);
    specs[1].flags |= flag;
    const auto written = coalesced(built(specs));
    EXPECT_EQ(sizes(written), (Sizes{header + 2000, header + 2000}));
    EXPECT_EQ(std::to_integer<unsigned>(written[0].packet[33]), 0x10u | flag);
    EXPECT_EQ(std::to_integer<unsigned>(written[1].packet[33]), 0x10u);
  }
}

TEST(Coalescer, NothingFollowsASegmentWithPush) {
  auto specs = run(3);
  specs[0].flags |= 0x08;
  EXPECT_EQ(sizes(coalesced(built(specs))), (Sizes{header + 1000, header + 2000}));
}

struct Difference {
  const char* name;
  void (*change)(PacketSpec&);
};

class Differs : public testing::TestWithParam<Difference> {};

/// The middle one of three differs: each is written alone and unchanged, in order.
TEST_P(Differs, SoNothingIsJoined) {
  auto specs = run(3);
  GetParam().change(specs[1]);
  const auto packets = built(specs);
  const auto written = coalesced(packets);
  ASSERT_EQ(written.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(written[i].packet, packets[i]);
    EXPECT_EQ(written[i].header.flags, 0);
    EXPECT_EQ(written[i].header.gso_type, VnetHeader::gso_none);
  }
}

INSTANTIATE_TEST_SUITE_P(
    InOneThing, Differs,
    testing::Values(Difference{"sequence", [](PacketSpec& s) { s.sequence += 1; }},
                    Difference{"earlier", [](PacketSpec& s) { s.sequence -= 1000; }},
                    Difference{"acknowledgment", [](PacketSpec& s) { s.acknowledgment += 1; }},
                    Difference{"window", [](PacketSpec& s) { s.window += 1; }},
                    Difference{"timestamps", [](PacketSpec& s) { s.options[7] += 1; }},
                    Difference{"options",
                               [](PacketSpec& s) {
                                 s.options = {1, 1, 1, 0};
                               }},
                    Difference{"service", [](PacketSpec& s) { s.service = 0x10; }},
                    Difference{"congestion", [](PacketSpec& s) { s.service = 3; }},
                    Difference{"ttl", [](PacketSpec& s) { s.time_to_live = 63; }},
                    Difference{"fragmentable", [](PacketSpec& s) { s.fragment = 0; }},
                    Difference{"fragment", [](PacketSpec& s) { s.fragment = 0x2000; }},
                    Difference{"identification", [](PacketSpec& s) { s.identification += 5; }},
                    Difference{"ip_options",
                               [](PacketSpec& s) {
                                 s.ip_options = {1, 1, 1, 0};
                               }},
                    Difference{"urgent", [](PacketSpec& s) { s.flags |= 0x20; }},
                    Difference{"reset", [](PacketSpec& s) { s.flags |= 0x04; }},
                    Difference{"syn", [](PacketSpec& s) { s.flags |= 0x02; }},
                    Difference{"reduced", [](PacketSpec& s) { s.flags |= 0x80; }},
                    Difference{"echo", [](PacketSpec& s) { s.flags |= 0x40; }},
                    Difference{"no_ack", [](PacketSpec& s) { s.flags = 0; }},
                    Difference{"pure_ack", [](PacketSpec& s) { s.payload = 0; }}),
    [](const auto& parameter) { return parameter.param.name; });

TEST(Coalescer, DamagedSegmentsPassUnchanged) {
  for (std::size_t which = 0; which < 3; ++which) {
    for (const std::size_t where : {std::size_t{5}, std::size_t{900}}) {
      auto packets = built(run(3));
      packets[which][where] ^= std::byte{1};
      std::size_t joined = 0;
      Octets damaged;
      for (const SuperPacket& packet : coalesced(packets)) {
        if (packet.header.is_super_packet()) ++joined;
        if (packet.packet == packets[which]) damaged = packet.packet;
      }
      EXPECT_EQ(damaged, packets[which]);
      EXPECT_EQ(joined, which == 1 ? 0u : 1u);
    }
  }
}

TEST(Coalescer, FlowsAreJoinedApart) {
  const auto a = built(run(3));
  const auto b = built(run(3, {.source_port = 50000}));
  const auto c = built(run(3, {.source = 9}));
  EXPECT_EQ(sizes(coalesced({a[0], b[0], c[0], a[1], c[1], b[1], c[2], b[2], a[2]})),
            (Sizes{header + 3000, header + 3000, header + 3000}));
}

TEST(Coalescer, MoreFlowsThanPlacesStayWhole) {
  std::vector<Octets> packets;
  std::vector<std::vector<Octets>> flows;
  for (std::uint8_t i = 0; i < 12; ++i) flows.push_back(built(run(2, {.source = i})));
  for (std::size_t round = 0; round < 2; ++round)
    for (const auto& flow : flows) packets.push_back(flow[round]);
  std::size_t total = 0;
  for (const SuperPacket& packet : coalesced(packets))
    total += packet.packet.size() > header + 1000 ? 2 : 1;
  EXPECT_EQ(total, packets.size());
}

TEST(Coalescer, WithinAFlowNothingOvertakes) {
  auto specs = run(4);
  specs[2].payload = 0;  // an acknowledgment between them
  specs[3].sequence = specs[2].sequence;
  EXPECT_EQ(sizes(coalesced(built(specs))), (Sizes{header + 2000, header, header + 1000}));
}

TEST(Coalescer, OtherProtocolsPass) {
  const auto datagrams = built(run(2, {.udp = true}));
  EXPECT_EQ(sizes(coalesced(datagrams)), (Sizes{28 + 1000, 28 + 1000}));
  EXPECT_EQ(sizes(coalesced({Octets(1), Octets(19), Octets(30, std::byte{0x45})})),
            (Sizes{1, 19, 30}));
}

TEST(Coalescer, IdentificationMayStandStillWhereNothingIsFragmented) {
  auto specs = run(3);
  for (PacketSpec& spec : specs) spec.identification = 0;
  EXPECT_EQ(coalesced(built(specs)).size(), 1u);
  for (PacketSpec& spec : specs) spec.fragment = 0;
  EXPECT_EQ(coalesced(built(specs)).size(), 3u);
}

TEST(Coalescer, StaysBelowTheLargestPacket) {
  PacketSpec spec;
  spec.payload = 1448;
  std::size_t total = 0;
  for (const SuperPacket& packet : coalesced(built(run(100, spec)))) {
    EXPECT_LE(packet.packet.size(), 65535u);
    total += packet.packet.size() - header;
  }
  EXPECT_EQ(total, 100u * 1448);
}

TEST(Coalescer, AndSegmenterAreInverse) {
  for (const bool ipv6 : {false, true}) {
    for (const std::size_t segment_size : {1u, 100u, 536u, 1447u, 1448u}) {
      for (const std::size_t payload : {2u, 777u, 1448u * 3, 1448u * 3 + 1, 20000u}) {
        for (const std::uint8_t flags : {std::uint8_t{0x10}, std::uint8_t{0x19}}) {
          if (payload <= segment_size || payload > 64 * segment_size) continue;
          PacketSpec spec{.ipv6 = ipv6};
          spec.payload = payload;
          spec.flags = flags;
          const SuperPacket super = test::super_packet(spec, segment_size);
          const auto segments = test::segments_of(super);
          ASSERT_EQ(segments.size(), (payload + segment_size - 1) / segment_size);
          const auto back = coalesced(segments);
          ASSERT_EQ(back.size(), 1u) << segment_size << " " << payload;
          ASSERT_EQ(back[0].packet, super.packet);
          // And the other way round.
          ASSERT_EQ(test::segments_of(back[0]), segments);
        }
      }
    }
  }
}

}  // namespace
}  // namespace tunppp::tun
