// IPv4 and IPv6 side by side: each has its own success and its own failure.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "link/hand_peer.h"
#include "link/pair.h"

namespace tunppp::test {
namespace {

using testing::HasSubstr;

constexpr std::uint16_t ipv6cp = 0x8057, ipv6 = 0x0057;

LinkConfig with_ipv6(LinkConfig config) {
  config.ipv6cp.enabled = true;
  return config;
}
LinkConfig ipv6_only(LinkConfig config) {
  config = with_ipv6(config);
  config.ipcp.enabled = false;
  return config;
}
LinkConfig router() {
  LinkConfig config = with_ipv6(server_config());
  AdvertiseConfig& advertise = config.ndp.advertise.emplace();
  advertise.prefix = parse_ipv6_prefix("2001:db8:7::/64").value();
  advertise.dns = {parse_ipv6("2001:db8::53").value()};
  advertise.mtu = 1400;
  return config;
}

template <class E>
bool has(const Endpoint& end) {
  return !end.all<E>().empty();
}

/// A packet of the IP version that stands in its first four bits.
Octets ip_of(unsigned version, std::size_t size = 60) {
  Octets packet(size);
  packet[0] = static_cast<std::byte>(version << 4);
  return packet;
}

TEST(Network, BothComeUpAndCarryPackets) {
  Pair pair(with_ipv6(client_config()), with_ipv6(server_config()));
  pair.start();
  ASSERT_TRUE(pair.run_until(
      [&] { return pair.both_up() && has<Ipv6Up>(pair.a) && has<Ipv6Up>(pair.b); }, seconds(5)))
      << pair.transcript();
  const Ipv6Up a = *pair.a.last<Ipv6Up>();
  const Ipv6Up b = *pair.b.last<Ipv6Up>();
  EXPECT_TRUE(a.local.is_link_local());
  EXPECT_EQ(a.local, b.remote);
  EXPECT_EQ(b.local, a.remote);
  EXPECT_NE(a.local, a.remote);
  EXPECT_EQ(a.mtu, 1500);

  pair.b.packets.clear();
  EXPECT_EQ(pair.a.link.send(pair.now, NetworkProtocol::ipv6, ip_of(6)), SendResult::accepted);
  EXPECT_EQ(pair.a.link.send(pair.now, NetworkProtocol::ipv4, ip_of(4)), SendResult::accepted);
  pair.run_for(seconds(1));
  EXPECT_EQ(pair.b.packets, (std::vector{ip_of(6), ip_of(4)}));
}

TEST(Network, EitherAloneIsEnough) {
  Pair pair(ipv6_only(client_config()), ipv6_only(server_config()));
  pair.start();
  ASSERT_TRUE(
      pair.run_until([&] { return has<Ipv6Up>(pair.a) && has<Ipv6Up>(pair.b); }, seconds(5)))
      << pair.transcript();
  EXPECT_FALSE(has<Ipv4Up>(pair.a));
  EXPECT_EQ(pair.a.link.mtu(), 1500);
  EXPECT_FALSE(pair.a.link.is_open(NetworkProtocol::ipv4));
  EXPECT_EQ(pair.a.link.send(pair.now, NetworkProtocol::ipv4, ip_of(4)), SendResult::closed);
  EXPECT_EQ(pair.a.link.send(pair.now, NetworkProtocol::ipv6, ip_of(6)), SendResult::accepted);
}

/// "Protocol-Reject of IPv6CP is normal."
TEST(Network, APeerWithoutIpv6HasIpv4) {
  Pair pair(with_ipv6(client_config()), server_config());
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(5))) << pair.transcript();
  pair.run_for(seconds(60));
  ASSERT_TRUE(has<Ipv6Failed>(pair.a)) << pair.transcript();
  EXPECT_THAT(pair.a.last<Ipv6Failed>()->text, HasSubstr("does not speak IPV6CP"));
  EXPECT_TRUE(pair.both_up());
}

TEST(Network, APeerWithoutIpv4HasIpv6) {
  Pair pair(with_ipv6(client_config()), ipv6_only(server_config()));
  pair.start();
  ASSERT_TRUE(
      pair.run_until([&] { return has<Ipv6Up>(pair.a) && has<Ipv4Failed>(pair.a); }, seconds(60)))
      << pair.transcript();
  pair.run_for(seconds(60));
  EXPECT_FALSE(pair.a.ended()) << pair.transcript();
  EXPECT_TRUE(pair.a.link.is_open(NetworkProtocol::ipv6));
}

