// EAP-TLS (RFC 5216): both sides against each other, with good certificates and with each kind of
// bad one. Those are in tests/data/tls, made by tests/peers/make-certificates.sh.
#include <gtest/gtest.h>

#include "auth/eap_bench.h"
#include "auth/eap_tls.h"
#include "crypto/tls_channel.h"

namespace tunppp::auth::test {
namespace {

class EapTls : public testing::Test {
 protected:
  EapTls() { prepare(pair, "client", "server"); }
  static void prepare(EapPair& pair, const std::string& client, const std::string& server) {
    pair.client.accept = {AuthMethod::eap_tls};
    pair.server.require = {AuthMethod::eap_tls};
    pair.client.password.reset();
    pair.client.tls = certificate(client);
    pair.server.tls = certificate(server);
  }
  /// Each side has its say: (does not trust the other | is not trusted by it) and the words.
  void expect_client_distrusts(const std::string& words, const std::string& alert) {
    pair.run();
    ASSERT_EQ(pair.at_client.verdicts.size(), 1U) << pair.transcript();
    ASSERT_EQ(pair.at_server.verdicts.size(), 1U) << pair.transcript();
    EXPECT_FALSE(pair.at_client.verdicts[0].good);
    EXPECT_TRUE(pair.at_client.verdicts[0].of_peer) << "it is the server who proved nothing";
    EXPECT_EQ(pair.at_client.verdicts[0].message, words);
    EXPECT_FALSE(pair.at_server.verdicts[0].good);
    EXPECT_EQ(pair.at_server.verdicts[0].message, "it broke off: " + alert);
    EXPECT_EQ(pair.at_server.sent.back().code(), failure);
  }
  void expect_server_distrusts(const std::string& words, const std::string& alert) {
    pair.run();
    ASSERT_EQ(pair.at_client.verdicts.size(), 1U) << pair.transcript();
    ASSERT_EQ(pair.at_server.verdicts.size(), 1U) << pair.transcript();
    EXPECT_FALSE(pair.at_server.verdicts[0].good);
    EXPECT_EQ(pair.at_server.verdicts[0].message, words);
    EXPECT_FALSE(pair.at_client.verdicts[0].good);
    EXPECT_FALSE(pair.at_client.verdicts[0].of_peer);
    EXPECT_EQ(pair.at_client.verdicts[0].message, "the peer does not accept us: " + alert);
    EXPECT_EQ(pair.at_server.sent.back().code(), failure);
  }
  EapPair pair;
};

TEST_F(EapTls, GoodCertificates) {
  pair.run();
  EXPECT_TRUE(pair.good()) << pair.transcript();
  EXPECT_EQ(pair.at_client.verdicts[0].message, "the server is \"lns.example\"");
  EXPECT_EQ(pair.at_server.verdicts[0].name, "alice");
  EXPECT_TRUE(pair.at_client.notices.empty() && pair.at_server.notices.empty());
  EXPECT_TRUE(pair.at_client.questions.empty() && pair.at_server.questions.empty());
}

/// What counts is the name in the certificate, not the one that the peer gave itself before.
TEST_F(EapTls, TheNameIsTheOneInTheCertificate) {
  pair.client.identity = "root";
  pair.run();
  EXPECT_TRUE(pair.good());
  EXPECT_EQ(pair.at_server.verdicts[0].name, "alice");
}

/// RFC 5216 section 2.3: both sides have the same key, and each handshake another one.
TEST_F(EapTls, BothSidesHaveTheSameKey) {
  pair.run();
  const Octets key = copy(pair.peer().key().expose());
  EXPECT_EQ(key.size(), 64U);
  EXPECT_EQ(key, copy(pair.eap_server().key().expose()));
  EXPECT_NE(key, Octets(64));
}

TEST_F(EapTls, ChecksNamesAndRevocationsWhenTold) {
  pair.client.tls.peer_name = "LNS.example";
  pair.server.tls.peer_name = "alice";
  pair.client.tls.crl = pair.server.tls.crl = data_file("crl.pem");
  pair.run();
  EXPECT_TRUE(pair.good()) << pair.transcript();
}

TEST_F(EapTls, KeysMayBeEncryptedOrOfTheOldKind) {
  pair.client.tls.private_key = Secret(data_file("client-locked.key"));
  pair.client.tls.passphrase = Secret("open sesame");
  pair.run();
  EXPECT_TRUE(pair.good());
  EapPair old;
  prepare(old, "client-long", "server");
  old.client.tls.private_key = Secret(data_file("client-long-old.key"));
  old.run();
  EXPECT_TRUE(old.good());
}

// --- Certificates that the client does not accept ------------------------------------------------

TEST_F(EapTls, AServerOfAnUnknownAuthority) {
  prepare(pair, "client", "server-unknown");
  expect_client_distrusts(
      "the certificate of \"lns.example\" was signed by \"Another authority\", which is none of "
      "the "
      "authorities that we trust",
      "it does not know the authority that signed our certificate (TLS alert unknown_ca)");
}

TEST_F(EapTls, AServerWithAnotherName) {
  prepare(pair, "client", "server-name");
  pair.client.tls.peer_name = "lns.example";
  expect_client_distrusts("the certificate belongs to \"other.example\", not to \"lns.example\"",
                          "it does not let in the name in our certificate (TLS alert "
                          "access_denied)");
}

TEST_F(EapTls, AServerWhoseCertificateHasExpired) {
  prepare(pair, "client", "server-expired");
  expect_client_distrusts("the certificate of \"lns.example\" expired on 2029/09/23",
                          "our certificate has expired, or is not valid yet (TLS alert "
                          "certificate_expired)");
}

TEST_F(EapTls, AServerWhoseCertificateIsNotYetValid) {
  prepare(pair, "client", "server-early");
  expect_client_distrusts("the certificate of \"lns.example\" is not valid before 2031/01/01",
                          "our certificate has expired, or is not valid yet (TLS alert "
                          "certificate_expired)");
}

TEST_F(EapTls, AServerWhoseCertificateWasRevoked) {
  prepare(pair, "client", "server-revoked");
  pair.client.tls.crl = data_file("crl.pem");
  expect_client_distrusts("the certificate of \"lns.example\" has been revoked",
                          "our certificate has been revoked (TLS alert certificate_revoked)");
}

TEST_F(EapTls, AServerWithAClientsCertificate) {
  prepare(pair, "client", "server-usage");
  expect_client_distrusts("the certificate of \"lns.example\" is not made for a server",
                          "our certificate is not made for this use (TLS alert "
                          "unsupported_certificate)");
}

// --- Certificates that the server does not accept ------------------------------------------------

TEST_F(EapTls, AClientOfAnUnknownAuthority) {
  prepare(pair, "client-unknown", "server");
  expect_server_distrusts(
      "the certificate of \"alice\" was signed by \"Another authority\", which is none of the "
      "authorities that we trust",
      "it does not know the authority that signed our certificate (TLS alert unknown_ca)");
}

TEST_F(EapTls, AClientWithAnotherName) {
  prepare(pair, "client-name", "server");
  pair.server.tls.peer_name = "alice";
  expect_server_distrusts("the certificate belongs to \"mallory\", not to \"alice\"",
                          "it does not let in the name in our certificate (TLS alert "
                          "access_denied)");
}

TEST_F(EapTls, AClientWhoseCertificateHasExpired) {
  prepare(pair, "client-expired", "server");
  expect_server_distrusts("the certificate of \"alice\" expired on 2029/09/23",
                          "our certificate has expired, or is not valid yet (TLS alert "
                          "certificate_expired)");
}

TEST_F(EapTls, AClientWhoseCertificateIsNotYetValid) {
  prepare(pair, "client-early", "server");
  expect_server_distrusts("the certificate of \"alice\" is not valid before 2031/01/01",
                          "our certificate has expired, or is not valid yet (TLS alert "
                          "certificate_expired)");
}

TEST_F(EapTls, AClientWhoseCertificateWasRevoked) {
  prepare(pair, "client-revoked", "server");
  pair.server.tls.crl = data_file("crl.pem");
  expect_server_distrusts("the certificate of \"alice\" has been revoked",
                          "our certificate has been revoked (TLS alert certificate_revoked)");
}

TEST_F(EapTls, AClientWithAServersCertificate) {
  prepare(pair, "client-usage", "server");
  expect_server_distrusts("the certificate of \"alice\" is not made for a client",
                          "our certificate is not made for this use (TLS alert "
                          "unsupported_certificate)");
}

/// Somebody else's certificate, without its key.
TEST_F(EapTls, AClientWithoutTheKeyOfItsCertificateDoesNotEvenBegin) {
  pair.client.tls.certificate = data_file("client-name.pem");
  pair.run();
  EXPECT_FALSE(pair.at_server.verdicts.at(0).good);
  EXPECT_FALSE(pair.at_client.verdicts.at(0).good);
}

// --- Revocation and time -------------------------------------------------------------------------

TEST_F(EapTls, AListThatIsOutOfDateIsNoList) {
  pair.server.tls.crl = data_file("old-crl.pem");
  expect_server_distrusts("the list of revoked certificates is out of date",
                          "it does not accept our certificate (TLS alert certificate_unknown)");
}

TEST_F(EapTls, AListOfAnotherAuthorityIsNoList) {
  prepare(pair, "client-long", "server");
  const std::string lists = data_file("crl.pem");  // the first is that of the root
  pair.server.tls.crl = lists.substr(0, lists.find("-----BEGIN", 10));
  expect_server_distrusts(
      "no list of revoked certificates covers the certificate of \"alice\"",
      "it does not accept our certificate (TLS alert certificate_unknown)");
}

/// A Pi has no clock at its start.
TEST_F(EapTls, WithoutATimeGoodCertificatesAreAcceptedAndThatIsTold) {
  pair.client.tls.boot_time.reset();
  pair.run();
  EXPECT_TRUE(pair.good()) << pair.transcript();
  ASSERT_EQ(pair.at_client.notices.size(), 1U);
  EXPECT_EQ(pair.at_client.notices[0].substr(0, 20), "the time is unknown:");
  EXPECT_TRUE(pair.at_server.notices.empty());
}

TEST_F(EapTls, AClockFromBeforeOurOwnCertificateIsWrong) {
  pair.server.tls.boot_time = std::chrono::sys_seconds{};  // 1970
  pair.run();
  EXPECT_TRUE(pair.good()) << pair.transcript();
  ASSERT_EQ(pair.at_server.notices.size(), 1U);
  EXPECT_EQ(pair.at_server.notices[0].substr(0, 19), "the clock is wrong:");
}

/// Our own certificate was made later than the peer's ended: whatever the time is, that is over.
TEST_F(EapTls, WithoutATimeWhatMustHaveExpiredIsRefused) {
  prepare(pair, "client", "server-expired");
  pair.client.tls.boot_time.reset();
  expect_client_distrusts("the certificate of \"lns.example\" expired on 2029/09/23",
                          "our certificate has expired, or is not valid yet (TLS alert "
                          "certificate_expired)");
}

TEST_F(EapTls, WithoutATimeRevocationStillCounts) {
  prepare(pair, "client-revoked", "server");
  pair.server.tls.crl = data_file("crl.pem");
  pair.server.tls.boot_time.reset();
  expect_server_distrusts("the certificate of \"alice\" has been revoked",
                          "our certificate has been revoked (TLS alert certificate_revoked)");
}

TEST_F(EapTls, TheClockGoesOnWithTheTimeSinceBoot) {
  pair.client.tls.boot_time = day_of_certificates + std::chrono::days(3650) - seconds(2);
  pair.copies = [](unsigned n) { return n == 1 ? 0 : 1; };  // so that 3 s pass
  pair.run();
  EXPECT_FALSE(pair.at_client.verdicts.at(0).good);
  EXPECT_NE(pair.at_client.verdicts[0].message.find("expired"), std::string::npos);
}

// --- Fragments and loss --------------------------------------------------------------------------

TEST_F(EapTls, LongChainsThroughSmallPackets) {
  for (const std::size_t mtu : {128U, 296U, 576U, 1500U, 16384U}) {
    EapPair other;
    prepare(other, "client-long", "server-long");
    other.client_mtu = mtu;
    other.server_mtu = mtu;
    other.run();
    EXPECT_TRUE(other.good()) << mtu << "\n" << other.transcript();
    for (const FakeHost* host : {&other.at_client, &other.at_server}) {
      for (const Sent& sent : host->sent)
        EXPECT_LE(sent.octets.size(), std::min<std::size_t>(mtu, 1500));
    }
  }
}

TEST_F(EapTls, WhateverSinglePacketIsLostOrDoubled) {
  prepare(pair, "client", "server");
  pair.client_mtu = pair.server_mtu = 296;
  pair.run();
  ASSERT_TRUE(pair.good());
  const unsigned last = pair.carried - 1;  // a Success that is lost has its own test
  for (unsigned victim = 0; victim < last; ++victim) {
    for (int copies : {0, 3}) {
      EapPair other;
      prepare(other, "client", "server");
      other.client_mtu = other.server_mtu = 296;
      other.copies = [=](unsigned n) { return n == victim ? copies : 1; };
      other.run();
      EXPECT_TRUE(other.good()) << victim << " x" << copies << "\n" << other.transcript();
    }
  }
}

// --- What is wrong with a configuration ----------------------------------------------------------

TEST(TlsCheck, SaysWhatIsWrong) {
  TlsConfig config = certificate("client");
  EXPECT_EQ(crypto::check(config), "");
  EXPECT_EQ(crypto::own_name(config), "alice");

  config.ca = "nothing";
  EXPECT_EQ(crypto::check(config),
            "there is no certificate of an authority (CA) to check the peer's certificate with");
  config = certificate("client");
  config.certificate = "";
  EXPECT_EQ(crypto::check(config), "there is no certificate of ours");
  config = certificate("client");
  config.private_key.reset();
  EXPECT_EQ(crypto::check(config), "the private key of our certificate is missing");
  config.private_key = Secret(data_file("server.key"));
  EXPECT_EQ(crypto::check(config),
            "the private key does not belong to the certificate of \"alice\"");
  config.private_key = Secret("secret");
  EXPECT_EQ(crypto::check(config), "there is no private key in the PEM text given for it");
  config.private_key = Secret(data_file("client-locked.key"));
  EXPECT_EQ(crypto::check(config), "the private key wants a passphrase");
  config.passphrase = Secret("wrong");
  EXPECT_EQ(crypto::check(config),
            "the private key cannot be read: it is damaged, or its passphrase is another one");
  config = certificate("client");
  config.private_key =
      Secret("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
  EXPECT_NE(crypto::check(config).find("openssl pkcs8"), std::string::npos);
  config = certificate("client");
  config.crl = "nothing";
  EXPECT_EQ(crypto::check(config),
            "there is no list of revoked certificates in the PEM text given for it");
  config = certificate("client");
  config.ca = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  EXPECT_EQ(crypto::check(config).substr(0, 38), "a certificate or list cannot be read: ");
}

}  // namespace
}  // namespace tunppp::auth::test
