#include "hdlc/fcs.h"

#include "hdlc/kernels/tables.h"
#include "octets.h"

#include <gtest/gtest.h>

namespace tunppp::hdlc {
namespace {

using test::octets;

// The first line and the last entry of the tables that RFC 1662 C.2 and C.3 print.
TEST(FcsTable, IsTheOneOfTheRfc) {
  const std::uint16_t line[] = {0x0000, 0x1189, 0x2312, 0x329b, 0x4624, 0x57ad, 0x6536, 0x74bf};
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(kernels::fcs16_table[i], line[i]);
  EXPECT_EQ(kernels::fcs16_table[255], 0x0f78);
  EXPECT_EQ(kernels::fcs32_table[0], 0x00000000u);
  EXPECT_EQ(kernels::fcs32_table[1], 0x77073096u);
  EXPECT_EQ(kernels::fcs32_table[255], 0x2d02ef8du);
}

// The usual check values of CRC-16/X-25 and CRC-32.
TEST(Fcs, HasTheKnownValues) {
  const auto digits = octets("123456789");
  EXPECT_EQ(static_cast<std::uint16_t>(~fcs16(fcs16_initial, digits)), 0x906e);
  EXPECT_EQ(~fcs32(fcs32_initial, digits), 0xcbf43926u);
  EXPECT_EQ(fcs16(fcs16_initial, {}), fcs16_initial);
  EXPECT_EQ(fcs32(fcs32_initial, {}), fcs32_initial);
}

TEST(Fcs, EndsAtTheGoodValueOverContentAndCheck) {
  test::Random random(1);
  for (std::size_t size = 0; size < 300; ++size) {
    test::Octets content(size);
    for (std::byte& octet : content) octet = random.octet();
    auto with16 = content;
    const unsigned sent16 = ~unsigned{fcs16(fcs16_initial, content)};
    for (unsigned shift : {0u, 8u})
      with16.push_back(static_cast<std::byte>(sent16 >> shift & 0xff));
    EXPECT_EQ(fcs16(fcs16_initial, with16), fcs16_good);
    auto with32 = content;
    const std::uint32_t sent32 = ~fcs32(fcs32_initial, content);
    for (unsigned shift : {0u, 8u, 16u, 24u})
      with32.push_back(static_cast<std::byte>(sent32 >> shift & 0xff));
    EXPECT_EQ(fcs32(fcs32_initial, with32), fcs32_good);
  }
}

TEST(Fcs, GoesOnInPieces) {
  const auto digits = octets("123456789");
  for (std::size_t cut = 0; cut <= digits.size(); ++cut) {
    const Bytes all(digits);
    EXPECT_EQ(fcs16(fcs16(fcs16_initial, all.first(cut)), all.subspan(cut)),
              fcs16(fcs16_initial, all));
    EXPECT_EQ(fcs32(fcs32(fcs32_initial, all.first(cut)), all.subspan(cut)),
              fcs32(fcs32_initial, all));
  }
}

}  // namespace
}  // namespace tunppp::hdlc
