#include "modem/monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "at_port.h"

namespace tunppp::modem {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Monitor, TellsWhatTheModemKnowsOfTheNetwork) {
  AtPort port;
  port.start();
  port.pass(1s);
  const auto told = port.all<StatusChanged>();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].status.registration, "registered, home");
  EXPECT_EQ(told[0].status.operator_name, "Example Mobile");
  EXPECT_EQ(told[0].status.radio, "LTE");
  EXPECT_EQ(told[0].status.cell, "5A1E/0B28C9EC");
  EXPECT_EQ(told[0].status.rssi_dbm, -73);
  EXPECT_FALSE(told[0].notable);
}

TEST(Monitor, TellsChangesOnly) {
  AtPort port;
  port.start();
  port.pass(10min);
  EXPECT_THAT(port.all<StatusChanged>(), SizeIs(1));
  port.answers["AT+CSQ"] = "+CSQ: 18,99";
  port.pass(31s);
  ASSERT_THAT(port.all<StatusChanged>(), SizeIs(2));
  EXPECT_EQ(port.all<StatusChanged>()[1].status.rssi_dbm, -77);
  EXPECT_FALSE(port.all<StatusChanged>()[1].notable);
  port.answers["AT+CSQ"] = "+CSQ: 5,99";
  port.pass(31s);
  ASSERT_THAT(port.all<StatusChanged>(), SizeIs(3));
  EXPECT_TRUE(port.all<StatusChanged>()[2].notable);
}

TEST(Monitor, ManyChangesAtOnceAreToldAsOne) {
  AtPort port;
  port.start();
  port.pass(1s);
  for (int i = 10; i < 60; ++i) {
    port.say("+CEREG: 1,\"5A1E\",\"0000" + std::to_string(i) + "\",7\r\n");
    port.pass(50ms);
  }
  port.pass(10s);
  EXPECT_THAT(port.all<StatusChanged>(), SizeIs(2));
  EXPECT_EQ(port.all<StatusChanged>().back().status.cell, "5A1E/000059");
}

TEST(Monitor, SeldomWakesUp) {
  AtPort port;
  port.start();
  port.pass(1min);
  port.wakeups = 0;
  port.heard.clear();
  port.pass(1h);
  EXPECT_LE(port.wakeups, 120);
  EXPECT_LE(port.heard.size(), 200u);
  EXPECT_GE(port.count("AT+CSQ"), 100);
}

TEST(Monitor, AsksMoreOftenWhatTheModemDoesNotTellByItself) {
  AtPort talkative;
  talkative.start();
  talkative.pass(1h);
  EXPECT_LE(talkative.count("AT+CEREG?"), 8);

  AtPort taciturn;
  taciturn.answers["AT+CGEREP=2"] = "ERROR";
  taciturn.start();
  taciturn.pass(1h);
  EXPECT_GE(taciturn.count("AT+CEREG?"), 59);
}

TEST(Monitor, NeverTouchesMessagesNorTheConnection) {
  AtPort port;
  port.start();
  port.pass(1h);
  port.say("+CEREG: 2\r\n");
  port.pass(1h);
  for (const std::string& command : port.heard)
    for (const char* part : {"CNMI", "CMG", "CPMS", "COPS=", "CFUN", "CGATT", "ATZ", "&F", "ATH"})
      EXPECT_THAT(command, testing::Not(HasSubstr(part)));
}

// --- Loss ---

