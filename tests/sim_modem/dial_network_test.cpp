// What the network wants before a call: an APN, and that we attach.
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

/// Knows one network.
class OneNetwork final : public modem::ApnSource {
 public:
  std::optional<modem::NetworkAccess> access_of(std::string_view digits) override {
    imsi = digits;
    if (!digits.starts_with("00101")) return std::nullopt;
    return modem::NetworkAccess{"Example Mobile", "internet.example", "anna", Secret("s3cret")};
  }
  std::string imsi;
};

TEST(DialApn, IsFoundByTheSimsNetwork) {
  OneNetwork source;
  Options options;
  options.apn = "internet.example";
  options.user = "anna";
  options.password = "s3cret";
  options.imsi = "001010123456789";
  ModemLine line(options);
  DialOptions wanted;
  wanted.apn_source = &source;
  wanted.context_auth = modem::ContextAuth::pap;
  Dial dial(ec25(), std::move(wanted));
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected()) << dial.outcome()->text;
  EXPECT_EQ(source.imsi, "001010123456789");
  EXPECT_TRUE(line.told("context: the SIM is of Example Mobile"));
  EXPECT_FALSE(line.shown("001010123456789"));
  EXPECT_FALSE(line.shown("0123456789"));
}

TEST(DialApn, IsNotLookedForWhereOneIsGiven) {
  OneNetwork source;
  ModemLine line;
  DialOptions wanted = with_apn();
  wanted.apn_source = &source;
  Dial dial(ec25(), std::move(wanted));
  line.run(dial);
  EXPECT_TRUE(dial.outcome()->connected());
  EXPECT_FALSE(line.sent("AT+CIMI"));
}

TEST(DialApn, StaysAsItIsWhereNobodyKnows) {
  for (const std::string_view imsi : {"999990123456789", "", "12345", "1234567890123456", "x"}) {
    OneNetwork source;
    Options options;
    options.imsi = imsi;
    ModemLine line(options);
    DialOptions wanted;
    wanted.apn_source = &source;
    Dial dial(ec25(), std::move(wanted));
    line.run(dial);
    EXPECT_TRUE(dial.outcome()->connected()) << imsi;
    EXPECT_FALSE(line.sent("AT+CGDCONT="));
  }
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
