// FCS-Alternatives (RFC 1570 section 2.1) from the option to the octets: the switch when LCP opens,
// the way back when it is negotiated anew or ends, and the null FCS.
#include <gtest/gtest.h>

#include <tuple>

#include "link/hand_peer.h"
#include "link/pair.h"

namespace tunppp::test {
namespace {

/// RFC 1662 appendix C.3, one bit at a time.
std::uint32_t fcs32(Bytes content) {
  std::uint32_t fcs = 0xffffffff;
  for (std::byte octet : content) {
    fcs ^= std::to_integer<std::uint32_t>(octet);
    for (int bit = 0; bit < 8; ++bit) fcs = (fcs & 1) != 0 ? fcs >> 1 ^ 0xedb88320 : fcs >> 1;
  }
  return ~fcs;
}

Octets little_endian(std::uint32_t value, std::size_t size) {
  Octets out;
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::byte>(value >> 8 * i));
  return out;
}

/// Between flags, nothing escaped but what must be under the map 0.
Octets stuffed(const Octets& content) {
  Octets out = octets({0x7e});
  for (std::byte octet : content) {
    const bool special = octet == std::byte{0x7d} || octet == std::byte{0x7e};
    if (special || octet < std::byte{0x20}) {
      out.push_back(std::byte{0x7d});
      octet ^= std::byte{0x20};
    }
    out.push_back(octet);
  }
  out.push_back(std::byte{0x7e});
  return out;
}

enum class Check { none, of_16, of_32 };

Octets frame_with(Check check, std::uint16_t protocol, const Octets& information) {
  Octets content = header(protocol) + information;
  if (check == Check::of_16) return stuffed(content + little_endian(fcs16(content), 2));
  if (check == Check::of_32) return stuffed(content + little_endian(fcs32(content), 4));
  return stuffed(content);
}

/// A frame of the link, taken apart, with the check that it was found to carry.
struct Found {
  Check check;
  std::uint16_t protocol;
  Octets information;
  unsigned code() const { return at(information, 0); }
};

std::vector<Found> found_in(const Octets& stream) {
  std::vector<Found> all;
  Octets content;
  bool escaped = false;
  for (std::byte octet : stream) {
    if (octet == std::byte{0x7d}) {
      escaped = true;
    } else if (octet != std::byte{0x7e}) {
      content.push_back(std::exchange(escaped, false) ? octet ^ std::byte{0x20} : octet);
    } else if (!content.empty()) {
      const auto ends_with = [&](std::size_t size, auto fcs) {
        if (content.size() < size + 4) return false;
        const Bytes body = Bytes(content).first(content.size() - size);
        const Octets tail(content.end() - static_cast<std::ptrdiff_t>(size), content.end());
        return little_endian(fcs(body), size) == tail;
      };
      const Check check = ends_with(4, fcs32)   ? Check::of_32
                          : ends_with(2, fcs16) ? Check::of_16
                                                : Check::none;
      content.resize(content.size() - (check == Check::of_32   ? 4
                                       : check == Check::of_16 ? 2
                                                               : 0));
      const std::size_t skip = at(content, 0) == 0xff ? 2 : 0;
      const bool compressed = (at(content, skip) & 1) != 0;
      const unsigned protocol =
          compressed ? at(content, skip) : at(content, skip) << 8 | at(content, skip + 1);
      const auto size = static_cast<std::ptrdiff_t>(skip + (compressed ? 1 : 2));
      all.push_back({check, static_cast<std::uint16_t>(protocol),
                     Octets(content.begin() + size, content.end())});
      content.clear();
    }
  }
  return all;
}

/// A link whose peer is played octet by octet.
class FrameCheckTest : public testing::Test {
 protected:
  /// Both sides ask for the check that `bits` name; the peer agrees to everything.
  void open(FrameCheck ours, unsigned bits) {
    LinkConfig config;
    config.lcp.fcs = ours;
    peer.emplace(config);
    peer->start();
    peer->feed(lcp, packet(1, 0x41, octets({5, 6, 0xca, 0xfe, 0xba, 0xbe, 9, 3, bits})));
    before = sent();
    peer->feed(lcp, packet(2, peer->request.identifier(), peer->request.data()));
    after = sent();
  }
  std::vector<Found> sent() { return found_in(peer->end.take_transmit(peer->now)); }
  void feed(Check check, std::uint16_t protocol, const Octets& information) {
    peer->feed_raw(frame_with(check, protocol, information));
  }
  /// IPCP of a peer that has an address and gives us one.
  void open_ipcp(Check check) {
    feed(check, ipcp, packet(1, 0x51, octets({3, 6, 10, 0, 0, 1})));
    Octets request;
    unsigned id = 0;
    const auto take_request = [&](const std::vector<Found>& frames) {
      for (const Found& frame : frames) {
        if (frame.protocol != ipcp || frame.code() != 1) continue;
        id = at(frame.information, 1);
        request.assign(frame.information.begin() + 4, frame.information.end());
      }
    };
    take_request(after);
    feed(check, ipcp, packet(4, id, Octets(request.begin() + 6, request.end())));  // no DNS
    take_request(sent());
    feed(check, ipcp, packet(3, id, octets({3, 6, 10, 0, 0, 2})));
    take_request(sent());
    feed(check, ipcp, packet(2, id, octets({3, 6, 10, 0, 0, 2})));
    sent();
    ASSERT_TRUE(peer->end.up()) << peer->end.transcript();
  }
  std::uint64_t fcs_errors() const { return peer->dropped(Drop::fcs_error); }