TEST(Monitor, ALostNetworkIsTellableAfterTheGrace) {
  AtPort port;
  port.start();
  port.pass(10s);
  port.answers["AT+CEREG?"] = "+CEREG: 2,2";
  port.answers["AT+CGREG?"] = "+CGREG: 2,0";
  port.answers["AT+CREG?"] = "+CREG: 2,2";
  port.say("+CGREG: 0\r\n+CREG: 2\r\n+CEREG: 2\r\n");
  port.pass(2900ms);
  EXPECT_THAT(port.all<ConnectionLost>(), IsEmpty());
  port.pass(200ms);
  ASSERT_THAT(port.all<ConnectionLost>(), SizeIs(1));
  EXPECT_EQ(port.all<ConnectionLost>()[0].reason, EndReason::registration_lost);
  EXPECT_THAT(port.all<ConnectionLost>()[0].text, HasSubstr("searching"));
  port.pass(10min);
  EXPECT_THAT(port.all<ConnectionLost>(), SizeIs(1));
}

TEST(Monitor, AHandoverIsNoLoss) {
  AtPort port;
  port.start();
  port.pass(10s);
  port.say("+CGREG: 4\r\n+CEREG: 2\r\n");
  port.pass(2s);
  port.say("+CEREG: 1,\"5A1E\",\"0B28C9ED\",7\r\n");
  port.pass(1min);
  EXPECT_THAT(port.all<ConnectionLost>(), IsEmpty());
}

TEST(Monitor, WhatTheModemTellsIsConfirmedByAQuestion) {
  AtPort port;
  port.start();
  port.pass(10s);
  port.say("+CGREG: 4\r\n+CEREG: 2\r\n");
  port.pass(1min);  // asked, it says that it is registered
  EXPECT_THAT(port.all<ConnectionLost>(), IsEmpty());
}

TEST(Monitor, OneDomainOfTwoIsEnough) {
  AtPort port;
  port.answers["AT+CEREG?"] = "+CEREG: 2,0";
  port.start();
  port.pass(10s);
  port.answers["AT+CREG?"] = "+CREG: 2,0";
  port.say("+CEREG: 0\r\n+CREG: 0\r\n");  // packets go on over UMTS
  port.pass(10min);
  EXPECT_THAT(port.all<ConnectionLost>(), IsEmpty());
}

TEST(Monitor, ARefusalCountsAtOnce) {
  AtPort port;
  port.start();
  port.pass(10s);
  port.answers["AT+CEREG?"] = "+CEREG: 2,3";
  port.answers["AT+CGREG?"] = "+CGREG: 2,3";
  port.say("+CGREG: 3\r\n+CEREG: 3\r\n");
  port.pass(0s);
  ASSERT_THAT(port.all<ConnectionLost>(), SizeIs(1));
  EXPECT_EQ(port.all<ConnectionLost>()[0].reason, EndReason::registration_lost);
}

TEST(Monitor, AModemThatNeverSaidThatItIsRegisteredCannotLoseIt) {
  AtPort port;
  for (const char* query : {"AT+CREG?", "AT+CGREG?", "AT+CEREG?"})
    port.answers[query] = std::string("+") + std::string(query).substr(3, std::string(query).size() - 4) + ": 2,0";
  port.start();
  port.pass(1h);
  EXPECT_THAT(port.all<ConnectionLost>(), IsEmpty());
}

struct LossCase {
  const char* line;
  EndReason reason;
};

class MonitorLoss : public testing::TestWithParam<LossCase> {};

TEST_P(MonitorLoss, EndsTheConnectionAtOnce) {
  AtPort port;
  port.start();
  port.pass(10s);
  port.say(std::string(GetParam().line) + "\r\n");
  ASSERT_THAT(port.all<ConnectionLost>(), SizeIs(1));
  EXPECT_EQ(port.all<ConnectionLost>()[0].reason, GetParam().reason);
  EXPECT_THAT(port.all<ConnectionLost>()[0].text, HasSubstr(GetParam().line));
}

