// EAP-MSCHAPv2 (draft-kamath-pppext-eap-mschapv2-02): both sides against each other, and each
// against octets typed out here. The computations have their own tests (mschap_test.cpp).
#include <gtest/gtest.h>

#include "auth/eap_bench.h"
#include "auth/eap_mschap_v2.h"

namespace tunppp::auth::test {
namespace {

class EapMsChapV2 : public testing::Test {
 protected:
  EapMsChapV2() { prepare(pair); }
  static void prepare(EapPair& pair) {
    pair.client.accept = {AuthMethod::eap_mschap_v2};
    pair.server.require = {AuthMethod::eap_mschap_v2};
  }
  EapPair pair;
};

TEST_F(EapMsChapV2, TheRightPassword) {
  pair.run();
  EXPECT_TRUE(pair.good()) << pair.transcript();
  EXPECT_EQ(pair.at_client.verdicts[0].message, "Access granted");
  EXPECT_EQ(pair.at_server.verdicts[0].name, "alice");
}

TEST_F(EapMsChapV2, TheWrongPasswordIsRefusedInWords) {
  pair.client.password = Secret("wrong");
  pair.run();
  ASSERT_EQ(pair.at_client.verdicts.size(), 1U) << pair.transcript();
  EXPECT_FALSE(pair.at_client.verdicts[0].good);
  EXPECT_FALSE(pair.at_client.verdicts[0].of_peer);
  EXPECT_NE(pair.at_client.verdicts[0].message.find("691"), std::string::npos);
  EXPECT_EQ(pair.at_server.verdicts.at(0).message, "wrong name or secret for \"alice\"");
}

TEST_F(EapMsChapV2, AnUnknownNameLooksTheSame) {
  pair.secrets.clear();
  pair.run();
  EXPECT_EQ(pair.at_server.verdicts.at(0).message, "wrong name or secret for \"alice\"");
  EXPECT_NE(pair.at_client.verdicts.at(0).message.find("691"), std::string::npos);
}

TEST_F(EapMsChapV2, WhateverSinglePacketIsLostOrDoubled) {
  for (unsigned victim = 0; victim < 6; ++victim) {
    for (int copies : {0, 2, 3}) {
      EapPair other;
      prepare(other);
      other.copies = [=](unsigned n) { return n == victim ? copies : 1; };
      other.run();
      EXPECT_TRUE(other.good()) << victim << " x" << copies << "\n" << other.transcript();
    }
  }
}

class EapMsChapV2PeerTest : public testing::Test {
 protected:
  Octets start() {
    const auto asked = peer.receive({}, 1, octets({1, 77, 0, 24, 16}) + Octets(16) + octets("lns"));
    EXPECT_EQ(asked.kind, EapAnswer::Kind::ask);
    return peer.provide_secret(Secret("s3cret")).data;
  }
  static Octets message(unsigned op, std::string_view text) {
    return octets({op, 77, 0, static_cast<unsigned>(text.size()) + 4}) + octets(text);
  }
  EapAnswer receive(const Octets& data) { return peer.receive({}, 1, data); }

