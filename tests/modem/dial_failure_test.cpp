#include "modem/dial_failure.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace tunppp::modem {
namespace {

DialOutcome outcome(std::string_view line, std::string_view report = {}) {
  return dial_failure(*parse_final(line, ResultForm::words), report);
}

// The numbers of 3GPP TS 27.007 section 9.2 and what each means to who dials.
TEST(DialFailure, TakesTheReasonFromTheErrorNumber) {
  using enum EndReason;
  const std::pair<int, EndReason> expected[] = {
      {10, sim_absent},           {11, sim_pin},          {12, sim_puk},
      {13, sim_absent},           {14, sim_absent},       {15, sim_absent},
      {16, sim_pin},              {30, not_registered},   {31, network_failure},
      {32, not_registered},       {40, sim_locked},       {44, sim_locked},
      {48, sim_locked},           {53, not_registered},   {54, not_registered},
      {55, not_subscribed},       {57, network_failure},  {62, not_subscribed},
      {103, registration_denied}, {105, registration_denied},
      {106, registration_denied}, {107, registration_denied},
      {111, registration_denied}, {112, registration_denied},
      {113, registration_denied}, {114, registration_denied},
      {115, not_registered},      {122, network_congested},
      {126, network_congested},   {127, apn_unknown},     {128, pdp_type_refused},
      {129, bearer_auth_refused}, {130, apn_refused},     {131, apn_refused},
      {132, apn_refused},         {133, not_subscribed},  {134, network_failure},
      {149, bearer_auth_refused}, {177, not_subscribed},  {179, apn_refused},
      {192, pdp_type_refused},    {193, pdp_type_refused}};
  for (const auto& [number, reason] : expected)
    EXPECT_EQ(outcome("+CME ERROR: " + std::to_string(number)).failure, reason) << number;
  for (const int number : {3, 4, 50, 60, 100, 148, 999})
    EXPECT_EQ(outcome("+CME ERROR: " + std::to_string(number)).failure, dial_failed) << number;
}

TEST(DialFailure, TakesTheReasonFromTheWordsOfTheExtendedReport) {
  using enum EndReason;
  const std::pair<const char*, EndReason> expected[] = {
      {"Requested service option not subscribed", not_subscribed},
      {"Operator Determined Barring", not_subscribed},
      {"\"Missing or unknown APN\"", apn_unknown},
      {"Unknown PDP address or PDP type", pdp_type_refused},
      {"PDP type IPv4 only allowed", pdp_type_refused},
      {"User authentication failed", bearer_auth_refused},
      {"Insufficient resources", network_congested},
      {"Service option temporarily out of order", network_failure},
      {"Network failure", network_failure},
      {"Activation rejected by GGSN", apn_refused},
      {"Service option not supported", apn_refused},
      {"No service", not_registered},
      {"No cause information available", dial_failed},
  };
  for (const auto& [words, reason] : expected)
    EXPECT_EQ(outcome("NO CARRIER", words).failure, reason) << words;
  EXPECT_EQ(outcome("BUSY").failure, dial_failed);
}

// The causes of 3GPP TS 24.008 section 10.5.6.6 in the places where modems put them.
TEST(DialFailure, TakesTheReasonFromTheNumberOfTheExtendedReport) {
  using enum EndReason;
  const std::pair<int, EndReason> expected[] = {
      {8, not_subscribed},       {26, network_congested}, {27, apn_unknown},
      {28, pdp_type_refused},    {29, bearer_auth_refused}, {30, apn_refused},
      {31, apn_refused},         {32, apn_refused},       {33, not_subscribed},
      {34, network_failure},     {38, network_failure},   {50, pdp_type_refused},
      {51, pdp_type_refused},    {65, network_congested}, {66, apn_refused}};
  for (const auto& [number, reason] : expected)
    for (const char* form : {"{}", "SM,{}", "\"SM activation error\",{}", "\"ESM cause\",{},\"\"",
                             "SM cause: {}", "Cause #{}"})
      EXPECT_EQ(outcome("NO CARRIER", fmt::format(fmt::runtime(form), number)).failure, reason)
          << form << number;
  EXPECT_EQ(outcome("NO CARRIER", "0").failure, dial_failed);
  EXPECT_EQ(outcome("NO CARRIER", "4000").failure, dial_failed);
  // 34 of call control is another.
  EXPECT_EQ(outcome("NO CARRIER", "\"CC setup error\",34,\"\"").failure, dial_failed);
}

TEST(DialFailure, TheErrorNumberCountsBeforeTheReport) {
  EXPECT_EQ(outcome("+CME ERROR: 127", "33").failure, EndReason::apn_unknown);
  EXPECT_EQ(outcome("+CME ERROR: 148", "33").failure, EndReason::not_subscribed);
}

TEST(DialFailure, ARefusedCommandHasItsReason) {
  const auto refused = [](std::string_view line) {
    return failed_at("AT+CFUN=1", *parse_final(line, ResultForm::words)).failure;
  };
  EXPECT_EQ(refused("ERROR"), EndReason::modem_error);
  EXPECT_EQ(refused("+CME ERROR: 10"), EndReason::sim_absent);
  EXPECT_EQ(refused("+CME ERROR: 40"), EndReason::sim_locked);
  EXPECT_EQ(failed_at("AT", FinalResult{}).failure, EndReason::modem_silent);
}

TEST(DialFailure, SaysBoth) {
  EXPECT_EQ(outcome("NO CARRIER", "\"No service\"").text,
            "dialling failed: no connection (NO CARRIER); the modem's report: No service");
}

TEST(DialFailure, SaysACauseInWords) {
  EXPECT_EQ(outcome("NO CARRIER", "SM,33").text,
            "dialling failed: no connection (NO CARRIER); the modem's report: SM,33 (service option "
            "not subscribed)");
}

}  // namespace
}  // namespace tunppp::modem
