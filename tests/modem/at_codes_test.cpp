#include "modem/at_codes.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>

namespace tunppp::modem {
namespace {

std::optional<FinalCode> code(std::string_view line, ResultForm form = ResultForm::words) {
  const auto result = parse_final(line, form);
  if (!result) return std::nullopt;
  return result->code;
}

std::optional<int> number(std::string_view line) {
  return parse_final(line, ResultForm::words)->number;
}

TEST(FinalCodes, KnowsEveryForm) {
  EXPECT_EQ(code("OK"), FinalCode::ok);
  EXPECT_EQ(code("ERROR"), FinalCode::error);
  EXPECT_EQ(code("CONNECT"), FinalCode::connect);
  EXPECT_EQ(code("CONNECT 150000000"), FinalCode::connect);
  EXPECT_EQ(code("NO CARRIER"), FinalCode::no_carrier);
  EXPECT_EQ(code("NO ANSWER"), FinalCode::no_answer);
  EXPECT_EQ(code("NO DIALTONE"), FinalCode::no_dialtone);
  EXPECT_EQ(code("NO DIAL TONE"), FinalCode::no_dialtone);
  EXPECT_EQ(code("BUSY"), FinalCode::busy);
  EXPECT_EQ(code("DELAYED"), FinalCode::delayed);
  EXPECT_EQ(code("> "), FinalCode::prompt);
  EXPECT_EQ(code("MODEM ERROR: 4"), FinalCode::error);
  EXPECT_EQ(code("COMMAND NOT SUPPORT"), FinalCode::not_supported);
}

TEST(FinalCodes, MatchesWholeLinesOnly) {
  EXPECT_EQ(code("OKAY"), std::nullopt);
  EXPECT_EQ(code("+CREG: OK"), std::nullopt);
  EXPECT_EQ(code("NO CARRIER DETECT"), std::nullopt);
  EXPECT_EQ(code("+CME"), std::nullopt);
  EXPECT_EQ(code("+CMEE: 1"), std::nullopt);
  EXPECT_EQ(code("CONNECTED"), std::nullopt);
  EXPECT_EQ(code("ok"), std::nullopt);
}

TEST(FinalCodes, ReadsNumbersTextsAndNothing) {
  EXPECT_EQ(code("+CME ERROR: 10"), FinalCode::cme_error);
  EXPECT_EQ(number("+CME ERROR: 10"), 10);
  EXPECT_EQ(number("+CME ERROR: SIM PIN required"), 11);
  EXPECT_EQ(number("+CME ERROR: nobody knows"), std::nullopt);
  EXPECT_EQ(code("+CME ERROR:"), FinalCode::cme_error);
  EXPECT_EQ(code("+CME ERROR"), FinalCode::cme_error);
  EXPECT_EQ(number("+CME ERROR:"), std::nullopt);
  EXPECT_EQ(number("+CMS ERROR: 310"), 310);
}

TEST(FinalCodes, DigitsCountUntilWordsAreInForce) {
  EXPECT_EQ(code("0"), std::nullopt);
  EXPECT_EQ(code("0", ResultForm::words_or_digits), FinalCode::ok);
  EXPECT_EQ(code("1", ResultForm::words_or_digits), FinalCode::connect);
  EXPECT_EQ(code("3", ResultForm::words_or_digits), FinalCode::no_carrier);
  EXPECT_EQ(code("4", ResultForm::words_or_digits), FinalCode::error);
  EXPECT_EQ(code("6", ResultForm::words_or_digits), FinalCode::no_dialtone);
  EXPECT_EQ(code("7", ResultForm::words_or_digits), FinalCode::busy);
  EXPECT_EQ(code("8", ResultForm::words_or_digits), FinalCode::no_answer);
  EXPECT_EQ(code("2", ResultForm::words_or_digits), std::nullopt);  // RING
  EXPECT_EQ(code("00", ResultForm::words_or_digits), std::nullopt);
}

// 3GPP TS 27.007 section 9.2 and TS 27.005 section 3.2.5; AT+CMEE=2 prints these words.
TEST(FinalCodes, TextsOfTheStandardAreNumbers) {
  for (const auto& [text, wanted] : std::initializer_list<std::pair<std::string_view, int>>{
           {"phone failure", 0},
           {"operation not allowed", 3},
           {"operation not supported", 4},
           {"PH-SIM PIN required", 5},
           {"SIM not inserted", 10},
           {"SIM PIN required", 11},
           {"SIM PUK required", 12},
           {"SIM failure", 13},
           {"SIM busy", 14},
           {"SIM wrong", 15},
           {"incorrect password", 16},
           {"SIM PIN2 required", 17},
           {"SIM PUK2 required", 18},
           {"memory full", 20},
           {"invalid index", 21},
           {"not found", 22},
           {"no network service", 30},
           {"network timeout", 31},
           {"network not allowed - emergency calls only", 32},
           {"unknown", 100}})
    EXPECT_EQ(number("+CME ERROR: " + std::string(text)), wanted) << text;
  for (const int cms : {300, 301, 302, 303, 304, 305, 310, 311, 312, 313, 314, 315,
                        316, 317, 318, 320, 321, 322, 330, 331, 332, 340, 500})
    EXPECT_NE(cms_words(cms), "") << cms;
  for (const int cme : {3,   4,   10,  11,  12,  13,  14,  15,  16,  17,  18,  30,  31,  32,  40,
                        41,  42,  43,  44,  45,  46,  47,  48,  50,  51,  52,  53,  54,  55,  57,
                        60,  62,  100, 103, 105, 106, 107, 111, 112, 113, 114, 115, 122, 126, 127,
                        128, 129, 130, 131, 132, 133, 134, 148, 149, 150, 177, 179, 192, 193})
    EXPECT_NE(cme_words(cme), "") << cme;
}

TEST(FinalCodes, SaysThemInWords) {
  EXPECT_EQ(in_words(*parse_final("+CME ERROR: 127", ResultForm::words)),
            "APN missing or unknown (+CME ERROR: 127)");
  EXPECT_EQ(in_words(*parse_final("+CMS ERROR: 331", ResultForm::words)),
            "no network service (+CMS ERROR: 331)");
  EXPECT_EQ(in_words(*parse_final("+CME ERROR: 999", ResultForm::words)),
            "refused by the modem (+CME ERROR: 999)");
  EXPECT_EQ(in_words(FinalResult{}), "no answer in time");
}

TEST(UnsolicitedCodes, AreKnownByTheirLook) {
  for (const std::string_view line :
       {"RDY", "RING", "+CREG: 1", "+CFUN: 1", "+QIND: SMS DONE", "^RSSI: 20", "*PSUTTZ: 20",
        "PB DONE", "SMS DONE", "NO CARRIER", "#ECAM: 0", "+PBREADY"})
    EXPECT_TRUE(looks_unsolicited(line)) << line;
  for (const std::string_view line :
       {"Quectel", "EC25", "EC25EFAR06A06M4G", "89490200001234567890", "Revision: 1", ""})
    EXPECT_FALSE(looks_unsolicited(line)) << line;
}

}  // namespace
}  // namespace tunppp::modem
