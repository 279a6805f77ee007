// Defects that other PPP implementations had in what they read from the line, each tried on a whole
// link: it drops or answers what it should, and goes on.
#include "link/hand_peer.h"
#include "trace/pcapng.h"

namespace tunppp::test {
namespace {

constexpr std::uint16_t eap = 0xc227;

Octets long_name(std::size_t size) {
  return Octets(size, std::byte{'A'});
}

Octets operator|(Octets a, const Octets& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

LinkConfig proves_itself(AuthMethod method) {
  LinkConfig config;
  config.auth.user = "alice";
  config.auth.password = Secret("s3cret");
  config.auth.accept = {method};
  return config;
}

LinkConfig asks_for_proof(AuthMethod method) {
  LinkConfig config;
  config.auth.require = {method};
  config.auth.accept = {};
  return config;
}

const Octets wants_eap = octets({3, 4, 0xc2, 0x27, 5, 6, 0xca, 0xfe, 0xba, 0xbe});
const Octets wants_chap = octets({3, 5, 0xc2, 0x23, 5, 5, 6, 0xca, 0xfe, 0xba, 0xbe});

/// Alive: an LCP Echo-Request gets its reply.
void expect_alive(HandPeer& peer) {
  ASSERT_FALSE(peer.end.ended()) << peer.end.transcript();
  peer.sent();
  peer.feed(lcp, packet(9, 0x77, octets({0, 0, 0, 0})));
  EXPECT_EQ(peer.last_of(lcp, 10).identifier(), 0x77U) << peer.end.transcript();
}

// CVE-2020-8597: pppd trimmed a long name behind an EAP MD5-Challenge wrongly, and wrote it behind
// the end of a buffer of 256 octets.
TEST(Pppd, Cve_2020_8597_NameBehindAnEapChallenge) {
  for (std::size_t size : {255U, 256U, 257U, 1000U, 1470U}) {
    HandPeer peer(proves_itself(AuthMethod::eap_md5));
    peer.start();
    peer.open_lcp(wants_eap);
    peer.sent();
    const Octets challenge = octets({4, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    peer.feed(eap, packet(1, 0x21, challenge | long_name(size)));
    const SentFrame response = peer.last_of(eap, 2);
    ASSERT_EQ(response.identifier(), 0x21U) << size;
    EXPECT_EQ(at(response.data(), 0), 4U) << "MD5-Challenge";
    EXPECT_EQ(response.data().size(), 1 + 1 + 16 + 5U) << "value and \"alice\"";
    expect_alive(peer);
  }
}

// The same from the other side: the name behind the response.
TEST(Pppd, Cve_2020_8597_NameBehindAnEapResponse) {
  for (std::size_t size : {255U, 256U, 257U, 1000U, 1470U}) {
    HandPeer peer(asks_for_proof(AuthMethod::eap_md5));
    peer.start();
    peer.open_lcp();
    const SentFrame identity = peer.last_of(eap, 1);
    ASSERT_EQ(at(identity.data(), 0), 1U) << "Identity";
    peer.feed(eap, packet(2, identity.identifier(), octets({1}) | long_name(size)));
    const SentFrame challenge = peer.last_of(eap, 1);
    const Octets value(16, std::byte{0x11});
    peer.feed(eap, packet(2, challenge.identifier(), octets({4, 16}) | value | long_name(size)));
    peer.sent();
    if (!peer.end.ended()) {
      EXPECT_NE(peer.end.link.phase(), Phase::network) << "a name of " << size << " is nobody's";
    }
  }
}

// CVE-2026-75883: pppd believed the lengths inside of PEAP. PEAP is no method of ours: whatever it
// says, it is answered with a Nak that names what we can.
TEST(Pppd, Cve_2026_75883_PeapWithLengthsThatLie) {
  HandPeer peer(proves_itself(AuthMethod::eap_md5));
  peer.start();
  peer.open_lcp(wants_eap);
  peer.sent();
  const Octets start = octets({25, 0xc0, 0xff, 0xff, 0xff, 0xff});
  for (std::size_t size : {0U, 1U, 200U, 1400U}) {
    const auto identifier = static_cast<unsigned>(0x30 + size % 7);
    peer.feed(eap, packet(1, identifier, start | long_name(size)));
    const SentFrame answer = peer.last_of(eap, 2);
    if (answer.identifier() != identifier) continue;  // dropped, which is as good
    EXPECT_EQ(at(answer.data(), 0), 3U) << "Nak";
  }
  expect_alive(peer);
}

// Fixed in pppd in 2026: a Configure-Request full of options made an answer that was longer than
// the buffer it was put into. An option that is Nak'd can take more room than the one that came.
TEST(Pppd, Fixed2026_AnswersToRequestsFullOfOptions) {
  const std::vector<Octets> options = {octets({3, 2}),          octets({129, 2}),
                                       octets({131, 2}),        octets({2, 2}),
                                       octets({200, 2}),        octets({3, 6, 0, 0, 0, 0}),
                                       octets({2, 4, 0, 0x2d}), octets({129, 6, 0, 0, 0, 0})};
  for (const Octets& option : options) {
    LinkConfig config;
    config.ipcp.local = {{10, 0, 0, 1}};
    config.ipcp.remote = {{10, 0, 0, 2}};
    config.ipcp.accept_remote = false;
    config.ipcp.offer_dns = {Ipv4Address{{9, 9, 9, 9}}, Ipv4Address{{9, 9, 9, 10}}};
    HandPeer peer(config);
    peer.start();
    peer.open_lcp();
    peer.sent();
    Octets many;
    while (many.size() + option.size() <= 1490) many = many | option;
    peer.feed(ipcp, packet(1, 0x51, many));
    for (const SentFrame& frame : peer.sent()) {
      EXPECT_LE(frame.information.size(), 1500U);
      const std::size_t length = at(frame.information, 2) << 8 | at(frame.information, 3);
      EXPECT_EQ(frame.information.size(), length) << "whole and well-formed";
    }
    expect_alive(peer);
  }
}

// The same in LCP, before anything is agreed upon.
TEST(Pppd, Fixed2026_LcpAnswersToRequestsFullOfOptions) {
  const std::vector<Octets> options = {octets({1, 4, 0, 1}), octets({3, 4, 0xc0, 0x27}),
                                       octets({3, 2}),       octets({5, 6, 0, 0, 0, 0}),
                                       octets({2, 2}),       octets({77, 2})};
  for (const Octets& option : options) {
    HandPeer peer(proves_itself(AuthMethod::chap_md5));
    peer.start();
    Octets many;
    while (many.size() + option.size() <= 1490) many = many | option;
    peer.feed(lcp, packet(1, 0x41, many));
    for (const SentFrame& frame : peer.sent()) {
      const std::size_t length = at(frame.information, 2) << 8 | at(frame.information, 3);
      EXPECT_EQ(frame.information.size(), length);
      EXPECT_LE(length, 1500U);
    }
    peer.open_lcp(wants_chap);
    expect_alive(peer);
  }
}

// CVE-2022-4603: pppdump indexed a buffer by what a dump said. We read no dumps, but write what
// came: frames of every length, the longest as well.
TEST(Pppd, Cve_2022_4603_FramesOfEveryLengthInACapture) {
  struct Sink final : trace::ByteSink {
    void write(Bytes block) override {
      ASSERT_GE(block.size(), 12U);
      EXPECT_EQ(block.size() % 4, 0U);
      sizes.push_back(block.size());
    }
    std::vector<std::size_t> sizes;
  } sink;
  trace::PcapngWriter writer(sink);
  writer.begin("test", "test");
  const std::size_t begun = sink.sizes.size();
  const Octets data(70000, std::byte{0x7e});
  std::size_t count = 0;
  for (std::size_t size : {0U, 1U, 2U, 3U, 1500U, 16388U, 65535U, 70000U}) {
    writer.frame({}, trace::Direction::received, Bytes(data).first(size));
    ++count;
    EXPECT_GE(sink.sizes.back(), 32 + size);
  }
  EXPECT_EQ(sink.sizes.size(), begun + count);
}

// oFono's decoder wrote past the end of its buffer of 4,096 octets when no flag came.
TEST(Ofono, FrameWithoutEnd) {
  HandPeer peer;
  peer.come_up();
  Octets endless(100000, std::byte{0x41});
  endless.front() = std::byte{0x7e};
  peer.feed_raw(endless);
  EXPECT_EQ(peer.dropped(Drop::overlong), 1U);
  peer.feed_raw(octets({0x7e}));
  expect_alive(peer);
}

// oFono believed the length of a CHAP challenge.
TEST(Ofono, LengthOfAChapChallengeThatLies) {
  HandPeer peer(proves_itself(AuthMethod::chap_md5));
  peer.start();
  peer.open_lcp(wants_chap);
  peer.sent();
  for (unsigned length : {0U, 5U, 17U, 255U}) {
    peer.feed(chap, packet(1, length, octets({length, 1, 2, 3, 4})));
    EXPECT_FALSE(peer.sent_anything_of(chap)) << length;
  }
  EXPECT_EQ(peer.dropped(Drop::malformed), 4U);
  expect_alive(peer);
}

// oFono's walk over options never got past one of length 0.
TEST(Ofono, OptionOfLengthZero) {
  for (unsigned length : {0U, 1U}) {
    HandPeer peer;
    peer.start();
    peer.feed(lcp, packet(1, 0x41, octets({5, 6, 1, 2, 3, 4, 1, length})));
    EXPECT_FALSE(peer.sent_anything_of(lcp)) << "an answer would have to name the option";
    peer.open_lcp();
    peer.sent();
    peer.feed(ipcp, packet(1, 0x51, octets({3, length, 10, 0, 0, 1})));
    EXPECT_EQ(peer.dropped(Drop::malformed), 2U);
    expect_alive(peer);
  }
}

// oFono took every Code-Reject for the end. That of a code which can be done without is none.
TEST(Ofono, CodeRejectOfWhatCanBeDoneWithout) {
  HandPeer peer;
  peer.come_up();
  for (unsigned code : {9U, 10U, 11U, 12U, 13U, 200U}) {
    peer.feed(lcp, packet(7, code, packet(code, 1, octets({0, 0, 0, 0}))));
  }
  EXPECT_TRUE(peer.end.up());
  expect_alive(peer);
}

// NuttX had a receive buffer smaller than the 1500 octets that a peer may always send.
TEST(Nuttx, FullPacketWhateverMruWasAskedFor) {
  LinkConfig config;
  config.lcp.mru = 296;
  HandPeer peer(config);
  peer.come_up();
  peer.feed(ipv4, ip_packet(1500));
  ASSERT_EQ(peer.end.packets.size(), 1U);
  EXPECT_EQ(peer.end.packets[0].size(), 1500U);
}

// Zephyr cut the frame check off without looking at it.
TEST(Zephyr, DamagedFramesAreNotDelivered) {
  HandPeer peer;
  peer.come_up();
  const Octets good = frame_of(ipv4, ip_packet(40));
  for (std::size_t i = 10; i + 4 < good.size(); ++i) {
    Octets damaged = good;
    damaged[i] ^= std::byte{0x01};
    peer.feed_raw(damaged);
  }
  EXPECT_TRUE(peer.end.packets.empty());
  peer.feed_raw(good);
  EXPECT_EQ(peer.end.packets.size(), 1U);
}

// netxduo and Zephyr dropped frames whose fields were compressed.
TEST(NetxduoAndZephyr, CompressedFieldsAreTaken) {
  HandPeer peer;
  peer.come_up();
  const Octets data = ip_packet(40);
  peer.feed_raw(frame_of(octets({0x21}) | data));
  peer.feed_raw(frame_of(octets({0x00, 0x21}) | data));
  peer.feed_raw(frame_of(octets({0xff, 0x03, 0x21}) | data));
  EXPECT_EQ(peer.end.packets.size(), 3U);
}

}  // namespace
}  // namespace tunppp::test
