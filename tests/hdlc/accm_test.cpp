#include "hdlc/accm.h"

#include <gtest/gtest.h>

namespace tunppp::hdlc {
namespace {

TEST(Accm, BitsStandForControlCharacters) {
  const Accm xon_xoff(0x000a0000);
  for (unsigned octet = 0; octet < 256; ++octet) {
    EXPECT_EQ(xon_xoff.contains(static_cast<std::byte>(octet)), octet == 0x11 || octet == 0x13);
    EXPECT_EQ(Accm::all().contains(static_cast<std::byte>(octet)), octet < 32);
    EXPECT_FALSE(Accm::none().contains(static_cast<std::byte>(octet)));
  }
}

TEST(Accm, UnionHasTheBitsOfBoth) {
  EXPECT_EQ((Accm(0x000a0000) | Accm(1)).value(), 0x000a0001u);
}

}  // namespace
}  // namespace tunppp::hdlc
