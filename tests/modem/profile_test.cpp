#include "modem/profile.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>

namespace tunppp::modem {
namespace {

std::string text(const Secret& secret) {
  return {reinterpret_cast<const char*>(secret.expose().data()), secret.size()};
}

const Profile& profile(std::string_view name) {
  return *find_profile(name);
}

TEST(Profile, IsFoundByName) {
  ASSERT_NE(find_profile("generic"), nullptr);
  ASSERT_NE(find_profile("quectel-ec25"), nullptr);
  EXPECT_EQ(find_profile("abacus"), nullptr);
  EXPECT_EQ(profiles().front().name, "generic");
}

TEST(Profile, FillsInTheApn) {
  const ContextValues values{.cid = 3,
                             .pdp_type = PdpType::ipv4v6,
                             .apn = "internet.example",
                             .auth = ContextAuth::none,
                             .user = "",
                             .password = ""};
  EXPECT_EQ(text(fill_in(profile("generic").context, values)),
            R"(AT+CGDCONT=3,"IPV4V6","internet.example")");
  EXPECT_EQ(fill_in(profile("generic").dial, 3), "ATD*99***3#");
}

// The order of the arguments as in MODEMS: CGAUTH user first, QICSGP with the APN again.
TEST(Profile, FillsInCredentialsInEachModemsOrder) {
  const ContextValues values{.cid = 1,
                             .pdp_type = PdpType::ip,
                             .apn = "web",
                             .auth = ContextAuth::chap,
                             .user = "anna",
                             .password = "pass,word"};
  EXPECT_EQ(text(fill_in(profile("generic").authenticate, values)),
            R"(AT+CGAUTH=1,2,"anna","pass,word")");
  EXPECT_EQ(text(fill_in(profile("quectel-ec25").authenticate, values)),
            R"(AT+QICSGP=1,1,"web","anna","pass,word",2)");
}

TEST(Profile, PlaceholdersInValuesStayAsTheyAre) {
  const ContextValues values{.cid = 1,
                             .pdp_type = PdpType::ip,
                             .apn = "{password}",
                             .auth = ContextAuth::pap,
                             .user = "{",
                             .password = "p"};
  EXPECT_EQ(text(fill_in(profile("generic").context, values)), R"(AT+CGDCONT=1,"IP","{password}")");
}

/// Placeholders that the command has and that stand for something.
void expect_known_placeholders(std::string_view command, const std::set<std::string>& known) {
  static const std::regex placeholder(R"(\{([a-z]*)\})");
  const std::string copy(command);
  for (std::sregex_iterator it(copy.begin(), copy.end(), placeholder), end; it != end; ++it)
    EXPECT_TRUE(known.contains((*it)[1])) << command;
}

TEST(Profile, EveryProfileIsComplete) {
  std::set<std::string_view> names;
  const std::set<std::string> all{"cid", "pdp", "apn", "auth", "user", "password"};
  for (const Profile& p : profiles()) {
    SCOPED_TRACE(p.name);
    EXPECT_TRUE(names.insert(p.name).second);
    EXPECT_FALSE(p.description.empty());
    EXPECT_FALSE(p.registration.empty());
    EXPECT_TRUE(p.dial.starts_with("AT"));
    EXPECT_TRUE(p.hang_up.starts_with("AT"));
    EXPECT_FALSE(p.context.command.empty());
    EXPECT_LE(p.identify.size(), 3u);
    expect_known_placeholders(p.context.command, all);
    expect_known_placeholders(p.authenticate.command, all);
    expect_known_placeholders(p.dial, {"cid"});
    for (const std::string_view command : p.before_dial)
      expect_known_placeholders(command, {"cid"});
    for (const std::string_view command : p.init)
      EXPECT_TRUE(command.starts_with("AT") && !command.starts_with("ATZ")) << command;
  }
}

}  // namespace
}  // namespace tunppp::modem
