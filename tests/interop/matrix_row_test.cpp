// The rows that are run against pppd are those that they claim to be.
#include "interop/matrix_row.h"

#include <gtest/gtest.h>

#include <set>

namespace tunppp::test {
namespace {

bool has_pair(std::size_t i, std::size_t a, std::size_t j, std::size_t b) {
  const auto& rows = matrix_rows();
  return std::any_of(rows.begin(), rows.end(), [&](const MatrixRow& row) {
    return row.chosen[i] == a && row.chosen[j] == b;
  });
}

TEST(MatrixRows, EachValueMeetsEachOther) {
  const auto& factors = matrix_factors();
  int met = 0;
  for (std::size_t i = 0; i < factor_count; ++i) {
    for (std::size_t j = i + 1; j < factor_count; ++j) {
      for (std::size_t a = 0; a < factors[i].values.size(); ++a) {
        for (std::size_t b = 0; b < factors[j].values.size(); ++b) {
          PartialRow pair(factor_count);
          pair[i] = a;
          pair[j] = b;
          if (!can_be_combined(pair)) continue;
          ++met;
          EXPECT_TRUE(has_pair(i, a, j, b))
              << factors[i].name << " " << factors[i].values[a] << " with " << factors[j].name
              << " " << factors[j].values[b];
        }
      }
    }
  }
  EXPECT_GT(met, 500);
}

TEST(MatrixRows, OnlyIpv6BelowItsSmallestMtuIsLeftOut) {
  for (const auto& row : matrix_rows()) {
    const bool small = row.mru(our_mru) < 1280 || row.mru(pppd_mru) < 1280;
    EXPECT_FALSE(row.has_ipv6() && small) << row;
  }
  PartialRow row(factor_count);
  EXPECT_TRUE(can_be_combined(row));
  row[our_mru] = 1;  // 1280
  row[network] = 2;  // IPv6
  EXPECT_TRUE(can_be_combined(row));
  row[our_mru] = 2;  // 576
  EXPECT_FALSE(can_be_combined(row));
}

TEST(MatrixRows, AreFewEnoughForAFewMinutes) {
  EXPECT_LE(matrix_rows().size(), 48U);
  EXPECT_EQ(matrix_rows_of("dial").size() + matrix_rows_of("serve").size(), matrix_rows().size());
}

TEST(MatrixRows, AreTheSameEachTime) {
  std::vector<std::size_t> sizes;
  for (const auto& factor : matrix_factors()) sizes.push_back(factor.values.size());
  const auto again = pairwise_cover(sizes, can_be_combined);
  ASSERT_EQ(again.size(), matrix_rows().size());
  for (std::size_t i = 0; i < again.size(); ++i) EXPECT_EQ(again[i], matrix_rows()[i].chosen);
}

}  // namespace
}  // namespace tunppp::test