  std::optional<HandPeer> peer;
  std::vector<Found> before;  ///< what was sent while LCP was not open yet
  std::vector<Found> after;   ///< and right when it had opened
};

TEST_F(FrameCheckTest, TakesEffectWhenLcpHasOpened) {
  open(FrameCheck::fcs32, 4);
  for (const Found& frame : before) EXPECT_EQ(frame.check, Check::of_16);
  ASSERT_FALSE(after.empty());
  for (const Found& frame : after) EXPECT_EQ(frame.check, Check::of_32);
  const LineOpened opened = peer->end.last<LineOpened>().value();
  EXPECT_EQ(opened.send_fcs, FrameCheck::fcs32);
  EXPECT_EQ(opened.receive_fcs, FrameCheck::fcs32);
  open_ipcp(Check::of_32);
  const Octets data = ip_packet(100);
  ASSERT_EQ(peer->end.link.send(peer->now, NetworkProtocol::ipv4, data), SendResult::accepted);
  const auto frames = sent();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].check, Check::of_32);
  EXPECT_EQ(frames[0].information, data);
  feed(Check::of_32, ipv4, data);
  EXPECT_EQ(peer->end.packets, std::vector<Octets>{data});
  EXPECT_EQ(fcs_errors(), 0U);
}

TEST_F(FrameCheckTest, IsNegotiatedForEachDirectionApart) {
  open(FrameCheck::fcs16, 4);  // we send 32, the peer stays with 16
  open_ipcp(Check::of_16);
  const LineOpened opened = peer->end.last<LineOpened>().value();
  EXPECT_EQ(opened.send_fcs, FrameCheck::fcs32);
  EXPECT_EQ(opened.receive_fcs, FrameCheck::fcs16);
  feed(Check::of_32, ipv4, ip_packet(100));
  EXPECT_TRUE(peer->end.packets.empty()) << "not what was asked for";
  EXPECT_EQ(fcs_errors(), 1U);
}

