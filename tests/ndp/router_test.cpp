// The router's part (RFC 4861 section 6.2).
#include "ndp/router.h"

#include <gtest/gtest.h>

#include "messages.h"

namespace tunppp::ndp::test {
namespace {

AdvertiseConfig config() {
  AdvertiseConfig config;
  config.prefix = parse_ipv6_prefix("2001:db8:7::/64").value();
  config.dns = {ip("2001:db8::53")};
  config.mtu = 1400;
  return config;
}

struct Bench {
  explicit Bench(const AdvertiseConfig& advertise = config()) : router(advertise, owner) {
    router.start(now, parse_identifier("0:0:0:1").value());
  }
  void pass(Duration duration) {
    const Instant end = now + duration;
    while (router.next_timeout() && *router.next_timeout() <= end) {
      now = *router.next_timeout();
      router.handle_timeout(now);
    }
    now = end;
  }

  Instant now{};
  FakeOwner owner;
  Router router;
};

TEST(NdpRouter, AdvertisesAtOnceWhatItHas) {
  Bench bench;
  ASSERT_EQ(bench.owner.sent.size(), 1U);
  const auto it = parse_advertisement(bench.owner.sent[0]);
  ASSERT_TRUE(it);
  EXPECT_EQ(it->source, ip("fe80::1"));
  EXPECT_EQ(it->router_lifetime, minutes(30));
  EXPECT_EQ(it->mtu, 1400U);
  ASSERT_EQ(it->prefixes.size(), 1U);
  EXPECT_EQ(to_string(it->prefixes[0].prefix), "2001:db8:7::/64");
  EXPECT_TRUE(it->prefixes[0].autonomous);
  ASSERT_EQ(it->dns.size(), 1U);
  EXPECT_GE(it->dns[0].lifetime, config().interval);
}

/// MAX_INITIAL_RTR_ADVERTISEMENTS at no more than 16 s, then as configured.
TEST(NdpRouter, BeginsOftenAndGoesOnSeldom) {
  Bench bench;
  bench.pass(seconds(32));
  EXPECT_EQ(bench.owner.sent.size(), 3U);
  bench.pass(minutes(9));
  EXPECT_EQ(bench.owner.sent.size(), 3U);
  bench.pass(minutes(2));
  EXPECT_EQ(bench.owner.sent.size(), 4U);
}

TEST(NdpRouter, AnswersASolicitation) {
  Bench bench;
  bench.router.receive(bench.now, solicitation("fe80::2"));
  ASSERT_EQ(bench.owner.sent.size(), 2U);
  const Octets destination(bench.owner.sent[1].begin() + 24, bench.owner.sent[1].begin() + 40);
  EXPECT_EQ(destination, octets_of("fe80::2"));
  bench.pass(seconds(1));
  bench.router.receive(bench.now, solicitation("::"));
  ASSERT_EQ(bench.owner.sent.size(), 3U);
  const Octets everybody(bench.owner.sent[2].begin() + 24, bench.owner.sent[2].begin() + 40);
  EXPECT_EQ(everybody, octets_of("ff02::1"));
}

TEST(NdpRouter, AFloodOfSolicitationsMakesNoFlood) {
  Bench bench;
  for (int i = 0; i < 1000; ++i) {
    bench.pass(milliseconds(1));
    bench.router.receive(bench.now, solicitation());
  }
  EXPECT_LE(bench.owner.sent.size(), 4U);
}

TEST(NdpRouter, SaysNothingWhileTheLinkIsDown) {
  Bench bench;
  bench.router.stop();
  EXPECT_FALSE(bench.router.next_timeout());
  bench.router.receive(bench.now, solicitation());
  EXPECT_EQ(bench.owner.sent.size(), 1U);
}

TEST(NdpRouter, AdvertisementsAreNoSolicitations) {
  Bench bench;
  bench.router.receive(bench.now, advertisement(1800));
  EXPECT_EQ(bench.owner.sent.size(), 1U);
}

}  // namespace
}  // namespace tunppp::ndp::test
