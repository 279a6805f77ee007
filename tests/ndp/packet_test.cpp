// Router solicitations and advertisements: what RFC 4861 section 6.1 lets pass, and what not.
#include "ndp/packet.h"

#include <gtest/gtest.h>

#include "messages.h"

namespace tunppp::ndp::test {
namespace {

const Octets all_options = prefix("2001:db8:1::", 7200, 3600) + mtu(1400) +
                           rdnss(600, {"2001:db8::53", "2001:db8::54"});

TEST(NdpPacket, AnAdvertisementIsReadWhole) {
  const auto it = parse_advertisement(advertisement(1800, all_options));
  ASSERT_TRUE(it);
  EXPECT_EQ(it->source, ip("fe80::1"));
  EXPECT_EQ(it->hop_limit, 64);
  EXPECT_EQ(it->router_lifetime, seconds(1800));
  EXPECT_EQ(it->mtu, 1400U);
  ASSERT_EQ(it->prefixes.size(), 1U);
  EXPECT_EQ(to_string(it->prefixes[0].prefix), "2001:db8:1::/64");
  EXPECT_TRUE(it->prefixes[0].on_link);
  EXPECT_TRUE(it->prefixes[0].autonomous);
  EXPECT_EQ(it->prefixes[0].valid, hours(2));
  EXPECT_EQ(it->prefixes[0].preferred, hours(1));
  ASSERT_EQ(it->dns.size(), 2U);
  EXPECT_EQ(it->dns[1].address, ip("2001:db8::54"));
  EXPECT_EQ(it->dns[1].lifetime, minutes(10));
}

TEST(NdpPacket, AllOnesIsWithoutEnd) {
  const auto it = parse_advertisement(advertisement(0, prefix("2001:db8::", ~0U, ~0U)));
  ASSERT_TRUE(it);
  EXPECT_EQ(it->prefixes.at(0).valid, forever);
}

/// "hop limit ... 255, i.e., the packet could not possibly have been forwarded by a router"
TEST(NdpPacket, WhatARouterMayHaveForwardedIsDiscarded) {
  for (const unsigned hop_limit : {0U, 64U, 254U}) {
    EXPECT_FALSE(parse_advertisement(
        ipv6_packet("fe80::1", "ff02::1", advertisement_message(1800, {}), hop_limit)));
    EXPECT_FALSE(parse_solicitation(
        ipv6_packet("fe80::2", "ff02::2", octets({133, 0, 0, 0, 0, 0, 0, 0}), hop_limit)));
  }
}

TEST(NdpPacket, AnAdvertisementComesFromALinkLocalAddress) {
  EXPECT_FALSE(parse_advertisement(advertisement(1800, {}, "2001:db8::1")));
  EXPECT_FALSE(parse_advertisement(advertisement(1800, {}, "::")));
  EXPECT_TRUE(parse_solicitation(solicitation("::"))) << "a solicitation may";
}

TEST(NdpPacket, ADamagedOneIsDiscarded) {
  const Octets good = advertisement(1800, all_options);
  for (std::size_t at = 8; at < good.size(); ++at) {
    Octets damaged = good;
    damaged[at] ^= std::byte{0x10};
    EXPECT_FALSE(parse_advertisement(damaged)) << at;
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(parse_advertisement(Bytes(good).first(size))) << size;
  }
}

/// "All included options have a length that is greater than zero"
TEST(NdpPacket, AnOptionWithoutLengthMakesItVoid) {
  EXPECT_FALSE(parse_advertisement(advertisement(1800, octets({5, 0, 0, 0, 0, 0, 5, 0}))));
  EXPECT_FALSE(parse_advertisement(advertisement(1800, octets({5, 2, 0, 0, 0, 0, 5, 0}))));
  EXPECT_FALSE(parse_advertisement(advertisement(1800, octets({5}))));
}

TEST(NdpPacket, CodesOtherThanZeroAreDiscarded) {
  Octets message = advertisement_message(1800, {});
  message[1] = std::byte{1};
  EXPECT_FALSE(parse_advertisement(ipv6_packet("fe80::1", "ff02::1", message)));
}

/// "MUST silently ignore any options they do not recognize"; RFC 4191's routes are among them.
TEST(NdpPacket, UnknownOptionsAreSkipped) {
  const Octets route = octets({24, 1, 0, 0, 0, 0, 7, 8});
  const auto it = parse_advertisement(advertisement(1800, route + mtu(1400)));
  ASSERT_TRUE(it);
  EXPECT_EQ(it->mtu, 1400U);
}

TEST(NdpPacket, OptionsOfTheWrongSizeAreIgnored) {
  Octets short_rdnss = octets({25, 1, 0, 0}) + u32(600);
  const Octets long_mtu = octets({5, 2, 0, 0}) + u32(1400) + u32(0) + u32(0);
  const auto it = parse_advertisement(advertisement(1800, short_rdnss + long_mtu));
  ASSERT_TRUE(it);
  EXPECT_TRUE(it->dns.empty());
  EXPECT_FALSE(it->mtu);
}

TEST(NdpPacket, ItIsBounded) {
  Octets options;
  for (unsigned i = 0; i < 30; ++i) options = options + prefix("2001:db8:1::", 7200, 3600);
  for (unsigned i = 0; i < 10; ++i) {
    options = options + rdnss(600, {"2001:db8::53", "2001:db8::54", "2001:db8::55"});
  }
  const auto it = parse_advertisement(advertisement(1800, options));
  ASSERT_TRUE(it);
  EXPECT_LE(it->prefixes.size(), 8U);
  EXPECT_LE(it->dns.size(), 8U);
}

TEST(NdpPacket, WhatWeWriteIsWhatWeRead) {
  Advertisement written;
  written.source = ip("fe80::9");
  written.hop_limit = 64;
  written.router_lifetime = minutes(30);
  written.mtu = 1280;
  written.prefixes.push_back({{ip("2001:db8:2::"), 64}, false, true, hours(48), forever});
  written.dns.push_back({ip("2001:db8::53"), hours(1)});
  std::vector<std::byte> storage(512);
  Writer out(storage);
  write_advertisement(out, written, all_nodes);
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(checksum(copy(out.written())), 0U);
  const auto read = parse_advertisement(out.written());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->source, written.source);
  EXPECT_EQ(read->router_lifetime, written.router_lifetime);
  EXPECT_EQ(read->mtu, written.mtu);
  ASSERT_EQ(read->prefixes.size(), 1U);
  EXPECT_EQ(read->prefixes[0].prefix, written.prefixes[0].prefix);
  EXPECT_FALSE(read->prefixes[0].on_link);
  EXPECT_EQ(read->prefixes[0].preferred, forever);
  ASSERT_EQ(read->dns.size(), 1U);
  EXPECT_EQ(read->dns[0].lifetime, hours(1));

  Writer solicit(storage);
  write_solicitation(solicit, ip("fe80::2"));
  EXPECT_EQ(copy(solicit.written()), solicitation("fe80::2"));
}

}  // namespace
}  // namespace tunppp::ndp::test