INSTANTIATE_TEST_SUITE_P(
    Lines, MonitorLoss,
    testing::Values(LossCase{"+CGEV: NW DETACH", EndReason::bearer_lost},
                    LossCase{"+CGEV: ME DETACH", EndReason::bearer_lost},
                    LossCase{"+CGEV: NW PDN DEACT 1", EndReason::bearer_lost},
                    LossCase{"+CGEV: ME PDN DEACT 1", EndReason::bearer_lost},
                    LossCase{"+CGEV: NW DEACT \"IP\",\"10.0.0.2\",1", EndReason::bearer_lost},
                    LossCase{"+CGEV: NW DEACT \"IP\",\"10.0.0.2\"", EndReason::bearer_lost},
                    LossCase{"+CGEV: NW DEACT 1,1,0", EndReason::bearer_lost},
                    LossCase{"NO CARRIER", EndReason::bearer_lost},
                    LossCase{"RDY", EndReason::modem_gone},
                    LossCase{"POWERED DOWN", EndReason::modem_gone},
                    LossCase{"NORMAL POWER DOWN", EndReason::modem_gone}));

TEST(Monitor, OtherContextsAndOtherNewsAreNoLoss) {
  AtPort port;
  port.start();
  port.pass(10s);
  for (const char* line :
       {"+CGEV: NW PDN DEACT 2", "+CGEV: NW DEACT \"IP\",\"10.0.0.2\",2", "+CGEV: ME PDN ACT 1",
        "+CGEV: EPS PDN ACT 1", "+CGEV: NW MODIFY 1,0", "+CGEV: NW DEACT 1,5,0", "SMS DONE",
        "PB DONE", "+CMTI: \"SM\",1", "RING", "+CGEV:", "+CEREG:", "+QIND: SMS DONE",
        "+CREG: \"x\"", "+CGEV: NW PDN DEACT"})
    port.say(std::string(line) + "\r\n");
  port.pass(1min);
  EXPECT_THAT(port.all<ConnectionLost>(), IsEmpty());
}

TEST(Monitor, ABearerThatWasActiveAndIsNoMore) {
  AtPort port;
  port.answers["AT+CGEREP=2"] = "ERROR";
  port.start();
  port.pass(10s);
  port.answers["AT+CGACT?"] = "+CGACT: 1,0\r\n+CGACT: 2,1";
  port.pass(61s);
  ASSERT_THAT(port.all<ConnectionLost>(), SizeIs(1));
  EXPECT_EQ(port.all<ConnectionLost>()[0].reason, EndReason::bearer_lost);
}

TEST(Monitor, ABearerThatIsNeverShownActiveCannotBeLost) {
  AtPort port;
  port.answers["AT+CGACT?"] = "+CGACT: 1,0";
  port.start();
  port.pass(1h);
  EXPECT_THAT(port.all<ConnectionLost>(), IsEmpty());
}

TEST(Monitor, ASilentPortIsNoLoss) {
  AtPort port;
  port.start();
  port.pass(10s);
  port.mute = true;
  port.pass(10min);
  ASSERT_THAT(port.all<PortSilent>(), SizeIs(1));
  EXPECT_TRUE(port.all<PortSilent>()[0].silent);
  EXPECT_THAT(port.all<ConnectionLost>(), IsEmpty());
  port.mute = false;
  port.pass(1min);
  ASSERT_THAT(port.all<PortSilent>(), SizeIs(2));
  EXPECT_FALSE(port.all<PortSilent>()[1].silent);
}

TEST(Monitor, APortThatIsSilentFromTheStartIsSetUpWhenItAnswers) {
  AtPort port;
  port.mute = true;
  port.start();
  port.pass(10s);
  EXPECT_THAT(port.all<PortSilent>(), SizeIs(1));
  EXPECT_EQ(port.count("AT+CEREG=2"), 0);
  port.mute = false;
  port.pass(1min);
  EXPECT_EQ(port.count("AT+CEREG=2"), 1);
  EXPECT_THAT(port.all<StatusChanged>(), SizeIs(1));
}

// --- The owner's commands ---

