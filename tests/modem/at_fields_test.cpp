#include "modem/at_fields.h"

#include <gtest/gtest.h>

namespace tunppp::modem {
namespace {

TEST(AtFields, SplitsAtCommasOutsideQuotes) {
  constexpr std::string_view list = R"(0, 0,"A, B",7)";
  EXPECT_EQ(field(list, 0), "0");
  EXPECT_EQ(field(list, 1), "0");
  EXPECT_EQ(field(list, 2), "A, B");
  EXPECT_EQ(raw_field(list, 2), R"("A, B")");
  EXPECT_EQ(field(list, 3), "7");
  EXPECT_EQ(field(list, 4), "");
  EXPECT_EQ(field_count(list), 4u);
  EXPECT_EQ(field_count(""), 1u);
  EXPECT_EQ(field("a,,b", 1), "");
}

TEST(AtFields, ReadsNumbers) {
  EXPECT_EQ(to_int("7"), 7);
  EXPECT_EQ(to_int(" 01 "), 1);
  EXPECT_EQ(to_int(""), std::nullopt);
  EXPECT_EQ(to_int("-1"), std::nullopt);
  EXPECT_EQ(to_int("7x"), std::nullopt);
  EXPECT_EQ(to_int("99999999999999999999"), std::nullopt);
}

}  // namespace
}  // namespace tunppp::modem
