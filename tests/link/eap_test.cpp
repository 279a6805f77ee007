// EAP between two links: over a line that loses and damages, through small packets, in both
// directions at once, and when the Success is what gets lost.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "link/pair.h"

namespace tunppp::test {
namespace {

std::string data_file(const std::string& name) {
  std::ifstream in(TUNPPP_SOURCE_DIR "/tests/data/tls/" + name);
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return text.str();
}

/// See tests/peers/make-certificates.sh; "now" is 2030-01-01.
TlsConfig certificate(const std::string& name) {
  TlsConfig config;
  config.certificate = data_file(name + ".pem");
  config.private_key = Secret(data_file(name + ".key"));
  config.ca = data_file("ca.pem");
  config.boot_time = std::chrono::sys_seconds{std::chrono::seconds(1893456000)};
  return config;
}

struct Ends {
  LinkConfig client = client_config();
  LinkConfig server = server_config();

  explicit Ends(AuthMethod method) {
    client.auth.user = "alice";
    client.auth.password = Secret("s3cret");
    client.auth.accept = {method};
    server.auth.require = {method};
    client.auth.tls = certificate("client");
    server.auth.tls = certificate("server");
  }
  std::unique_ptr<Pair> pair(const sim::LineOptions& line = {}, std::uint64_t seed = 1) const {
    auto made = std::make_unique<Pair>(client, server, line, seed);
    made->b.secrets = {{"alice", "s3cret"}};
    return made;
  }
};

constexpr AuthMethod methods[] = {AuthMethod::eap_md5, AuthMethod::eap_mschap_v2,
                                  AuthMethod::eap_tls};

TEST(Eap, ComesUpByEachMethod) {
  for (const AuthMethod method : methods) {
    const auto pair = Ends(method).pair();
    pair->start();
    ASSERT_TRUE(pair->run_until_up(seconds(0))) << pair->transcript();
    ASSERT_EQ(pair->b.all<AuthSucceeded>().size(), 1U);
    EXPECT_EQ(pair->b.all<AuthSucceeded>()[0].name, "alice");
    EXPECT_EQ(pair->b.all<AuthSucceeded>()[0].method, method);
    EXPECT_EQ(pair->a.all<AuthSucceeded>().at(0).method, method);
  }
}

TEST(Eap, TheWrongSecretIsRefusedOnBothSides) {
  for (const AuthMethod method : {AuthMethod::eap_md5, AuthMethod::eap_mschap_v2}) {
    Ends ends(method);
    ends.client.auth.password = Secret("wrong");
    const auto pair = ends.pair();
    pair->start();
    ASSERT_TRUE(pair->run_until([&] { return pair->both_ended(); }, seconds(3)));
    EXPECT_EQ(pair->a.end()->reason, EndReason::auth_refused) << pair->transcript();
    EXPECT_EQ(pair->b.end()->reason, EndReason::peer_auth_failed);
    EXPECT_NE(pair->b.end()->text.find("alice"), std::string::npos);
  }
}

TEST(Eap, AWrongCertificateIsSaidOnBothSides) {
  Ends ends(AuthMethod::eap_tls);
  ends.server.auth.tls = certificate("server-unknown");
  auto pair = ends.pair();
  pair->start();
  ASSERT_TRUE(pair->run_until([&] { return pair->both_ended(); }, seconds(3)));
  EXPECT_EQ(pair->a.end()->reason, EndReason::peer_auth_failed) << pair->transcript();
  EXPECT_NE(pair->a.end()->text.find("Another authority"), std::string::npos);
  EXPECT_EQ(pair->b.end()->reason, EndReason::peer_auth_failed);
  EXPECT_NE(pair->b.end()->text.find("unknown_ca"), std::string::npos);

  ends = Ends(AuthMethod::eap_tls);
  ends.client.auth.tls = certificate("client-expired");
  pair = ends.pair();
  pair->start();
  ASSERT_TRUE(pair->run_until([&] { return pair->both_ended(); }, seconds(3)));
  EXPECT_EQ(pair->a.end()->reason, EndReason::auth_refused) << pair->transcript();
  EXPECT_NE(pair->a.end()->text.find("certificate_expired"), std::string::npos);
  EXPECT_EQ(pair->b.end()->reason, EndReason::peer_auth_failed);
  EXPECT_NE(pair->b.end()->text.find("expired on"), std::string::npos);
}

TEST(Eap, SmallPacketsCarryLongChains) {
  for (const int mru : {128, 296, 576}) {
    Ends ends(AuthMethod::eap_tls);
    ends.client.lcp.mru = ends.server.lcp.mru = static_cast<std::uint16_t>(mru);
    ends.client.auth.tls = certificate("client-long");
    ends.server.auth.tls = certificate("server-long");
    const auto pair = ends.pair();
    pair->start();
    ASSERT_TRUE(pair->run_until_up(seconds(0))) << mru << "\n" << pair->transcript();
  }
}

TEST(Eap, BothSidesMayAskAtOnce) {
  for (const AuthMethod method : methods) {
    Ends ends(method);
    ends.client.auth.require = {method};
    ends.server.auth.accept = {method};
    ends.server.auth.user = "bob";
    ends.server.auth.password = Secret("another");
    if (method == AuthMethod::eap_tls) {
      ends.client.auth.tls = certificate("client-usage");  // a server's
      ends.server.auth.tls = certificate("server-usage");  // a client's
    }
    const auto pair = ends.pair();
    pair->a.secrets = {{"bob", "another"}};
    pair->start();
    if (method == AuthMethod::eap_tls) {
      // Each has the certificate for the other role: both handshakes are refused.
      ASSERT_TRUE(pair->run_until([&] { return pair->both_ended(); }, seconds(10)));
      EXPECT_NE(pair->a.end()->text.find("not made for a"), std::string::npos)
          << pair->a.end()->text;
      continue;
    }
    ASSERT_TRUE(pair->run_until_up(seconds(0))) << pair->transcript();
    EXPECT_EQ(pair->a.all<AuthSucceeded>().size(), 2U);
    EXPECT_EQ(pair->b.all<AuthSucceeded>().size(), 2U);
  }
}

TEST(Eap, ComesUpOnALineThatLoses) {
  for (const AuthMethod method : methods) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      Ends ends(method);
      ends.client.lcp.mru = ends.server.lcp.mru = 296;
      sim::LineOptions line;
      line.latency = milliseconds(50);
      line.frame_loss = 0.05;
      line.frame_duplication = 0.05;
      const auto pair = ends.pair(line, seed);
      pair->start();
      ASSERT_TRUE(pair->run_until_up(seconds(120))) << seed << "\n" << pair->transcript();
    }
  }
}

