#include "hdlc/kernel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tunppp::hdlc {
namespace {

TEST(KernelSelection, ReferenceCanAlwaysBeHad) {
  const KernelSelection selection = select_kernels("reference");
  ASSERT_NE(selection.kernels, nullptr);
  EXPECT_EQ(selection.kernels->name, "reference");
  EXPECT_EQ(selection.error, "");
}

TEST(KernelSelection, NoNameIsTheFastestUsable) {
  const KernelSelection selection = select_kernels("");
  ASSERT_NE(selection.kernels, nullptr);
  const auto sets = all_kernels();
  for (auto set = sets.rbegin(); *set != selection.kernels; ++set) EXPECT_FALSE((*set)->usable());
}

TEST(KernelSelection, AnUnknownNameIsAnErrorThatListsTheUsableOnes) {
  const KernelSelection selection = select_kernels("z80");
  EXPECT_EQ(selection.kernels, nullptr);
  EXPECT_THAT(selection.error, testing::HasSubstr("'z80'"));
  for (const Kernels* set : all_kernels()) {
    if (!set->usable()) continue;
    EXPECT_THAT(selection.error, testing::HasSubstr(std::string(set->name)));
  }
}

}  // namespace
}  // namespace tunppp::hdlc