TEST_F(FrameCheckTest, OpenedAcceptsLcpWithTheDefaultAndNothingElse) {
  open(FrameCheck::fcs32, 4);
  open_ipcp(Check::of_32);
  feed(Check::of_16, lcp, packet(9, 7, octets({0xca, 0xfe, 0xba, 0xbe})));
  const auto frames = sent();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].code(), 10U);
  EXPECT_EQ(frames[0].check, Check::of_32);
  feed(Check::of_16, ipv4, ip_packet(100));
  feed(Check::of_16, ipcp, packet(1, 9, octets({3, 6, 10, 0, 0, 1})));
  EXPECT_TRUE(peer->end.packets.empty());
  EXPECT_TRUE(peer->end.up());
  EXPECT_EQ(fcs_errors(), 2U);
}

TEST_F(FrameCheckTest, ADamagedFrameIsDamagedUnderBoth) {
  open(FrameCheck::fcs32, 4);
  open_ipcp(Check::of_32);
  for (std::size_t i = 1; i < 20; ++i) {
    Octets frame = frame_with(Check::of_32, lcp, packet(9, 1, octets({33, 34, 35, 36, 37, 38})));
    frame[i] ^= std::byte{0x40};
    peer->feed_raw(frame);
  }
  EXPECT_TRUE(sent().empty());
}

TEST_F(FrameCheckTest, APeerThatBeginsAnewIsHeardAndAnsweredWithTheDefault) {
  open(FrameCheck::fcs32, 4);
  open_ipcp(Check::of_32);
  feed(Check::of_16, lcp, packet(1, 0x61, octets({5, 6, 1, 2, 3, 4})));
  EXPECT_FALSE(peer->end.up());
  bool answered = false;
  for (const Found& frame : sent()) {
    if (frame.protocol == lcp && frame.code() == 2) {
      answered = true;
      EXPECT_EQ(frame.check, Check::of_16);
    }
  }
  EXPECT_TRUE(answered);
}

// "it is recommended that the LCP Configure-Request or Terminate-Request packet be sent with the
// last negotiated FCS, then change to the default FCS, and a duplicate LCP packet is sent with the
// default FCS. The identifier field SHOULD NOT be incremented" (section 2.1.1)
TEST_F(FrameCheckTest, OurRequestToBeginAnewGoesOutTwice) {
  open(FrameCheck::fcs32, 4);
  open_ipcp(Check::of_32);
  peer->end.link.renegotiate(peer->now);
  peer->end.drain(peer->now);
  const auto frames = sent();
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].check, Check::of_32);
  EXPECT_EQ(frames[1].check, Check::of_16);
  EXPECT_EQ(frames[0].code(), 1U);
  EXPECT_EQ(frames[0].information, frames[1].information);
  peer->pass(seconds(3));
  EXPECT_EQ(sent().size(), 2U) << "the peer has not shown that it heard";
  feed(Check::of_16, lcp, packet(4, at(frames[1].information, 1), octets({7, 2})));
  EXPECT_EQ(sent().size(), 1U) << "now it has";
}

TEST_F(FrameCheckTest, OurRequestToEndGoesOutTwice) {
  open(FrameCheck::fcs32, 4);
  open_ipcp(Check::of_32);
  peer->end.link.close(peer->now);
  const auto frames = sent();
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].check, Check::of_32);
  EXPECT_EQ(frames[1].check, Check::of_16);
  EXPECT_EQ(frames[0].code(), 5U);
  EXPECT_EQ(frames[0].information, frames[1].information);
}

TEST_F(FrameCheckTest, ThePeersTerminateRequestIsAnsweredWithTheDefault) {
  open(FrameCheck::fcs32, 4);
  open_ipcp(Check::of_32);
  feed(Check::of_16, lcp, packet(5, 9));
  const auto frames = sent();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].code(), 6U);
  EXPECT_EQ(frames[0].check, Check::of_16);
}