TEST(Monitor, CarriesCommandsOneAtATime) {
  AtPort port;
  port.start();
  port.pass(10s);
  port.answers["AT+CGMR"] = "EC25EFAR06A08M4G";
  port.answers["AT+CSQ"] = "-";
  port.ask(1, "AT+CSQ");
  port.ask(2, "AT+CGMR");
  EXPECT_EQ(port.count("AT+CGMR"), 0);
  port.say("+CSQ: 20,99\r\n\r\nOK\r\n");
  const auto answered = port.all<CommandAnswered>();
  ASSERT_THAT(answered, SizeIs(2));
  EXPECT_EQ(answered[0].id, 1u);
  EXPECT_THAT(answered[0].lines, ElementsAre("+CSQ: 20,99"));
  EXPECT_TRUE(answered[0].final.is_ok());
  EXPECT_EQ(answered[1].id, 2u);
  EXPECT_THAT(answered[1].lines, ElementsAre("EC25EFAR06A08M4G"));
}

TEST(Monitor, ACommandWaitsForTheQuestionUnderWay) {
  AtPort port;
  port.start();
  port.pass(10s);
  port.answers["AT+CSQ"] = "-";
  port.pass(21s);
  port.ask(1, "AT+CGMM");
  EXPECT_EQ(port.count("AT+CGMM"), 0);
  port.say("+CSQ: 20,99\r\n\r\nOK\r\n");
  EXPECT_EQ(port.count("AT+CGMM"), 1);
}

/// Its answer is no part of the next one, nor is what was asked to wait it out.
TEST(Monitor, ACommandThatIsAnsweredTooLateIsOver) {
  AtPort port(MonitorOptions{});
  port.start();
  port.answers["AT+CLAC"] = "-";
  port.ask(1, "AT+CLAC");
  port.pass(std::chrono::minutes(5));
  port.answers["AT"] = "+LATE: one\r\n\r\nOK";
  port.ask(2, "AT+CSQ");
  port.pass(std::chrono::seconds(5));
  const auto answered = port.all<CommandAnswered>();
  ASSERT_EQ(answered.size(), 2u);
  EXPECT_EQ(answered[0].final.code, FinalCode::timeout);
  EXPECT_EQ(answered[1].lines, std::vector<std::string>{"+CSQ: 20,99"});
  EXPECT_TRUE(answered[1].final.is_ok());
}

TEST(Monitor, AnErrorIsTheAnswer) {
  AtPort port;
  port.start();
  port.pass(10s);
  port.answers["AT+NONSENSE"] = "ERROR";
  port.ask(7, "AT+NONSENSE");
  ASSERT_THAT(port.all<CommandAnswered>(), SizeIs(1));
  EXPECT_THAT(port.all<CommandAnswered>()[0].lines, IsEmpty());
  EXPECT_EQ(port.all<CommandAnswered>()[0].final.code, FinalCode::error);
}

TEST(Monitor, PinsOfTheOwnersAreMasked) {
  AtPort port;
  port.start();
  port.pass(10s);
  port.ask(7, "AT+CPIN=\"7319\"");
  EXPECT_THAT(port.heard, Contains("AT+CPIN=\"7319\""));
  for (const ModemEvent& event : port.all<ModemEvent>())
    EXPECT_THAT(event.text, testing::Not(HasSubstr("7319")));
}

TEST(Monitor, NoMoreCommandsWaitThanThereIsRoomFor) {
  AtPort port;
  port.start();
  port.pass(10s);
  port.answers["AT+CSQ"] = "-";
  port.ask(1, "AT+CSQ");
  for (std::size_t i = 0; i < Monitor::max_waiting; ++i)
    EXPECT_TRUE(port.monitor.ask(port.now, 2, "AT+CGMM"));
  EXPECT_FALSE(port.monitor.ask(port.now, 2, "AT+CGMM"));
}