/// Success is sent once. IPCP of the other side stands for it; pppd (2.4.9) sends no Success at all
/// after MSCHAPv2.
TEST(Eap, IpcpStandsForALostSuccess) {
  for (const AuthMethod method : methods) {
    sim::LineOptions line;
    line.latency = milliseconds(10);
    const auto pair = Ends(method).pair(line);
    pair->start();
    ASSERT_TRUE(pair->run_until([&] { return pair->b.last<AuthSucceeded>().has_value(); },
                                seconds(1)));
    pair->cut = true;  // what is under way, the Success and the first IPCP, gets lost
    pair->run_for(milliseconds(15));
    pair->cut = false;
    ASSERT_FALSE(pair->a.last<AuthSucceeded>());
    ASSERT_TRUE(pair->run_until_up(seconds(10))) << pair->transcript();
    EXPECT_EQ(pair->transcript().find("a < EAP Success"), std::string::npos);
  }
}

/// The clock of a machine that has none is told, and the link comes up.
TEST(Eap, AnUnknownTimeIsTold) {
  Ends ends(AuthMethod::eap_tls);
  ends.client.auth.tls.boot_time.reset();
  const auto pair = ends.pair();
  pair->start();
  ASSERT_TRUE(pair->run_until_up(seconds(0))) << pair->transcript();
  ASSERT_EQ(pair->a.all<AuthNotice>().size(), 1U);
  EXPECT_EQ(pair->a.all<AuthNotice>()[0].text.rfind("the time is unknown", 0), 0U);
}

/// As an ordered preference: LCP agrees to EAP, and EAP to what both can.
TEST(Eap, PreferencesMeetWithinEap) {
  Ends ends(AuthMethod::eap_tls);
  ends.server.auth.require = {AuthMethod::eap_tls, AuthMethod::eap_mschap_v2, AuthMethod::eap_md5};
  ends.client.auth.accept = {AuthMethod::eap_md5, AuthMethod::eap_mschap_v2};
  const auto pair = ends.pair();
  pair->start();
  ASSERT_TRUE(pair->run_until_up(seconds(0))) << pair->transcript();
  EXPECT_EQ(pair->a.all<AuthSucceeded>().at(0).method, AuthMethod::eap_mschap_v2)
      << "the server's order, among what the client named";
}

TEST(Eap, PrivateKeysAndPasswordsAreNowhereToBeSeen) {
  for (const AuthMethod method : methods) {
    const auto pair = Ends(method).pair();
    pair->start();
    ASSERT_TRUE(pair->run_until_up(seconds(0)));
    for (const Endpoint* end : {&pair->a, &pair->b}) {
      for (const std::string& frame : end->frames) {
        EXPECT_EQ(frame.find("s3cret"), std::string::npos);
        EXPECT_EQ(frame.find("PRIVATE"), std::string::npos);
      }
    }
  }
}

}  // namespace
}  // namespace tunppp::test