TEST_F(FrameCheckTest, InAckSentTheRequestGoesOutTwice) {
  LinkConfig config;
  peer.emplace(config);
  peer->start();
  peer->feed(lcp, packet(1, 0x41, octets({5, 6, 9, 9, 9, 9, 9, 3, 4})));
  sent();
  peer->pass(seconds(3));  // the peer may be open by now, and its Ack may have got lost
  const auto frames = sent();
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].check, Check::of_32);
  EXPECT_EQ(frames[1].check, Check::of_16);
  EXPECT_EQ(frames[0].information, frames[1].information);
}

TEST_F(FrameCheckTest, WithoutAlternativesNothingGoesOutTwice) {
  open(FrameCheck::fcs16, 2);
  open_ipcp(Check::of_16);
  peer->end.link.renegotiate(peer->now);
  EXPECT_EQ(sent().size(), 1U);
}

// --- The null FCS (section 2.1.2) ----------------------------------------------------------------

TEST_F(FrameCheckTest, NullIsForPacketsOfTheNetworkLayerOnly) {
  open(FrameCheck::none, 1);
  open_ipcp(Check::of_16);
  const Octets data = ip_packet(100);
  ASSERT_EQ(peer->end.link.send(peer->now, NetworkProtocol::ipv4, data), SendResult::accepted);
  auto frames = sent();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].check, Check::none);
  EXPECT_EQ(frames[0].information, data);
  feed(Check::none, ipv4, data);
  EXPECT_EQ(peer->end.packets, std::vector<Octets>{data});
  feed(Check::of_16, lcp, packet(9, 7, octets({0xca, 0xfe, 0xba, 0xbe})));
  frames = sent();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].code(), 10U);
  EXPECT_EQ(frames[0].check, Check::of_16);
}

TEST_F(FrameCheckTest, NullWithAnotherLeavesTheOtherToControlPackets) {
  open(FrameCheck::fcs16, 5);
  for (const Found& frame : after) EXPECT_EQ(frame.check, Check::of_32);
  EXPECT_EQ(peer->end.last<LineOpened>()->send_fcs, FrameCheck::none);
}

TEST_F(FrameCheckTest, NullDoesNotLetDamagedControlPacketsIn) {
  open(FrameCheck::none, 1);
  open_ipcp(Check::of_16);
  feed(Check::none, lcp, packet(5, 9));
  feed(Check::none, lcp, packet(1, 9));
  feed(Check::none, ipcp, packet(5, 9));
  feed(Check::none, 0xc023, packet(2, 9));
  EXPECT_TRUE(sent().empty());
  EXPECT_TRUE(peer->end.up());
  EXPECT_EQ(fcs_errors(), 4U);
}

TEST_F(FrameCheckTest, AfterNullTheDefaultIsCheckedAgain) {
  open(FrameCheck::none, 1);
  open_ipcp(Check::of_16);
  peer->end.link.renegotiate(peer->now);
  sent();
  feed(Check::none, lcp, packet(1, 9));
  EXPECT_TRUE(sent().empty());
  EXPECT_EQ(fcs_errors(), 1U);
}

// --- Two links -----------------------------------------------------------------------------------

class EveryFrameCheck : public testing::TestWithParam<std::tuple<FrameCheck, FrameCheck>> {};

void exchange_data(Pair& pair) {
  for (Endpoint* from : {&pair.a, &pair.b}) {
    Endpoint& to = from == &pair.a ? pair.b : pair.a;
    to.packets.clear();
    Random random(7);
    std::vector<Octets> sent;
    for (std::size_t size : {1U, 2U, 20U, 576U, 1500U}) {
      sent.push_back(random.octets(size));
      ASSERT_EQ(from->link.send(pair.now, NetworkProtocol::ipv4, sent.back()),
                SendResult::accepted);
      pair.run_for(seconds(1));
    }
    EXPECT_EQ(to.packets, sent);
  }
}

/// Until both ends have come up once more.
bool renegotiate(Pair& pair, Endpoint& by, Duration limit) {
  const auto ups = [](const Endpoint& end) { return end.all<Ipv4Up>().size(); };
  const std::size_t of_a = ups(pair.a), of_b = ups(pair.b);
  by.link.renegotiate(pair.now);
  return pair.run_until(
      [&] { return ups(pair.a) > of_a && ups(pair.b) > of_b && pair.both_up(); }, limit);
}

