// pppd's secrets files, word by word: pppd(8), sections AUTHENTICATION and OPTIONS FILES.
#include "auth/secrets_file.h"

#include <gtest/gtest.h>

#include "auth/auth_bench.h"

namespace tunppp::auth::test {
namespace {

using Scope = AllowedAddresses::Scope;

SecretsEntry only(std::string_view text) {
  const SecretsText parsed = parse_secrets(text);
  EXPECT_FALSE(parsed.mistake) << text;
  EXPECT_EQ(parsed.entries.size(), 1U) << text;
  return parsed.entries.empty() ? SecretsEntry() : parsed.entries[0];
}
std::string text_of(const Secret& secret) {
  return {reinterpret_cast<const char*>(secret.expose().data()), secret.size()};
}
std::string secret_in(std::string_view word) {
  return text_of(only("a b " + std::string(word) + "\n").secret);
}
Ipv4Address address(std::string_view text) { return parse_ipv4(text).value(); }

TEST(SecretsFile, WordsQuotesAndComments) {
  EXPECT_EQ(secret_in("plain"), "plain");
  EXPECT_EQ(secret_in("\"with blank\""), "with blank");
  EXPECT_EQ(secret_in("'it is \"so\"'"), "it is \"so\"");
  EXPECT_EQ(secret_in("half\" and \"half"), "half and half");
  EXPECT_EQ(secret_in("ab#comment"), "ab");
  EXPECT_EQ(secret_in("\"ab#c\""), "ab#c");
  EXPECT_EQ(secret_in("\"\""), "");
  EXPECT_EQ(secret_in("\"two\nlines\""), "two\nlines");
}

TEST(SecretsFile, EscapesAreThoseOfC) {
  EXPECT_EQ(secret_in("a\\ b\\\\c\\\"d\\'e\\#f"), "a b\\c\"d'e#f");
  EXPECT_EQ(secret_in("\\a\\b\\f\\n\\r\\s\\t"), "\a\b\f\n\r \t");
  EXPECT_EQ(secret_in("\\101\\x42\\7z\\x9z\\1018"), "AB\az\tzA8");
  EXPECT_EQ(secret_in("\\377"), "\xff");
  EXPECT_EQ(secret_in("be\\\ngin"), "begin") << "an end of line behind a backslash is none";
  EXPECT_EQ(text_of(only("a \\\n b \\\n c\n").secret), "c");
}

TEST(SecretsFile, EmptyLinesAndComments) {
  EXPECT_TRUE(parse_secrets("").entries.empty());
  EXPECT_TRUE(parse_secrets("\n\n  \n# all of it\n\t# and more").entries.empty());
  const SecretsText two = parse_secrets("# first\na b c\r\n\nd e f # last");
  ASSERT_EQ(two.entries.size(), 2U);
  EXPECT_EQ(two.entries[1].client, "d");
}

TEST(SecretsFile, MistakesAreToldByTheirLine) {
  const std::pair<const char*, unsigned> mistakes[] = {
      {"a b\n", 1}, {"a b c\na\n", 2}, {"a b c\n\n# x\na b \"c\n", 4}, {"a b c\\", 1},
      {"a \"b\nb\" c\nd\n", 3}};
  for (const auto& [text, line] : mistakes) {
    const auto mistake = parse_secrets(text).mistake;
    ASSERT_TRUE(mistake) << text;
    EXPECT_EQ(mistake->line, line) << text;
  }
}

TEST(SecretsFile, ASecretInAFileOfItsOwn) {
  const SecretsEntry entry = only("a b @/etc/ppp/secret 10.0.0.1\n");
  EXPECT_EQ(entry.secret_file, "/etc/ppp/secret");
  EXPECT_TRUE(entry.secret.empty());
  EXPECT_EQ(secret_in("@home"), "@home") << "only @/ names a file";
  EXPECT_EQ(text_of(first_word("\n# comment\n \"s e\" more\n").value()), "s e");
  EXPECT_FALSE(first_word("# nothing\n"));
  EXPECT_FALSE(first_word("\"open"));
}

TEST(SecretsFile, OptionsStandBehindTwoDashes) {
  const SecretsEntry entry = only("a b c 10.0.0.1 -- mru 1400 -- x\n");
  EXPECT_EQ(entry.options, (std::vector<std::string>{"mru", "1400", "--", "x"}));
  EXPECT_EQ(entry.addresses.rules.size(), 1U);
  EXPECT_EQ(only("a b c -- noauth\n").addresses.scope, Scope::assigned);
}

// --- Addresses ----------------------------------------------------------------------------------

bool allowed(std::string_view list, std::string_view asked, std::string_view assigned = "0.0.0.0") {
  const SecretsEntry entry = only("a b c " + std::string(list) + "\n");
  return entry.addresses.allows(address(asked), address(assigned));
}

TEST(AllowedAddresses, ListsOfPppd) {
  EXPECT_TRUE(allowed("10.0.0.1", "10.0.0.1"));
  EXPECT_FALSE(allowed("10.0.0.1", "10.0.0.2"));
  EXPECT_TRUE(allowed("10.0.0.1 10.0.0.2", "10.0.0.2"));
  EXPECT_TRUE(allowed("10.1.0.0/16", "10.1.255.255"));
  EXPECT_FALSE(allowed("10.1.0.0/16", "10.2.0.0"));
  EXPECT_TRUE(allowed("10.1.0.0/16+", "10.1.2.3"));
  EXPECT_TRUE(allowed("128.0.0.0/1", "200.1.1.1"));
  EXPECT_FALSE(allowed("128.0.0.0/1", "127.255.255.255"));
  EXPECT_TRUE(allowed("*", "1.2.3.4"));
  EXPECT_FALSE(allowed("-", "1.2.3.4"));
  EXPECT_FALSE(allowed("-", "10.0.0.9", "10.0.0.9"));
  // The first that matches decides.
  EXPECT_FALSE(allowed("!10.0.0.1 10.0.0.0/8", "10.0.0.1"));
  EXPECT_TRUE(allowed("!10.0.0.1 10.0.0.0/8", "10.0.0.2"));
  EXPECT_TRUE(allowed("10.0.0.1 !10.0.0.0/8 *", "10.0.0.1"));
  EXPECT_FALSE(allowed("10.0.0.1 !10.0.0.0/8 *", "10.0.0.2"));
  EXPECT_TRUE(allowed("!10.0.0.0/8 *", "11.0.0.1"));
  EXPECT_FALSE(allowed("10.0.0.1 - 10.0.0.2", "10.0.0.2")) << "nothing counts behind the end";
}

/// Without a list the peer has no choice: what we give, and nothing else.
TEST(AllowedAddresses, NoListLeavesWhatWeGive) {
  EXPECT_TRUE(allowed("", "10.0.0.9", "10.0.0.9"));
  EXPECT_FALSE(allowed("", "10.0.0.8", "10.0.0.9"));
  EXPECT_TRUE(allowed("", "10.0.0.8")) << "we give none";
}

TEST(AllowedAddresses, WhatIsNoAddressAllowsNothing) {
  for (const char* word : {"host.example", "10.0.0.0/33", "10.0.0.0/0", "10.0.0.0/", "10.0.0.0/x",
                           "10.0.0", "!", "/8", "10.0.0.0/8x", "2001:db8::1", "10.0.0.0/999999"}) {
    const SecretsEntry entry = only(std::string("a b c ") + word + "\n");
    EXPECT_EQ(entry.unknown_addresses, std::vector<std::string>{word});
    EXPECT_FALSE(entry.addresses.allows(address("10.0.0.1"), address("10.0.0.1"))) << word;
  }
}

TEST(AllowedAddresses, ASingleOneCanBeGiven) {
  const auto single = [](std::string_view list) {
    return only("a b c " + std::string(list) + "\n").addresses.single();
  };
  EXPECT_EQ(single("10.0.0.0/24 !10.1.0.1 10.1.0.2 10.1.0.3"), address("10.1.0.2"));
  EXPECT_FALSE(single("10.0.0.0/24 !10.1.0.1"));
  EXPECT_FALSE(single("*"));
  EXPECT_FALSE(single(""));
}

}  // namespace
}  // namespace tunppp::auth::test
