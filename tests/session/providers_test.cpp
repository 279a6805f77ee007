#include "session/providers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tunppp::session {
namespace {

using testing::SizeIs;

bool has_password(const Provider& provider, const Secret& password) {
  return provider.password && provider.password->equals(password.expose());
}

AuthConfig alice() {
  AuthConfig auth;
  auth.user = "alice";
  auth.password = Secret("s3cret");
  return auth;
}

TEST(Providers, WithoutAnyTheApnAloneIsTried) {
  const std::vector<Provider> providers =
      providers_of({.apn = "internet", .dial_string = "*99#"}, alice());
  ASSERT_THAT(providers, SizeIs(1));
  EXPECT_EQ(providers[0].apn, "internet");
  EXPECT_EQ(providers[0].dial_string, "*99#");
  EXPECT_EQ(providers[0].user, "alice");
  EXPECT_TRUE(has_password(providers[0], Secret("s3cret")));
}

TEST(Providers, WhatOneLeavesOpenIsAsForAll) {
  const std::vector<Provider> providers =
      providers_of({.providers = {{.apn = "a"}, {.apn = "b", .user = "bob"}}}, alice());
  ASSERT_THAT(providers, SizeIs(2));
  EXPECT_EQ(providers[0].user, "alice");
  EXPECT_TRUE(has_password(providers[0], Secret("s3cret")));
  EXPECT_EQ(providers[1].user, "bob");
  EXPECT_FALSE(providers[1].password) << "a password is sent with its own user's name only";
}

TEST(Providers, AnotherMayDoWhereApnOrCredentialsWereRefused) {
  using enum EndReason;
  for (const EndReason reason :
       {apn_unknown, apn_refused, not_subscribed, pdp_type_refused, bearer_auth_refused,
        dial_failed, auth_refused, no_network_protocol, negotiation_failed, peer_closed})
    EXPECT_TRUE(another_may_do(reason)) << info(reason).name;
  for (const EndReason reason :
       {requested, interrupted, usage, internal_error, modem_silent, modem_error, sim_absent,
        sim_pin, sim_puk, sim_locked, not_registered, registration_denied, up_timeout, modem_gone,
        interface_failed, peer_auth_failed, cmux_failed})
    EXPECT_FALSE(another_may_do(reason)) << info(reason).name;
}

TEST(Providers, EachHasItsSayInTheEnd) {
  ProviderVerdicts verdicts;
  verdicts.add({.apn = "a"}, {EndReason::apn_unknown, "the APN is not known"});
  EXPECT_EQ(verdicts.sum().text, "the APN is not known");
  verdicts.add({.apn = "b"}, {EndReason::auth_refused, "the peer refused"});
  EXPECT_EQ(verdicts.sum().reason, EndReason::auth_refused);
  EXPECT_EQ(verdicts.sum().text, "b: the peer refused; before that, a: the APN is not known");
}

}  // namespace
}  // namespace tunppp::session
