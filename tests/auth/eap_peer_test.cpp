// EAP (RFC 3748) as the side that proves itself.
#include "auth/eap_peer.h"

#include <gtest/gtest.h>

#include "auth/eap_bench.h"
#include "crypto/md5.h"

namespace tunppp::auth::test {
namespace {

class Peer : public testing::Test {
 protected:
  Peer() {
    config.user = "bob";
    config.password = Secret("secret");
    config.accept = {AuthMethod::eap_md5};
  }
  /// Call after `config` is as it should be.
  EapPeer& peer() {
    if (!peer_) {
      peer_ = std::make_unique<EapPeer>(config, 1500, entropy, host);
      peer_->start(host.now);
    }
    return *peer_;
  }
  void receive(const Octets& octets) { peer().receive(host.now, octets); }
  const Octets& last() const { return host.sent.back().octets; }

  static Octets challenge(unsigned id, std::byte fill = std::byte{7}) {
    return eap(request, id, md5, counted(Octets(16, fill)) + octets("lns"));
  }
  /// RFC 1994 section 4.1, which RFC 3748 section 5.4 refers to.
  static Octets right_response(unsigned id, std::byte fill = std::byte{7}) {
    const Octets identifier{static_cast<std::byte>(id)};
    const auto digest = crypto::md5({identifier, octets("secret"), Octets(16, fill)});
    return eap(response, id, md5, counted(copy(digest)) + octets("bob"));
  }

  AuthConfig config;
  FakeHost host;
  SeededEntropy entropy{1};

