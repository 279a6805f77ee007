#include "modem/registration.h"

#include <gtest/gtest.h>

#include <vector>

namespace tunppp::modem {
namespace {

using enum RegistrationState;

TEST(Registration, ReadsTheStateHoweverItIsWritten) {
  EXPECT_EQ(parse_registration("0,1"), home);
  EXPECT_EQ(parse_registration("2,01,\"1A2B\",\"01C3D4E5\",7"), home);
  EXPECT_EQ(parse_registration("2, \"5\""), roaming);
  EXPECT_EQ(parse_registration("2,1,\"1A2B\",\"01C3D4E5\",7,\"00\""), home);  // CGREG with RAC
  EXPECT_EQ(parse_registration("0,3"), denied);
  EXPECT_EQ(parse_registration("0,0"), off);
  EXPECT_EQ(parse_registration("0,2"), searching);
  EXPECT_EQ(parse_registration("0,6"), sms_only);
  EXPECT_EQ(parse_registration("0,8"), emergency);
  EXPECT_EQ(parse_registration("0,9"), home);
  EXPECT_EQ(parse_registration("0,10"), roaming);
  EXPECT_EQ(parse_registration("0,11"), emergency);
  EXPECT_EQ(parse_registration("nonsense"), RegistrationState::unknown);
}

RegistrationVerdict verdict(RegistrationState lte, RegistrationState packet,
                            RegistrationState voice) {
  const std::vector<DomainState> domains{
      {"LTE", true, lte}, {"packet", true, packet}, {"voice", false, voice}};
  return judge(domains);
}

TEST(Registration, PacketServiceDecides) {
  EXPECT_EQ(verdict(home, searching, off), RegistrationVerdict::registered);
  EXPECT_EQ(verdict(off, roaming, off), RegistrationVerdict::registered);
  // Telephony alone brings no data; an LTE-only SIM never gets it.
  EXPECT_EQ(verdict(searching, off, home), RegistrationVerdict::wait);
  EXPECT_EQ(verdict(sms_only, off, home), RegistrationVerdict::wait);
}

TEST(Registration, TelephonyDecidesWhereNothingElseIsTold) {
  EXPECT_EQ(verdict(unasked, unasked, home), RegistrationVerdict::registered);
  EXPECT_EQ(verdict(unasked, unasked, denied), RegistrationVerdict::denied);
}

TEST(Registration, DeniedWhileNothingIsSearched) {
  EXPECT_EQ(verdict(denied, off, off), RegistrationVerdict::denied);
  EXPECT_EQ(verdict(denied, denied, home), RegistrationVerdict::denied);
  EXPECT_EQ(verdict(denied, searching, off), RegistrationVerdict::wait);
}

TEST(Registration, SaysItInWords) {
  const std::vector<DomainState> waiting{
      {"LTE", true, searching}, {"packet", true, denied}, {"voice", false, unasked}};
  EXPECT_EQ(describe(waiting), "registration: searching (LTE), denied (packet)");
  const std::vector<DomainState> alike{{"LTE", true, searching}, {"voice", false, searching}};
  EXPECT_EQ(describe(alike), "registration: searching");
  const std::vector<DomainState> done{{"LTE", true, home}};
  EXPECT_EQ(describe(done), "registration: registered, home (LTE)");
}

}  // namespace
}  // namespace tunppp::modem