/// The link ends only when none is left.
TEST(Network, WithNeitherLeftTheLinkEnds) {
  Pair pair(ipv6_only(client_config()), server_config());
  pair.start();
  ASSERT_TRUE(pair.run_until([&] { return pair.a.ended(); }, seconds(60))) << pair.transcript();
  EXPECT_EQ(pair.a.end()->reason, EndReason::no_network_protocol);
  EXPECT_THAT(pair.a.end()->text, HasSubstr("IPV6CP"));

  HandPeer peer(with_ipv6({}));
  peer.start();
  peer.open_lcp();
  peer.sent();
  peer.feed(lcp, packet(8, 1, octets({0x80, 0x57, 1, 1, 0, 4})));
  EXPECT_FALSE(peer.end.ended());
  peer.feed(lcp, packet(8, 2, octets({0x80, 0x21, 1, 1, 0, 4})));
  peer.pass(seconds(10));
  ASSERT_TRUE(peer.end.ended());
  EXPECT_THAT(peer.end.end()->text, HasSubstr("IPCP"));
  EXPECT_THAT(peer.end.end()->text, HasSubstr("IPV6CP"));
}

/// "IPv6 requires that every link ... have an MTU of 1280" (RFC 8200 section 5)
TEST(Network, BelowAnMtuOf1280Ipv6StaysClosedAndSaysSo) {
  LinkConfig small = with_ipv6(server_config());
  small.lcp.mru = 1279;
  Pair pair(with_ipv6(client_config()), small);
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(5))) << pair.transcript();
  for (const Endpoint* end : {&pair.a, &pair.b}) {
    ASSERT_TRUE(has<Ipv6Failed>(*end));
    EXPECT_THAT(end->last<Ipv6Failed>()->text, HasSubstr("1280"));
    EXPECT_FALSE(has<Ipv6Up>(*end));
  }

  small.lcp.mru = 1280;
  Pair enough(with_ipv6(client_config()), small);
  enough.start();
  EXPECT_TRUE(enough.run_until([&] { return has<Ipv6Up>(enough.a); }, seconds(5)))
      << enough.transcript();
}

TEST(Network, APeerThatAsksForIpv6BelowAnMtuOf1280IsRejected) {
  LinkConfig small = with_ipv6({});
  small.lcp.mru = 576;
  HandPeer peer(small);
  peer.start();
  peer.open_lcp();
  peer.sent();
  peer.feed(ipv6cp, packet(1, 1, octets({1, 10, 0, 0, 0, 0, 0, 0, 0, 9})));
  const SentFrame reject = peer.last_of(lcp, 8);
  ASSERT_EQ(reject.code(), 8U);
  EXPECT_EQ(at(reject.data(), 0), 0x80U);
  EXPECT_EQ(at(reject.data(), 1), 0x57U);
}

TEST(Network, AClosedProtocolDoesNotTakeTheOtherDown) {
  HandPeer peer(with_ipv6({}));
  peer.come_up();
  peer.feed(ipv6cp, packet(1, 1, octets({1, 10, 0, 0, 0, 0, 0, 0, 0, 9})));
  const SentFrame ours = peer.request;
  (void)ours;
  peer.feed(ipcp, packet(5, 9));  // the peer closes IPv4
  EXPECT_FALSE(peer.end.up());
  EXPECT_TRUE(has<Ipv4Down>(peer.end));
  peer.pass(seconds(10));
  EXPECT_FALSE(peer.end.ended()) << "IPv6 may still come";
}

/// IPv6 packets before IPV6CP is open are known, but not for us yet; those of a protocol that we do
/// not want are rejected.
TEST(Network, PacketsOfAProtocolThatIsNotOpen) {
  HandPeer peer(with_ipv6({}));
  peer.come_up();
  peer.feed(ipv6, ip_of(6));
  EXPECT_EQ(peer.dropped(Drop::not_open), 1U);
  EXPECT_FALSE(peer.sent_anything_of(lcp));
  HandPeer without;
  without.come_up();
  without.feed(ipv6, ip_of(6));
  EXPECT_EQ(without.last_of(lcp, 8).code(), 8U);
}

// --- Router discovery over the link ---------------------------------------------------------------

TEST(Network, ARouterGivesItsPeerAGlobalAddress) {
  Pair pair(with_ipv6(client_config()), router());
  pair.start();
  ASSERT_TRUE(pair.run_until([&] { return has<Ipv6AddressAdded>(pair.a); }, seconds(5)))
      << pair.transcript();
  const Ipv6Up up = *pair.a.last<Ipv6Up>();
  const Ipv6AddressAdded added = *pair.a.last<Ipv6AddressAdded>();
  EXPECT_EQ(added.address,
            join(parse_ipv6_prefix("2001:db8:7::/64").value(), up.local_identifier));
  EXPECT_EQ(added.valid, std::chrono::hours(30 * 24));
  EXPECT_EQ(pair.a.last<Ipv6DefaultRoute>()->router, up.remote);
  EXPECT_EQ(pair.a.last<Ipv6Mtu>()->mtu, 1400);
  EXPECT_EQ(pair.a.last<Ipv6Dns>()->servers.size(), 1U);
  EXPECT_FALSE(has<Ipv6AddressAdded>(pair.b)) << "a router believes nobody";
}