 private:
  std::unique_ptr<EapPeer> peer_;
};

TEST_F(Peer, TellsItsIdentity) {
  receive(eap(request, 9, identity, octets("who are you?")));
  EXPECT_EQ(host.protocol, 0xc227);
  EXPECT_EQ(last(), eap(response, 9, identity, octets("bob")));
}

TEST_F(Peer, MayHaveAnIdentityThatIsNotItsName) {
  config.identity = "bob@example";
  receive(eap(request, 9, identity));
  EXPECT_EQ(last(), eap(response, 9, identity, octets("bob@example")));
  receive(challenge(10));
  EXPECT_EQ(last(), right_response(10)) << "the name in the method is still the user's";
}

TEST_F(Peer, WithoutANameItIsTheOneInItsCertificate) {
  config.user = "";
  config.accept = {AuthMethod::eap_tls};
  config.tls = certificate("client");
  receive(eap(request, 9, identity));
  EXPECT_EQ(last(), eap(response, 9, identity, octets("alice")));
}

TEST_F(Peer, AnswersTheMd5Challenge) {
  receive(challenge(10));
  EXPECT_EQ(last(), right_response(10));
  receive(packet(success, 10));
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_TRUE(host.verdicts[0].good);
  EXPECT_FALSE(host.verdicts[0].of_peer);
  EXPECT_EQ(host.verdicts[0].name, "bob");
  EXPECT_EQ(peer().next_timeout(), std::nullopt);
}

TEST_F(Peer, IsToldOfARefusal) {
  receive(challenge(10));
  receive(packet(failure, 10));
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_FALSE(host.verdicts[0].good);
  EXPECT_EQ(host.verdicts[0].failure, Failure::refused);
}

/// Section 5.2: shown, and answered by an empty Notification.
TEST_F(Peer, ShowsNotificationsAndAnswersThem) {
  receive(eap(request, 1, notification, octets("your password\x01 expires")));
  EXPECT_EQ(last(), eap(response, 1, notification));
  ASSERT_EQ(host.notices.size(), 1U);
  EXPECT_EQ(host.notices[0], "the peer says: \"your password. expires\"");
  receive(eap(request, 2, notification));
  EXPECT_EQ(last(), eap(response, 2, notification));
  EXPECT_EQ(host.notices.size(), 1U) << "nothing was said";
}

TEST_F(Peer, ANotificationDoesNotDisturbTheMethod) {
  receive(challenge(10));
  receive(eap(request, 11, notification, octets("welcome")));
  receive(packet(success, 11));
  EXPECT_TRUE(host.verdicts.at(0).good);
}

/// "a peer receiving a duplicate Request ... MUST resend its original Response without
/// reprocessing the Request" (section 4.1)
TEST_F(Peer, GivesTheSameResponseToTheSameRequest) {
  receive(eap(request, 1, notification, octets("once")));
  receive(eap(request, 1, notification, octets("once")));
  EXPECT_EQ(host.notices.size(), 1U);
  receive(challenge(2));
  receive(challenge(2));
  ASSERT_EQ(host.sent.size(), 4U);
  EXPECT_EQ(host.sent[0].octets, host.sent[1].octets);
  EXPECT_EQ(host.sent[2].octets, host.sent[3].octets);
}

// --- Nak ---------------------------------------------------------------------------------------

TEST_F(Peer, SaysNakWithWhatItWantsBestFirst) {
  config.accept = {AuthMethod::pap, AuthMethod::eap_mschap_v2, AuthMethod::chap_md5,
                   AuthMethod::eap_md5};
  receive(eap(request, 5, 25, octets({0x20})));
  EXPECT_EQ(last(), eap(response, 5, nak, octets({mschap_v2, md5})));
}

/// "or the value zero (0) to indicate no proposed alternative" (section 5.3.1)
TEST_F(Peer, SaysNakZeroWhenItWantsNothing) {
  config.accept = {AuthMethod::pap};
  receive(challenge(5));
  EXPECT_EQ(last(), eap(response, 5, nak, octets({0})));
}

TEST_F(Peer, DoesNotOfferTlsWithoutACertificate) {
  config.accept = {AuthMethod::eap_tls, AuthMethod::eap_md5};
  receive(eap(request, 5, tls, octets({0x20})));
  EXPECT_EQ(last(), eap(response, 5, nak, octets({md5})));
}

/// Section 5.3.2: the Nak has type 254, vendor 0 and vendor type 3, and so has each that is wanted.
TEST_F(Peer, AnswersAnExpandedTypeByAnExpandedNak) {
  config.accept = {AuthMethod::eap_mschap_v2, AuthMethod::eap_md5};
  receive(eap(request, 5, expanded, octets({0, 0x37, 0x2a, 0, 0, 0, 1, 99})));
  EXPECT_EQ(last(), eap(response, 5, expanded,
                        octets({0, 0, 0, 0, 0, 0, 3}) + octets({254, 0, 0, 0, 0, 0, 0, mschap_v2}) +
                            octets({254, 0, 0, 0, 0, 0, 0, md5})));
}

TEST_F(Peer, AnExpandedNakCanWantNothing) {
  config.accept = {};
  receive(eap(request, 5, expanded, octets({0, 0x37, 0x2a, 0, 0, 0, 1})));
  EXPECT_EQ(last(), eap(response, 5, expanded,
                        octets({0, 0, 0, 0, 0, 0, 3, 254, 0, 0, 0, 0, 0, 0, 0})));
}

TEST_F(Peer, SaysWhatItMissedWhenItIsRefusedAfterANak) {
  receive(eap(request, 5, 6));
  receive(packet(failure, 5));
  EXPECT_EQ(host.verdicts.at(0).message, "the peer asks for EAP-GTC, and we accept EAP-MD5");
}

/// "Once a peer has sent a Response of the same Type as the initial Request, an authenticator MUST
/// NOT send a Request of a different Type ... a peer receiving such Requests MUST treat them as
/// invalid, and silently discard them" (section 2.1)
TEST_F(Peer, DropsAnotherMethodOnceOneHasBegun) {
  config.accept = {AuthMethod::eap_md5, AuthMethod::eap_mschap_v2};
  receive(challenge(5));
  receive(eap(request, 6, mschap_v2, octets({1, 6, 0, 21, 16}) + Octets(16)));
  receive(eap(request, 7, 25));
  EXPECT_EQ(host.sent.size(), 1U);
  EXPECT_EQ(host.drops, std::vector<Drop>(2, Drop::unexpected));
}

// --- What is no answer ---------------------------------------------------------------------------

/// Section 4.2: a Success before the method has ended is an attack, or an error.
TEST_F(Peer, TakesNoSuccessBeforeTheMethodHasEnded) {
  receive(packet(success, 0));
  receive(eap(request, 1, identity));
  receive(packet(success, 1));
  receive(eap(request, 2, 25));
  receive(packet(success, 2));
  EXPECT_TRUE(host.verdicts.empty());
  EXPECT_EQ(host.drops, std::vector<Drop>(3, Drop::unexpected));
}

/// "the Identifier field ... MUST match"; the next number is what pppd sends.
TEST_F(Peer, TakesVerdictsWithTheRightIdentifierOnly) {
  for (const unsigned code : {success, failure}) {
    receive(challenge(10));
    for (const unsigned wrong : {0U, 9U, 12U, 255U}) receive(packet(code, wrong));
    EXPECT_TRUE(host.verdicts.empty());
  }
  receive(packet(success, 11));
  EXPECT_EQ(host.verdicts.size(), 1U);
}

TEST_F(Peer, DropsWhatIsMalformed) {
  const std::vector<Octets> bad{
      octets({}),
      octets({1}),
      octets({1, 1, 0}),
      octets({1, 1, 0, 4}),            // a Request without a type
      octets({1, 1, 0, 3, 1}),         // shorter than its header
      octets({1, 1, 0, 9, 1, 2}),      // longer than what came
      octets({1, 1, 255, 255, 4, 16}),
      octets({0, 1, 0, 5, 1}),         // no such code
      octets({5, 1, 0, 5, 1}),
      eap(request, 1, md5),                              // no length of a value
      eap(request, 1, md5, octets({0})),                 // no value (RFC 1994: one octet at least)
      eap(request, 1, md5, octets({17}) + Octets(16)),   // a value beyond the end
      eap(request, 1, md5, octets({255, 1})),
      eap(request, 1, nak, octets({4})),                 // "valid only in Response messages"
      eap(request, 1, 0),
  };
  for (const Octets& octets : bad) receive(octets);
  EXPECT_TRUE(host.sent.empty());
  EXPECT_EQ(host.drops, std::vector<Drop>(bad.size(), Drop::malformed));
}

/// CVE-2020-8597: pppd copied the name behind the challenge without looking at its length.
TEST_F(Peer, ANameOfAnyLengthDoesNoHarm) {
  receive(eap(request, 1, md5, counted(Octets(16)) + Octets(1400, std::byte{'A'})));
  EXPECT_EQ(host.sent.size(), 1U);
  config.user = std::string(2000, 'u');
  receive(challenge(2));
  EXPECT_LE(last().size(), 5U + 17 + 255);
}

TEST_F(Peer, IgnoresPaddingBehindTheLength) {
  receive(challenge(10) + octets("padding"));
  EXPECT_EQ(last(), right_response(10));
}

TEST_F(Peer, AMalformedRequestDoesNotUseUpItsIdentifier) {
  receive(eap(request, 4, md5, octets({255, 1})));
  receive(challenge(4));
  EXPECT_EQ(last(), right_response(4));
}

TEST_F(Peer, ComesToAnEndWhenTheServerDoesNot) {
  config.timeout = std::chrono::hours(1000);
  for (unsigned i = 0; i < 3 * eap_max_rounds && host.verdicts.empty(); ++i) {
    receive(eap(request, i % 256, notification));
  }
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_FALSE(host.verdicts[0].good);
  const auto sent = host.sent.size();
  receive(eap(request, 200, notification));
  EXPECT_EQ(host.sent.size(), sent) << "nothing is answered after the end";
}

// --- Owners and time -----------------------------------------------------------------------------

/// "Requests MUST be ... processed to their completion before inspecting the next Request" (4.1)
TEST_F(Peer, DropsRequestsWhileItsOwnerThinks) {
  config.password.reset();
  receive(challenge(3));
  EXPECT_EQ(host.questions, std::vector<std::string>{"us bob"});
  receive(challenge(3));
  receive(challenge(4));
  receive(packet(success, 3));
  receive(packet(failure, 3));
  EXPECT_TRUE(host.sent.empty() && host.verdicts.empty());
  EXPECT_EQ(host.drops.size(), 4U);
  peer().provide_secret(host.now, Secret("secret"));
  EXPECT_EQ(last(), right_response(3));
  peer().provide_secret(host.now, Secret("another"));
  EXPECT_EQ(host.sent.size(), 1U);
}

TEST_F(Peer, EndsWhenItsOwnerHasNoSecret) {
  config.password.reset();
  receive(challenge(3));
  peer().refuse_secret(host.now);
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_EQ(host.verdicts[0].failure, Failure::explained);
}

TEST_F(Peer, KeepsToTheTimeAllowedAndSaysWhatItWaitedFor) {
  const auto waited_for = [this](const std::string& words) {
    pass(host, peer(), seconds(1000));
    ASSERT_EQ(host.verdicts.size(), 1U);
    EXPECT_EQ(host.verdicts[0].failure, Failure::timeout);
    EXPECT_EQ(host.verdicts[0].when - Instant{}, config.timeout);
    EXPECT_EQ(host.verdicts[0].message, words);
  };
  peer();
  waited_for("no EAP request came");
}

TEST_F(Peer, AServerThatSaysNoVerdictIsNotWaitedForForEver) {
  receive(challenge(3));
  pass(host, peer(), seconds(1000));
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_EQ(host.verdicts[0].message, "no verdict on our EAP responses came");
}

/// Success is not repeated. When the server goes on with IPCP, it was lost (section 4.2).
TEST_F(Peer, ANetworkPacketStandsForALostSuccess) {
  receive(eap(request, 1, identity));
  peer().network_packet(host.now);
  EXPECT_TRUE(host.verdicts.empty()) << "the method has not even begun";
  receive(challenge(2));
  peer().network_packet(host.now);
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_TRUE(host.verdicts[0].good);
  receive(packet(success, 2));
  EXPECT_EQ(host.verdicts.size(), 1U);
}

TEST_F(Peer, AnswersAgainInMidSession) {
  receive(challenge(2));
  receive(packet(success, 2));
  pass(host, peer(), seconds(1000));
  receive(eap(request, 2, identity));  // even if it happens to have the last identifier
  EXPECT_EQ(last(), eap(response, 2, identity, octets("bob")));
  EXPECT_EQ(peer().next_timeout(), std::nullopt) << "no limit in mid-session";
  receive(challenge(3, std::byte{9}));
  EXPECT_EQ(last(), right_response(3, std::byte{9}));
  receive(packet(success, 3));
  EXPECT_EQ(host.verdicts.size(), 1U) << "told once";
  receive(challenge(4));
  receive(packet(failure, 4));
  ASSERT_EQ(host.verdicts.size(), 2U);
  EXPECT_FALSE(host.verdicts[1].good);
}

}  // namespace
}  // namespace tunppp::auth::test
