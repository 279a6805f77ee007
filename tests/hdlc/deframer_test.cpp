#include "hdlc/deframer.h"

#include "collector.h"
#include "hdlc/framer.h"
#include "octets.h"

#include <gtest/gtest.h>

namespace tunppp::hdlc {
namespace {

using test::Collector;
using test::octets;
using test::Octets;

class DeframerTest : public testing::Test {
 protected:
  DeframerTest() {
    deframer.set_buffer(room);
    deframer.set_receive_accm(Accm::none());
  }

  /// The octets with FCS-16, as they would stand between two flags if nothing wanted escaping.
  static Octets checked(Octets content) {
    const unsigned sent = ~unsigned{fcs16(fcs16_initial, content)};
    content.push_back(static_cast<std::byte>(sent & 0xff));
    content.push_back(static_cast<std::byte>(sent >> 8 & 0xff));
    return content;
  }
  void receive(std::initializer_list<unsigned> values) { receive(octets(values)); }
  void receive(const Octets& in) { EXPECT_EQ(deframer.receive(in, collector), in.size()); }

  Octets room = Octets(1504 + slack);
  Deframer deframer;
  Collector collector;
};

const Octets echo = octets({0x7e, 0xff, 0x03, 0xc0, 0x21, 0x09, 0x01, 0x00, 0x08, 0x99, 0xd1, 0x35,
                            0xc1, 0x8e, 0x2c, 0x7e});
const Octets echo_content =
    octets({0xff, 0x03, 0xc0, 0x21, 0x09, 0x01, 0x00, 0x08, 0x99, 0xd1, 0x35, 0xc1});

TEST_F(DeframerTest, FindsAFrameAndStripsItsCheck) {
  receive(echo);
  EXPECT_EQ(collector.frames, std::vector<Octets>{echo_content});
  EXPECT_TRUE(collector.drops.empty());
}

TEST_F(DeframerTest, OneFlagBetweenFramesIsEnoughAndManyAreNoError) {
  receive(echo);
  receive(octets(Bytes(echo).subspan(1)));
  receive({0x7e, 0x7e, 0x7e});
  receive(echo);
  EXPECT_EQ(collector.frames.size(), 3u);
  EXPECT_TRUE(collector.drops.empty());
}

TEST_F(DeframerTest, OctetsBeforeTheFirstFlagAreNoFrame) {
  receive(octets(" 150000000\r\n"));
  EXPECT_EQ(octets(deframer.pending()), octets(" 150000000\r\n"));
  receive(echo);
  EXPECT_EQ(collector.frames, std::vector<Octets>{echo_content});
  ASSERT_EQ(collector.drops.size(), 1u);
  EXPECT_EQ(collector.drops[0].why, Drop::before_first_flag);
  EXPECT_EQ(collector.drops[0].content, octets(" 150000000\r\n"));
}

TEST_F(DeframerTest, WhatIsPendingCanBeRead) {
  receive(echo);
  EXPECT_TRUE(deframer.pending().empty());
  receive(octets("\r\nNO CARRIER\r\n"));
  EXPECT_EQ(octets(deframer.pending()), octets("\r\nNO CARRIER\r\n"));
}

TEST_F(DeframerTest, EscapesAreTakenOut) {
  deframer.set_fcs(Fcs::none);
  receive({0x7e, 0x21, 0x7d, 0x5e, 0x7d, 0x5d, 0x7d, 0x31, 0x7e});
  EXPECT_EQ(collector.frames, std::vector<Octets>{octets({0x21, 0x7e, 0x7d, 0x11})});
}

TEST_F(DeframerTest, AnEscapedEscapeIsAnOctetLikeAnyOther) {
  deframer.set_fcs(Fcs::none);
  receive({0x7e, 0x21, 0x7d, 0x7d, 0x7d, 0x7d, 0x22, 0x7e});
  EXPECT_EQ(collector.frames, std::vector<Octets>{octets({0x21, 0x5d, 0x5d, 0x22})});
}

TEST_F(DeframerTest, ControlCharactersOfTheMapAreDroppedBeforeTheCheck) {
  deframer.set_receive_accm(Accm(1u << 0x11 | 1u << 0x13));
  const Octets frame = checked(octets({0x21, 0x45, 0x12, 0x34}));
  for (std::size_t at = 0; at <= frame.size(); ++at) {
    Octets line = frame;
    line.insert(line.begin() + static_cast<std::ptrdiff_t>(at), std::byte{0x11});
    line.push_back(flag);
    receive({0x7e});
    receive(line);
  }
  EXPECT_EQ(collector.frames.size(), frame.size() + 1);
  EXPECT_TRUE(collector.drops.empty());
}

TEST_F(DeframerTest, ControlCharactersOutsideTheMapAreContent) {
  deframer.set_fcs(Fcs::none);
  deframer.set_receive_accm(Accm(1u << 0x11));
  receive({0x7e, 0x21, 0x13, 0x11, 0x00, 0x7e});
  EXPECT_EQ(collector.frames, std::vector<Octets>{octets({0x21, 0x13, 0x00})});
}

TEST_F(DeframerTest, ADroppedControlCharacterDoesNotClearAPendingEscape) {
  deframer.set_fcs(Fcs::none);
  deframer.set_receive_accm(Accm::all());
  receive({0x7e, 0x21, 0x7d, 0x11, 0x13, 0x5e, 0x22, 0x7e});
  EXPECT_EQ(collector.frames, std::vector<Octets>{octets({0x21, 0x7e, 0x22})});
}

TEST_F(DeframerTest, EscapeAndFlagAbort) {
  receive({0x7e, 0x21, 0x45, 0x00, 0x01, 0x7d, 0x7e});
  ASSERT_EQ(collector.drops.size(), 1u);
  EXPECT_EQ(collector.drops[0].why, Drop::aborted);
  EXPECT_EQ(collector.drops[0].content, octets({0x21, 0x45, 0x00, 0x01}));
  receive(octets(Bytes(echo).subspan(1)));  // the flag that aborted opens the next frame
  EXPECT_EQ(collector.frames, std::vector<Octets>{echo_content});
}

TEST_F(DeframerTest, AbortCountsForAFrameWithAGoodCheckToo) {
  Octets line = echo;
  line.insert(line.end() - 1, escape);
  receive(line);
  EXPECT_TRUE(collector.frames.empty());
  EXPECT_EQ(collector.count(Drop::aborted), 1u);
}

TEST_F(DeframerTest, AShortFrameIsARuntAndNoFcsError) {
  receive({0x7e, 0x01, 0x7e, 0x01, 0x02, 0x7e, 0x01, 0x02, 0x03, 0x7e});
  EXPECT_EQ(collector.count(Drop::runt), 3u);
  receive({0x01, 0x02, 0x03, 0x04, 0x7e});
  EXPECT_EQ(collector.count(Drop::runt), 3u);
  EXPECT_EQ(collector.count(Drop::fcs_error), 1u);
}

TEST_F(DeframerTest, ADamagedFrameIsDroppedWhicheverBitIsWrong) {
  const Octets frame = checked(octets({0x21, 0x45, 0x00, 0x00, 0x14}));
  std::size_t whole = 0;
  for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
    Octets line = frame;
    line[bit / 8] ^= static_cast<std::byte>(1u << bit % 8);
    line.insert(line.begin(), flag);
    line.push_back(flag);
    receive(line);
    ++whole;
  }
  EXPECT_TRUE(collector.frames.empty());
  EXPECT_GE(collector.count(Drop::fcs_error), whole - 8);  // some flips make a flag or an escape
}

TEST_F(DeframerTest, AnOverlongFrameIsDroppedOnceAndTheNextFlagIsTheNextFrame) {
  Octets small(32 + slack);
  deframer.set_buffer(small);
  receive({0x7e});
  for (int i = 0; i < 50; ++i) receive(Octets(100, std::byte{0x41}));
  ASSERT_EQ(collector.drops.size(), 1u);
  EXPECT_EQ(collector.drops[0].why, Drop::overlong);
  EXPECT_EQ(collector.drops[0].content, Octets(32, std::byte{0x41}));
  EXPECT_TRUE(deframer.pending().empty());
  receive(echo);
  EXPECT_EQ(collector.drops.size(), 1u);
  EXPECT_EQ(collector.frames, std::vector<Octets>{echo_content});
}

TEST_F(DeframerTest, AFrameThatJustFitsIsNotOverlong) {
  const Octets content(30, std::byte{0x41});
  Octets small(32 + slack);
  deframer.set_buffer(small);
  Octets line = checked(content);
  line.push_back(flag);
  receive({0x7e});
  receive(line);
  EXPECT_EQ(collector.frames, std::vector<Octets>{content});
  line.insert(line.begin(), std::byte{0x41});
  receive(line);
  EXPECT_EQ(collector.count(Drop::overlong), 1u);
}

TEST_F(DeframerTest, TextBeforeTheFirstFlagDoesNotGrowAndItsEndCanBeRead) {
  Octets small(32 + slack);
  deframer.set_buffer(small);
  receive(Octets(1000, std::byte{0x41}));
  receive(octets("\r\nNO CARRIER"));
  EXPECT_LE(deframer.pending().size(), 32u);
  receive(echo);
  EXPECT_EQ(collector.frames, std::vector<Octets>{echo_content});
  EXPECT_EQ(collector.count(Drop::overlong), 0u);
}

TEST_F(DeframerTest, TheCheckIsTheNegotiatedOne) {
  deframer.set_fcs(Fcs::fcs32);
  receive(octets("~123456789"));
  receive({0x26, 0x39, 0xf4, 0xcb, 0x7e});
  EXPECT_EQ(collector.frames, std::vector<Octets>{octets("123456789")});
  receive({0x01, 0x02, 0x03, 0x04, 0x05, 0x7e});
  EXPECT_EQ(collector.count(Drop::runt), 1u);
}

TEST_F(DeframerTest, TheSinkCanStopAfterAFrame) {
  Octets line = echo;
  test::append(line, Bytes(echo).subspan(1));
  test::append(line, Bytes(echo).subspan(1));
  collector.stop_after = 1;
  const std::size_t first = deframer.receive(line, collector);
  EXPECT_EQ(first, echo.size());
  collector.stop_after = 2;
  const std::size_t second = deframer.receive(Bytes(line).subspan(first), collector);
  EXPECT_EQ(second, echo.size() - 1);
  EXPECT_EQ(collector.frames.size(), 2u);
}

/// Hands out another buffer for each frame.
struct Rotating {
  bool frame(MutableBytes content) {
    frames.push_back(content);
    rooms.emplace_back(64 + slack);
    deframer->set_buffer(rooms.back());
    return true;
  }
  void dropped(Drop, Bytes) { FAIL(); }

