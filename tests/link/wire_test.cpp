// One link against a peer played by hand: what stands on the line, and what is taken from it.
#include <gtest/gtest.h>

#include "link/hand_peer.h"

namespace tunppp::test {
namespace {

bool contains(const Octets& octets, unsigned from, unsigned to) {
  return std::any_of(octets.begin(), octets.end(), [=](std::byte octet) {
    const auto value = std::to_integer<unsigned>(octet);
    return value >= from && value <= to;
  });
}

const Octets all_compressed = octets({2, 6, 0, 0, 0, 0, 5, 6, 0xca, 0xfe, 0xba, 0xbe, 7, 2, 8, 2});

TEST(Wire, ComesUpByHand) {
  HandPeer peer;
  peer.come_up();
  ASSERT_TRUE(peer.end.up()) << peer.end.transcript();
  EXPECT_EQ(to_string(peer.end.last<Ipv4Up>()->local), "10.0.0.2");
  EXPECT_EQ(to_string(peer.end.last<Ipv4Up>()->remote), "10.0.0.1");
  EXPECT_EQ(peer.end.drops(), 0U);
}

/// "LCP ... Code 1 through 7 ... as if no options had been negotiated" (RFC 1661 5, 6.5, 6.6; RFC
/// 1662 7.1): each control character escaped, address, control and protocol in full.
TEST(Wire, LcpCodes1To7AreSentAsIfNothingHadBeenNegotiated) {
  HandPeer peer;
  peer.come_up(all_compressed);
  ASSERT_TRUE(peer.end.up());
  const std::vector<std::pair<Octets, unsigned>> causes{
      {packet(99, 1, octets({0, 1, 2, 3, 0x11, 0x13, 0x1f})), 7},      // Code-Reject
      {packet(1, 0x61, octets({5, 6, 0, 1, 2, 3})), 2},               // Configure-Ack
      {packet(1, 0x62, octets({5, 6, 0, 0, 0, 0})), 3},               // Configure-Nak
      {packet(1, 0x63, octets({99, 6, 0, 0, 0, 0})), 4},              // Configure-Reject
      {packet(5, 0x0f, octets({0, 1, 2})), 6}};                       // Terminate-Ack
  for (const auto& [cause, code] : causes) {
    peer.feed(lcp, cause);
    bool found = false;
    for (const SentFrame& frame : peer.sent()) {
      if (frame.protocol != lcp || frame.code() > 7) continue;
      found |= frame.code() == code;
      EXPECT_FALSE(contains(frame.raw, 0, 0x1f)) << "code " << frame.code();
      EXPECT_FALSE(frame.address_control_compressed);
      EXPECT_FALSE(frame.protocol_compressed);
      EXPECT_EQ(at(frame.content, 0), 0xffU);
      EXPECT_EQ(at(frame.content, 1), 0x03U);
    }
    EXPECT_TRUE(found) << "code " << code;
  }
  peer.end.link.close(peer.now);
  for (const SentFrame& frame : peer.sent()) {
    EXPECT_FALSE(contains(frame.raw, 0, 0x1f));
    EXPECT_FALSE(frame.address_control_compressed);
  }
}

TEST(Wire, LcpCodesBeyond7UseTheMapButNeverTheCompression) {
  HandPeer peer;
  peer.come_up(all_compressed);
  peer.feed(lcp, packet(9, 1, octets({0xca, 0xfe, 0xba, 0xbe, 0, 1, 2, 3})));
  const SentFrame reply = peer.last_of(lcp, 10);
  ASSERT_TRUE(reply.good);
  EXPECT_TRUE(contains(reply.raw, 0, 0x1f)) << "the map that was agreed upon is 0";
  EXPECT_FALSE(reply.address_control_compressed);
  EXPECT_FALSE(reply.protocol_compressed);
}

TEST(Wire, DataIsCompressedAndUnescapedAsAgreed) {
  HandPeer peer;
  peer.come_up(all_compressed);
  const Octets data = octets({0x45, 0, 1, 2, 0x11, 0x13, 0x7d, 0x7e, 0xff});
  ASSERT_EQ(peer.end.link.send(peer.now, NetworkProtocol::ipv4, data), SendResult::accepted);
  const auto frames = peer.sent();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(Octets(frames[0].raw.begin(), frames[0].raw.end() - 2).size(), data.size() + 1 + 2)
      << "one octet of protocol, two octets escaped";
  EXPECT_EQ(frames[0].information, data);
  EXPECT_TRUE(frames[0].address_control_compressed);
  EXPECT_TRUE(frames[0].protocol_compressed);
}

TEST(Wire, DataIsNeitherCompressedNorUnescapedWithoutAgreement) {
  HandPeer peer;
  peer.come_up(octets({5, 6, 0xca, 0xfe, 0xba, 0xbe}));
  ASSERT_EQ(peer.end.link.send(peer.now, NetworkProtocol::ipv4, octets({0x45, 0, 1, 0x1f})),
            SendResult::accepted);
  const auto frames = peer.sent();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_FALSE(frames[0].address_control_compressed);
  EXPECT_FALSE(frames[0].protocol_compressed);
  EXPECT_FALSE(contains(frames[0].raw, 0, 0x1f));
}

TEST(Wire, OnlyWhatThePeerAskedForIsEscaped) {
  HandPeer peer;
  peer.come_up(octets({2, 6, 0, 0x0a, 0, 0}));  // 0x11 and 0x13
  ASSERT_EQ(peer.end.link.send(peer.now, NetworkProtocol::ipv4, octets({0x11, 0x12, 0x13, 0x14})),
            SendResult::accepted);
  const auto frames = peer.sent();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_FALSE(contains(frames[0].raw, 0x11, 0x11));
  EXPECT_FALSE(contains(frames[0].raw, 0x13, 0x13));
  EXPECT_TRUE(contains(frames[0].raw, 0x12, 0x12));
}

/// After the link has come down, nothing of what was agreed upon holds any longer.
TEST(Wire, ARenegotiationStartsFromTheDefaults) {
  HandPeer peer;
  peer.come_up(all_compressed);
  peer.feed(lcp, packet(1, 0x61));  // no options at all: no compression, map ffffffff
  peer.sent();
  peer.feed(lcp, packet(2, peer.request.identifier(), peer.request.data()));
  peer.open_ipcp();
  peer.sent();
  ASSERT_TRUE(peer.end.up()) << peer.end.transcript();
  ASSERT_EQ(peer.end.link.send(peer.now, NetworkProtocol::ipv4, octets({0x45, 0, 1, 0x1f})),
            SendResult::accepted);
  const auto frames = peer.sent();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_FALSE(frames[0].address_control_compressed);
  EXPECT_FALSE(contains(frames[0].raw, 0, 0x1f));
}

// --- Receive leniently --------------------------------------------------------------------------

TEST(Wire, CompressedHeadersAreTakenWithoutAgreement) {
  LinkConfig config;
  config.lcp.protocol_field_compression = config.lcp.address_control_compression = false;
  HandPeer peer(config);
  peer.come_up();
  const Octets data = ip_packet(40);
  peer.feed_raw(frame_of(octets({0x21}) + data));
  peer.feed_raw(frame_of(octets({0x00, 0x21}) + data));
  peer.feed_raw(frame_of(octets({0xff, 0x03, 0x21}) + data));
  peer.feed_raw(frame_of(octets({0xff, 0x03, 0x00, 0x21}) + data));
  EXPECT_EQ(peer.end.packets, (std::vector<Octets>{data, data, data, data}));
  // LCP as well, although it must not be.
  peer.feed_raw(frame_of(octets({0xc0, 0x21}) + packet(9, 1, octets({1, 2, 3, 4}))));
  EXPECT_EQ(peer.last_of(lcp, 10).identifier(), 1U);
}

/// "An implementation MUST always be able to receive the full 1500 octet information field"
/// (RFC 1661 6.1).
TEST(Wire, FullSizePacketsAreTakenWhateverMruWasAskedFor) {
  for (std::uint16_t mru : {std::uint16_t{128}, std::uint16_t{296}, std::uint16_t{1500},
                            std::uint16_t{9000}}) {
    LinkConfig config;
    config.lcp.mru = mru;
    HandPeer peer(config);
    peer.come_up();
    ASSERT_TRUE(peer.end.up());
    EXPECT_EQ(peer.end.last<LineOpened>()->local_mru, mru);
    const std::size_t largest = std::max<std::size_t>(mru, 1500);
    for (unsigned fill : {0x45U, 0x00U, 0x7eU}) {
      peer.feed(ipv4, ip_packet(largest, fill));
      ASSERT_FALSE(peer.end.packets.empty());
      EXPECT_EQ(peer.end.packets.back(), ip_packet(largest, fill)) << mru;
    }
    EXPECT_EQ(peer.end.drops(), 0U);
    peer.feed(ipv4, ip_packet(largest + 10));
    EXPECT_EQ(peer.dropped(Drop::overlong), 1U);
    peer.feed(ipv4, ip_packet(20));
    EXPECT_EQ(peer.end.packets.size(), 4U) << "after an over-long frame all is well again";
  }
}

TEST(Wire, SmallMruOfThePeerBoundsWhatIsSent) {
  HandPeer peer;
  peer.come_up(octets({1, 4, 0, 128}));
  EXPECT_EQ(peer.end.link.mtu(), 128);
  EXPECT_EQ(peer.end.last<Ipv4Up>()->mtu, 128);
  EXPECT_EQ(peer.end.link.send(peer.now, NetworkProtocol::ipv4, ip_packet(129)), SendResult::closed);
  EXPECT_EQ(peer.end.link.send(peer.now, NetworkProtocol::ipv4, ip_packet(128)),
            SendResult::accepted);
}

TEST(Wire, RejectsAreTruncatedToThePeersMruInIpcpToo) {
  HandPeer peer;
  peer.come_up(octets({1, 4, 0, 128}));
  peer.feed(ipcp, packet(99, 7, Octets(1000, std::byte{0x55})));
  const SentFrame reject = peer.last_of(ipcp, 7);
  ASSERT_TRUE(reject.good);
  EXPECT_LE(reject.information.size(), 128U);
  EXPECT_EQ(reject.information.size(), at(reject.information, 2) << 8 | at(reject.information, 3));
  peer.feed(0x8057, Octets(1000, std::byte{0x55}));
  EXPECT_LE(peer.last_of(lcp, 8).information.size(), 128U);
}

/// A peer whose MRU is larger than anything that fits into the transmit buffer.
TEST(Wire, AHugeMruOfThePeerLeavesPacketsThatCanBeSent) {
  for (unsigned mru : {3000U, 9000U, 16384U, 65535U}) {
    HandPeer peer;
    peer.come_up(octets({1, 4, mru >> 8, mru & 0xff}));
    ASSERT_TRUE(peer.end.up());
    const std::uint16_t mtu = peer.end.link.mtu();
    EXPECT_GE(mtu, 1500);
    EXPECT_LE(mtu, mru);
    EXPECT_EQ(mtu, peer.end.last<Ipv4Up>()->mtu);
    EXPECT_TRUE(peer.end.link.can_send());
    // 0x7e is the worst: each octet becomes two.
    EXPECT_EQ(peer.end.link.send(peer.now, NetworkProtocol::ipv4, ip_packet(mtu, 0x7e)),
              SendResult::accepted);
    const auto frames = peer.sent();
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].information.size(), mtu);
  }
}

