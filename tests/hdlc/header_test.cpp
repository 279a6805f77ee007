#include "hdlc/header.h"

#include "octets.h"

#include <gtest/gtest.h>

namespace tunppp::hdlc {
namespace {

using test::octets;

test::Octets encoded(std::uint16_t protocol, bool acfc, bool pfc) {
  const EncodedHeader header = encode_header(protocol, acfc, pfc);
  return octets(header.bytes());
}

TEST(Header, IsEncodedAsNegotiated) {
  EXPECT_EQ(encoded(0x0021, false, false), octets({0xff, 0x03, 0x00, 0x21}));
  EXPECT_EQ(encoded(0x0021, true, false), octets({0x00, 0x21}));
  EXPECT_EQ(encoded(0x0021, false, true), octets({0xff, 0x03, 0x21}));
  EXPECT_EQ(encoded(0x0021, true, true), octets({0x21}));
}

TEST(Header, ProtocolOfTwoOctetsIsNotCompressed) {
  EXPECT_EQ(encoded(0x8021, true, true), octets({0x80, 0x21}));
  EXPECT_EQ(encoded(0x00ff, true, true), octets({0x00, 0xff}));  // RFC 1661 6.5
}

TEST(Header, LcpIsNeverCompressed) {  // RFC 1661 6.5, 6.6
  EXPECT_EQ(encoded(0xc021, true, true), octets({0xff, 0x03, 0xc0, 0x21}));
}

void expect_parsed(const test::Octets& frame, std::uint16_t protocol, std::size_t size, bool acfc,
                   bool pfc) {
  const auto header = parse_header(frame);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->protocol, protocol);
  EXPECT_EQ(header->size, size);
  EXPECT_EQ(header->address_control_compressed, acfc);
  EXPECT_EQ(header->protocol_compressed, pfc);
}

TEST(Header, IsParsedCompressedOrNot) {
  expect_parsed(octets({0xff, 0x03, 0x00, 0x21, 0x45}), 0x0021, 4, false, false);
  expect_parsed(octets({0xff, 0x03, 0x21, 0x45}), 0x0021, 3, false, true);
  expect_parsed(octets({0x00, 0x21, 0x45}), 0x0021, 2, true, false);
  expect_parsed(octets({0x21, 0x45}), 0x0021, 1, true, true);
  expect_parsed(octets({0xc0, 0x21}), 0xc021, 2, true, false);
  expect_parsed(octets({0x21}), 0x0021, 1, true, true);
}

TEST(Header, WhatIsNoHeaderIsNotParsed) {
  EXPECT_FALSE(parse_header({}));
  EXPECT_FALSE(parse_header(octets({0xff})));
  EXPECT_FALSE(parse_header(octets({0xff, 0x03})));
  EXPECT_FALSE(parse_header(octets({0xff, 0x03, 0xc0})));
  EXPECT_FALSE(parse_header(octets({0x80})));
  EXPECT_FALSE(parse_header(octets({0x80, 0x20})));        // the low octet is odd
  EXPECT_FALSE(parse_header(octets({0xff, 0x13, 0x21})));  // not unnumbered information
}

TEST(Header, ParsesWhatWasEncoded) {
  for (unsigned high = 0; high < 256; high += 2) {
    for (unsigned low = 1; low < 256; low += 2) {
      const auto protocol = static_cast<std::uint16_t>(high << 8 | low);
      for (bool acfc : {false, true}) {
        for (bool pfc : {false, true}) {
          const EncodedHeader header = encode_header(protocol, acfc, pfc);
          const auto parsed = parse_header(header.bytes());
          ASSERT_TRUE(parsed) << protocol;
          EXPECT_EQ(parsed->protocol, protocol);
          EXPECT_EQ(parsed->size, header.size);
        }
      }
    }
  }
}

}  // namespace
}  // namespace tunppp::hdlc
