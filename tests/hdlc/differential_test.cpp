#include "differential.h"

#include <gtest/gtest.h>

#include <iostream>

namespace tunppp::hdlc {
namespace {

class Differential : public testing::TestWithParam<const Kernels*> {};

TEST_P(Differential, SetDoesAsTheReferenceDoes) {
  if (!GetParam()->usable()) {
    std::cout << GetParam()->name << " was not exercised: this CPU cannot run it\n";
    return;
  }
  EXPECT_EQ(test::first_difference(*GetParam(), 300), "");
}

INSTANTIATE_TEST_SUITE_P(Sets, Differential, testing::ValuesIn(all_kernels()),
                         [](const testing::TestParamInfo<const Kernels*>& each) {
                           std::string name(each.param->name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace tunppp::hdlc