  Deframer* deframer;
  std::vector<MutableBytes> frames{};
  std::vector<Octets> rooms{};
};

TEST_F(DeframerTest, TheSinkCanSetTheNextBuffer) {
  Rotating sink{&deframer};
  sink.rooms.reserve(8);
  Octets line;
  for (unsigned i = 0; i < 5; ++i) {
    line.push_back(flag);
    test::append(line, checked(octets({0x21, i, i, i})));
  }
  line.push_back(flag);
  deframer.receive(line, sink);
  ASSERT_EQ(sink.frames.size(), 5u);
  for (unsigned i = 0; i < 5; ++i) EXPECT_EQ(octets(sink.frames[i]), octets({0x21, i, i, i}));
  EXPECT_EQ(sink.frames[0].data(), room.data());
  EXPECT_EQ(sink.frames[1].data(), sink.rooms[0].data());
}

TEST_F(DeframerTest, ResetForgetsTheUnfinishedFrame) {
  receive({0x7e, 0x21, 0x7d});
  deframer.reset();
  EXPECT_TRUE(deframer.pending().empty());
  receive(echo);
  EXPECT_EQ(collector.frames, std::vector<Octets>{echo_content});
  EXPECT_TRUE(collector.drops.empty());
}

}  // namespace
}  // namespace tunppp::hdlc
