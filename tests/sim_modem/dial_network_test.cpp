// What lies between registration and the call: attach.
#include <gtest/gtest.h>

#include "modem/dial.h"
#include "modem_line.h"

namespace tunppp::sim {
namespace {

using modem::Dial;
using modem::DialOptions;
using Options = ModemEmulatorOptions;

const modem::Profile& ec25() {
  return *modem::find_profile("quectel-ec25");
}

DialOptions with_apn() {
  DialOptions options;
  options.apn = "internet";
  return options;
}

TEST(DialAttach, IsAskedForWhereRegistrationHasNotBroughtIt) {
  Options options;
  options.attached = false;
  ModemLine line(options);
  Dial dial(ec25(), with_apn());
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
  EXPECT_TRUE(line.told("attach: attached"));
}

TEST(DialAttach, IsLeftAloneWhereItIsThere) {
  ModemLine line;
  Dial dial(ec25(), with_apn());
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected());
  EXPECT_FALSE(line.sent("AT+CGATT=1"));
}

TEST(DialAttach, ARefusalHasItsReason) {
  const std::pair<int, EndReason> expected[] = {{107, EndReason::registration_denied},
                                                {113, EndReason::registration_denied},
                                                {122, EndReason::network_congested},
                                                {148, EndReason::registration_denied}};
  for (const auto& [cme, reason] : expected) {
    Options options;
    options.attached = false;
    options.attach_refusal = cme;
    ModemLine line(options);
    Dial dial(ec25(), with_apn());
    line.run(dial);
    EXPECT_EQ(dial.outcome()->failure, reason) << cme;
    EXPECT_FALSE(line.sent("ATD"));
    EXPECT_TRUE(line.in_command_mode());
  }
}

}  // namespace
}  // namespace tunppp::sim
