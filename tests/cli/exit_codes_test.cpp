#include "cli/exit_codes.h"

#include <gtest/gtest.h>

#include "support/process.h"
#include "support/temp_directory.h"

namespace tunppp::cli {
namespace {

TEST(ExitCodes, ThePageIsTheTable) {
  EXPECT_EQ(test::read_file(TUNPPP_SOURCE_DIR "/docs/EXIT_CODES.md"), exit_codes_markdown())
      << "make it anew: tunppp help exit-codes --markdown > docs/EXIT_CODES.md";
}

TEST(ExitCodes, TheHelpNamesEachOfThem) {
  const test::Completed help = test::run({TUNPPP_COMMAND, "help", "exit-codes"});
  ASSERT_TRUE(help.ok()) << help;
  for (const EndReasonInfo& row : end_reasons()) {
    EXPECT_NE(help.out.find(std::string(row.name)), std::string::npos) << row.name;
    EXPECT_NE(help.out.find(std::string(row.meaning)), std::string::npos) << row.name;
  }
}

}  // namespace
}  // namespace tunppp::cli
