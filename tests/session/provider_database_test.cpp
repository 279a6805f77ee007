#include "session/provider_database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/temp_directory.h"

namespace tunppp::session {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// In the format of mobile-broadband-provider-info 2.0, with networks of the test range (MCC 001)
// and one of six digits, as in North America.
constexpr std::string_view file = R"(<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE serviceproviders SYSTEM "serviceproviders.2.dtd">
<serviceproviders format="2.0">
<country code="xa">
  <provider primary="true">
    <name>Example Mobile</name>
    <name xml:lang="de">Beispielfunk</name>
    <gsm>
      <network-id mcc="001" mnc="01"/>
      <network-id mcc="001" mnc="02"/>
      <apn value="mms.example">
        <usage type="mms"/>
        <name>Pictures</name>
      </apn>
      <apn value="internet.example">
        <plan type="postpaid"/>
        <usage type="internet"/>
        <name>Contract</name>
        <username> alice </username>
        <password>s3cret</password>
        <dns>192.0.2.1</dns>
      </apn>
      <apn value="old.example"/>
    </gsm>
  </provider>
  <provider>
    <name>Reseller</name>
    <gsm>
      <network-id mcc="001" mnc="01"/>
      <apn value="reseller.example"><usage type="internet"/></apn>
      <apn value="internet.example"><usage type="internet"/><username>alice</username></apn>
    </gsm>
  </provider>
  <provider>
    <name>Long</name>
    <gsm>
      <network-id mcc="310" mnc="260"/>
      <apn value="six.example"><usage type="internet"/></apn>
    </gsm>
  </provider>
  <provider>
    <name>Short</name>
    <gsm>
      <network-id mcc="310" mnc="26"/>
      <apn value="five.example"><usage type="internet"/></apn>
    </gsm>
  </provider>
  <provider>
    <name>Hostile</name>
    <gsm>
      <network-id mcc="001" mnc="99"/>
      <apn value="a&quot;;ATD123"><usage type="internet"/></apn>
      <apn value=""><usage type="internet"/></apn>
    </gsm>
  </provider>
</country>
</serviceproviders>
)";

std::vector<std::string> apns(std::string_view imsi, std::string_view text = file) {
  ProviderSearch search(imsi);
  search.feed(text, true);
  std::vector<std::string> names;
  for (const KnownProvider& it : search.found()) names.push_back(it.provider.apn);
  return names;
}

TEST(ProviderDatabase, FindsInternetAccessOfTheSimsNetworkInOrder) {
  EXPECT_THAT(apns("001010123456789"),
              ElementsAre("internet.example", "old.example", "reseller.example"));
  EXPECT_THAT(apns("001020123456789"), ElementsAre("internet.example", "old.example"));
  EXPECT_THAT(apns("001030123456789"), IsEmpty());
}

TEST(ProviderDatabase, SixDigitsCountBeforeFive) {
  EXPECT_THAT(apns("310260123456789"), ElementsAre("six.example"));
  EXPECT_THAT(apns("310261123456789"), ElementsAre("five.example"));
}

TEST(ProviderDatabase, TellsNameUserAndPassword) {
  ProviderSearch search("001010123456789");
  ASSERT_TRUE(search.feed(file, true));
  const KnownProvider& first = search.found().at(0);
  EXPECT_EQ(first.name, "Example Mobile");
  EXPECT_EQ(first.provider.user, "alice");
  ASSERT_TRUE(first.provider.password);
  EXPECT_TRUE(first.provider.password->equals(std::as_bytes(std::span("s3cret", 6))));
  EXPECT_EQ(search.found().at(1).provider.user, "");
}

TEST(ProviderDatabase, WhatCannotBeSaidInACommandIsLeftOut) {
  EXPECT_THAT(apns("001990123456789"), IsEmpty());
}

TEST(ProviderDatabase, EveryCutOfTheFileGivesTheSame) {
  const auto whole = apns("001010123456789");
  for (std::size_t cut = 0; cut <= file.size(); ++cut) {
    ProviderSearch search("001010123456789");
    ASSERT_TRUE(search.feed(file.substr(0, cut), false)) << cut;
    ASSERT_TRUE(search.feed(file.substr(cut), true)) << cut;
    EXPECT_EQ(search.found().size(), whole.size()) << cut;
  }
}

TEST(ProviderDatabase, WhatIsNoSuchFileHasNobody) {
  EXPECT_THAT(apns("001010123456789", ""), IsEmpty());
  EXPECT_THAT(apns("001010123456789", "no XML at all"), IsEmpty());
  EXPECT_THAT(apns("001010123456789", "<serviceproviders><provider></gsm>"), IsEmpty());
}

TEST(ProviderDatabase, EntitiesAreNotTakenFromTheFile) {
  ProviderSearch search("001010123456789");
  EXPECT_FALSE(search.feed("<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>"
                           "<x>&b;</x>",
                           true));
}

TEST(ProviderDatabase, NotMoreThanCanBeTried) {
  std::string many = "<serviceproviders>";
  for (int i = 0; i < 100; ++i)
    many += "<provider><gsm><network-id mcc='001' mnc='01'/><apn value='apn" + std::to_string(i) +
            "'/></gsm></provider>";
  EXPECT_EQ(apns("001010123456789", many + "</serviceproviders>").size(),
            ProviderSearch::max_found);
}

TEST(ProviderDatabase, AnswersTheDialFromTheFile) {
  const test::TempDirectory directory;
  ProviderDatabase database(directory.write_file("serviceproviders.xml", std::string(file)));
  EXPECT_TRUE(database.installed());
  EXPECT_THAT(database.found(), IsEmpty());
  const auto access = database.access_of("001010123456789");
  ASSERT_TRUE(access);
  EXPECT_EQ(access->apn, "internet.example");
  EXPECT_EQ(access->name, "Example Mobile");
  EXPECT_EQ(database.found().size(), 3u);
  EXPECT_FALSE(database.access_of("999990123456789"));
}

TEST(ProviderDatabase, MayNotBeInstalled) {
  EXPECT_FALSE(ProviderDatabase("").installed());
  EXPECT_FALSE(ProviderDatabase("/nowhere/serviceproviders.xml").installed());
  EXPECT_FALSE(ProviderDatabase("/nowhere/serviceproviders.xml").access_of("001010123456789"));
}

}  // namespace
}  // namespace tunppp::session