// --- Protocols that are not ours, or not yet ----------------------------------------------------

TEST(Wire, UnknownProtocolsAreRejectedOnlyInTheNetworkPhase) {
  for (unsigned protocol : {0x8057U, 0x80fdU, 0x0057U, 0x002dU, 0xc025U, 0x8281U}) {
    HandPeer peer;
    const Octets information = packet(1, 1);
    peer.start();
    peer.feed(static_cast<std::uint16_t>(protocol), information);
    EXPECT_FALSE(peer.sent_anything_of(lcp)) << "before LCP is open";
    EXPECT_EQ(peer.dropped(Drop::not_open), 1U);
    peer.open_lcp();
    peer.sent();
    peer.feed(static_cast<std::uint16_t>(protocol), information);
    const SentFrame reject = peer.last_of(lcp, 8);
    ASSERT_TRUE(reject.good) << std::hex << protocol;
    EXPECT_EQ(reject.data(), octets({protocol >> 8, protocol & 0xff}) + information);
    peer.end.link.close(peer.now);
    peer.sent();
    peer.feed(static_cast<std::uint16_t>(protocol), information);
    EXPECT_FALSE(peer.sent_anything_of(lcp)) << "while it closes";
    EXPECT_EQ(peer.dropped(Drop::not_open), 2U);
  }
}

