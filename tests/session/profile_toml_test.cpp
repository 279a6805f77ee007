#include "session/profile_toml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  EXPECT_EQ(problem("[cmux]\nT1 = 1\n"), "my.toml:2: cmux.T1: there is no such key");
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
  EXPECT_EQ(problem("name = \"a\"\ndail = \"ATD*99#\"\n"), "my.toml:2: dail: there is no such key");
  EXPECT_EQ(problem("\n\ndial = 99\n"), "my.toml:3: dial: a string is wanted");
  EXPECT_EQ(problem("dial = \"*99#\"\n"), "my.toml:1: dial: it must begin with AT");
  EXPECT_EQ(problem("dial = \"ATD*99***{context}#\"\n"),
            "my.toml:1: dial: nothing stands for {context} here");
  EXPECT_EQ(problem("dial = \"ATD\\n\"\n"), "my.toml:1: dial: a control character is in it");
  EXPECT_EQ(problem("dial = \"\"\n"),
            "my.toml: a profile cannot do without dial, hang_up and context");
  EXPECT_EQ(problem("init = [\"ATX4\",\n 3]\n"), "my.toml:2: init: a string is wanted");
  EXPECT_EQ(problem("usb = [\"2c7c-0125\"]\n"),
            "my.toml:1: usb: a USB identity looks like 2c7c:0125");
  EXPECT_EQ(problem("like = \"abacus\"\n"), "my.toml:1: like: there is no modem profile abacus");
  EXPECT_EQ(problem("boot_wait = -1\n"), "my.toml:1: boot_wait: seconds from 0 to 600 are wanted");
  EXPECT_EQ(problem("[radio]\nham = \"AT\"\n"), "my.toml:2: radio.ham: there is no such key");
  EXPECT_THAT(problem("name = \n"), testing::StartsWith("my.toml:1: "));
}

TEST(ProfileToml, WhatItsLibraryTripsOverIsAnErrorToo) {
  EXPECT_THAT(problem("name = \"a\"\n[\n \"\n"), testing::StartsWith("my.toml:"));
  EXPECT_THAT(problem("name = \"a\"\nn\u00e4me = \"b\"\n"),
              testing::StartsWith("my.toml:2: there is a letter that is not ASCII"));
  EXPECT_TRUE(parse_profile("# f\u00fcr uns\ndescription = \"f\\u00fcr uns\"\n", "my.toml"));
}

}  // namespace
}  // namespace tunppp::session
