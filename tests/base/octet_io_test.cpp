// Reader and Writer: what goes in comes out, and nothing goes beyond the end.
#include <gtest/gtest.h>

#include "base/octets.h"
#include "base/reader.h"
#include "base/writer.h"

namespace tunppp {
namespace {

using test::octets;
using test::Octets;

TEST(Reader, TakesNumbersInNetworkOrder) {
  const Octets in = octets({1, 2, 3, 4, 5, 6, 7, 8, 9});
  Reader reader(in);
  EXPECT_EQ(reader.u8(), 0x01);
  EXPECT_EQ(reader.u16(), 0x0203);
  EXPECT_EQ(reader.u32(), 0x04050607U);
  EXPECT_EQ(reader.remaining(), 2U);
  EXPECT_EQ(test::copy(reader.rest()), octets({8, 9}));
  EXPECT_TRUE(reader.ok());
}

TEST(Reader, BeyondTheEndIsZeroAndStaysNotOk) {
  const Octets in = octets({1, 2, 3});
  Reader reader(in);
  EXPECT_EQ(reader.u32(), 0x01020300U);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_TRUE(reader.bytes(0).empty());
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.remaining(), 0U);
}

TEST(Reader, NothingAtAllIsReadable) {
  Reader reader{Bytes{}};
  EXPECT_TRUE(reader.rest().empty());
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.u16(), 0);
  EXPECT_FALSE(reader.ok());
}

TEST(Writer, WritesNumbersInNetworkOrder) {
  std::array<std::byte, 9> room;
  Writer writer(room);
  writer.u8(1);
  writer.u16(0x0203);
  writer.u32(0x04050607);
  writer.bytes(octets({8, 9}));
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(writer.room(), 0U);
  EXPECT_EQ(test::copy(writer.written()), octets({1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(Writer, WhatDoesNotFitIsNotWrittenAndNothingAfterIt) {
  std::array<std::byte, 8> room{};
  Writer writer(MutableBytes(room).first(3));
  writer.u8(1);
  writer.bytes(octets({2, 3, 4}));
  EXPECT_FALSE(writer.ok());
  writer.u8(5);
  EXPECT_EQ(writer.size(), 1U) << "no hole that would look like a packet";
  for (std::size_t i = 3; i < room.size(); ++i) EXPECT_EQ(room[i], std::byte{0});
}

TEST(Writer, OverwritesLengthsOnlyWithinWhatWasWritten) {
  std::array<std::byte, 4> room{};
  Writer writer(room);
  writer.u16(0);
  writer.set_u16(0, 0x1234);
  writer.set_u8(2, 0x99);
  writer.set_u16(1, 0x5678);
  EXPECT_EQ(test::copy(writer.written()), octets({0x12, 0x56}));
  EXPECT_EQ(room[2], std::byte{0});
}

TEST(Writer, ReaderGivesBackWhatWriterWrote) {
  test::Random random(1);
  for (int round = 0; round < 1000; ++round) {
    std::array<std::byte, 64> room;
    Writer writer(room);
    const auto a = static_cast<std::uint8_t>(random.next());
    const auto b = static_cast<std::uint16_t>(random.next());
    const auto c = static_cast<std::uint32_t>(random.next());
    const Octets d = random.octets(random.below(40));
    writer.u8(a);
    writer.u16(b);
    writer.u32(c);
    writer.bytes(d);
    Reader reader(writer.written());
    EXPECT_EQ(reader.u8(), a);
    EXPECT_EQ(reader.u16(), b);
    EXPECT_EQ(reader.u32(), c);
    EXPECT_EQ(test::copy(reader.rest()), d);
    EXPECT_TRUE(reader.ok());
  }
}

}  // namespace
}  // namespace tunppp