TEST(Network, AndWhereFramesAreLostAsWell) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    sim::LineOptions line;
    line.latency = milliseconds(100);
    line.frame_loss = 0.2;
    Pair pair(with_ipv6(client_config()), router(), line, seed);
    pair.start();
    EXPECT_TRUE(pair.run_until([&] { return has<Ipv6AddressAdded>(pair.a); }, seconds(180)))
        << seed << pair.transcript();
  }
}

TEST(Network, AddressesExpireWhenTheRouterFallsSilent) {
  LinkConfig server = router();
  server.ndp.advertise->valid_lifetime = seconds(60);
  server.ndp.advertise->preferred_lifetime = seconds(30);
  server.ndp.advertise->router_lifetime = seconds(90);
  LinkConfig client = with_ipv6(client_config());
  Pair pair(client, server);
  pair.start();
  ASSERT_TRUE(pair.run_until([&] { return has<Ipv6AddressAdded>(pair.a); }, seconds(5)));
  pair.cut = true;
  pair.run_for(seconds(59));
  EXPECT_FALSE(has<Ipv6AddressRemoved>(pair.a));
  pair.run_for(seconds(60));
  EXPECT_TRUE(has<Ipv6AddressRemoved>(pair.a)) << pair.transcript();
  EXPECT_EQ(pair.a.last<Ipv6DefaultRoute>()->lifetime, seconds(0));
}

TEST(Network, WhatTheLinkTakesInIsPassedOn) {
  Pair pair(with_ipv6(client_config()), router());
  pair.start();
  ASSERT_TRUE(pair.run_until([&] { return has<Ipv6AddressAdded>(pair.a); }, seconds(5)));
  EXPECT_FALSE(pair.a.packets.empty()) << "the advertisement itself";
}

// --- The owner chooses the peer's address ---------------------------------------------------------

LinkConfig asking_owner() {
  LinkConfig config = server_config();
  config.ipcp.remote = {};
  config.ipcp.accept_remote = false;
  config.ipcp.ask_owner = true;
  return config;
}

TEST(AddressWanted, TheOwnersAnswerIsWhatThePeerGets) {
  Pair pair(client_config(), asking_owner());
  pair.start();
  ASSERT_TRUE(pair.run_until([&] { return has<AddressWanted>(pair.b); }, seconds(5)))
      << pair.transcript();
  pair.run_for(seconds(7));  // a RADIUS server takes its time; the peer asks again and again
  EXPECT_EQ(pair.b.all<AddressWanted>().size(), 1U);
  EXPECT_FALSE(pair.a.up());
  const AddressWanted wanted = *pair.b.last<AddressWanted>();
  pair.b.link.provide_address(pair.now, wanted.token + 1, {{10, 0, 0, 66}});  // an old token
  pair.b.link.provide_address(pair.now, wanted.token, {{10, 0, 0, 77}});
  ASSERT_TRUE(pair.run_until_up(seconds(10))) << pair.transcript();
  EXPECT_EQ(to_string(pair.a.last<Ipv4Up>()->local), "10.0.0.77");
  EXPECT_EQ(to_string(pair.b.last<Ipv4Up>()->remote), "10.0.0.77");
}

TEST(AddressWanted, TellsWhatThePeerWishes) {
  LinkConfig client = client_config();
  client.ipcp.local = {{10, 0, 0, 9}};
  Pair pair(client, asking_owner());
  pair.start();
  ASSERT_TRUE(pair.run_until([&] { return has<AddressWanted>(pair.b); }, seconds(5)));
  EXPECT_EQ(to_string(pair.b.last<AddressWanted>()->wish), "10.0.0.9");
}

TEST(AddressWanted, ARefusalEndsIpv4WithItsSentence) {
  Pair pair(client_config(), asking_owner());
  pair.start();
  ASSERT_TRUE(pair.run_until([&] { return has<AddressWanted>(pair.b); }, seconds(5)));
  pair.b.link.refuse_address(pair.now, pair.b.last<AddressWanted>()->token, "the pool is empty");
  ASSERT_TRUE(pair.run_until([&] { return pair.b.ended(); }, seconds(30))) << pair.transcript();
  EXPECT_EQ(pair.b.end()->reason, EndReason::no_address);
  EXPECT_EQ(pair.b.end()->text, "the pool is empty");
}

TEST(AddressConflict, EndsInASentence) {
  LinkConfig both;
  both.ipcp.local = {{10, 0, 0, 1}};
  both.ipcp.accept_local = false;
  Pair pair(both, both);
  pair.start();
  ASSERT_TRUE(pair.run_until([&] { return pair.a.ended() || pair.b.ended(); }, seconds(60)))
      << pair.transcript();
  const Endpoint& end = pair.a.ended() ? pair.a : pair.b;
  EXPECT_EQ(end.end()->reason, EndReason::address_conflict);
  EXPECT_THAT(end.end()->text, HasSubstr("10.0.0.1"));
}

}  // namespace
}  // namespace tunppp::test
