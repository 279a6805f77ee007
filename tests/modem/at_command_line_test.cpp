#include "modem/at_command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tunppp::modem {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// V.250 sections 5.3.1, 5.4.1 and 5.3.3: letters with a digit follow each other as they are,
// extended commands end with a semicolon.
TEST(CommandsOf, ALineAreItsCommands) {
  EXPECT_THAT(commands_of("AT"), IsEmpty());
  EXPECT_THAT(commands_of("ATE0V1"), ElementsAre("E0", "V1"));
  EXPECT_THAT(commands_of("AT&C1&D2"), ElementsAre("&C1", "&D2"));
  EXPECT_THAT(commands_of("at+csq;+creg = 2"), ElementsAre("+CSQ", "+CREG=2"));
  EXPECT_THAT(commands_of("ATE0+CMEE=1;V1"), ElementsAre("E0", "+CMEE=1", "V1"));
  EXPECT_THAT(commands_of("ATS0=0X4"), ElementsAre("S0=0", "X4"));
  EXPECT_THAT(commands_of("A/"), ElementsAre("A/"));
  EXPECT_THAT(commands_of(";;"), IsEmpty());
}

TEST(CommandsOf, WhatIsDialledIsNoCommand) {
  EXPECT_THAT(commands_of("ATD*99***1#"), ElementsAre("D*99***1#"));
  EXPECT_THAT(commands_of("ATDT0800HELLO;H"), ElementsAre("DT0800HELLO", "H"));
}

TEST(CommandsOf, NeitherIsWhatStandsInQuotes) {
  EXPECT_THAT(commands_of("AT+CGDCONT=1,\"IP\",\"a;+CFUN=0\""),
              ElementsAre("+CGDCONT=1,\"\",\"\""));
  EXPECT_THAT(commands_of("AT+X=\"a\";+CFUN=0"), ElementsAre("+X=\"\"", "+CFUN=0"));
}

TEST(NameOf, ExtendedCommandsOnly) {
  EXPECT_EQ(name_of("+CSQ"), "+CSQ");
  EXPECT_EQ(name_of("+CREG?"), "+CREG");
  EXPECT_EQ(name_of("^SYSCFGEX=?"), "^SYSCFGEX");
  EXPECT_EQ(name_of("E0"), "");
  EXPECT_EQ(name_of("&F"), "");
  EXPECT_EQ(name_of(""), "");
}

}  // namespace
}  // namespace tunppp::modem
