#include "session/pin_record_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "support/temp_directory.h"

namespace tunppp::session {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr std::string_view sim = "8900100000000000017";

class PinRecordFileTest : public testing::Test {
 protected:
  // Each is a program that was started anew.
  std::optional<std::string> attempt(std::string_view pin, std::string_view in = sim) {
    return PinRecordFile(directory_).begin_attempt(in, Secret(pin));
  }
  void accept(std::string_view pin) { PinRecordFile(directory_).accepted(sim, Secret(pin)); }

  test::TempDirectory files_;
  fs::path directory_ = files_.path() / "state" / "tunppp";
};

TEST_F(PinRecordFileTest, ARefusedOrUnansweredPinIsNotSentAgain) {
  EXPECT_EQ(attempt("9999"), std::nullopt);
  ASSERT_TRUE(attempt("9999").has_value());
  EXPECT_THAT(*attempt("9999"), HasSubstr("refused it before"));
}

TEST_F(PinRecordFileTest, AnotherPinMayBeTried) {
  EXPECT_EQ(attempt("9999"), std::nullopt);
  EXPECT_EQ(attempt("4711"), std::nullopt);
}

TEST_F(PinRecordFileTest, AnAcceptedPinMayBeSentAtTheNextPowerUp) {
  for (int power_up = 0; power_up < 3; ++power_up) {
    EXPECT_EQ(attempt("4711"), std::nullopt);
    accept("4711");
  }
}

TEST_F(PinRecordFileTest, EachSimHasItsOwn) {
  EXPECT_EQ(attempt("9999"), std::nullopt);
  EXPECT_EQ(attempt("9999", "8900100000000000025"), std::nullopt);
  EXPECT_TRUE(attempt("9999").has_value());
}

TEST_F(PinRecordFileTest, NobodyElseReadsItAndNothingIsPlain) {
  EXPECT_EQ(attempt("31415926"), std::nullopt);
  int files = 0;
  for (const fs::directory_entry& file : fs::directory_iterator(directory_)) {
    ++files;
    struct stat status {};
    ASSERT_EQ(::stat(file.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777u, 0600u) << file.path();
    std::ostringstream content;
    content << std::ifstream(file.path()).rdbuf();
    EXPECT_EQ(content.str().find("31415926"), std::string::npos);
    EXPECT_EQ((file.path().string() + content.str()).find(sim), std::string::npos);
  }
  EXPECT_EQ(files, 2);  // the key, and the SIM's record
}

// A bare hash could be reversed by trying all digits: two keys make two different records.
TEST_F(PinRecordFileTest, TheHashesAreKeyed) {
  const fs::path other = files_.path() / "other";
  EXPECT_EQ(attempt("4711"), std::nullopt);
  EXPECT_EQ(PinRecordFile(other).begin_attempt(sim, Secret("4711")), std::nullopt);
  for (const fs::directory_entry& file : fs::directory_iterator(other))
    if (file.path().filename() != "pin.key") {
      EXPECT_FALSE(fs::exists(directory_ / file.path().filename()));
    }
}

TEST_F(PinRecordFileTest, WhereItCannotBeWrittenThePinIsNotSent) {
  std::ofstream(files_.path() / "state") << "a file where a directory should be";
  const auto objection = attempt("4711");
  ASSERT_TRUE(objection.has_value());
  EXPECT_THAT(*objection, HasSubstr("cannot make"));
}

TEST_F(PinRecordFileTest, AKeyThatOthersReadIsNone) {
  EXPECT_EQ(attempt("4711"), std::nullopt);
  fs::permissions(directory_ / "pin.key", fs::perms::others_read, fs::perm_options::add);
  EXPECT_TRUE(attempt("1111").has_value());
}

}  // namespace
}  // namespace tunppp::session
