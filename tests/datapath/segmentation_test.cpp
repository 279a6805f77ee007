#include "tun/segmentation.h"

#include <gtest/gtest.h>

#include <tuple>

#include "super_packets.h"

namespace tunppp::tun {
namespace {

using test::Octets;
using test::PacketSpec;
using test::read_u16;
using test::read_u32;
using test::segments_of;
using test::super_packet;
using test::SuperPacket;

TEST(FinishChecksum, LeavesAPacketAloneThatNeedsNone) {
  Octets packet = test::build({});
  const Octets before = packet;
  EXPECT_TRUE(finish_checksum(VnetHeader{}, packet));
  EXPECT_EQ(packet, before);
}

class FinishesChecksum : public testing::TestWithParam<std::tuple<bool, bool, std::size_t>> {};

TEST_P(FinishesChecksum, AsIfItHadBeenThereAllAlong) {
  const auto [ipv6, udp, size] = GetParam();
  PacketSpec spec{.ipv6 = ipv6, .udp = udp};
  spec.payload = size;
  const Octets whole = test::build(spec);
  SuperPacket given = super_packet(spec, 1);
  given.header.gso_type = VnetHeader::gso_none;
  ASSERT_TRUE(finish_checksum(given.header, given.packet));
  EXPECT_EQ(given.packet, whole);
}

INSTANTIATE_TEST_SUITE_P(AllKinds, FinishesChecksum,
                         testing::Combine(testing::Bool(), testing::Bool(),
                                          testing::Values(0, 1, 7, 64, 1447, 1448)));

TEST(FinishChecksum, RefusesAFieldOutsideThePacket) {
  Octets packet = test::build({});
  VnetHeader header;
  header.flags = VnetHeader::needs_checksum;
  header.checksum_start = static_cast<std::uint16_t>(packet.size());
  header.checksum_offset = 0;
  EXPECT_FALSE(finish_checksum(header, packet));
  header.checksum_start = 65535;
  header.checksum_offset = 65535;
  EXPECT_FALSE(finish_checksum(header, packet));
  header.checksum_start = static_cast<std::uint16_t>(packet.size() - 3);
  header.checksum_offset = 1;
  EXPECT_TRUE(finish_checksum(header, packet));
}

class SegmentsTcp : public testing::TestWithParam<bool> {};

TEST_P(SegmentsTcp, IntoPacketsThatAreRightOctetByOctet) {
  PacketSpec spec{.ipv6 = GetParam()};
  spec.payload = 1000 * 4 + 123;
  spec.flags = 0x10 | 0x08 | 0x01 | 0x80;  // ACK, PSH, FIN, CWR
  const auto segments = segments_of(super_packet(spec, 1000));
  ASSERT_EQ(segments.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) {
    PacketSpec expected = spec;
    expected.sequence = spec.sequence + static_cast<std::uint32_t>(i * 1000);
    expected.identification = static_cast<std::uint16_t>(spec.identification + i);
    expected.payload = i < 4 ? 1000 : 123;
    expected.payload_seed = static_cast<std::uint8_t>(i * 1000 * 7);
    expected.flags = 0x10;
    if (i == 0) expected.flags |= 0x80;
    if (i == 4) expected.flags |= 0x09;
    EXPECT_EQ(segments[i], test::build(expected)) << "segment " << i;
  }
}

TEST_P(SegmentsTcp, WithSequenceAndIdentificationAroundTheirEnds) {
  PacketSpec spec{.ipv6 = GetParam()};
  spec.payload = 500 * 3;
  spec.sequence = 0xffffffff - 700;
  spec.identification = 0xffff;
  const auto segments = segments_of(super_packet(spec, 500));
  ASSERT_EQ(segments.size(), 3u);
  const std::size_t tcp = GetParam() ? 40 : 20;
  EXPECT_EQ(read_u32(segments[2], tcp + 4), 0xffffffff - 700 + 1000);
  if (!GetParam()) {
    EXPECT_EQ(read_u16(segments[1], 4), 0);
  }
  for (const Octets& segment : segments) EXPECT_TRUE(test::checksums_right(segment));
}

TEST_P(SegmentsTcp, EvenWhatFitsIntoOne) {
  PacketSpec spec{.ipv6 = GetParam()};
  spec.payload = 400;
  const auto segments = segments_of(super_packet(spec, 1000));
  ASSERT_EQ(segments.size(), 1u);
  EXPECT_EQ(segments[0], test::build(spec));
}

TEST_P(SegmentsTcp, UpToTheLargestPacketThereIs) {
  PacketSpec spec{.ipv6 = GetParam()};
  spec.payload = 65535 - (GetParam() ? 72 : 52);
  const auto segments = segments_of(super_packet(spec, 1448));
  EXPECT_EQ(segments.size(), (spec.payload + 1447) / 1448);
  for (const Octets& segment : segments) ASSERT_TRUE(test::checksums_right(segment));
}

INSTANTIATE_TEST_SUITE_P(Versions, SegmentsTcp, testing::Bool());

class SegmentsUdp : public testing::TestWithParam<bool> {};

TEST_P(SegmentsUdp, IntoDatagrams) {
  PacketSpec spec{.ipv6 = GetParam(), .udp = true};
  spec.payload = 1200 * 3 + 5;
  const auto segments = segments_of(super_packet(spec, 1200));
  ASSERT_EQ(segments.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    PacketSpec expected = spec;
    expected.identification = static_cast<std::uint16_t>(spec.identification + i);
    expected.payload = i < 3 ? 1200 : 5;
    expected.payload_seed = static_cast<std::uint8_t>(i * 1200 * 7);
    EXPECT_EQ(segments[i], test::build(expected)) << "datagram " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, SegmentsUdp, testing::Bool());

TEST(Segmenter, RefusesWhatContradictsItself) {
  PacketSpec spec;
  spec.payload = 3000;
  const SuperPacket good = super_packet(spec, 1000);
  const auto begins = [&](auto change) {
    SuperPacket given = good;
    change(given);
    return Segmenter().begin(given.header, given.packet);
  };
  EXPECT_TRUE(begins([](SuperPacket&) {}));
  EXPECT_FALSE(begins([](SuperPacket& s) { s.header.segment_size = 0; }));
  EXPECT_FALSE(begins([](SuperPacket& s) { s.header.flags = 0; }));
  EXPECT_FALSE(begins([](SuperPacket& s) { s.header.gso_type = 3; }));  // UFO, never asked for
  EXPECT_FALSE(begins([](SuperPacket& s) { s.header.gso_type = VnetHeader::gso_tcp6; }));
  EXPECT_FALSE(begins([](SuperPacket& s) { s.header.gso_type = VnetHeader::gso_udp; }));
  EXPECT_FALSE(begins([](SuperPacket& s) { s.header.checksum_start = 24; }));
  EXPECT_FALSE(begins([](SuperPacket& s) { s.header.checksum_offset = 6; }));
  EXPECT_FALSE(begins([](SuperPacket& s) { s.packet.resize(52); }));  // no payload
  EXPECT_FALSE(begins([](SuperPacket& s) { s.packet.resize(30); }));
  EXPECT_FALSE(begins([](SuperPacket& s) { s.packet.clear(); }));
  EXPECT_FALSE(begins([](SuperPacket& s) { s.packet[0] = std::byte{0x44}; }));   // header of 16
  EXPECT_FALSE(begins([](SuperPacket& s) { s.packet[0] = std::byte{0x55}; }));   // version 5
  EXPECT_FALSE(begins([](SuperPacket& s) { s.packet[32] = std::byte{0x40}; }));  // header of 16
  EXPECT_FALSE(begins([](SuperPacket& s) { s.packet[6] = std::byte{0x20}; }));   // a fragment
}

}  // namespace
}  // namespace tunppp::tun