TEST(Wire, UnknownProtocolsAreDroppedDuringAuthentication) {
  LinkConfig config;
  config.auth.require = {AuthMethod::pap};
  HandPeer peer(config);
  peer.start();
  peer.open_lcp();
  peer.sent();
  ASSERT_EQ(peer.end.link.phase(), Phase::authenticate);
  peer.feed(0x8057, packet(1, 1));
  peer.feed(ipcp, packet(1, 1, octets({3, 6, 10, 0, 0, 1})));
  peer.feed(ipv4, ip_packet(40));
  EXPECT_TRUE(peer.sent().empty());
  EXPECT_EQ(peer.dropped(Drop::not_open), 3U);
}

TEST(Wire, ASupportedProtocolThatIsNotYetOpenIsDroppedInSilence) {
  HandPeer peer;
  peer.start();
  peer.feed(ipcp, packet(1, 1));
  peer.feed(ipv4, ip_packet(40));
  peer.feed(pap, packet(1, 1, octets({1, 'a', 1, 'b'})));
  peer.feed(chap, packet(1, 1, octets({1, 'a'})));
  EXPECT_TRUE(peer.sent().empty());
  peer.open_lcp();
  peer.sent();
  peer.feed(ipv4, ip_packet(40));
  EXPECT_TRUE(peer.sent().empty()) << "IPCP is not open";
  EXPECT_TRUE(peer.end.packets.empty());
  EXPECT_EQ(peer.dropped(Drop::not_open), 5U);
}

