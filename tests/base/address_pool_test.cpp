// Addresses as text, and the pool from which a server gives them.
#include <tunppp/address_pool.h>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tunppp {
namespace {

Ipv4Address ip(const char* text) { return parse_ipv4(text).value(); }
AddressPool pool(const char* ranges) { return AddressPool(parse_ranges(ranges).value()); }

// --- IPv6 as text (RFC 5952, RFC 4291 section 2.2) ----------------------------------------------

TEST(Ipv6Text, IsWrittenAsRfc5952Wants) {
  const struct {
    const char* given;
    const char* written;
  } rows[] = {{"2001:0db8:0:0:0:0:0:1", "2001:db8::1"},
              {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
              {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
              {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
              {"::", "::"},
              {"::1", "::1"},
              {"fe80::", "fe80::"},
              {"2001:DB8::A", "2001:db8::a"},
              {"::ffff:192.0.2.1", "::ffff:c000:201"},
              {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"}};
  for (const auto& row : rows) {
    const auto parsed = parse_ipv6(row.given);
    ASSERT_TRUE(parsed) << row.given;
    EXPECT_EQ(to_string(*parsed), row.written);
  }
}

TEST(Ipv6Text, WhatIsNoAddressIsRefused) {
  for (const char* text :
       {"", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::",
        "::1%ppp0", "1:2:3:4:5:6:7:", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7::8", "::1 ", "192.0.2.1",
        "::192.0.2", "1:2:3:4:5:6:7:1.2.3.4"}) {
    EXPECT_FALSE(parse_ipv6(text)) << text;
  }
}

TEST(Ipv6Text, Prefixes) {
  EXPECT_EQ(to_string(parse_ipv6_prefix("2001:db8:1::/64").value()), "2001:db8:1::/64");
  EXPECT_TRUE(parse_ipv6_prefix("::/0"));
  for (const char* text : {"2001:db8::1/64", "2001:db8::", "2001:db8::/129", "2001:db8::/", "/64"}) {
    EXPECT_FALSE(parse_ipv6_prefix(text)) << text;
  }
}

TEST(Ipv6Text, Identifiers) {
  const auto identifier = parse_identifier("200:5eff:fe00:5301").value();
  EXPECT_EQ(to_string(identifier), "0200:5eff:fe00:5301");
  EXPECT_EQ(parse_identifier("::5"), parse_identifier("0:0:0:5"));
  EXPECT_EQ(to_string(link_local(identifier)), "fe80::200:5eff:fe00:5301");
  EXPECT_EQ(to_string(join(parse_ipv6_prefix("2001:db8:1:2::/64").value(), identifier)),
            "2001:db8:1:2:200:5eff:fe00:5301");
  for (const char* text : {"", "1:2:3", "1:2:3:4:5", "x"}) EXPECT_FALSE(parse_identifier(text));
}

// --- Ranges -----------------------------------------------------------------------------------

TEST(Ranges, AreRangesNetworksAndSingleAddresses) {
  const auto ranges = parse_ranges("10.0.0.2-10.0.0.9,10.1.0.0/24,10.2.0.7,10.3.0.0/31");
  ASSERT_TRUE(ranges);
  EXPECT_EQ(*ranges, (std::vector<Ipv4Range>{{ip("10.0.0.2"), ip("10.0.0.9")},
                                             {ip("10.1.0.1"), ip("10.1.0.254")},
                                             {ip("10.2.0.7"), ip("10.2.0.7")},
                                             {ip("10.3.0.0"), ip("10.3.0.1")}}));
  EXPECT_EQ(AddressPool(*ranges).size(), 8U + 254U + 1U + 2U);
}

TEST(Ranges, WhatIsNoneIsRefused) {
  for (const char* text : {"", ",", "10.0.0.9-10.0.0.2", "10.0.0.1/24", "10.0.0.0/33", "10.0.0",
                           "10.0.0.1-", "-10.0.0.1", "10.0.0.1,", "0.0.0.0"}) {
    EXPECT_FALSE(parse_ranges(text)) << text;
  }
}

// --- The pool -----------------------------------------------------------------------------------

TEST(AddressPool, NobodyGetsWhatSomebodyHas) {
  AddressPool addresses = pool("10.0.0.1-10.0.0.5,10.0.0.4-10.0.0.8,192.168.0.1");
  std::set<Ipv4Address> given;
  while (const auto address = addresses.lease()) EXPECT_TRUE(given.insert(*address).second);
  EXPECT_EQ(given.size(), 9U);
  EXPECT_EQ(addresses.leased(), 9U);
  EXPECT_FALSE(addresses.lease(ip("10.0.0.3"))) << "taken";
}

TEST(AddressPool, AWishIsHonouredWhenItIsFree) {
  AddressPool addresses = pool("10.0.0.1-10.0.0.5");
  EXPECT_EQ(addresses.lease(ip("10.0.0.4")), ip("10.0.0.4"));
  const auto second = addresses.lease(ip("10.0.0.4"));
  ASSERT_TRUE(second);
  EXPECT_NE(*second, ip("10.0.0.4"));
  const auto foreign = addresses.lease(ip("192.168.1.1"));
  ASSERT_TRUE(foreign);
  EXPECT_TRUE(addresses.contains(*foreign));
}

TEST(AddressPool, WhatIsReleasedComesBackLast) {
  AddressPool addresses = pool("10.0.0.1-10.0.0.3");
  const Ipv4Address first = addresses.lease().value();
  addresses.release(first);
  addresses.release(first);
  addresses.release(ip("192.168.1.1"));
  EXPECT_NE(addresses.lease(), first);
  EXPECT_NE(addresses.lease(), first);
  EXPECT_EQ(addresses.lease(), first);
  EXPECT_FALSE(addresses.lease());
}

TEST(AddressPool, OurOwnAddressIsNotGiven) {
  AddressPool addresses = pool("10.0.0.1-10.0.0.2");
  addresses.exclude(ip("10.0.0.1"));
  EXPECT_EQ(addresses.size(), 1U);
  EXPECT_EQ(addresses.lease(ip("10.0.0.1")), ip("10.0.0.2"));
  EXPECT_FALSE(addresses.lease());
}

TEST(AddressPool, AllThereIsCanBeAPool) {
  AddressPool addresses = pool("0.0.0.1-255.255.255.255");
  EXPECT_EQ(addresses.lease(ip("255.255.255.255")), ip("255.255.255.255"));
  EXPECT_EQ(addresses.lease(), ip("0.0.0.1"));
  EXPECT_FALSE(AddressPool({}).lease());
}

}  // namespace
}  // namespace tunppp
