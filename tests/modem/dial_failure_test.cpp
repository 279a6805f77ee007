#include "modem/dial_failure.h"

#include <gtest/gtest.h>

namespace tunppp::modem {
namespace {

DialOutcome outcome(std::string_view line, std::string_view report = {}) {
  return dial_failure(*parse_final(line, ResultForm::words), report);
}

TEST(DialFailure, TakesTheReasonFromTheErrorNumber) {
  EXPECT_EQ(outcome("+CME ERROR: 127").failure, EndReason::apn_refused);
  EXPECT_EQ(outcome("+CME ERROR: 133").failure, EndReason::apn_refused);
  EXPECT_EQ(outcome("+CME ERROR: 149").failure, EndReason::apn_refused);
  EXPECT_EQ(outcome("+CME ERROR: 10").failure, EndReason::sim_absent);
  EXPECT_EQ(outcome("+CME ERROR: 11").failure, EndReason::sim_pin);
  EXPECT_EQ(outcome("+CME ERROR: 12").failure, EndReason::sim_puk);
  EXPECT_EQ(outcome("+CME ERROR: 30").failure, EndReason::not_registered);
  EXPECT_EQ(outcome("+CME ERROR: 103").failure, EndReason::registration_denied);
  EXPECT_EQ(outcome("+CME ERROR: 100").failure, EndReason::dial_failed);
}

TEST(DialFailure, TakesTheReasonFromTheExtendedReport) {
  EXPECT_EQ(outcome("NO CARRIER", "Requested service option not subscribed").failure,
            EndReason::apn_refused);
  EXPECT_EQ(outcome("NO CARRIER", "\"Missing or unknown APN\"").failure, EndReason::apn_refused);
  EXPECT_EQ(outcome("NO CARRIER", "User authentication failed").failure, EndReason::apn_refused);
  EXPECT_EQ(outcome("NO CARRIER", "No cause information available").failure,
            EndReason::dial_failed);
  EXPECT_EQ(outcome("BUSY").failure, EndReason::dial_failed);
}

TEST(DialFailure, SaysBoth) {
  EXPECT_EQ(outcome("NO CARRIER", "\"No service\"").text,
            "dialling failed: no connection (NO CARRIER); the modem's report: No service");
}

}  // namespace
}  // namespace tunppp::modem
