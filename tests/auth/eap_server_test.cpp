// EAP (RFC 3748) as the side that asks for a proof; and both sides against each other, with
// MD5-Challenge.
#include "auth/eap_server.h"

#include <gtest/gtest.h>

#include <set>

#include "auth/eap_bench.h"
#include "crypto/md5.h"

namespace tunppp::auth::test {
namespace {

class EapServerTest : public testing::Test {
 protected:
  EapServerTest() { config.require = {AuthMethod::eap_md5}; }

  EapServer& server() {
    if (!server_) {
      server_ = std::make_unique<EapServer>(config, 1500, entropy, host);
      server_->start(host.now);
    }
    return *server_;
  }
  void receive(const Octets& octets) { server().receive(host.now, octets); }
  const Sent& last() const { return host.sent.back(); }
  unsigned last_type() const { return at(last().octets, 4); }
  /// Answers the Request that is open.
  void answer(unsigned type, const Octets& data = {}) {
    server();
    receive(eap(response, last().identifier(), type, data));
  }
  void begin() { answer(identity, octets("bob")); }
  Octets right_response(std::string_view secret) {
    const Octets data = type_data(last());
    const Octets value(data.begin() + 1, data.begin() + 17);
    const Octets id{static_cast<std::byte>(last().identifier())};
    return counted(copy(crypto::md5({id, octets(secret), value}))) + octets("bob");
  }

  AuthConfig config;
  FakeHost host;
  SeededEntropy entropy{1};

