#include "session/profile_toml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include "session/profile_writer.h"

namespace tunppp::session {
namespace {

using testing::ElementsAre;

std::string problem(std::string_view text) {
  const auto parsed = parse_profile(text, "my.toml");
  return parsed ? "" : parsed.failure().text;
}

TEST(ProfileToml, SaysOnlyWhatDiffersFromAnother) {
  const auto parsed = parse_profile(R"(
name = "my-modem"
description = "the one on my desk"
like = "simcom-sim7600"
usb = ["1e0e:9206", "ABCD:0001"]
models = ["SIM9999"]
boot_wait = 7.5
set_up = ["AT+CSCLK=0"]
before_dial = []
dial = "ATD*99#"
authenticate = 'AT+CGAUTH={cid},{auth},"{user}","{password}"'

[radio]
lte = "AT+CNMP=38"
)",
                                    "my.toml");
  ASSERT_TRUE(parsed) << parsed.failure().text;
  const modem::Profile& profile = (*parsed)->profile;
  EXPECT_EQ(profile.name, "my-modem");
  EXPECT_EQ(profile.description, "the one on my desk");
  ASSERT_EQ(profile.usb.size(), 2u);
  EXPECT_EQ(profile.usb[1].vendor, 0xabcd);
  EXPECT_EQ(profile.usb[1].product, 1);
  EXPECT_THAT(profile.models, ElementsAre("SIM9999"));
  EXPECT_EQ(profile.boot_wait, std::chrono::milliseconds(7500));
  EXPECT_THAT(profile.set_up, ElementsAre("AT+CSCLK=0"));
  EXPECT_TRUE(profile.before_dial.empty());
  EXPECT_EQ(profile.dial, "ATD*99#");
  EXPECT_EQ(profile.authenticate.command, R"(AT+CGAUTH={cid},{auth},"{user}","{password}")");
  EXPECT_EQ(profile.radio.of(modem::Radio::lte), "AT+CNMP=38");
  EXPECT_EQ(profile.radio.of(modem::Radio::gsm), "");
  EXPECT_EQ(profile.cell, "AT+CPSI?") << "from simcom-sim7600";
}

TEST(ProfileToml, TellsHowItMultiplexes) {
  const auto parsed = parse_profile(
      "like = \"quectel-ec25\"\n[cmux]\ncommand = \"AT+CMUX={mode},0,{speed},{frame_size},50\"\n"
      "frame_size = 32768\nsettle = 300\nnegotiate = true\ndisconnect = false\n",
      "my.toml");
  ASSERT_TRUE(parsed);
  const modem::CmuxParameters& cmux = (*parsed)->profile.cmux;
  EXPECT_EQ(cmux.command, "AT+CMUX={mode},0,{speed},{frame_size},50");
  EXPECT_EQ(cmux.frame_size, 32768U);
  EXPECT_EQ(cmux.settle, std::chrono::milliseconds(300));
  EXPECT_TRUE(cmux.negotiate);
  EXPECT_FALSE(cmux.disconnect);

  EXPECT_EQ(problem("[cmux]\nframe_size = 32769\n"),
            "my.toml:2: cmux.frame_size: a number from 1 to 32768 is wanted");
  EXPECT_EQ(problem("[cmux]\nframe_size = 0\n"),
            "my.toml:2: cmux.frame_size: a number from 1 to 32768 is wanted");
  EXPECT_EQ(problem("[cmux]\nsettle = \"soon\"\n"),
            "my.toml:2: cmux.settle: a number from 0 to 10000 is wanted");
  EXPECT_EQ(problem("[cmux]\nnegotiate = 1\n"),
            "my.toml:2: cmux.negotiate: true or false is wanted");
  EXPECT_EQ(problem("[cmux]\nT1 = 1\n"),
            "my.toml:2: cmux.T1: there is no such key; there are command, frame_size, settle, "
            "negotiate, disconnect");
  EXPECT_EQ(problem("[cmux]\ncommand = \"AT+CMUX={cid}\"\n"),
            "my.toml:2: cmux.command: nothing stands for {cid} here");
  EXPECT_EQ(problem("cmux = true\n"), "my.toml:1: cmux: a table is wanted");
}

TEST(ProfileToml, AnEmptyOneIsGeneric) {
  const auto parsed = parse_profile("", "my.toml");
  ASSERT_TRUE(parsed);
  EXPECT_EQ((*parsed)->profile.dial, modem::find_profile("generic")->dial);
}

TEST(ProfileToml, ErrorsNameTheLineAndTheKey) {
  EXPECT_THAT(problem("name = \"a\"\ndail = \"ATD*99#\"\n"),
              testing::StartsWith("my.toml:2: dail: there is no such key; there are like, name, "));
  EXPECT_EQ(problem("\n\ndial = 99\n"), "my.toml:3: dial: a string is wanted");
  EXPECT_EQ(problem("dial = \"*99#\"\n"), "my.toml:1: dial: it must begin with AT");
  for (const char* pin :
       {"AT+CPIN=1234", "ATE0;+CPIN=\\\"1234\\\"", "AT+CLCK=\\\"SC\\\",1,\\\"1234\\\""})
    EXPECT_THAT(
        problem("name = \"a\"\ninit = [\"" + std::string(pin) + "\"]\n"),
        testing::StartsWith("my.toml:2: init: a profile does not send PINs: dial has --pin-file"));
  EXPECT_EQ(problem("dial = \"ATD*99***{context}#\"\n"),
            "my.toml:1: dial: nothing stands for {context} here");
  EXPECT_EQ(problem("dial = \"ATD\\n\"\n"), "my.toml:1: dial: a control character is in it");
  EXPECT_EQ(problem("dial = \"\"\n"),
            "my.toml: a profile cannot do without dial, hang_up and context");
  EXPECT_EQ(problem("init = [\"ATX4\",\n 3]\n"), "my.toml:2: init: a string is wanted");
  EXPECT_EQ(problem("usb = [\"2c7c-0125\"]\n"),
            "my.toml:1: usb: a USB identity looks like 2c7c:0125");
  EXPECT_THAT(problem("like = \"abacus\"\n"),
              testing::StartsWith("my.toml:1: like: there is no modem profile abacus; there are "
                                  "generic, quectel-ec25, "));
  EXPECT_EQ(problem("boot_wait = -1\n"), "my.toml:1: boot_wait: seconds from 0 to 600 are wanted");
  EXPECT_EQ(problem("[radio]\nham = \"AT\"\n"),
            "my.toml:2: radio.ham: there is no such key; there are auto, gsm, umts, lte, lte-m, "
            "nb-iot, nr");
  EXPECT_THAT(problem("name = \n"), testing::StartsWith("my.toml:1: "));
}

TEST(ProfileToml, ListsOfTables) {
  const auto parsed = parse_profile(R"(
[[usb]]
id = "1e0e:9011"
name = "the RNDIS one"
ports = { 5 = "modem", 10 = "other", 4 = "at" }
[[registration]]
query = "AT+CEREG?"
domain = "LTE"
[[quirk]]
name = "slow-hang-up"
what = "it takes its time"
source = "seen on my desk"
)",
                                    "my.toml");
  ASSERT_TRUE(parsed) << parsed.failure().text;
  const modem::Profile& profile = (*parsed)->profile;
  ASSERT_EQ(profile.usb.size(), 1u);
  EXPECT_EQ(profile.usb[0].name, "the RNDIS one");
  ASSERT_EQ(profile.usb[0].ports.size(), 3u);
  EXPECT_EQ(profile.usb[0].ports[0].interface_number, 4);
  EXPECT_EQ(profile.usb[0].ports[1].role, modem::PortRole::modem);
  ASSERT_EQ(profile.registration.size(), 1u);
  EXPECT_TRUE(profile.registration[0].packet);
  EXPECT_TRUE(profile.has(modem::Quirk::slow_hang_up));

