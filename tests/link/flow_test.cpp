// Flow: what receive() takes, what send() accepts, and what is valid how long.
#include <gtest/gtest.h>

#include "link/hand_peer.h"
#include "link/pair.h"

namespace tunppp::test {
namespace {

Octets many_packets(int count, std::size_t size = 60) {
  Octets out;
  for (int i = 0; i < count; ++i) {
    Octets content = ip_packet(size);
    content[1] = static_cast<std::byte>(i);
    out = out + frame_of(ipv4, content);
  }
  return out;
}

TEST(Receive, StopsWhenItsSlotsAreFullAndGoesOnLater) {
  for (std::size_t slots : {std::size_t{1}, std::size_t{2}, std::size_t{8}, std::size_t{0}}) {
    LinkConfig config;
    config.receive_slots = slots;
    HandPeer peer(config);
    peer.come_up();
    const Octets stream = many_packets(50);
    Bytes rest = stream;
    int rounds = 0;
    while (!rest.empty()) {
      const std::size_t taken = peer.end.link.receive(first_line, peer.now, rest);
      ASSERT_GT(taken, 0U);
      rest = rest.subspan(taken);
      // Not polled: nothing more is taken.
      EXPECT_TRUE(rest.empty() || peer.end.link.receive(first_line, peer.now, rest) == 0U);
      std::size_t polled = 0;
      while (const auto packet = peer.end.link.poll_packet()) {
        peer.end.packets.push_back(copy(packet->data));
        ++polled;
      }
      EXPECT_LE(polled, std::max<std::size_t>(slots, 1));
      ASSERT_LT(++rounds, 200);
    }
    ASSERT_EQ(peer.end.packets.size(), 50U);
    for (unsigned i = 0; i < 50; ++i) EXPECT_EQ(at(peer.end.packets[i], 1), i);
  }
}

/// "may be changed, and has at least 64 octets of writable memory before and behind it"
TEST(Receive, PacketsMayBeOverwrittenWithTheirSurroundings) {
  LinkConfig config;
  config.receive_slots = 4;
  HandPeer peer(config);
  peer.come_up();
  const Octets stream = many_packets(4, 1500) + many_packets(4, 30) + many_packets(4, 700);
  const Octets half_a_frame = frame_of(ipv4, ip_packet(1500, 0x99));
  const std::size_t half = 700;
  Octets all = stream + Octets(half_a_frame.begin(), half_a_frame.begin() + half);
  Bytes rest = all;
  std::vector<Octets> got;
  while (!rest.empty()) {
    rest = rest.subspan(peer.end.link.receive(first_line, peer.now, rest));
    std::vector<MutableBytes> packets;
    while (const auto packet = peer.end.link.poll_packet()) packets.push_back(packet->data);
    for (const MutableBytes packet : packets) got.push_back(copy(packet));
    for (const MutableBytes packet : packets) {
      std::fill(packet.data() - 64, packet.data() + packet.size() + 64, std::byte{0xee});
    }
  }
  ASSERT_EQ(got.size(), 12U);
  EXPECT_EQ(frames_of(stream).size(), got.size());
  std::size_t index = 0;
  for (const SentFrame& frame : frames_of(stream)) EXPECT_EQ(got[index++], frame.information);
  // The frame that was half there while its neighbours were overwritten is whole.
  peer.feed_raw(Octets(half_a_frame.begin() + half, half_a_frame.end()));
  ASSERT_EQ(peer.end.packets.size(), 1U);
  EXPECT_EQ(peer.end.packets[0], ip_packet(1500, 0x99));
}

TEST(Receive, PacketsStayValidUntilTheNextReceive) {
  HandPeer peer;
  peer.come_up();
  const Octets stream = many_packets(8);
  ASSERT_EQ(peer.end.link.receive(first_line, peer.now, stream), stream.size());
  std::vector<Bytes> views;
  while (const auto packet = peer.end.link.poll_packet()) views.push_back(packet->data);
  ASSERT_EQ(views.size(), 8U);
  // Other calls in between do not touch them.
  peer.end.link.send(peer.now, NetworkProtocol::ipv4, ip_packet(1000));
  peer.end.link.handle_timeout(peer.now);
  peer.end.link.close(peer.now);
  for (unsigned i = 0; i < 8; ++i) EXPECT_EQ(at(views[i], 1), i);
}

/// An owner that polls no events is not flooded with them.
TEST(Receive, WaitsForAnOwnerThatPollsNoEvents) {
  HandPeer peer;
  peer.start();
  std::size_t refused = 0;
  for (unsigned i = 0; i < 1000; ++i) {
    const Octets frame = frame_of(
        lcp, i % 2 == 0 ? packet(1, i & 0xff, octets({5, 6, 1, 2, i >> 8, i & 0xff}))
                        : packet(2, peer.request.identifier(), peer.request.data()));
    if (peer.end.link.receive(first_line, peer.now, frame) < frame.size()) ++refused;
    const Octets sent = copy(peer.end.link.poll_transmit());
    peer.end.link.transmitted(sent.size());
    for (const SentFrame& one : frames_of(sent)) {
      if (one.protocol == lcp && one.code() == 1) peer.request = one;
    }
  }
  int events = 0;
  while (peer.end.link.poll_event()) ++events;
  EXPECT_GT(refused, 0U);
  EXPECT_LT(events, 50);
}

// --- Sending --------------------------------------------------------------------------------------

TEST(Send, FillsTheBufferThenSaysFull) {
  for (std::size_t capacity : {std::size_t{8192}, std::size_t{16384}, std::size_t{100000},
                               std::size_t{1}}) {
    LinkConfig config;
    config.transmit_capacity = capacity;
    HandPeer peer(config);
    peer.come_up();
    Random random(capacity);
    int accepted = 0;
    for (int i = 0; i < 5000; ++i) {
      const bool promised = peer.end.link.can_send();
      const std::size_t before = peer.end.link.transmit_pending();
      const bool largest = random.below(4) == 0;
      const Octets packet = largest ? ip_packet(1500, 0x7e) : random.octets(1 + random.below(1500));
      const SendResult result = peer.end.link.send(peer.now, NetworkProtocol::ipv4, packet);
      ASSERT_NE(result, SendResult::closed);
      ASSERT_TRUE(!promised || result == SendResult::accepted) << "can_send() is a promise";
      ASSERT_TRUE(!largest || promised || result == SendResult::full) << "... and exact";
      if (result == SendResult::full) {
        ASSERT_EQ(peer.end.link.transmit_pending(), before) << "refused whole";
        // The line takes some of it.
        peer.end.link.transmitted(1 + random.below(peer.end.link.transmit_pending()));
      } else {
        ++accepted;
      }
      ASSERT_LE(peer.end.link.transmit_pending(), std::max<std::size_t>(capacity, 8192));
    }
    EXPECT_EQ(peer.statistics().sent_packets, static_cast<std::uint64_t>(accepted));
    EXPECT_GT(accepted, 1000);
  }
}

TEST(Send, EverythingThatWasAcceptedComesOutInOrderHoweverTheLineTakesIt) {
  HandPeer peer;
  peer.come_up();
  Random random(7);
  Octets line;
  std::vector<Octets> sent;
  for (int i = 0; i < 3000; ++i) {
    const Octets packet = random.octets(1 + random.below(600));
    if (peer.end.link.send(peer.now, NetworkProtocol::ipv4, packet) == SendResult::accepted) {
      sent.push_back(packet);
    }
    const Bytes pending = peer.end.link.poll_transmit();
    const std::size_t count = random.below(std::min<std::size_t>(pending.size(), 400) + 1);
    line.insert(line.end(), pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(count));
    peer.end.link.transmitted(count);
  }
  line = line + copy(peer.end.link.poll_transmit());
  const auto frames = frames_of(line);
  ASSERT_EQ(frames.size(), sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    ASSERT_TRUE(frames[i].good);
    ASSERT_EQ(frames[i].information, sent[i]);
  }
}

/// Echoes, Acks and Terminate-Requests do not wait for a line that data has filled.
TEST(Send, ControlPacketsHaveRoomWhenDataFillsTheBuffer) {
  HandPeer peer;
  peer.come_up();
  while (peer.end.link.can_send()) {
    ASSERT_EQ(peer.end.link.send(peer.now, NetworkProtocol::ipv4, ip_packet(1500, 0x7e)),
              SendResult::accepted);
  }
  for (std::size_t size = 1500; size > 0; --size) {  // down to the last octet that is given to data
    while (peer.end.link.send(peer.now, NetworkProtocol::ipv4, ip_packet(size)) ==
           SendResult::accepted) {
    }
  }
  peer.feed(lcp, packet(9, 1, octets({1, 2, 3, 4}) + Octets(100)));
  peer.feed(ipcp, packet(1, 0x77, octets({3, 6, 10, 0, 0, 9})));
  EXPECT_EQ(peer.dropped(Drop::transmit_full), 0U);
  bool echo = false;
  bool ack = false;
  for (const SentFrame& frame : peer.sent()) {
    echo |= frame.protocol == lcp && frame.code() == 10;
    ack |= frame.protocol == ipcp && frame.code() == 2;
  }
  EXPECT_TRUE(echo && ack);
}

/// A line that takes nothing while the peer asks for more and more: bounded, and counted.
TEST(Send, AnswersThatFindNoRoomAreCounted) {
  HandPeer peer;
  peer.come_up();
  for (unsigned i = 0; i < 1000; ++i) {
    peer.feed(lcp, packet(9, i & 0xff, octets({1, 2, 3, 4}) + Octets(200)));
  }
  EXPECT_LE(peer.end.link.transmit_pending(), LinkConfig{}.transmit_capacity);
  const auto replies = peer.sent().size();
  EXPECT_GT(replies, 10U);
  EXPECT_EQ(replies + peer.dropped(Drop::transmit_full), 1000U);
  EXPECT_TRUE(peer.end.up());
}

TEST(Send, RefusesWhatIsTooLargeOrOfNoOpenProtocol) {
  HandPeer peer;
  peer.start();
  EXPECT_EQ(peer.end.link.mtu(), 0);
  EXPECT_EQ(peer.end.link.send(peer.now, NetworkProtocol::ipv4, ip_packet(20)), SendResult::closed);
  peer.open_lcp();
  EXPECT_EQ(peer.end.link.send(peer.now, NetworkProtocol::ipv4, ip_packet(20)), SendResult::closed);
  peer.open_ipcp();
  EXPECT_EQ(peer.end.link.send(peer.now, NetworkProtocol::ipv4, ip_packet(1500)),
            SendResult::accepted);
  EXPECT_EQ(peer.end.link.send(peer.now, NetworkProtocol::ipv4, ip_packet(1501)),
            SendResult::closed);
  EXPECT_EQ(peer.end.link.send(peer.now, static_cast<NetworkProtocol>(0x57), ip_packet(60)),
            SendResult::closed);
}

// --- Renegotiation while data flows ---------------------------------------------------------------

TEST(Renegotiation, FromEitherSideComesUpAgain) {
  for (bool from_client : {true, false}) {
    Pair pair(client_config(), server_config());
    pair.start();
    ASSERT_TRUE(pair.run_until_up(seconds(0)));
    pair.run_for(seconds(100));
    Endpoint& other = from_client ? pair.b : pair.a;
    // A Configure-Request that the other end never sent, as after a restart of its LCP.
    other.receive(pair.now, frame_of(lcp, packet(1, 0xee, octets({5, 6, 1, 2, 3, 4}))));
    EXPECT_FALSE(pair.both_up());
    ASSERT_TRUE(pair.run_until_up(seconds(3))) << pair.transcript();
    pair.run_for(seconds(100));
    EXPECT_TRUE(pair.both_up());
    EXPECT_EQ(other.all<Ipv4Up>().size(), 2U);
    EXPECT_EQ(other.all<Ipv4Down>().size(), 1U);
  }
}

TEST(Statistics, AddUp) {
  Pair pair(client_config(), server_config());
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(0)));
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(pair.a.link.send(pair.now, NetworkProtocol::ipv4, ip_packet(100)),
              SendResult::accepted);
    pair.run_for(seconds(1));
  }
  pair.a.link.close(pair.now);
  ASSERT_TRUE(pair.run_until([&] { return pair.both_ended(); }, seconds(10)));
  const LinkStatistics& a = pair.a.link.statistics();
  const LinkStatistics& b = pair.b.link.statistics();
  EXPECT_EQ(a.sent_octets, b.received_octets);
  EXPECT_EQ(b.sent_octets, a.received_octets);
  EXPECT_EQ(a.sent_frames, b.received_frames);
  EXPECT_EQ(b.sent_frames, a.received_frames);
  EXPECT_EQ(a.sent_packets, 100U);
  EXPECT_EQ(b.received_packets, 100U);
  EXPECT_EQ(a.sent_packet_octets, 10000U);
  EXPECT_EQ(b.received_packet_octets, 10000U);
}

}  // namespace
}  // namespace tunppp::test