TEST(Wire, AuthenticationThatWasNotAgreedUponIsDropped) {
  HandPeer peer;
  peer.come_up();
  peer.feed(pap, packet(1, 1, octets({1, 'a', 1, 'b'})));
  peer.feed(pap, packet(2, 1, octets({0})));
  peer.feed(chap, packet(1, 1, octets({1, 'a'})));
  peer.feed(chap, packet(3, 1));
  EXPECT_TRUE(peer.sent().empty());
  EXPECT_TRUE(peer.end.up());
  EXPECT_EQ(peer.dropped(Drop::unexpected), 4U);
}

TEST(Wire, ProtocolRejectOfIpcpEndsTheLinkWithItsReason) {
  HandPeer peer;
  peer.start();
  peer.open_lcp();
  peer.sent();
  peer.feed(lcp, packet(8, 1, octets({0x80, 0x21, 1, 1, 0, 4})));
  EXPECT_EQ(peer.last_of(lcp, 5).code(), 5U) << "LCP is closed in order";
  peer.pass(seconds(6));
  ASSERT_TRUE(peer.end.ended());
  EXPECT_EQ(peer.end.end()->reason, EndReason::no_network_protocol);
}

TEST(Wire, ProtocolRejectOfWhatWeNeverSentChangesNothing) {
  HandPeer peer;
  peer.come_up();
  for (unsigned protocol : {0x80fdU, 0x8057U, 0x002dU, 0x00fdU, 0x1234U}) {
    peer.feed(lcp, packet(8, 1, octets({protocol >> 8, protocol & 0xff, 1, 1, 0, 4})));
  }
  EXPECT_TRUE(peer.end.up());
  EXPECT_TRUE(peer.sent().empty());
}

// --- Noise --------------------------------------------------------------------------------------

TEST(Wire, WhatStandsBetweenFramesIsCountedAndHarmless) {
  HandPeer peer;
  peer.come_up();
  peer.feed_raw(octets("\r\nNO CARRIER\r\n~"));  // a URC between frames
  peer.feed_raw(octets({0x7e, 0xff, 0x03, 0x7e}));
  peer.feed_raw(octets({0x7e, 0xff, 0x03, 0x00, 0x21, 0x45, 0x7d, 0x7e}));
  peer.feed(ipv4, ip_packet(40));
  EXPECT_EQ(peer.end.packets.size(), 1U);
  EXPECT_EQ(peer.dropped(Drop::aborted), 1U);
  EXPECT_EQ(peer.dropped(Drop::fcs_error) + peer.dropped(Drop::runt), 2U);
}

TEST(Wire, TextBeforeTheFirstFrameIsNoError) {
  HandPeer peer;
  peer.end.link.open(peer.now);
  peer.end.link.line_up(first_line, peer.now);
  peer.feed_raw(octets("\r\nCONNECT 150000000\r\n") + frame_of(lcp, packet(1, 1)));
  EXPECT_EQ(peer.dropped(Drop::fcs_error), 0U);
  EXPECT_EQ(peer.dropped(Drop::no_frame), 1U);
  EXPECT_EQ(peer.last_of(lcp, 2).identifier(), 1U);
}

TEST(Wire, BadHeadersAreCounted) {
  HandPeer peer;
  peer.come_up();
  peer.feed_raw(frame_of(octets({0xff, 0x03, 0x00, 0x20, 1})));  // even protocol
  peer.feed_raw(frame_of(octets({0xff, 0x13, 0x00, 0x21, 1})));  // another control field
  peer.feed_raw(frame_of(octets({0xff, 0x03, 0x80})));
  EXPECT_EQ(peer.dropped(Drop::bad_header), 3U);
  EXPECT_TRUE(peer.end.up());
}

TEST(Wire, AnEmptyPacketIsNoPacket) {
  HandPeer peer;
  peer.come_up();
  peer.feed(ipv4, {});
  EXPECT_TRUE(peer.end.packets.empty());
  EXPECT_EQ(peer.end.drops(), 1U);
  EXPECT_EQ(peer.end.link.send(peer.now, NetworkProtocol::ipv4, {}), SendResult::closed);
}

