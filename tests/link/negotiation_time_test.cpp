// No avoidable round trip: what bench/negotiate prints is held against the least that the protocols
// allow.
#include <gtest/gtest.h>

#include "../../bench/negotiation.h"

namespace tunppp::test {
namespace {

TEST(TimeToAddress, IsTheLeastThatTheProtocolsAllow) {
  for (const bench::Scenario& scenario : bench::scenarios()) {
    for (int round_trip : {10, 50, 200, 600}) {
      const auto outcome = bench::run(scenario, std::chrono::milliseconds(round_trip));
      EXPECT_TRUE(outcome.up) << scenario.name << ", " << round_trip << " ms";
      EXPECT_EQ(outcome.round_trips, scenario.least)
          << scenario.name << ", " << round_trip << " ms: " << scenario.why;
    }
  }
}

}  // namespace
}  // namespace tunppp::test
