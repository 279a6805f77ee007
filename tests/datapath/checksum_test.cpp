#include "tun/checksum.h"

#include <gtest/gtest.h>

#include <random>

#include "packets.h"

namespace tunppp::tun {
namespace {

using test::Octets;

std::uint16_t stored(const InternetChecksum& checksum) {
  Octets field(2);
  store_checksum(checksum, field.data());
  return test::read_u16(field, 0);
}

TEST(InternetChecksum, OfTheExampleInRfc1071) {
  // Section 3: 00 01 f2 03 f4 f5 f6 f7 has the sum ddf2.
  const Octets octets{std::byte{0x00}, std::byte{0x01}, std::byte{0xf2}, std::byte{0x03},
                      std::byte{0xf4}, std::byte{0xf5}, std::byte{0xf6}, std::byte{0xf7}};
  InternetChecksum checksum;
  checksum.add(octets);
  EXPECT_EQ(stored(checksum), static_cast<std::uint16_t>(~0xddf2));
}

TEST(InternetChecksum, SameAsTheSlowOneForEveryLengthAndAlignment) {
  std::mt19937 random(1);
  Octets octets(2000);
  for (std::byte& octet : octets) octet = static_cast<std::byte>(random());
  for (std::size_t size = 0; size < 200; ++size) {
    for (std::size_t begin = 0; begin < 9; ++begin) {
      const Bytes piece = Bytes(octets).subspan(begin, size);
      InternetChecksum checksum;
      checksum.add(piece);
      ASSERT_EQ(stored(checksum), test::slow_checksum(piece)) << size << " from " << begin;
    }
  }
  InternetChecksum checksum;
  checksum.add(octets);
  EXPECT_EQ(stored(checksum), test::slow_checksum(octets));
}

TEST(InternetChecksum, LosesNoCarryOverAsManyOnesAsAPacketCanHold) {
  const Octets octets(65535, std::byte{0xff});
  InternetChecksum checksum;
  checksum.add(octets);
  EXPECT_EQ(stored(checksum), test::slow_checksum(octets));
}

TEST(InternetChecksum, PiecesAndNumbersAddUp) {
  const Octets octets{std::byte{0x12}, std::byte{0x34}, std::byte{0xab}, std::byte{0xcd},
                      std::byte{0x77}};
  InternetChecksum whole;
  whole.add(octets);
  InternetChecksum pieces;
  pieces.add_number(0x1234);
  pieces.add_number(0xabcd);
  pieces.add(Bytes(octets).subspan(4));
  EXPECT_EQ(pieces.folded(), whole.folded());
  pieces.add_number(0x5555);
  pieces.remove_number(0x5555);
  EXPECT_EQ(pieces.folded(), whole.folded());
}

TEST(InternetChecksum, NonzeroIsNeverZero) {
  InternetChecksum checksum;
  checksum.add_number(0xffff);
  Octets field(2);
  store_nonzero_checksum(checksum, field.data());
  EXPECT_EQ(test::read_u16(field, 0), 0xffff);
}

}  // namespace
}  // namespace tunppp::tun