TEST(Wire, PendingShowsTheTextOfAModemThatHungUp) {
  HandPeer peer;
  peer.come_up();
  peer.feed_raw(octets("\r\nNO CARRIER\r\n"));
  const Octets text = copy(peer.end.link.pending());
  EXPECT_EQ(text, octets("\r\nNO CARRIER\r\n"));
  peer.end.link.line_down(first_line, peer.now);
  EXPECT_EQ(copy(peer.end.link.pending()), text) << "also after the line went down";
}

// --- Modems ---------------------------------------------------------------------------------------

TEST(Modem, ADiscardRequestStraightAfterLcpIsUp) {
  HandPeer peer;
  peer.start();
  peer.open_lcp();
  peer.sent();
  peer.feed(lcp, packet(11, 1, octets({0xca, 0xfe, 0xba, 0xbe})));
  EXPECT_TRUE(peer.sent().empty());
  peer.open_ipcp();
  EXPECT_TRUE(peer.end.up());
}

TEST(Modem, AnEmptyIpcpRequest) {
  HandPeer peer;
  peer.start();
  peer.open_lcp();
  peer.open_ipcp({});
  ASSERT_TRUE(peer.end.up()) << peer.end.transcript();
  EXPECT_EQ(to_string(peer.end.last<Ipv4Up>()->remote), "10.64.64.64");
}

TEST(Modem, AnEmptyIpcpRequestAfterOpened) {
  HandPeer peer;
  peer.come_up();
  peer.feed(ipcp, packet(1, 0x77));
  EXPECT_FALSE(peer.end.up());
  bool acknowledged = false;
  for (const SentFrame& frame : peer.sent()) {
    acknowledged |= frame.protocol == ipcp && frame.information == packet(2, 0x77);
  }
  EXPECT_TRUE(acknowledged);
  peer.feed(ipcp, packet(2, peer.ipcp_request.identifier(), peer.ipcp_request.data()));
  ASSERT_TRUE(peer.end.up()) << peer.end.transcript();
  EXPECT_EQ(peer.end.all<Ipv4Up>().size(), 2U);
  EXPECT_EQ(to_string(peer.end.last<Ipv4Up>()->local), "10.0.0.2");
}

TEST(Modem, LcpRestartedWhileOpened) {
  HandPeer peer;
  peer.come_up();
  peer.feed(lcp, packet(1, 0x61, octets({5, 6, 1, 2, 3, 4})));
  EXPECT_FALSE(peer.end.up());
  EXPECT_EQ(peer.end.link.phase(), Phase::establish);
  peer.sent();
  peer.feed(lcp, packet(2, peer.request.identifier(), peer.request.data()));
  peer.open_ipcp();
  EXPECT_TRUE(peer.end.up()) << peer.end.transcript();
  EXPECT_EQ(peer.end.all<LineOpened>().size(), 2U);
}

/// A modem that fell back to command mode sends our own frames back.
TEST(Modem, OwnFramesEchoedBackAreALoopback) {
  HandPeer peer;
  peer.end.link.open(peer.now);
  peer.end.link.line_up(first_line, peer.now);
  for (int i = 0; i < 100 && !peer.end.ended(); ++i) {
    const Octets octets = peer.end.take_transmit(peer.now);
    if (octets.empty()) {
      peer.pass(seconds(1));
    } else {
      peer.feed_raw(octets);
    }
  }
  ASSERT_TRUE(peer.end.ended());
  EXPECT_EQ(peer.end.end()->reason, EndReason::loopback);
  EXPECT_EQ(peer.now, Instant{}) << "as fast as the echo comes";
}

TEST(Modem, OwnFramesEchoedBackWhileUpAreALoopback) {
  LinkConfig config;
  config.lcp.echo_interval = seconds(10);
  HandPeer peer(config);
  peer.come_up();
  const Instant begun = peer.now;
  while (!peer.end.ended() && peer.now - begun < seconds(100)) {
    peer.pass(seconds(1));
    const Octets octets = peer.end.take_transmit(peer.now);
    if (!octets.empty()) peer.feed_raw(octets);
  }
  ASSERT_TRUE(peer.end.ended());
  EXPECT_EQ(peer.end.end()->reason, EndReason::loopback);
  // The next echo finds it; then LCP's end.
  EXPECT_LE(peer.now - begun, config.lcp.echo_interval + 2 * config.lcp.restart.restart_timer);
}

}  // namespace
}  // namespace tunppp::test