TEST(Monitor, WhoIsGoneIsToldNothing) {
  AtPort port;
  port.start();
  port.pass(10s);
  port.answers["AT+CSQ"] = "-";
  port.ask(1, "AT+CSQ");
  port.ask(1, "AT+CGMM");
  port.ask(2, "AT+CGMR");
  port.monitor.forget(port.now, 1);
  port.say("+CSQ: 20,99\r\n\r\nOK\r\n");
  ASSERT_THAT(port.all<CommandAnswered>(), SizeIs(1));
  EXPECT_EQ(port.all<CommandAnswered>()[0].id, 2u);
  EXPECT_EQ(port.count("AT+CGMM"), 0);
}

TEST(Monitor, APromptTakesAText) {
  AtPort port;
  port.start();
  port.pass(10s);
  port.answers["AT+CMGS=\"+49\""] = ">";
  port.answers["hello\x1a"] = "+CMGS: 5";
  port.ask(3, "AT+CMGS=\"+49\"");
  ASSERT_THAT(port.all<CommandAnswered>(), SizeIs(1));
  EXPECT_EQ(port.all<CommandAnswered>()[0].final.code, FinalCode::prompt);
  port.pass(10s);
  port.monitor.give_text(port.now, 3, "hello");
  port.exchange();
  EXPECT_THAT(port.heard, Contains("hello\x1a"));
  ASSERT_THAT(port.all<CommandAnswered>(), SizeIs(2));
  EXPECT_TRUE(port.all<CommandAnswered>()[1].final.is_ok());
  EXPECT_THAT(port.all<CommandAnswered>()[1].lines, ElementsAre("+CMGS: 5"));
}

TEST(Monitor, APromptThatNobodyAnswersIsEscaped) {
  AtPort port;
  port.start();
  port.pass(10s);
  port.answers["AT+CMGS=\"+49\""] = ">";
  port.ask(3, "AT+CMGS=\"+49\"");
  port.pass(Monitor::prompt_patience + 1s);
  EXPECT_THAT(port.heard, Contains("\x1b"));
  const auto before = port.count("AT+CSQ");
  port.pass(1min);
  EXPECT_GT(port.count("AT+CSQ"), before);
}

TEST(Monitor, APromptOfWhoIsGoneIsEscapedAtOnce) {
  AtPort port;
  port.start();
  port.pass(10s);
  port.answers["AT+CMGS=\"+49\""] = ">";
  port.ask(3, "AT+CMGS=\"+49\"");
  port.monitor.forget(port.now, 3);
  port.exchange();
  EXPECT_THAT(port.heard, Contains("\x1b"));
  EXPECT_EQ(port.all<CommandAnswered>().size(), 1u);  // the prompt, and nothing for nobody
}

TEST(Monitor, ACommandToASilentPortEndsInTime) {
  AtPort port;
  port.start();
  port.pass(10s);
  port.mute = true;
  port.ask(3, "AT+CSQ");
  port.pass(20s);
  ASSERT_THAT(port.all<CommandAnswered>(), SizeIs(1));
  EXPECT_EQ(port.all<CommandAnswered>()[0].final.code, FinalCode::timeout);
}

TEST(Monitor, CommandsStillGoWhereTheConnectionIsLost) {
  AtPort port;
  port.start();
  port.pass(10s);
  port.say("NO CARRIER\r\n");
  port.ask(3, "AT+CGACT=0,1");
  ASSERT_THAT(port.all<CommandAnswered>(), SizeIs(1));
  EXPECT_TRUE(port.all<CommandAnswered>()[0].final.is_ok());
}

TEST(Monitor, WithoutAProfileItAsksNothingByItself) {
  AtPort port(MonitorOptions{});
  port.start();
  port.pass(1h);
  EXPECT_THAT(port.heard, ElementsAre("AT"));
  port.say("NO CARRIER\r\nRDY\r\n");
  EXPECT_THAT(port.all<ConnectionLost>(), IsEmpty());
  port.ask(1, "AT+CSQ");
  EXPECT_THAT(port.all<CommandAnswered>(), SizeIs(1));
}

}  // namespace
}  // namespace tunppp::modem