  EXPECT_EQ(problem("[[usb]]\nname = \"x\"\n"),
            "my.toml:1: usb: id is missing, as in id = '2c7c:0125'");
  EXPECT_EQ(
      problem("[[usb]]\nid = \"1e0e:9011\"\nports = { 4 = \"AT\" }\n"),
      "my.toml:3: usb.ports: a port is one of diagnostics, nmea, at, modem (for PPP), network "
      "or other");
  EXPECT_EQ(problem("[[usb]]\nid = \"1e0e:9011\"\nports = { 256 = \"at\" }\n"),
            "my.toml:3: usb.ports: an interface has a number from 0 to 255");
  EXPECT_EQ(problem("[[registration]]\ndomain = \"LTE\"\n"),
            "my.toml:1: registration: query is missing");
  EXPECT_EQ(problem("registration = \"AT+CEREG?\"\n"),
            "my.toml:1: registration: tables [[registration]] are wanted");
  EXPECT_THAT(problem("[[quirk]]\nname = \"odd\"\nsource = \"me\"\n"),
              testing::StartsWith("my.toml:2: quirk.name: there is no quirk odd; there are "
                                  "slow-hang-up, "));
  EXPECT_EQ(problem("[[quirk]]\nname = \"slow-hang-up\"\n"), "my.toml:1: quirk: source is missing");
  EXPECT_EQ(problem("identify = [\"AT+CGMI\", \"AT+CGMM\", \"AT+CGMR\", \"ATI\"]\n"),
            "my.toml:1: identify: at most maker, model and firmware");
}

