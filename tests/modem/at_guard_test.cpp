#include "modem/at_guard.h"

#include <gtest/gtest.h>

#include "modem/profile.h"

namespace tunppp::modem {
namespace {

class Dangerous : public testing::TestWithParam<const char*> {};
TEST_P(Dangerous, IsRefused) {
  EXPECT_NE(danger_of(GetParam()), "") << GetParam();
}
INSTANTIATE_TEST_SUITE_P(
    Commands, Dangerous,
    testing::Values("ATD*99#", "atd*99***1#", "AT D123;", "ATH", "ATH0", "ATZ", "AT&F", "AT &F0",
                    "ATO", "ATA", "A/", "AT+CFUN=0", "AT+CFUN=4", "AT+CFUN=1,1", "at+cfun = 1 , 1",
                    "AT+CGACT=0", "AT+CGACT=0,1", "AT+COPS=?", "AT+COPS=2", "AT+IPR=9600",
                    "AT+CMUX=0", "AT+CPIN=1234", "AT+CPIN=\"1234\"", "AT+CSQ;+CFUN=0",
                    "ATE0+CFUN=0", "ATE0H", "AT+CGMM;D*99#", "ATE0^RESET", "AT+CGATT=0", "ATQ1",
                    "ATV0", "AT+QPOWD=1", "AT+CPWD=\"SC\",\"1234\",\"4321\"", "AT+X=\"a\";+CFUN=0",
                    "AT+CNMP=38", "AT+CSQ;+URAT=3", "AT^SYSCFGEX=\"03\"", "AT!SELRAT=06",
                    "AT+CLCK=\"SC\",1,\"1234\"", "AT+CGDATA=\"PPP\",1", "AT#REBOOT", "ATD?"));

INSTANTIATE_TEST_SUITE_P(
    OfVendors, Dangerous,
    testing::Values("AT+CPWROFF", "AT!POWERDOWN", "AT#PSMREBOOT", "AT#ENHRST=1,0", "AT+QRST=1",
                    "AT+UFACTORY=2,1", "AT+CSIM=26,\"00200001083132333435363738\"",
                    "AT^CPIN=\"1234\"", "AT+CPIN2=1234", "AT+CPUK=\"12345678\",\"1234\"",
                    "AT+QIDEACT=1", "AT+CNACT=0,0", "AT+CIPSHUT", "AT+NETCLOSE",
                    "AT+QCFG=\"USBNET\",1", "AT&D0", "AT\\Q3", "AT&D", "ATV", "ATE0V", "AT+CEREG=0",
                    "AT+CGREG=0", "AT+CREG=", "AT+C5GREG=0", "AT+CGEREP=0"));

/// What a profile does to switch a modem off, or to another radio, is not for the AT port of a
/// session.
TEST(Dangers, OfTheProfiles) {
  for (const Profile& profile : profiles()) {
    if (!profile.power_off.empty()) {
      EXPECT_NE(danger_of(profile.power_off), "") << profile.name << ": " << profile.power_off;
    }
    for (const Radio radio : {Radio::gsm, Radio::umts, Radio::lte, Radio::lte_m, Radio::nb_iot}) {
      const std::string_view command = profile.radio.of(radio);
      if (!command.empty()) {
        EXPECT_NE(danger_of(command), "") << profile.name << ": " << command;
      }
    }
  }
}

class Harmless : public testing::TestWithParam<const char*> {};
TEST_P(Harmless, IsAllowed) {
  EXPECT_EQ(danger_of(GetParam()), "") << GetParam();
}
TEST(Dangers, WhatMayBlockTheSim) {
  for (const char* line :
       {"AT+CPIN=1234", "at+cpin = \"1234\"", "AT^CPIN=\"1234\"", "ATE0;+CPIN=1234",
        "AT+CPUK=\"12345678\",\"1234\"", "AT+CLCK=\"SC\",0,\"1234\"",
        "AT+CSIM=26,\"00200001083132333435363738\""})
    EXPECT_TRUE(may_block_sim(line)) << line;
  for (const char* line : {"AT+CPIN?", "AT+CPIN=?", "AT^CPIN?", "AT+CLCK=\"SC\",2", "AT+CPINR",
                           "ATZ", "AT+CFUN=0", "AT+QCFG=\"PIN\",1234", ""})
    EXPECT_FALSE(may_block_sim(line)) << line;
}

INSTANTIATE_TEST_SUITE_P(Commands, Harmless,
                         testing::Values("AT", "ATI", "AT+CSQ", "AT+CFUN?", "AT+CFUN=1",
                                         "AT+CFUN=?", "AT+CGACT?", "AT+CGACT=1,2", "AT+COPS?",
                                         "AT+IPR?", "AT+CPIN?", "AT+CGDCONT=1,\"IP\",\"a;+CFUN=0\"",
                                         "ATE0", "ATE1V1", "AT&D2", "AT&C1&D2", "AT+CMGL=4",
                                         "AT+CLCK=\"SC\",2", "AT+CMUX?", "", ";", "AT&", "\"",
                                         "AT+CNUM;+CSQ", "AT+QCFG=\"nwscanmode\"", "AT+CNMP?",
                                         "AT+CGATT?", "AT+CFUN=1,0", "AT+CGDATA=?", "AT+CPIN=?",
                                         "AT^SYSCFGEX=?", "AT+CMGS=\"+4917\"", "AT+CEREG=2",
                                         "AT+CREG=1", "AT+CGEREP=2,1", "AT+CEREG?"));

}  // namespace
}  // namespace tunppp::modem
