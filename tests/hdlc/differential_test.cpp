#include "differential.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

namespace tunppp::hdlc {
namespace {

class Differential : public testing::TestWithParam<std::string> {};

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const Kernels* set : all_kernels()) all.emplace_back(set->name);
  return all;
}

TEST_P(Differential, SetDoesAsTheReferenceDoes) {
  const KernelSelection selection = select_kernels(GetParam());
  if (!selection.kernels) {
    std::cout << GetParam() << " was not exercised: this CPU cannot run it\n";
    return;
  }
  EXPECT_EQ(test::first_difference(*selection.kernels, 300), "");
}

INSTANTIATE_TEST_SUITE_P(Sets, Differential, testing::ValuesIn(names()),
                         [](const testing::TestParamInfo<std::string>& each) {
                           std::string name = each.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace tunppp::hdlc
