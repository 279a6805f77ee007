#include "session/password_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temp_directory.h"

namespace tunppp::session {
namespace {

class PasswordFileTest : public testing::Test {
 protected:
  Result<Secret> read(std::string_view content) {
    return read_secret_line(directory_.write_file("secret", content), "password file");
  }
  std::string problem(std::string_view content) {
    const Result<Secret> result = read(content);
    EXPECT_FALSE(result);
    if (result) return {};
    EXPECT_EQ(result.failure().reason, EndReason::usage);
    return result.failure().text;
  }
  test::TempDirectory directory_;
};

bool is(const Result<Secret>& result, std::string_view text) {
  return result && result->equals(std::as_bytes(std::span(text)));
}

TEST_F(PasswordFileTest, TakesTheOneLineWithoutItsEnd) {
  EXPECT_TRUE(is(read("s3cret"), "s3cret"));
  EXPECT_TRUE(is(read("s3cret\n"), "s3cret"));
  EXPECT_TRUE(is(read("s3cret\r\n"), "s3cret"));
}

TEST_F(PasswordFileTest, KeepsBlanksAndQuotesForTheyMayBelongToIt) {
  EXPECT_TRUE(is(read(" a \"b\" # c \n"), " a \"b\" # c "));
}

TEST_F(PasswordFileTest, RefusesNothingAndMoreThanOneLine) {
  EXPECT_NE(problem("").find("is empty"), std::string::npos);
  EXPECT_NE(problem("\n").find("is empty"), std::string::npos);
  EXPECT_NE(problem("one\ntwo\n").find("more than one line"), std::string::npos);
}

TEST_F(PasswordFileTest, RefusesWhatEverybodyMayRead) {
  const std::string file = directory_.write_file("secret", "s3cret\n");
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  const Result<Secret> result = read_secret_line(file, "password file");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.failure().text, "everybody may read or write the password file " + file +
                                       "; make it private: chmod 600 " + file);
}

TEST_F(PasswordFileTest, SaysWhatIsNotThere) {
  const Result<Secret> result = read_secret_line("/no/such/file", "PIN file");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.failure().text,
            "cannot read the PIN file /no/such/file: No such file or directory");
}

}  // namespace
}  // namespace tunppp::session