/// Everything, as text: what a profile is.
std::string all_of(const modem::Profile& profile) {
  return write_profile(profile);
}

// No field of a built-in profile is out of a user's reach.
TEST(ProfileToml, EachBuiltInProfileIsTheSameAfterAFile) {
  for (const modem::Profile& profile : modem::profiles()) {
    // From the one that differs most: what the file does not say would not be the same.
    const std::string base =
        profile.name == "sierra-hl78" ? "simcom-sim7080" : std::string("sierra-hl78");
    const std::string text = "like = '" + base + "'\n" + write_profile(profile);
    const auto read = parse_profile(text, "my.toml");
    ASSERT_TRUE(read) << read.failure().text << "\n" << text;
    const modem::Profile& again = (*read)->profile;
    EXPECT_EQ(all_of(again), all_of(profile));
    EXPECT_EQ(again.boot_wait, profile.boot_wait);
    EXPECT_EQ(again.radio, profile.radio);
    EXPECT_EQ(again.cmux.settle, profile.cmux.settle);
    ASSERT_EQ(again.usb.size(), profile.usb.size());
    for (std::size_t i = 0; i < again.usb.size(); ++i)
      EXPECT_EQ(again.usb[i].ports.size(), profile.usb[i].ports.size());
    EXPECT_EQ(again.quirks.size(), profile.quirks.size());
    EXPECT_EQ(again.registration.size(), profile.registration.size());
  }
}

/// Each key that the reader knows is one that the writer writes, so that the test above meets it.
TEST(ProfileToml, TheWriterKnowsEveryKey) {
  std::string known = problem("nonsense = 1\n");
  known = known.substr(known.find("there are ") + 10);
  const std::string written = write_profile(*modem::find_profile("quectel-ec25"));
  std::size_t begin = 0;
  while (begin < known.size()) {
    const std::size_t end = std::min(known.find(", ", begin), known.size());
    const std::string key = known.substr(begin, end - begin);
    if (key != "like") {
      EXPECT_TRUE(written.find("\n" + key + " = ") != written.npos || written.starts_with(key) ||
                  written.find("[" + key + "]") != written.npos)
          << key;
    }
    begin = end + 2;
  }
}

/// The blocks of a page between ```toml and ```.
std::vector<std::string> examples_in(const std::string& page) {
  std::vector<std::string> examples;
  constexpr std::string_view begin = "```toml\n";
  for (std::size_t at = page.find(begin); at != page.npos; at = page.find(begin, at)) {
    at += begin.size();
    examples.push_back(page.substr(at, page.find("```", at) - at));
  }
  return examples;
}

// What docs/PROFILES.md shows of profiles can be read, and it tells of every key.
TEST(ProfileToml, ThePageIsTrue) {
  std::ifstream file(TUNPPP_PROFILES_PAGE);
  std::ostringstream content;
  content << file.rdbuf();
  const std::string page = content.str();
  int profiles = 0;
  for (const std::string& example : examples_in(page)) {
    if (example.find("[[provider]]") != example.npos) continue;
    ++profiles;
    const auto parsed = parse_profile(example, "docs/PROFILES.md");
    EXPECT_TRUE(parsed) << parsed.failure().text;
  }
  EXPECT_GE(profiles, 2);
  std::string known = problem("nonsense = 1\n");
  known = known.substr(known.find("there are ") + 10);
  std::istringstream keys(known);
  for (std::string key; std::getline(keys >> std::ws, key, ',');)
    EXPECT_NE(page.find("`" + key), page.npos) << key;
}

TEST(ProfileToml, WhatItsLibraryTripsOverIsAnErrorToo) {
  EXPECT_THAT(problem("name = \"a\"\n[\n \"\n"), testing::StartsWith("my.toml:"));
  EXPECT_THAT(problem("name = \"a\"\nn\u00e4me = \"b\"\n"),
              testing::StartsWith("my.toml:2: there is a letter that is not ASCII"));
  // As editors on Windows begin a file.
  EXPECT_TRUE(
      parse_profile("\xef\xbb\xbf"
                    "name = \"a\"\nlike = \"generic\"\n",
                    "my.toml"));
  EXPECT_TRUE(parse_profile("# f\u00fcr uns\ndescription = \"f\\u00fcr uns\"\n", "my.toml"));
}

}  // namespace
}  // namespace tunppp::session
