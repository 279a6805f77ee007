// The host's part: solicitations (RFC 4861 section 6.3.7, RFC 7559), addresses (RFC 4862
// section 5.5.3), default route, name servers (RFC 8106) and MTU, with their lifetimes.
#include "ndp/host.h"

#include <gtest/gtest.h>

#include "messages.h"

namespace tunppp::ndp::test {
namespace {

struct Bench {
  explicit Bench(const NdpConfig& config = {}) : host(config, owner) {
    host.start(now, parse_identifier("0:0:0:2").value(), 1500);
  }
  void receive(const Octets& packet) { host.receive(now, packet); }
  void pass(Duration duration) {
    const Instant end = now + duration;
    while (host.next_timeout() && *host.next_timeout() <= end) {
      now = *host.next_timeout();
      host.handle_timeout(now);
    }
    now = end;
  }
  std::vector<Ipv6AddressAdded> added() const { return owner.all<Ipv6AddressAdded>(); }
  std::size_t removed() const { return owner.all<Ipv6AddressRemoved>().size(); }

  Instant now{};
  FakeOwner owner;
  Host host;
};

const char* const prefix_a = "2001:db8:a::";

// --- Solicitations ----------------------------------------------------------------------------

TEST(NdpHost, SolicitsAtOnceFromItsLinkLocalAddress) {
  Bench bench;
  ASSERT_EQ(bench.owner.sent.size(), 1U);
  EXPECT_EQ(bench.owner.sent[0], solicitation("fe80::2"));
}

/// RTR_SOLICITATION_INTERVAL is 4 s, MAX_RTR_SOLICITATIONS 3.
TEST(NdpHost, SolicitsThreeTimesFourSecondsApart) {
  Bench bench;
  bench.pass(milliseconds(3999));
  EXPECT_EQ(bench.owner.sent.size(), 1U);
  bench.pass(milliseconds(1));
  EXPECT_EQ(bench.owner.sent.size(), 2U);
  bench.pass(seconds(4));
  EXPECT_EQ(bench.owner.sent.size(), 3U);
}

/// RFC 7559: it does not give up, but the pauses grow, to an hour at most.
TEST(NdpHost, GoesOnMoreAndMoreSeldom) {
  Bench bench;
  bench.pass(hours(1));
  EXPECT_GT(bench.owner.sent.size(), 8U);
  EXPECT_LT(bench.owner.sent.size(), 16U);
  const std::size_t before = bench.owner.sent.size();
  bench.pass(hours(10));
  EXPECT_GE(bench.owner.sent.size(), before + 9);
  EXPECT_LE(bench.owner.sent.size(), before + 11);
}

TEST(NdpHost, AnAnswerEndsTheAsking) {
  Bench bench;
  bench.receive(advertisement(1800));
  bench.pass(minutes(29));
  EXPECT_EQ(bench.owner.sent.size(), 1U);
}

TEST(NdpHost, AnAnswerOfNoRouterDoesNot) {
  Bench bench;
  bench.receive(advertisement(0, prefix(prefix_a, 7200, 3600)));
  bench.pass(seconds(4));
  EXPECT_EQ(bench.owner.sent.size(), 2U);
}

TEST(NdpHost, SaysAndHearsNothingUnlessItIsTo) {
  NdpConfig config;
  config.solicit = false;
  Bench bench(config);
  bench.receive(advertisement(1800, prefix(prefix_a, 7200, 3600)));
  bench.pass(hours(1));
  EXPECT_TRUE(bench.owner.sent.empty());
  EXPECT_TRUE(bench.owner.events.empty());
}

// --- Addresses ----------------------------------------------------------------------------------

TEST(NdpHost, FormsAnAddressOfPrefixAndIdentifier) {
  Bench bench;
  bench.receive(advertisement(1800, prefix(prefix_a, 7200, 3600)));
  ASSERT_EQ(bench.added().size(), 1U);
  EXPECT_EQ(to_string(bench.added()[0].address), "2001:db8:a::2");
  EXPECT_EQ(bench.added()[0].prefix_length, 64);
  EXPECT_EQ(bench.added()[0].valid, hours(2));
  EXPECT_EQ(bench.added()[0].preferred, hours(1));
}

/// Without L the neighbours of the prefix are not on this line.
TEST(NdpHost, WithoutTheOnLinkFlagTheAddressStandsAlone) {
  Bench bench;
  bench.receive(advertisement(1800, prefix(prefix_a, 7200, 3600, 0x40)));
  ASSERT_EQ(bench.added().size(), 1U);
  EXPECT_EQ(bench.added()[0].prefix_length, 128);
}

/// a) to d) of RFC 4862 section 5.5.3.
TEST(NdpHost, PrefixesThatMakeNoAddress) {
  for (const Octets& option :
       {prefix(prefix_a, 7200, 3600, 0x80),          // not autonomous
        prefix("fe80::", 7200, 3600),                // link-local
        prefix(prefix_a, 3600, 7200),                // preferred for longer than valid
        prefix(prefix_a, 0, 0),                      // unknown and void
        prefix("2001:db8::", 7200, 3600, 0xc0, 48),  // does not add up to 128 bits
        prefix("ff05::", 7200, 3600)}) {
    Bench bench;
    bench.receive(advertisement(1800, option));
    EXPECT_TRUE(bench.added().empty());
  }
}

TEST(NdpHost, AnAddressExpires) {
  Bench bench;
  bench.receive(advertisement(1800, prefix(prefix_a, 600, 300)));
  bench.pass(seconds(599));
  EXPECT_EQ(bench.removed(), 0U);
  bench.pass(seconds(1));
  ASSERT_EQ(bench.removed(), 1U);
  EXPECT_EQ(to_string(bench.owner.all<Ipv6AddressRemoved>()[0].address), "2001:db8:a::2");
}

TEST(NdpHost, AnAdvertisementRenewsIt) {
  Bench bench;
  for (int i = 0; i < 10; ++i) {
    bench.receive(advertisement(1800, prefix(prefix_a, 600, 300)));
    bench.pass(seconds(500));
  }
  EXPECT_EQ(bench.removed(), 0U);
  EXPECT_EQ(bench.added().size(), 10U);
}

/// e) "If RemainingLifetime is less than or equal to 2 hours, ignore ... otherwise ... 2 hours":
/// nobody takes an address away with one forged advertisement.
TEST(NdpHost, TheTwoHourRule) {
  Bench long_lived;
  long_lived.receive(advertisement(1800, prefix(prefix_a, 86400, 3600)));
  long_lived.receive(advertisement(1800, prefix(prefix_a, 0, 0)));
  EXPECT_EQ(long_lived.added().back().valid, hours(2));
  EXPECT_EQ(long_lived.added().back().preferred, seconds(0)) << "deprecated at once";
  long_lived.pass(hours(2) - seconds(1));
  EXPECT_EQ(long_lived.removed(), 0U);
  long_lived.pass(seconds(1));
  EXPECT_EQ(long_lived.removed(), 1U);

  Bench short_lived;
  short_lived.receive(advertisement(1800, prefix(prefix_a, 3600, 3600)));
  short_lived.receive(advertisement(1800, prefix(prefix_a, 10, 10)));
  EXPECT_EQ(short_lived.added().back().valid, hours(1));
  short_lived.receive(advertisement(1800, prefix(prefix_a, 5400, 10)));
  EXPECT_EQ(short_lived.added().back().valid, minutes(90)) << "longer than what remains";

  Bench endless;
  endless.receive(advertisement(1800, prefix(prefix_a, ~0U, ~0U)));
  endless.receive(advertisement(1800, prefix(prefix_a, 10800, 10)));
  EXPECT_EQ(endless.added().back().valid, hours(3)) << "more than two hours is believed";
}

TEST(NdpHost, AddressesAreBounded) {
  Bench bench;
  for (unsigned i = 0; i < 100; ++i) {
    bench.receive(advertisement(
        1800, prefix(("2001:db8:" + std::to_string(i) + "::").c_str(), 7200, 3600)));
  }
  EXPECT_EQ(bench.added().size(), 8U);
}

// --- Default route, MTU, name servers ---------------------------------------------------------------

TEST(NdpHost, ARouterIsOneForItsLifetime) {
  Bench bench;
  bench.receive(advertisement(600));
  const auto offered = bench.owner.all<Ipv6DefaultRoute>();
  ASSERT_EQ(offered.size(), 1U);
  EXPECT_EQ(offered[0].router, ip("fe80::1"));
  EXPECT_EQ(offered[0].lifetime, minutes(10));
  bench.pass(seconds(600));
  ASSERT_EQ(bench.owner.all<Ipv6DefaultRoute>().size(), 2U);
  EXPECT_EQ(bench.owner.all<Ipv6DefaultRoute>()[1].lifetime, seconds(0));
  EXPECT_EQ(bench.owner.sent.size(), 2U) << "and another one is looked for";
}

TEST(NdpHost, ARouterMayRetire) {
  Bench bench;
  bench.receive(advertisement(600));
  bench.receive(advertisement(0, {}, "fe80::3"));
  EXPECT_EQ(bench.owner.all<Ipv6DefaultRoute>().size(), 1U) << "another's retirement";
  bench.receive(advertisement(0));
  ASSERT_EQ(bench.owner.all<Ipv6DefaultRoute>().size(), 2U);
  EXPECT_EQ(bench.owner.all<Ipv6DefaultRoute>()[1].lifetime, seconds(0));
}

TEST(NdpHost, AnMtuThatTheLinkCanCarryIsTaken) {
  Bench bench;
  for (const std::uint32_t size : {0U, 1279U, 1501U, 65536U + 1400U}) {
    bench.receive(advertisement(1800, mtu(size)));
  }
  EXPECT_TRUE(bench.owner.all<Ipv6Mtu>().empty());
  bench.receive(advertisement(1800, mtu(1280)));
  bench.receive(advertisement(1800, mtu(1280)));
  ASSERT_EQ(bench.owner.all<Ipv6Mtu>().size(), 1U);
  EXPECT_EQ(bench.owner.all<Ipv6Mtu>()[0].mtu, 1280);
}

TEST(NdpHost, NameServersComeAndGo) {
  Bench bench;
  bench.receive(advertisement(1800, rdnss(600, {"2001:db8::53", "2001:db8::54"})));
  ASSERT_EQ(bench.owner.all<Ipv6Dns>().size(), 1U);
  EXPECT_EQ(bench.owner.all<Ipv6Dns>()[0].servers,
            (std::vector{ip("2001:db8::53"), ip("2001:db8::54")}));
  bench.receive(advertisement(1800, rdnss(900, {"2001:db8::54"})));
  EXPECT_EQ(bench.owner.all<Ipv6Dns>().size(), 1U) << "only its lifetime changed";
  bench.pass(seconds(600));
  ASSERT_EQ(bench.owner.all<Ipv6Dns>().size(), 2U);
  EXPECT_EQ(bench.owner.all<Ipv6Dns>()[1].servers, std::vector{ip("2001:db8::54")});
  bench.receive(advertisement(1800, rdnss(0, {"2001:db8::54"})));
  ASSERT_EQ(bench.owner.all<Ipv6Dns>().size(), 3U);
  EXPECT_TRUE(bench.owner.all<Ipv6Dns>()[2].servers.empty()) << "a lifetime of 0 takes it back";
}

TEST(NdpHost, NameServersAreBounded) {
  Bench bench;
  for (unsigned i = 1; i < 100; ++i) {
    bench.receive(advertisement(1800, rdnss(600, {("2001:db8::" + std::to_string(i)).c_str()})));
  }
  for (const Ipv6Dns& event : bench.owner.all<Ipv6Dns>()) EXPECT_LE(event.servers.size(), 8U);
}

TEST(NdpHost, OurOwnAdvertisementsAreNotBelieved) {
  Bench bench;
  bench.receive(advertisement(1800, prefix(prefix_a, 7200, 3600), "fe80::2"));
  EXPECT_TRUE(bench.owner.events.empty());
}

TEST(NdpHost, AnotherLinkStartsFromNothing) {
  Bench bench;
  bench.receive(advertisement(1800, prefix(prefix_a, 7200, 3600) + mtu(1280)));
  bench.host.stop();
  EXPECT_FALSE(bench.host.next_timeout());
  bench.receive(advertisement(1800, prefix("2001:db8:b::", 7200, 3600)));
  EXPECT_EQ(bench.added().size(), 1U) << "nothing is heard while it is down";
  bench.host.start(bench.now, parse_identifier("0:0:0:3").value(), 1500);
  bench.receive(advertisement(1800, prefix(prefix_a, 7200, 3600)));
  EXPECT_EQ(to_string(bench.added().back().address), "2001:db8:a::3");
}

}  // namespace
}  // namespace tunppp::ndp::test
