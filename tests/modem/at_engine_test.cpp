#include "modem/at_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "modem/task.h"
#include "text.h"

namespace tunppp::modem {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

/// One engine, somebody who asks it, and a tape of what it showed.
class AtEngineTest : public testing::Test, protected AtEngine::Observer {
 protected:
  /// Asks one command after the other.
  void ask(std::vector<AtCommand> commands) {
    task_ = run(std::move(commands));
    engine_.set_time(now_);
    task_.start();
  }
  void ask(std::string_view command, AnswerForm form = AnswerForm::none) {
    ask({at_command(command, form)});
  }

  void modem(std::string_view says) { EXPECT_EQ(engine_.receive(now_, octets(says)), says.size()); }
  void pass(Duration duration) {
    const Instant until = now_ + duration;
    for (auto next = engine_.next_timeout(); next && *next <= until;
         next = engine_.next_timeout()) {
      now_ = *next;
      engine_.handle_timeout(now_);
    }
    now_ = until;
  }
  std::string sent() {
    std::string sent = text(engine_.poll_transmit());
    engine_.transmitted(sent.size());
    return sent;
  }
  void leave_prompt() {
    ask("AT");
    modem("\r\nOK\r\n");
    pass(AtEngine::drain_silence);
    modem("\r\nOK\r\n");
    EXPECT_TRUE(answer().ok());
    sent();
    unsolicited_.clear();
  }
  bool answered() const { return answers_.size() > taken_; }
  Answer answer() { return answers_.at(taken_++); }

  AtEngine engine_{*this};
  Instant now_{};
  std::vector<std::string> shown_sent_;
  std::vector<std::string> shown_received_;
  std::vector<std::string> unsolicited_;

 private:
  Task<bool> run(std::vector<AtCommand> commands) {
    for (const AtCommand& command : commands) answers_.push_back(co_await engine_.send(command));
    co_return true;
  }
  void at_sent(std::string_view line) override { shown_sent_.emplace_back(line); }
  void at_received(std::string_view line) override { shown_received_.emplace_back(line); }
  void at_unsolicited(std::string_view line) override { unsolicited_.emplace_back(line); }

