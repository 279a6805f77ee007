// What modems and other peers do that no standard has, each played octet by octet; see also Modem
// in wire_test.cpp.
#include <gtest/gtest.h>

#include "link/hand_peer.h"

namespace tunppp::test {
namespace {

constexpr std::uint16_t ccp = 0x80fd, vj = 0x002d, ipv6cp = 0x8057;

Octets protocol_reject(std::uint16_t protocol, const Octets& information = {}) {
  return packet(8, 1, octets({static_cast<unsigned>(protocol >> 8), protocol & 0xffU}) + information);
}

void expect_data_passes(HandPeer& peer) {
  peer.end.packets.clear();
  peer.feed(ipv4, ip_packet(60));
  EXPECT_EQ(peer.end.packets.size(), 1U);
  EXPECT_EQ(peer.end.link.send(peer.now, NetworkProtocol::ipv4, ip_packet(60)),
            SendResult::accepted);
}

TEST(Profile, ProtocolRejectsOfCcpVjAndIpv6cpAreNormal) {
  LinkConfig config;
  config.ipv6cp.enabled = true;
  HandPeer peer(config);
  peer.come_up();
  for (const std::uint16_t protocol : {ccp, vj, std::uint16_t{0x002f}, ipv6cp}) {
    peer.feed(lcp, protocol_reject(protocol, packet(1, 1)));
    EXPECT_TRUE(peer.end.up()) << protocol;
    EXPECT_FALSE(peer.end.ended()) << protocol;
  }
  EXPECT_EQ(peer.end.all<Ipv6Failed>().size(), 1U);
  expect_data_passes(peer);
}

/// oFono took every Code-Reject for the end.
TEST(Profile, CodeRejectsOfEchoAndIdentificationAreNotFatal) {
  LinkConfig config;
  config.lcp.identification = "who we are";
  HandPeer peer(config);
  peer.come_up();
  for (unsigned code : {8U, 9U, 10U, 11U, 12U, 13U, 99U}) {
    peer.feed(lcp, packet(7, code, packet(code, 1, octets({0, 0, 0, 0}))));
    EXPECT_TRUE(peer.end.up()) << code;
  }
  expect_data_passes(peer);
}

TEST(Profile, TextOfAModemBetweenFramesDoesNoHarm) {
  HandPeer peer;
  peer.come_up();
  for (const char* text : {"\r\nNO CARRIER\r\n", "\r\nOK\r\n", "\r\nRING\r\n", "\r\n+CREG: 1\r\n",
                           "\r\nCONNECT 150000000\r\n", "AT\r", "\r\n"}) {
    peer.feed_raw(octets(text));
    // It stands before the opening flag of the next frame, as a frame that is none.
    peer.feed(ipv4, ip_packet(60));
    EXPECT_TRUE(peer.end.up()) << text;
    expect_data_passes(peer);
  }
  EXPECT_EQ(peer.statistics().received_packets, 14U);
}

TEST(Profile, WhatIsLeftOfConnectComesBeforeTheFirstFrame) {
  HandPeer peer;
  peer.start();
  peer.feed_raw(octets("150000000\r\n") +
                frame_of(lcp, packet(1, 0x41, octets({5, 6, 0xca, 0xfe, 0xba, 0xbe}))));
  EXPECT_EQ(peer.last_of(lcp, 2).identifier(), 0x41U);
}

TEST(Profile, EmptyRequestsOfLcp) {
  HandPeer peer;
  peer.start();
  peer.open_lcp({});
  peer.open_ipcp();
  EXPECT_TRUE(peer.end.up());
  EXPECT_EQ(peer.end.last<LineOpened>()->remote_mru, 1500);
  EXPECT_EQ(peer.end.last<LineOpened>()->send_accm, 0xffffffffU);
}

TEST(Profile, IpcpRestartedAgainAndAgainWhileOpened) {
  HandPeer peer;
  peer.come_up();
  for (unsigned i = 1; i <= 5; ++i) {
    peer.pass(seconds(40));
    peer.feed(ipcp, packet(1, 0x60 + i, octets({3, 6, 10, 0, 0, 1})));
    peer.sent();
    peer.feed(ipcp, packet(2, peer.ipcp_request.identifier(), peer.ipcp_request.data()));
    EXPECT_TRUE(peer.end.up()) << i;
    expect_data_passes(peer);
    peer.sent();
  }
  EXPECT_EQ(to_string(peer.end.last<Ipv4Up>()->local), "10.0.0.2");
}

TEST(Profile, CompressedControlPacketsWithoutAgreement) {
  LinkConfig config;
  config.lcp.address_control_compression = config.lcp.protocol_field_compression = false;
  HandPeer peer(config);
  peer.start();
  peer.open_lcp();
  peer.sent();
  peer.feed_raw(frame_of(octets({0x80, 0x21}) + packet(1, 0x51, octets({3, 6, 10, 0, 0, 1}))));
  EXPECT_EQ(peer.last_of(ipcp, 2).identifier(), 0x51U);
  peer.feed_raw(frame_of(octets({0xc0, 0x21}) + packet(9, 7, octets({0xca, 0xfe, 0xba, 0xbe}))));
  EXPECT_EQ(peer.last_of(lcp, 10).identifier(), 7U) << "even LCP, which nobody may compress";
}

TEST(Profile, AnOptionOfLengthZeroIsNoRequest) {
  HandPeer peer;
  peer.start();
  for (const Octets& options : {octets({1, 0}), octets({5, 6, 1, 2, 3, 4, 2, 0}), octets({1, 1})}) {
    peer.feed(lcp, packet(1, 9, options));
    EXPECT_TRUE(peer.sent().empty());
  }
  EXPECT_EQ(peer.dropped(Drop::malformed), 3U);
  peer.open_lcp();
  peer.open_ipcp();
  EXPECT_TRUE(peer.end.up());
}

TEST(Profile, FiveTerminateRequestsThreeSecondsApart) {
  HandPeer peer;
  peer.come_up();
  for (unsigned i = 0; i < 5; ++i) {
    peer.feed(lcp, packet(5, 0x70 + i, octets("bearer gone")));
    peer.pass(seconds(3));
  }
  ASSERT_TRUE(peer.end.ended());
  EXPECT_EQ(peer.end.end()->reason, EndReason::peer_closed);
  EXPECT_NE(peer.end.end()->text.find("bearer gone"), std::string::npos);
}

TEST(Profile, APeerOf1500OctetsIsHeardWhateverMruWasAgreed) {
  for (const std::uint16_t mru : {std::uint16_t{128}, std::uint16_t{576}, std::uint16_t{1500}}) {
    LinkConfig config;
    config.lcp.mru = mru;
    config.lcp.fcs = FrameCheck::fcs32;  // two octets more a frame
    HandPeer peer(config);
    peer.start();
    peer.feed(lcp, packet(1, 0x41, octets({5, 6, 0xca, 0xfe, 0xba, 0xbe})));
    peer.sent();
    peer.feed(lcp, packet(4, peer.request.identifier(), octets({9, 3, 4})));
    peer.sent();
    peer.feed(lcp, packet(2, peer.request.identifier(), peer.request.data()));
    peer.open_ipcp();
    ASSERT_TRUE(peer.end.up()) << peer.end.transcript();
    peer.feed(ipv4, ip_packet(1500));
    EXPECT_EQ(peer.end.packets.size(), 1U) << mru;
  }
}

}  // namespace
}  // namespace tunppp::test
