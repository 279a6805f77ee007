// Packets and options as octets, and packets in words.
#include "cp/packet.h"

#include <gtest/gtest.h>

#include "base/octets.h"
#include "cp/text.h"

namespace tunppp::cp {
namespace {

using tunppp::test::operator+;
using tunppp::test::octets;
using tunppp::test::Octets;
using tunppp::test::packet;

TEST(PacketView, TakesWhatLengthCovers) {
  const Octets whole = packet(9, 200, octets({1, 2, 3})) + octets({4, 5});
  const auto view = PacketView::parse(whole);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->code, 9);
  EXPECT_EQ(view->identifier, 200);
  EXPECT_EQ(tunppp::test::copy(view->data), octets({1, 2, 3}));
  EXPECT_EQ(view->whole.size(), 7U);
}

TEST(PacketView, RefusesEveryCutPacket) {
  const Octets whole = packet(1, 1, octets({1, 4, 5, 220}));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(PacketView::parse(Bytes(whole).first(size))) << size;
  }
}

TEST(OptionWalk, FindsEachOptionOnce) {
  tunppp::test::Random random(3);
  for (int round = 0; round < 200; ++round) {
    Octets written;
    std::vector<Octets> options;
    for (std::size_t i = random.below(20); i > 0; --i) {
      const Octets value = random.octets(random.below(254));
      Octets option = octets({static_cast<unsigned>(random.below(256)),
                              static_cast<unsigned>(value.size() + 2)}) +
                      value;
      options.push_back(option);
      written = written + option;
    }
    OptionWalk walk(written);
    for (const Octets& expected : options) {
      const auto option = walk.next();
      ASSERT_TRUE(option);
      EXPECT_EQ(tunppp::test::copy(option->whole), expected);
    }
    EXPECT_FALSE(walk.next());
    EXPECT_TRUE(walk.well_formed());
    EXPECT_TRUE(well_formed_options(written));
  }
}

/// However wrong: the walk ends, and never looks beyond the octets it was given.
TEST(OptionWalk, EndsOnAnything) {
  tunppp::test::Random random(4);
  for (int round = 0; round < 5000; ++round) {
    const Octets anything = random.octets(random.below(64));
    OptionWalk walk(anything);
    std::size_t covered = 0;
    while (const auto option = walk.next()) {
      ASSERT_GE(option->whole.size(), 2U);
      covered += option->whole.size();
      ASSERT_LE(covered, anything.size());
    }
    EXPECT_EQ(walk.well_formed(), covered == anything.size());
  }
}

TEST(Text, IsPrintableAndShort) {
  tunppp::test::Random random(5);
  for (int round = 0; round < 1000; ++round) {
    const std::string text = printable(random.octets(random.below(500)));
    EXPECT_LE(text.size(), 200U);
    for (char c : text) EXPECT_TRUE(c >= ' ' && c <= '~');
  }
}

TEST(Text, DescribesPackets) {
  const auto words = [](const Octets& octets) {
    return describe_packet(*PacketView::parse(octets),
                           [](const Option& option) { return describe_unknown(option); });
  };
  EXPECT_EQ(words(packet(1, 3, octets({7, 4, 1, 2}))), "ConfReq id=3 <option 7 01 02>");
  EXPECT_EQ(words(packet(1, 3, octets({7, 4, 1}))), "ConfReq id=3 <malformed>");
  EXPECT_EQ(words(packet(5, 9, octets("bye"))), "TermReq id=9 \"bye\"");
  EXPECT_EQ(words(packet(6, 9)), "TermAck id=9");
  EXPECT_EQ(words(packet(7, 9, packet(14, 2))), "CodeRej id=9 of code 14");
  EXPECT_EQ(words(packet(7, 9)), "CodeRej id=9");
  EXPECT_EQ(words(packet(14, 9)), "code 14 id=9");
  EXPECT_EQ(words(packet(0, 9)), "code 0 id=9");
}

}  // namespace
}  // namespace tunppp::cp
