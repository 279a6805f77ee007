#include "session/provider_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tunppp::session {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(ProviderList, IsReadInOrder) {
  const auto list = parse_provider_list(R"(
[[provider]]
apn = "internet.example"
user = "alice"
password_file = "/etc/tunppp/alice"

[[provider]]
apn = "other.example"
dial = "*99***2#"
)",
                                        "f.toml");
  ASSERT_TRUE(list) << list.failure().text;
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ((*list)[0].provider.apn, "internet.example");
  EXPECT_EQ((*list)[0].provider.user, "alice");
  EXPECT_EQ((*list)[0].password_file, "/etc/tunppp/alice");
  EXPECT_EQ((*list)[1].provider.dial_string, "*99***2#");
}

TEST(ProviderList, AMistakeIsToldWithItsLine) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"", "at least one"},
      {"apn = \"a\"", "there is no key apn"},
      {"[provider]\napn = \"a\"", "at least one [[provider]]"},
      {"[[provider]]\nAPN = \"a\"", "there is no key APN"},
      {"[[provider]]\napn = 7", "wants a text"},
      {"[[provider]]\nuser = \"a\"", "has an apn"},
      {"[[provider]]\napn = \"a\"\npassword_file = \"b\"", "belongs to a user"},
      {"[[provider]\napn", ""},
  };
  for (const auto& [text, words] : mistakes) {
    const auto list = parse_provider_list(text, "f.toml");
    ASSERT_FALSE(list) << text;
    EXPECT_THAT(list.failure().text, StartsWith("f.toml:")) << text;
    EXPECT_THAT(list.failure().text, HasSubstr(words)) << text;
    EXPECT_EQ(list.failure().reason, EndReason::usage);
  }
}

}  // namespace
}  // namespace tunppp::session