  std::vector<Answer> answers_;
  std::size_t taken_ = 0;
  Task<bool> task_;
};

TEST_F(AtEngineTest, SendsWithCrOnlyAndTakesTheAnswer) {
  ask("AT+CSQ", AnswerForm::prefixed);
  EXPECT_EQ(sent(), "AT+CSQ\r");
  modem("\r\n+CSQ: 20,99\r\n\r\nOK\r\n");
  const Answer got = answer();
  EXPECT_TRUE(got.ok());
  EXPECT_EQ(got.first(), "20,99");
}

TEST_F(AtEngineTest, EchoIsNoAnswer) {
  ask("AT+CGMM", AnswerForm::bare);
  modem("AT+CGMM\r\r\nEC25\r\n\r\nOK\r\n");
  EXPECT_THAT(answer().lines, ElementsAre("EC25"));
}

TEST_F(AtEngineTest, EchoBehindGarbageOrWithoutItsHeadIsNoAnswer) {
  ask({at_command("AT+CGMM", AnswerForm::bare), at_command("AT+CGMM", AnswerForm::bare)});
  modem("\xff\x12x~AT+CGMM\r\r\nEC25\r\nOK\r\n");
  EXPECT_THAT(answer().lines, ElementsAre("EC25"));
  modem("+CGMM\r\r\nEC25\r\nOK\r\n");
  EXPECT_THAT(answer().lines, ElementsAre("EC25"));
}

TEST_F(AtEngineTest, EverySplitOfAReadGivesTheSame) {
  constexpr std::string_view says =
      "AT+CREG?\r\r\nRDY\r\n\r\n+CREG: 2,1,\"1A2B\",\"01C3D4E5\",7\r\n\r\nOK\r\n";
  for (std::size_t cut = 0; cut <= says.size(); ++cut) {
    ask("AT+CREG?", AnswerForm::registration);
    modem(says.substr(0, cut));
    modem(says.substr(cut));
    ASSERT_TRUE(answered()) << cut;
    EXPECT_THAT(answer().lines, ElementsAre("2,1,\"1A2B\",\"01C3D4E5\",7")) << cut;
  }
}

/// What one transcript comes to: all that anybody saw.
struct Transcript {
  std::string_view command;
  AnswerForm form;
  std::string_view says;
};

// Echo, codes between, CRLF, LF and CRCRLF, NULs, parity, digits, a prompt, a call.
constexpr auto transcripts = std::to_array<Transcript>({
    {"AT+CREG?", AnswerForm::registration,
     "AT+CREG?\r\r\nRDY\r\n\r\n+CREG: 1\r\n\r\n+CREG: 2,1,\"1A2B\",\"01C3D4E5\",7\r\n\r\nOK\r\n"},
    {"AT+CGMM", AnswerForm::bare, "\nEC25\n\nOK\n"},
    {"AT+CGSN", AnswerForm::bare, "AT+CGSN\r\r\n+CREG: 2\r\r\n861234567890123\r\r\nOK\r\r\n"},
    {"AT+CSQ", AnswerForm::prefixed, {"\0\0\r\n+CSQ: 20,99\r\n\xcf\xcb\x8d\x8a", 21}},
    {"AT+CPIN?", AnswerForm::prefixed, "AT+CPIN?\r\r\n+CME ERROR: SIM busy\r\n"},
    {"AT+CPIN?", AnswerForm::prefixed, "\r\n+CME ERROR\r\n\r\n+CREG: 0\r\n"},
    {"AT+CGMM", AnswerForm::bare, "\xfc\xf8x~AT+CGMM\r\r\nSIM800\r\n\r\nOK\r\n\r\nRING\r\n"},
    {"ATE0", AnswerForm::none, "ATE0\r0\r\n"},
    {"AT+CMGS=9", AnswerForm::none, "\r\n> "},
    {"AT+COPS?", AnswerForm::prefixed, "+COPS: 0,0,\"a > b\",7\r\n\r\nNO CARRIER\r\n\r\nOK\r\n"},
});

/// Every way to cut it into up to three reads, and octet by octet.
TEST_F(AtEngineTest, TranscriptsAreTheSameInAnyReads) {
  for (const Transcript& it : transcripts) {
    const auto seen = [&](std::vector<std::size_t> cuts) {
      AtEngineTest::unsolicited_.clear();
      engine_.set_result_form(ResultForm::words_or_digits);
      ask(it.command, it.form);
      sent();
      cuts.push_back(it.says.size());
      std::size_t begin = 0;
      for (const std::size_t end : cuts) {
        modem(it.says.substr(begin, end - begin));
        begin = end;
      }
      pass(AtEngine::cr_patience);
      sent();
      EXPECT_TRUE(answered()) << it.says;
      if (!answered()) return std::string("no answer");
      const Answer got = answer();
      std::string all = got.final.text;
      for (const std::string& line : got.lines) all += "\n: " + line;
      for (const std::string& line : unsolicited_) all += "\n* " + line;
      // What a refused prompt leaves is thrown away before the next command.
      if (got.final.code == FinalCode::prompt) leave_prompt();
      return all;
    };
    const std::string whole = seen({});
    std::vector<std::size_t> octet_by_octet;
    for (std::size_t first = 0; first <= it.says.size(); ++first) {
      octet_by_octet.push_back(first);
      for (std::size_t second = first; second <= it.says.size(); ++second)
        ASSERT_EQ(seen({first, second}), whole) << it.says << " at " << first << "," << second;
    }
    ASSERT_EQ(seen(octet_by_octet), whole) << it.says;
  }
}

TEST_F(AtEngineTest, TranscriptsAreUnderstood) {
  // That they are the same says nothing about what they are.
  ask("AT+CSQ", AnswerForm::prefixed);
  modem(transcripts[3].says);
  EXPECT_EQ(answer().first(), "20,99");
  ask("AT+CPIN?", AnswerForm::prefixed);
  modem(transcripts[4].says);
  EXPECT_TRUE(answer().final.is_cme(14));
  ask("AT+COPS?", AnswerForm::prefixed);
  modem(transcripts[9].says);
  EXPECT_EQ(answer().first(), "0,0,\"a > b\",7");
  EXPECT_THAT(unsolicited_, ElementsAre("NO CARRIER"));
}

TEST_F(AtEngineTest, UnsolicitedCodesBetweenEchoBodyAndFinal) {
  ask("AT+CGSN", AnswerForm::bare);
  modem("AT+CGSN\r\r\n+CREG: 2\r\n\r\n861234567890123\r\n\r\nRING\r\n\r\n^RSSI: 17\r\n\r\nOK\r\n");
  EXPECT_THAT(answer().lines, ElementsAre("861234567890123"));
  EXPECT_THAT(unsolicited_, ElementsAre("+CREG: 2", "RING", "^RSSI: 17"));
}

TEST_F(AtEngineTest, UnsolicitedRegistrationIsNotTheAnswer) {
  ask("AT+CREG?", AnswerForm::registration);
  modem("\r\n+CREG: 1\r\n\r\n+CREG: 1,\"1A2B\",\"01C3D4E5\",7\r\n\r\n+CREG: 2,5\r\n\r\nOK\r\n");
  EXPECT_THAT(answer().lines, ElementsAre("2,5"));
  EXPECT_THAT(unsolicited_, ElementsAre("+CREG: 1", "+CREG: 1,\"1A2B\",\"01C3D4E5\",7"));
}

// SIMCom with AUTOCSQ: both lines look alike, the first is the answer.
TEST_F(AtEngineTest, SamePrefixTheFirstIsTheAnswer) {
  ask("AT+CSQ", AnswerForm::prefixed);
  modem("\r\n+CSQ: 10,99\r\n\r\n+CSQ: 11,99\r\n\r\nOK\r\n");
  EXPECT_EQ(answer().first(), "10,99");
}

TEST_F(AtEngineTest, BareAnswersMayCarryAPrefix) {
  ask("AT+CCID", AnswerForm::bare);
  modem("\r\n+CCID: 89490200001234567890\r\n\r\nOK\r\n");
  EXPECT_EQ(answer().first(), "89490200001234567890");
}

TEST_F(AtEngineTest, ErrorsEndACommandWithTheirCause) {
  ask({at_command("AT+CPIN?"), at_command("AT+CPIN?"), at_command("AT+CPIN?")});
  modem("\r\n+CME ERROR: 10\r\n");
  EXPECT_TRUE(answer().final.is_cme(10));
  modem("\r\n+CMS ERROR: 310\r\n");
  EXPECT_EQ(answer().final.number, 310);
  modem("\r\nERROR\r\n");
  EXPECT_EQ(answer().final.code, FinalCode::error);
}

TEST_F(AtEngineTest, NoCarrierWithoutACallIsUnsolicited) {
  ask("AT+CSQ", AnswerForm::prefixed);
  modem("\nNO CARRIER\r\n");
  EXPECT_FALSE(answered());
  EXPECT_THAT(unsolicited_, ElementsAre("NO CARRIER"));
  modem("\r\nOK\r\n");
  EXPECT_TRUE(answer().ok());
}

TEST_F(AtEngineTest, NoCarrierEndsADial) {
  ask({call_command("ATD*99***1#")});
  EXPECT_EQ(sent(), "ATD*99***1#\r");
  modem("\r\nNO CARRIER\r\n");
  EXPECT_EQ(answer().final.code, FinalCode::no_carrier);
}

TEST_F(AtEngineTest, LeavesWhatFollowsConnectToPpp) {
  constexpr std::string_view connect = "\r\nCONNECT 150000000\r\n";
  constexpr std::string_view ppp = "~\xff}#\xc0!~";
  const std::string both = std::string(connect) + std::string(ppp);
  for (std::size_t cut = 1; cut <= both.size(); ++cut) {
    ask({call_command("ATD*99***1#")});
    std::size_t used = engine_.receive(now_, octets(both).first(cut));
    if (used == cut) used += engine_.receive(now_, octets(both).subspan(cut));
    EXPECT_EQ(used, connect.size()) << "in two reads, the first of " << cut;
    EXPECT_EQ(answer().final.text, "CONNECT 150000000");
  }
}

TEST_F(AtEngineTest, ConnectThatEndsInCrAloneIsFoundAfterAMoment) {
  ask({call_command("ATD*99#")});
  modem("\r\nCONNECT\r");
  EXPECT_FALSE(answered());
  pass(AtEngine::cr_patience);
  EXPECT_EQ(answer().final.code, FinalCode::connect);
}

TEST_F(AtEngineTest, DigitsAreResultsUntilWordsAreInForce) {
  ask({at_command("ATE0"), at_command("ATV1"), at_command("AT+CGSN", AnswerForm::bare)});
  modem("ATE0\r0\r");
  pass(AtEngine::cr_patience);
  EXPECT_TRUE(answer().ok());
  modem("\r\nOK\r\n");
  EXPECT_TRUE(answer().ok());
  engine_.set_result_form(ResultForm::words);
  modem("\r\n0\r\n\r\nOK\r\n");
  EXPECT_THAT(answer().lines, ElementsAre("0"));
}

// V.250 section 6.2.6: ATV chooses the form of result codes, that of its own answer included.
TEST_F(AtEngineTest, ADigitIsAnAnswerOnceAWordHasCome) {
  ask({at_command("AT"), user_command("AT+FCLASS?"), user_command("ATV0"), user_command("ATE1")});
  modem("\r\nOK\r\n");
  EXPECT_TRUE(answer().ok());
  modem("\r\n0\r\n\r\nOK\r\n");
  EXPECT_THAT(answer().lines, ElementsAre("0"));
  modem("0\r");
  pass(AtEngine::cr_patience);
  EXPECT_TRUE(answer().ok());
  modem("4\r");
  pass(AtEngine::cr_patience);
  EXPECT_EQ(answer().final.code, FinalCode::error);
}

// --- What people type ---

TEST_F(AtEngineTest, AnyLineThatATypedCommandBringsIsItsAnswer) {
  struct Typed {
    std::string_view line;
    std::string_view says;
    std::size_t lines;
  };
  for (const Typed& it : std::to_array<Typed>({
           {"ATI", "SIMCOM INCORPORATED\r\nModel: A7670E\r\n+GCAP: +CGSM,+FCLASS,+DS\r\n", 3},
           {"AT&V", "&C: 1; &D: 2; &F: 0;\r\nE: 1; L: 0;\r\n", 2},
           {"AT+CICCID", "+ICCID: 89490200001234567890\r\n", 1},
           {"at+csq;+creg?", "+CSQ: 20,99\r\n\r\n+CREG: 0,1\r\n", 2},
           {"AT+CGMI;+CGMM", "Quectel\r\n\r\nEC25\r\n", 2},
           {"AT+QENG=\"servingcell\"", "+QENG: \"servingcell\",\"NOCONN\"\r\n", 1},
       })) {
    unsolicited_.clear();
    ask({user_command(it.line)});
    modem("\r\n" + std::string(it.says) + "\r\n+CMTI: \"SM\",1\r\n\r\nOK\r\n");
    EXPECT_EQ(answer().lines.size(), it.lines) << it.line;
    EXPECT_THAT(unsolicited_, ElementsAre("+CMTI: \"SM\",1")) << it.line;
  }
}

TEST_F(AtEngineTest, ATypedCommandThatIsNoCallIsNotEndedByNoCarrier) {
  ask({user_command("AT+CSQ")});
  modem("\r\nNO CARRIER\r\n");
  EXPECT_FALSE(answered());
  modem("\r\nOK\r\n");
  EXPECT_TRUE(answer().ok());
  for (const std::string_view line :
       {"ATD*99#", "ata", "ATO", "ATH", "ATE0D123;", "AT+CGDATA=\"PPP\",1"}) {
    ask({user_command(line)});
    modem("\r\nNO CARRIER\r\n");
    EXPECT_EQ(answer().final.code, FinalCode::no_carrier) << line;
  }
  // V.250 section 6.3.1 knows no other meaning of CONNECT than that data follow.
  ask({user_command("AT+QFUPL=\"a\",9")});
  modem("\r\nCONNECT\r\n");
  EXPECT_EQ(answer().final.code, FinalCode::connect);
}

TEST_F(AtEngineTest, ATypedLineMayTakeAsLongAsItsSlowestCommand) {
  EXPECT_EQ(user_command("AT+CSQ;+COPS=?").timeout, 315s);
  EXPECT_EQ(user_command("at+cops=?").timeout, 315s);
  EXPECT_EQ(user_command("ATE0D123").timeout, 180s);
}

// 3GPP TS 27.005 section 3.5.1: the text follows CR LF > SP. Many prompt again for each line of it,
// and echo it.
TEST_F(AtEngineTest, ATextOfSeveralLinesIsPromptedForAgain) {
  AtCommand asked = user_command("AT+CMGS=\"+4917\"");
  ask({asked, prompt_text("first line\rsecond\x1a", 120s, asked)});
  modem("AT+CMGS=\"+4917\"\r\r\n> ");
  EXPECT_EQ(answer().final.code, FinalCode::prompt);
  EXPECT_EQ(sent(), "AT+CMGS=\"+4917\"\rfirst line\rsecond\x1a");
  modem("first line\r\r\n> second\x1a\r\n+CMGS: 7\r\n\r\nOK\r\n");
  EXPECT_EQ(sent(), "");
  const Answer got = answer();
  EXPECT_TRUE(got.ok());
  EXPECT_THAT(got.lines, ElementsAre("7"));
}

TEST_F(AtEngineTest, TimesOutByCommand) {
  ask("AT+CSQ");
  pass(5s - 1ns);
  EXPECT_FALSE(answered());
  pass(1ns);
  EXPECT_TRUE(answer().timed_out());
}

TEST_F(AtEngineTest, TimeoutsAreThoseOfTheTable) {
  EXPECT_EQ(timeout_of("AT"), 3s);
  EXPECT_EQ(timeout_of("AT+CPIN?"), 10s);
  EXPECT_EQ(timeout_of("AT+CFUN=1"), 15s);
  EXPECT_EQ(timeout_of("AT+CEREG?"), 10s);
  EXPECT_EQ(timeout_of("AT+COPS?"), 75s);
  EXPECT_EQ(timeout_of("AT+COPS=0"), 180s);
  EXPECT_EQ(timeout_of("AT+COPS=?"), 315s);
  EXPECT_EQ(timeout_of("AT+CGATT=1"), 10s);
  EXPECT_EQ(timeout_of("AT+CGACT=1,1"), 150s);
  EXPECT_EQ(timeout_of("AT+CGACT=0,1"), 45s);
  EXPECT_EQ(timeout_of("ATD*99#"), 180s);
  EXPECT_EQ(timeout_of("ATH"), 90s);
  EXPECT_EQ(timeout_of("AT+CSQ"), 5s);
}

TEST_F(AtEngineTest, LateAnswerIsNotTakenForTheNextOne) {
  ask({at_command("AT+CGMM", AnswerForm::bare), at_command("AT+CGMR", AnswerForm::bare)});
  pass(5s);
  EXPECT_TRUE(answer().timed_out());
  EXPECT_EQ(sent(), "AT+CGMM\rAT\r");
  modem("\r\nEC25\r\n\r\nOK\r\n");  // late
  modem("AT\r\r\nOK\r\n");          // of AT
  EXPECT_EQ(sent(), "");
  pass(AtEngine::drain_silence);
  EXPECT_EQ(sent(), "AT+CGMR\r");
  modem("\r\nEC25EFAR06A06M4G\r\n\r\nOK\r\n");
  EXPECT_THAT(answer().lines, ElementsAre("EC25EFAR06A06M4G"));
  EXPECT_EQ(engine_.late_lines(), 4u);
}

TEST_F(AtEngineTest, WhatIsUnsolicitedIsHeardWhileALateAnswerIsExpected) {
  ask({at_command("AT+CREG?", AnswerForm::registration), at_command("AT+CSQ")});
  pass(10s);
  EXPECT_TRUE(answer().timed_out());
  // An operator that is gone, the bearer too; and then the late answer, which says what was before.
  modem("\r\n+CREG: 0\r\n\r\nNO CARRIER\r\n\r\n+CREG: 2,1\r\n\r\nOK\r\n");
  EXPECT_THAT(unsolicited_, ElementsAre("+CREG: 0", "NO CARRIER"));
  modem("\r\n+CGEV: NW DETACH\r\n\r\nOK\r\n");
  EXPECT_THAT(unsolicited_, ElementsAre("+CREG: 0", "NO CARRIER", "+CGEV: NW DETACH"));
  EXPECT_EQ(engine_.late_lines(), 3u);
}

// Of a person's command the form of the answer is not known, but these are none.
TEST_F(AtEngineTest, WhatBecomesOfTheRegistrationIsHeardWhileAPersonAsksForIt) {
  ask({user_command("AT+CEREG?"), user_command("AT+CEREG=?"), user_command("AT+CEREG?"),
       at_command("AT+CSQ")});
  modem("\r\n+CEREG: 0\r\n\r\n+CEREG: 2,1\r\n\r\nOK\r\n");
  EXPECT_THAT(answer().lines, ElementsAre("2,1"));
  modem("\r\n+CEREG: (0-2)\r\n\r\nOK\r\n");
  EXPECT_THAT(answer().lines, ElementsAre("(0-2)"));
  EXPECT_THAT(unsolicited_, ElementsAre("+CEREG: 0"));
  pass(10s);
  EXPECT_TRUE(answer().timed_out());
  modem("\r\n+CEREG: 1,\"1A2B\",\"01C3D4E5\",7\r\n\r\n+CEREG: 2,5\r\n\r\nOK\r\n");
  EXPECT_THAT(unsolicited_, ElementsAre("+CEREG: 0", "+CEREG: 1,\"1A2B\",\"01C3D4E5\",7"));
  EXPECT_EQ(engine_.late_lines(), 2u);
}

TEST_F(AtEngineTest, DrainingIsBounded) {
  ask({at_command("AT+CGMM"), at_command("AT+CGMR")});
  pass(5s);
  EXPECT_TRUE(answer().timed_out());
  const Instant began = now_;
  while (!answered() && engine_.next_timeout()) pass(*engine_.next_timeout() - now_);
  EXPECT_TRUE(answer().timed_out());
  EXPECT_LE(now_ - began, AtEngine::drain_bound);
  EXPECT_EQ(sent(), "AT+CGMM\rAT\rAT\rAT\r");
}

TEST_F(AtEngineTest, LinesBetweenCommandsAreUnsolicited) {
  modem("\r\nRDY\r\n\r\nOK\r\n");
  EXPECT_THAT(unsolicited_, ElementsAre("RDY", "OK"));
}

TEST_F(AtEngineTest, UnexpectedPromptIsLeftWithEscape) {
  ask({at_command("AT"), at_command("AT+CSQ")});
  sent();
  modem("\r\n> ");
  EXPECT_EQ(answer().final.code, FinalCode::prompt);
  EXPECT_EQ(sent(),
            "\x1b"
            "AT\r");
}

TEST_F(AtEngineTest, SecretsAreNeverShown) {
  ask({at_command("AT+CPIN=\"9876\""), at_command("AT")});
  EXPECT_EQ(sent(), "AT+CPIN=\"9876\"\r");
  // The echo, whole, headless, torn, and as an error text.
  modem(
      "AT+CPIN=\"9876\"\r\r\n9876\"\r\nPIN=\"9876\r\n=\"9876\" what?\r\n\r\n+CPIN: "
      "READY\r\nOK\r\n");
  EXPECT_TRUE(answer().ok());
  for (const auto* tape : {&shown_sent_, &shown_received_, &unsolicited_})
    for (const std::string& line : *tape) EXPECT_EQ(line.find("987"), std::string::npos) << line;
  EXPECT_THAT(shown_sent_, ElementsAre("AT+CPIN=<masked>", "AT"));
  EXPECT_THAT(unsolicited_, testing::Contains("+CPIN: READY"));
}

TEST_F(AtEngineTest, SecretsThatEchoLateAreNotShownEither) {
  ask({at_command("AT+CPIN=\"9876\""), at_command("AT+CSQ")});
  pass(10s);
  EXPECT_TRUE(answer().timed_out());
  modem("N=\"9876\"\r\n");
  EXPECT_THAT(shown_received_, ElementsAre("<masked>"));
}

TEST_F(AtEngineTest, EndlessAnswersAreBounded) {
  ask("AT+CGMM", AnswerForm::bare);
  for (int i = 0; i < 1000; ++i) modem("and so on\r\n");
  modem("OK\r\n");
  EXPECT_EQ(answer().lines.size(), AtEngine::max_answer_lines);
  EXPECT_EQ(engine_.dropped_lines(), 1000 - AtEngine::max_answer_lines);
}

TEST_F(AtEngineTest, GarbageAtAutobaudIsSkipped) {
  ask("AT");
  modem(std::string_view("\0\0\xfc\xf8\x80\r\n\xe0\r\nAT\r\r\nOK\r\n", 19));
  EXPECT_TRUE(answer().ok());
}

TEST_F(AtEngineTest, EveryFinalCodeEndsACommand) {
  for (const std::string_view final :
       {"+CME ERROR", "+CME ERROR:", "+CME ERROR: SIM busy", "+CMS ERROR: 500", "MODEM ERROR: 3",
        "COMMAND NOT SUPPORT", "ERROR"}) {
    ask("AT+CSQ");
    modem("\r\n" + std::string(final) + "\r\n");
    ASSERT_TRUE(answered()) << final;
    EXPECT_FALSE(answer().ok()) << final;
  }
  for (const std::string_view final :
       {"NO CARRIER", "NO ANSWER", "NO DIALTONE", "NO DIAL TONE", "BUSY", "DELAYED 30"}) {
    ask({call_command("ATD*99#")});
    modem("\n" + std::string(final) + "\r\n");
    ASSERT_TRUE(answered()) << final;
    EXPECT_FALSE(answer().ok()) << final;
  }
}

TEST_F(AtEngineTest, RegistrationInEveryHandwriting) {
  for (const std::string_view list : {"2,01", "2, 1", " 2 , 1 ", "2,\"1\"",
                                      "2,1,\"1A2B\",\"01C3D4E5\",7", "2,1,1A2B,01C3D4E5,7"}) {
    ask("AT+CEREG?", AnswerForm::registration);
    modem("\r\n+CEREG: " + std::string(list) + "\r\n\r\nOK\r\n");
    EXPECT_EQ(answer().lines.size(), 1u) << list;
  }
}

TEST_F(AtEngineTest, LineEndsOfEveryKind) {
  for (const std::string_view end : {"\r\n", "\n", "\r\r\n", "\r\n\r\n"}) {
    ask("AT+CSQ", AnswerForm::prefixed);
    modem("+CSQ: 20,99" + std::string(end) + "OK" + std::string(end));
    EXPECT_EQ(answer().first(), "20,99");
  }
}

TEST_F(AtEngineTest, NulsAndParityAreNoPartOfALine) {
  ask("AT+CSQ", AnswerForm::prefixed);
  std::string says = "\r\n+CSQ: 20,99\r\n\r\nOK\r\n";
  for (std::size_t i = 0; i < says.size(); i += 2) says[i] = static_cast<char>(says[i] | '\x80');
  modem(std::string(3, '\0') + says);
  EXPECT_EQ(answer().first(), "20,99");
}

TEST_F(AtEngineTest, AConnectInDigitsLeavesPppAlone) {
  ask({call_command("ATD*99#")});
  constexpr std::string_view says = "1\r~\xff}#";
  EXPECT_EQ(engine_.receive(now_, octets(says)), 2u);
  EXPECT_EQ(answer().final.code, FinalCode::connect);
}

}  // namespace
}  // namespace tunppp::modem
