#include "session/peer_secrets.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temp_directory.h"

namespace tunppp::session {
namespace {

PeerSecrets parsed(std::string_view text) {
  Result<PeerSecrets> result = PeerSecrets::parse(text, "test");
  EXPECT_TRUE(result) << result.failure().text;
  return result ? *result : PeerSecrets();
}

std::string found(const PeerSecrets& secrets, std::string_view client,
                  std::string_view server = "lns") {
  const std::optional<KnownSecret> known = secrets.find(client, server);
  if (!known) return "(none)";
  const Bytes octets = known->secret.expose();
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

// pppd(8), section AUTHENTICATION.
TEST(PeerSecrets, FindsTheSecretOfAClientTowardsAServer) {
  const PeerSecrets secrets = parsed(
      "# client  server  secret  addresses\n"
      "alice     lns     s3cret  10.0.0.5\n"
      "\n"
      "bob\t*\tb0b\t*\n"
      "alice     other   elsewhere\n");
  EXPECT_EQ(found(secrets, "alice"), "s3cret");
  EXPECT_EQ(found(secrets, "bob"), "b0b");
  EXPECT_EQ(found(secrets, "alice", "other"), "elsewhere");
  EXPECT_EQ(found(secrets, "carol"), "(none)");
  EXPECT_EQ(found(secrets, "Alice"), "(none)");
}

TEST(PeerSecrets, ANameGoesBeforeAnAsterisk) {
  const PeerSecrets secrets = parsed("* * any\nalice * hers\n* lns ours\nalice lns both\n");
  EXPECT_EQ(found(secrets, "alice"), "both");
  EXPECT_EQ(found(secrets, "alice", "x"), "hers");
  EXPECT_EQ(found(secrets, "bob"), "ours");
  EXPECT_EQ(found(secrets, "bob", "x"), "any");
}

TEST(PeerSecrets, QuotesAndEscapesProtectBlanksAndEachOther) {
  const PeerSecrets secrets = parsed(
      "\"al ice\" * 'it is \"so\"'\n"
      "bob * a\\ b\\\\c\\\"d\n"
      "carol * \"#1\" # comment\n"
      "dave * \"\"\n");
  EXPECT_EQ(found(secrets, "al ice"), "it is \"so\"");
  EXPECT_EQ(found(secrets, "bob"), "a b\\c\"d");
  EXPECT_EQ(found(secrets, "carol"), "#1");
  EXPECT_EQ(found(secrets, "dave"), "");
}

TEST(PeerSecrets, NamesTheLineThatIsWrong) {
  const Result<PeerSecrets> short_line = PeerSecrets::parse("alice * x\nbob *\n", "FILE");
  ASSERT_FALSE(short_line);
  EXPECT_EQ(short_line.failure().reason, EndReason::usage);
  EXPECT_EQ(short_line.failure().text,
            "line 2 of the secrets file FILE is not \"client server secret\"");
  const Result<PeerSecrets> open_quote = PeerSecrets::parse("alice * \"x\n", "FILE");
  ASSERT_FALSE(open_quote);
  EXPECT_NE(open_quote.failure().text.find("does not end"), std::string::npos);
}

/// "@/pathname": read when it is wanted, and only if nobody else may.
TEST(PeerSecrets, ASecretMayLieInAFileOfItsOwn) {
  const test::TempDirectory files;
  const std::string path = files.write_file("secret", "# mine\n\"s3 cret\" and more\n");
  const PeerSecrets secrets = parsed("alice * @" + path + "\nbob * @/nowhere/at/all\n");
  EXPECT_EQ(found(secrets, "alice"), "s3 cret");
  EXPECT_EQ(found(secrets, "bob"), "(none)");
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  EXPECT_EQ(found(secrets, "alice"), "(none)");
}

TEST(PeerSecrets, AFileThatAllMayReadIsRefusedWithTheRemedy) {
  const test::TempDirectory files;
  const std::string path = files.write_file("secrets", "alice * x\n");
  ASSERT_TRUE(PeerSecrets::read(path));
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  const Result<PeerSecrets> refused = PeerSecrets::read(path);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.failure().text.find("chmod 600 " + path), std::string::npos);
}

TEST(PeerSecrets, SeveralFilesAreOne) {
  PeerSecrets secrets = parsed("alice * first\n");
  secrets.append(parsed("alice * second\nbob * his\n"));
  EXPECT_EQ(found(secrets, "alice"), "first");
  EXPECT_EQ(found(secrets, "bob"), "his");
}

TEST(PeerSecrets, LastLineNeedsNoEnd) {
  EXPECT_EQ(found(parsed("alice * x"), "alice"), "x");
  EXPECT_EQ(found(parsed("alice * x\r\n"), "alice"), "x");
}

}  // namespace
}  // namespace tunppp::session