  SeededEntropy entropy{3};
  EapMsChapV2Peer peer{"alice", entropy};
};

/// Section 2.2 of the draft.
TEST_F(EapMsChapV2PeerTest, RespondsInTheFormOfTheDraft) {
  const Octets response = start();
  ASSERT_EQ(response.size(), 4U + 1 + 49 + 5);
  EXPECT_EQ(Octets(response.begin(), response.begin() + 5),
            octets({2, 77, 0, static_cast<unsigned>(response.size()), 49}));
  EXPECT_EQ(Octets(response.begin() + 21, response.begin() + 29), Octets(8)) << "reserved";
  EXPECT_EQ(at(response, 53), 0U) << "flags";
  EXPECT_EQ(Octets(response.end() - 5, response.end()), octets("alice"));
}

/// Whoever does not know the password cannot say the right 40 digits.
TEST_F(EapMsChapV2PeerTest, DistrustsAServerThatDoesNotKnowThePassword) {
  start();
  const auto answer = receive(message(3, "S=" + std::string(40, '0') + " M=welcome"));
  EXPECT_EQ(answer.data, octets({4}));
  EXPECT_EQ(peer.state(), EapMethod::State::distrusted);
  EXPECT_FALSE(peer.words().empty());
}

TEST_F(EapMsChapV2PeerTest, TellsThatThePasswordHasExpired) {
  start();
  const auto answer = receive(message(4, "E=648 R=0 C=" + std::string(32, 'a') + " V=3 M=expired"));
  EXPECT_EQ(answer.data, octets({4}));
  EXPECT_EQ(peer.state(), EapMethod::State::refused);
  EXPECT_NE(peer.words().find("expired"), std::string::npos) << peer.words();
}

TEST_F(EapMsChapV2PeerTest, DropsWhatIsOutOfTurnOrMalformed) {
  const auto dropped = [this](const Octets& data) {
    return receive(data).kind == EapAnswer::Kind::discard;
  };
  EXPECT_TRUE(dropped(message(3, "S=" + std::string(40, '0')))) << "nothing was asked yet";
  EXPECT_TRUE(dropped(message(4, "E=691 R=0")));
  EXPECT_TRUE(dropped({}));
  EXPECT_TRUE(dropped(octets({1})));
  EXPECT_TRUE(dropped(octets({1, 77, 0})));
  EXPECT_TRUE(dropped(octets({1, 77, 0, 3, 16})));
  EXPECT_TRUE(dropped(octets({1, 77, 0, 22, 16}) + Octets(16)));            // Length beyond the end
  EXPECT_TRUE(dropped(octets({1, 77, 0, 20, 15}) + Octets(15)));            // no such challenge
  EXPECT_TRUE(dropped(octets({1, 77, 0, 6, 16, 0}) + Octets(30)));          // behind MS-Length
  EXPECT_TRUE(dropped(octets({7, 77, 0, 4})));
  EXPECT_EQ(peer.state(), EapMethod::State::going_on);
  start();
  EXPECT_TRUE(dropped(octets({1, 78, 0, 21, 16}) + Octets(16))) << "one challenge is enough";
}

/// "after success result indications have been exchanged by both sides, a Failure packet MUST be
/// silently discarded" (RFC 3748 section 4.2)
TEST(EapPeerByMsChapV2, NoFailureUndoesASuccessThatBothSidesHaveSaid) {
  AuthConfig config;
  config.user = "alice";
  config.password = Secret("s3cret");
  config.accept = {AuthMethod::eap_mschap_v2};
  SeededEntropy entropy{4};
  FakeHost host;
  EapPeer peer(config, 1500, entropy, host);
  EapMsChapV2Server server("lns", entropy);
  peer.start({});
  peer.receive({}, eap(request, 1, mschap_v2, server.start({}, 1).data));
  server.receive({}, 1, type_data(host.sent.back()));
  peer.receive({}, eap(request, 2, mschap_v2, server.provide_secret(Secret("s3cret")).data));
  EXPECT_EQ(host.sent.back().octets, eap(response, 2, mschap_v2, octets({3})));
  peer.receive({}, packet(failure, 2));
  EXPECT_EQ(host.drops, std::vector<Drop>{Drop::unexpected});
  EXPECT_TRUE(host.verdicts.empty());
  peer.receive({}, packet(success, 2));
  EXPECT_TRUE(host.verdicts.at(0).good);
}

class EapMsChapV2ServerTest : public testing::Test {
 protected:
  EapMsChapV2ServerTest() { challenge = server.start({}, 9).data; }
  bool dropped(const Octets& data) {
    return server.receive({}, 9, data).kind == EapAnswer::Kind::discard;
  }
  SeededEntropy entropy{3};
  EapMsChapV2Server server{"lns", entropy};
  Octets challenge;
};

TEST_F(EapMsChapV2ServerTest, ChallengesInTheFormOfTheDraft) {
  ASSERT_EQ(challenge.size(), 24U);
  EXPECT_EQ(Octets(challenge.begin(), challenge.begin() + 5), octets({1, 9, 0, 24, 16}));
  EXPECT_EQ(Octets(challenge.end() - 3, challenge.end()), octets("lns"));
  EXPECT_TRUE(server.asks_the_same(challenge));
}

TEST_F(EapMsChapV2ServerTest, DropsWhatIsOutOfTurnOrMalformed) {
  EXPECT_TRUE(dropped({}));
  EXPECT_TRUE(dropped(octets({3}))) << "a Success before there was a Response";
  EXPECT_TRUE(dropped(octets({4})));
  EXPECT_TRUE(dropped(octets({2, 9, 0, 4})));
  EXPECT_TRUE(dropped(octets({2, 9, 0, 53, 48}) + Octets(48)));
  EXPECT_TRUE(dropped(octets({2, 8, 0, 54, 49}) + Octets(49))) << "to another challenge";
  EXPECT_EQ(server.receive({}, 9, octets({2, 9, 0, 54, 49}) + Octets(49)).kind,
            EapAnswer::Kind::ask);
}

TEST_F(EapMsChapV2ServerTest, AFailureIsNotUndoneByThePeer) {
  server.receive({}, 9, octets({2, 9, 0, 54, 49}) + Octets(49));
  const auto answer = server.provide_secret(Secret("s3cret"));
  EXPECT_EQ(at(answer.data, 0), 4U);
  EXPECT_EQ(server.receive({}, 10, octets({3})).kind, EapAnswer::Kind::finished);
  EXPECT_EQ(server.state(), EapMethod::State::refused);
}

}  // namespace
}  // namespace tunppp::auth::test