TEST_P(EveryFrameCheck, CarriesDataBeforeAndAfterARenegotiation) {
  const auto [of_a, of_b] = GetParam();
  LinkConfig a = client_config(), b = server_config();
  a.lcp.fcs = of_a;
  b.lcp.fcs = of_b;
  sim::LineOptions line;
  line.latency = milliseconds(40);
  Pair pair(a, b, line);
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(3))) << pair.transcript();
  EXPECT_EQ(pair.a.last<LineOpened>()->receive_fcs, of_a);
  EXPECT_EQ(pair.a.last<LineOpened>()->send_fcs, of_b);
  EXPECT_EQ(pair.b.last<LineOpened>()->send_fcs, of_a);
  exchange_data(pair);
  for (Endpoint* end : {&pair.a, &pair.b}) {
    ASSERT_TRUE(renegotiate(pair, *end, seconds(10))) << pair.transcript();
    exchange_data(pair);
  }
  EXPECT_EQ(pair.a.link.statistics().dropped(Drop::fcs_error), 0U) << pair.transcript();
  EXPECT_EQ(pair.b.link.statistics().dropped(Drop::fcs_error), 0U) << pair.transcript();
  pair.a.link.close(pair.now);
  EXPECT_TRUE(pair.run_until([&] { return pair.both_ended(); }, seconds(10)));
  EXPECT_EQ(pair.b.end()->reason, EndReason::peer_closed);
}

/// Whatever is lost during the switch, both ends come up with the same checks.
TEST_P(EveryFrameCheck, ComesUpOnALossyLine) {
  const auto [of_a, of_b] = GetParam();
  LinkConfig a = client_config(), b = server_config();
  a.lcp.fcs = of_a;
  b.lcp.fcs = of_b;
  sim::LineOptions line;
  line.latency = milliseconds(40);
  line.frame_loss = 0.2;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Pair pair(a, b, line, seed);
    pair.start();
    ASSERT_TRUE(pair.run_until_up(seconds(120))) << seed << "\n" << pair.transcript();
    ASSERT_TRUE(renegotiate(pair, pair.a, seconds(120))) << seed << "\n" << pair.transcript();
  }
}

std::string name_of(const testing::TestParamInfo<EveryFrameCheck::ParamType>& info) {
  return std::string(to_string(std::get<0>(info.param))) + "_" +
         std::string(to_string(std::get<1>(info.param)));
}

INSTANTIATE_TEST_SUITE_P(Links, EveryFrameCheck,
                         testing::Combine(testing::Values(FrameCheck::none, FrameCheck::fcs16,
                                                          FrameCheck::fcs32),
                                          testing::Values(FrameCheck::none, FrameCheck::fcs16,
                                                          FrameCheck::fcs32)),
                         name_of);

TEST(FrameCheck32, NoDamagedPacketIsDelivered) {
  LinkConfig a = client_config(), b = server_config();
  a.lcp.fcs = b.lcp.fcs = FrameCheck::fcs32;
  sim::LineOptions line;
  line.bit_errors = 0.0003;
  Pair pair(a, b, line, 3);
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(120)));
  Random random(1);
  for (int i = 0; i < 2000 && pair.both_up(); ++i) {
    pair.b.packets.clear();
    const Octets sent = random.octets(200);
    if (pair.a.link.send(pair.now, NetworkProtocol::ipv4, sent) != SendResult::accepted) continue;
    pair.run_for(milliseconds(1));
    for (const Octets& packet : pair.b.packets) ASSERT_EQ(packet, sent);
  }
  EXPECT_GT(pair.b.link.statistics().dropped(Drop::fcs_error), 100U);
}

}  // namespace
}  // namespace tunppp::test