 private:
  std::unique_ptr<EapServer> server_;
};

TEST_F(EapServerTest, AsksWhoThePeerIsThenChallengesIt) {
  server();
  EXPECT_EQ(host.protocol, 0xc227);
  EXPECT_EQ(last().octets, eap(request, last().identifier(), identity));
  const unsigned first = last().identifier();
  begin();
  EXPECT_EQ(last().code(), request);
  EXPECT_EQ(last_type(), md5);
  EXPECT_NE(last().identifier(), first) << "any new Request has a new identifier (section 4.1)";
  const Octets data = type_data(last());
  EXPECT_EQ(at(data, 0), 16U);
  EXPECT_EQ(Octets(data.begin() + 17, data.end()), octets("tunppp"));
}

TEST_F(EapServerTest, AcceptsTheRightSecretAndRefusesOthers) {
  for (const std::string guess : {"secret", "Secret", "", "secret2"}) {
    FakeHost own;
    EapServer server(config, 1500, entropy, own);
    server.start(own.now);
    server.receive(own.now, eap(response, own.sent.back().identifier(), identity, octets("bob")));
    host.sent = {own.sent.back()};
    const unsigned id = own.sent.back().identifier();
    server.receive(own.now, eap(response, id, md5, right_response(guess)));
    EXPECT_EQ(own.questions, std::vector<std::string>{"peer bob"});
    server.provide_secret(own.now, Secret("secret"));
    const bool right = guess == "secret";
    EXPECT_EQ(own.sent.back().octets, packet(right ? success : failure, id))
        << "with the identifier of the Response (section 4.2)";
    ASSERT_EQ(own.verdicts.size(), 1U);
    EXPECT_EQ(own.verdicts[0].good, right);
    EXPECT_TRUE(own.verdicts[0].of_peer);
    EXPECT_EQ(server.next_timeout(), std::nullopt);
  }
}

TEST_F(EapServerTest, RefusesANameThatTheOwnerDoesNotKnow) {
  begin();
  answer(md5, right_response(""));
  server().refuse_secret(host.now);
  EXPECT_EQ(last().code(), failure);
  EXPECT_EQ(host.verdicts.at(0).message, "wrong name or secret for \"bob\"");
}

TEST_F(EapServerTest, AnEmptySecretProvesNothing) {
  begin();
  answer(md5, right_response(""));
  server().provide_secret(host.now, Secret(""));
  EXPECT_EQ(last().code(), failure);
}

/// "The Identifier field MUST be the same if a Request packet is retransmitted due to a timeout"
TEST_F(EapServerTest, RepeatsARequestAsItWas) {
  begin();
  const Octets challenge = last().octets;
  pass(host, server(), 3 * config.retry);
  ASSERT_EQ(host.sent.size(), 5U);
  for (std::size_t i = 1; i < 5; ++i) EXPECT_EQ(host.sent[i].octets, challenge);
}

TEST_F(EapServerTest, GivesUpAfterItsTriesOrTheTimeAllowed) {
  for (const Duration timeout : {Duration(seconds(10)), Duration(seconds(60))}) {
    FakeHost own;
    config.timeout = timeout;
    EapServer server(config, 1500, entropy, own);
    server.start(own.now);
    pass(own, server, seconds(1000));
    ASSERT_EQ(own.verdicts.size(), 1U);
    EXPECT_EQ(own.verdicts[0].failure, Failure::timeout);
    EXPECT_EQ(own.verdicts[0].when - Instant{},
              std::min(timeout, Duration(config.max_tries * config.retry)));
    EXPECT_EQ(own.verdicts[0].message, "no answer to EAP");
    EXPECT_EQ(own.sent.back().code(), failure);
  }
}

TEST_F(EapServerTest, AnOwnerThatIsSilentEndsItWithinTheTimeAllowed) {
  begin();
  answer(md5, right_response("secret"));
  const auto sent = host.sent.size();
  pass(host, server(), seconds(1000));
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_EQ(host.verdicts[0].when - Instant{}, config.timeout);
  EXPECT_EQ(host.sent.size(), sent + 1) << "nothing but the Failure: the answer was there";
  server().provide_secret(host.now, Secret("secret"));
  EXPECT_EQ(host.verdicts.size(), 1U) << "too late";
}

// --- Nak ---------------------------------------------------------------------------------------

TEST_F(EapServerTest, TakesTheFirstOfItsOwnThatANakNames) {
  config.require = {AuthMethod::eap_tls, AuthMethod::eap_mschap_v2, AuthMethod::eap_md5};
  config.tls = certificate("server");
  begin();
  EXPECT_EQ(last_type(), tls);
  answer(nak, octets({25, md5, mschap_v2}));
  EXPECT_EQ(last_type(), mschap_v2);
  answer(nak, octets({md5}));
  EXPECT_EQ(last_type(), md5);
  answer(nak, octets({tls}));
  EXPECT_EQ(last().code(), failure) << "what was refused is not asked for again";
}

TEST_F(EapServerTest, DoesNotProposeTlsWithoutACertificate) {
  config.require = {AuthMethod::eap_tls, AuthMethod::eap_md5};
  begin();
  EXPECT_EQ(last_type(), md5);
}

TEST_F(EapServerTest, SaysWhatThePeerWantedInstead) {
  begin();
  answer(nak, octets({25, 6, 99}));
  EXPECT_EQ(last().code(), failure);
  EXPECT_EQ(host.verdicts.at(0).message, "it refuses EAP-MD5 and wants PEAP, EAP-GTC, EAP type 99");
}

TEST_F(EapServerTest, ANakOfNothingEndsIt) {
  for (const Octets& nothing : {octets({}), octets({0})}) {
    FakeHost own;
    EapServer server(config, 1500, entropy, own);
    server.start(own.now);
    server.receive(own.now, eap(response, own.sent.back().identifier(), identity));
    server.receive(own.now, eap(response, own.sent.back().identifier(), nak, nothing));
    EXPECT_EQ(own.verdicts.at(0).message, "it refuses EAP-MD5 and wants no other method");
  }
}

TEST_F(EapServerTest, ANakIsNoAnswerToIdentityNorOnceTheMethodIsUnderWay) {
  config.require = {AuthMethod::eap_mschap_v2, AuthMethod::eap_md5};
  answer(nak, octets({md5}));
  EXPECT_EQ(host.sent.size(), 1U);
  begin();
  answer(nak, octets({md5}));
  answer(md5, right_response("secret"));
  server();
  answer(nak, octets({mschap_v2}));
  EXPECT_EQ(host.drops, std::vector<Drop>(2, Drop::unexpected));
}

// --- What is no answer ---------------------------------------------------------------------------

TEST_F(EapServerTest, DropsResponsesToOtherRequests) {
  server();
  const unsigned first = last().identifier();
  receive(eap(response, first + 1, identity, octets("bob")));
  begin();
  receive(eap(response, first, identity, octets("mallory")));
  receive(eap(response, last().identifier(), identity, octets("mallory")));
  receive(eap(request, last().identifier(), md5, right_response("secret")));
  receive(packet(success, last().identifier()));
  EXPECT_EQ(host.sent.size(), 2U);
  EXPECT_EQ(host.drops, std::vector<Drop>(5, Drop::unexpected));
  answer(md5, right_response("secret"));
  EXPECT_EQ(host.questions, std::vector<std::string>{"peer bob"});
}

TEST_F(EapServerTest, DropsWhatIsMalformedAndWaitsForTheRightOne) {
  begin();
  const std::vector<Octets> bad{{}, octets({0}), octets({16, 1}), octets({15}) + Octets(15),
                                octets({17}) + Octets(17)};
  for (const Octets& data : bad) answer(md5, data);
  EXPECT_EQ(host.drops, std::vector<Drop>(bad.size(), Drop::malformed));
  answer(md5, right_response("secret"));
  EXPECT_EQ(host.questions.size(), 1U);
}

/// CVE-2020-8597, in the other role.
TEST_F(EapServerTest, NamesOfAnyLengthDoNoHarm) {
  answer(identity, Octets(1400, std::byte{0xff}));
  answer(md5, counted(Octets(16)) + Octets(1400, std::byte{'A'}));
  server().refuse_secret(host.now);
  EXPECT_LT(host.verdicts.at(0).message.size(), 300U);
}

/// A peer that asks us what we ask it could prove itself with our own answer.
TEST_F(EapServerTest, KnowsItsOwnChallenge) {
  begin();
  EXPECT_TRUE(server().has_sent(last().octets));
  Octets disguised = last().octets + octets("x");
  disguised[1] ^= std::byte{1};
  disguised[3] = static_cast<std::byte>(disguised.size());
  EXPECT_TRUE(server().has_sent(disguised)) << "with another name and identifier as well";
  Octets other = last().octets;
  other[8] ^= std::byte{1};
  EXPECT_FALSE(server().has_sent(other));
  EXPECT_FALSE(server().has_sent(eap(request, 1, identity)));
}

TEST_F(EapServerTest, BeginsWithAnIdentifierThatNobodyKnows) {
  std::set<unsigned> first;
  for (int i = 0; i < 20; ++i) {
    FakeHost own;
    EapServer server(config, 1500, entropy, own);
    server.start(own.now);
    first.insert(own.sent[0].identifier());
  }
  EXPECT_GT(first.size(), 10U);
}

// --- Both sides ----------------------------------------------------------------------------------

class EapMd5 : public testing::Test {
 protected:
  EapMd5() {
    pair.client.accept = {AuthMethod::eap_md5};
    pair.server.require = {AuthMethod::eap_md5};
  }
  EapPair pair;
};

TEST_F(EapMd5, TheRightSecret) {
  pair.run();
  EXPECT_TRUE(pair.good()) << pair.transcript();
  EXPECT_EQ(pair.carried, 5U);
}

TEST_F(EapMd5, TheWrongSecret) {
  pair.client.password = Secret("wrong");
  pair.run();
  EXPECT_FALSE(pair.at_client.verdicts.at(0).good);
  EXPECT_FALSE(pair.at_server.verdicts.at(0).good);
}

TEST_F(EapMd5, WhateverSinglePacketIsLostOrDoubled) {
  for (unsigned victim = 0; victim < 4; ++victim) {
    for (int copies : {0, 2, 3}) {
      EapPair other;
      other.client.accept = {AuthMethod::eap_md5};
      other.server.require = {AuthMethod::eap_md5};
      other.copies = [=](unsigned n) { return n == victim ? copies : 1; };
      other.run();
      EXPECT_TRUE(other.good()) << victim << " x" << copies << "\n" << other.transcript();
    }
  }
}

TEST_F(EapMd5, HalfOfThePacketsLost) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    EapPair other;
    other.client.accept = {AuthMethod::eap_md5};
    other.server.require = {AuthMethod::eap_md5};
    auto random = std::make_shared<Random>(seed);
    other.copies = [random](unsigned) { return static_cast<int>(random->below(3)); };
    other.run();
    ASSERT_EQ(other.at_server.verdicts.size(), 1U);
    if (!other.at_server.verdicts[0].good) {  // only for want of an answer
      EXPECT_EQ(other.at_server.verdicts[0].failure, Failure::timeout) << other.transcript();
    }
    for (const auto& verdict : other.at_client.verdicts) {
      EXPECT_TRUE(!verdict.good || other.at_server.verdicts[0].good) << other.transcript();
    }
  }
}

TEST(EapPreference, TheServersOrderMeetsThePeersWishes) {
  EapPair pair;
  pair.server.require = {AuthMethod::eap_tls, AuthMethod::eap_mschap_v2, AuthMethod::eap_md5};
  pair.server.tls = certificate("server");
  pair.client.accept = {AuthMethod::eap_md5};
  pair.run();
  EXPECT_TRUE(pair.good()) << pair.transcript();
  EXPECT_NE(pair.transcript().find("Nak <EAP-MD5>"), std::string::npos);
}

TEST(EapPreference, NothingInCommonIsSaidOnBothSides) {
  EapPair pair;
  pair.server.require = {AuthMethod::eap_mschap_v2};
  pair.client.accept = {AuthMethod::eap_md5};
  pair.run();
  EXPECT_EQ(pair.at_client.verdicts.at(0).message,
            "the peer asks for EAP-MSCHAPv2, and we accept EAP-MD5");
  EXPECT_EQ(pair.at_server.verdicts.at(0).message, "it refuses EAP-MSCHAPv2 and wants EAP-MD5");
}

}  // namespace
}  // namespace tunppp::auth::test
