// main for every test that touches the operating system.
#include "support/residue.h"
#include "support/sandbox.h"

#include <gtest/gtest.h>

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (GTEST_FLAG_GET(list_tests)) return RUN_ALL_TESTS();
  return tunppp::test::run_in_sandbox([] {
    tunppp::test::forbid_residue();
    return RUN_ALL_TESTS();
  });
}
