// Authentication between two links: every method, both directions, right and wrong, and owners that
// answer late or not at all.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <tuple>

#include "link/hand_peer.h"
#include "link/pair.h"

namespace tunppp::test {
namespace {

constexpr char password[] = "correct horse battery staple";

/// How one end proves itself to the other; nullopt: it need not.
using Proof = std::optional<AuthMethod>;

std::vector<AuthMethod> methods(Proof proof) {
  if (!proof) return {};
  return {*proof};
}

class Authentication : public testing::TestWithParam<std::tuple<Proof, Proof>> {
 protected:
  /// a proves itself to b as the first parameter says, b to a as the second.
  void make(std::string_view a_password, std::string_view b_password) {
    LinkConfig a = client_config();
    LinkConfig b = server_config();
    a.auth.user = "alice";
    a.auth.password = Secret(a_password);
    b.auth.user = "bob";
    b.auth.password = Secret(b_password);
    b.auth.require = methods(std::get<0>(GetParam()));
    a.auth.require = methods(std::get<1>(GetParam()));
    pair = std::make_unique<Pair>(a, b);
    pair->a.secrets = {{"bob", password}};
    pair->b.secrets = {{"alice", password}};
  }
  bool a_proves() const { return std::get<0>(GetParam()).has_value(); }
  bool b_proves() const { return std::get<1>(GetParam()).has_value(); }

  void TearDown() override {
    if (!pair) return;
    // Not a trace of a password in what people see.
    for (const Endpoint* end : {&pair->a, &pair->b}) {
      for (const std::string& frame : end->frames) {
        EXPECT_EQ(frame.find(password), std::string::npos);
        EXPECT_EQ(frame.find("wrong"), std::string::npos);
      }
      const std::string text = end->end() ? end->end()->text : "";
      EXPECT_EQ(text.find(password), std::string::npos);
    }
  }

  std::unique_ptr<Pair> pair;
};

TEST_P(Authentication, TheRightPasswordsComeUp) {
  make(password, password);
  pair->start();
  ASSERT_TRUE(pair->run_until_up(seconds(0))) << pair->transcript();
  const auto at_a = pair->a.all<AuthSucceeded>();
  const auto at_b = pair->b.all<AuthSucceeded>();
  EXPECT_EQ(at_a.size(), (a_proves() ? 1U : 0U) + (b_proves() ? 1U : 0U));
  EXPECT_EQ(at_b.size(), at_a.size());
  for (const AuthSucceeded& success : at_a) {
    EXPECT_EQ(success.name, success.of_peer ? "bob" : "alice");
  }
}

TEST_P(Authentication, AWrongPasswordIsRefusedOnBothSides) {
  for (bool a_is_wrong : {true, false}) {
    if (a_is_wrong ? !a_proves() : !b_proves()) continue;
    make(a_is_wrong ? "wrong" : password, a_is_wrong ? password : "wrong");
    pair->start();
    // The verdict comes at once; then LCP's end.
    ASSERT_TRUE(pair->run_until([&] { return pair->both_ended(); }, seconds(3)))
        << pair->transcript();
    const Endpoint& prover = a_is_wrong ? pair->a : pair->b;
    const Endpoint& checker = a_is_wrong ? pair->b : pair->a;
    EXPECT_EQ(prover.end()->reason, EndReason::auth_refused) << pair->transcript();
    EXPECT_EQ(checker.end()->reason, EndReason::peer_auth_failed) << pair->transcript();
    EXPECT_NE(prover.end()->text.find(a_is_wrong ? "alice" : "bob"), std::string::npos);
    EXPECT_FALSE(pair->a.last<Ipv4Up>() || pair->b.last<Ipv4Up>());
  }
}

TEST_P(Authentication, AnUnknownNameIsRefused) {
  make(password, password);
  pair->b.secrets.clear();
  pair->a.secrets.clear();
  if (!a_proves() && !b_proves()) return;
  pair->start();
  ASSERT_TRUE(pair->run_until([&] { return pair->both_ended(); }, seconds(3)))
      << pair->transcript();
  EXPECT_FALSE(pair->a.last<Ipv4Up>() || pair->b.last<Ipv4Up>());
}

TEST_P(Authentication, AnOwnerMayTakeItsTime) {
  make(password, password);
  pair->a.owner_delay = seconds(20);
  pair->b.owner_delay = seconds(25);
  pair->start();
  // IPCP of the end that is through first may have lost a request: one restart period more.
  ASSERT_TRUE(pair->run_until_up(seconds(25) + IpcpConfig{}.restart.restart_timer))
      << pair->transcript();
}

TEST_P(Authentication, AnOwnerThatNeverAnswersEndsTheLinkInTime) {
  make(password, password);
  if (!a_proves() && !b_proves()) return;
  pair->a.owner = pair->b.owner = Endpoint::Owner::is_silent;
  pair->start();
  const Duration bound = AuthConfig{}.timeout + LcpConfig{}.restart.restart_timer;
  ASSERT_TRUE(pair->run_until([&] { return pair->both_ended(); }, bound)) << pair->transcript();
  EXPECT_FALSE(pair->a.last<Ipv4Up>() || pair->b.last<Ipv4Up>());
}

std::string name_of(const testing::TestParamInfo<Authentication::ParamType>& parameter) {
  const auto name = [](Proof proof) {
    std::string text(proof ? to_string(*proof) : "none");
    std::replace(text.begin(), text.end(), '-', '_');
    return text;
  };
  return "a_" + name(std::get<0>(parameter.param)) + "_b_" + name(std::get<1>(parameter.param));
}

const auto proofs = testing::Values(Proof(), AuthMethod::pap, AuthMethod::chap_md5,
                                    AuthMethod::mschap, AuthMethod::mschap_v2);
INSTANTIATE_TEST_SUITE_P(Methods, Authentication, testing::Combine(proofs, proofs), name_of);

// --- Which method ---------------------------------------------------------------------------------

std::unique_ptr<Pair> with_methods(std::vector<AuthMethod> required,
                                   std::vector<AuthMethod> accepted) {
  LinkConfig client = client_config();
  LinkConfig server = server_config();
  client.auth.user = "alice";
  client.auth.password = Secret(password);
  client.auth.accept = std::move(accepted);
  server.auth.require = std::move(required);
  auto pair = std::make_unique<Pair>(client, server);
  pair->b.secrets = {{"alice", password}};
  pair->start();
  return pair;
}

TEST(Methods, TheBestThatBothKnow) {
  using enum AuthMethod;
  struct Case {
    std::vector<AuthMethod> required, accepted;
    AuthMethod agreed;
  };
  for (const auto& [required, accepted, agreed] :
       {Case{{chap_md5, pap}, {chap_md5, pap}, chap_md5}, Case{{chap_md5, pap}, {pap}, pap},
        Case{{pap, chap_md5}, {chap_md5}, chap_md5}, Case{{pap}, {chap_md5, pap}, pap},
        Case{{pap, chap_md5}, {chap_md5, pap}, pap},
        Case{{mschap_v2, chap_md5, pap}, {chap_md5, mschap_v2}, mschap_v2},
        // A Nak with another of ours is followed, and one with a stranger leads to our next.
        Case{{mschap_v2, mschap, chap_md5}, {chap_md5, pap}, chap_md5},
        Case{{mschap_v2, mschap}, {pap, mschap}, mschap}}) {
    const auto pair = with_methods(required, accepted);
    ASSERT_TRUE(pair->run_until_up(seconds(0))) << pair->transcript();
    EXPECT_EQ(pair->a.last<AuthSucceeded>()->method, agreed);
  }
}

TEST(Methods, NoneInCommonEndsBothLinks) {
  using enum AuthMethod;
  for (const std::vector<AuthMethod>& accepted : {std::vector{pap}, std::vector<AuthMethod>{}}) {
    const auto pair = with_methods({chap_md5}, accepted);
    // One end gives up at once. The other one's request was acknowledged; it asks ten times more.
    const RestartConfig restart = LcpConfig{}.restart;
    ASSERT_TRUE(pair->run_until([&] { return pair->both_ended(); },
                                (1 + restart.max_configure) * restart.restart_timer))
        << pair->transcript();
    EXPECT_EQ(pair->b.end()->reason, EndReason::peer_auth_failed);
    EXPECT_EQ(pair->a.end()->reason, EndReason::negotiation_failed);
    EXPECT_FALSE(pair->a.last<LineOpened>());
  }
}

// --- By hand ------------------------------------------------------------------------------------

LinkConfig requiring(AuthMethod method) {
  LinkConfig config = server_config();
  config.auth.require = {method};
  return config;
}

/// A network protocol before the proof is of no use.
TEST(AuthenticationPhase, NothingPassesBeforeTheProof) {
  HandPeer peer(requiring(AuthMethod::pap));
  peer.end.secrets = {{"bob", "secret"}};
  peer.start();
  peer.open_lcp();
  peer.sent();
  peer.feed(ipcp, packet(1, 1, octets({3, 6, 10, 0, 0, 2})));
  peer.feed(ipv4, ip_packet(100));
  EXPECT_TRUE(peer.sent().empty());
  EXPECT_TRUE(peer.end.packets.empty());
  EXPECT_EQ(peer.end.link.send(peer.now, NetworkProtocol::ipv4, ip_packet(20)), SendResult::closed);
  peer.feed(pap, packet(1, 1, octets({3}) + octets("bob") + octets({6}) + octets("secret")));
  EXPECT_EQ(peer.end.link.phase(), Phase::network);
}

TEST(AuthenticationPhase, RepeatedRequestsInTheNetworkPhaseGetTheSameReply) {
  HandPeer peer(requiring(AuthMethod::pap));
  peer.end.secrets = {{"bob", "secret"}};
  peer.start();
  peer.open_lcp();
  const Octets request = octets({3}) + octets("bob") + octets({6}) + octets("secret");
  for (unsigned identifier : {1U, 2U, 3U}) {
    peer.feed(pap, packet(1, identifier, request));
    EXPECT_EQ(peer.last_of(pap, 2).identifier(), identifier);
  }
  EXPECT_EQ(peer.end.all<AuthSucceeded>().size(), 1U);
}

/// A new LCP is a new proof; the answer to a question of the former one is of no use.
TEST(AuthenticationPhase, AnOldAnswerOfTheOwnerIsIgnored) {
  HandPeer peer(requiring(AuthMethod::pap));
  peer.end.owner = Endpoint::Owner::is_silent;
  peer.start();
  peer.open_lcp();
  peer.feed(pap, packet(1, 1, octets({3}) + octets("bob") + octets({6}) + octets("secret")));
  const auto question = peer.end.last<SecretWanted>();
  ASSERT_TRUE(question);
  peer.feed(lcp, packet(1, 0x61, octets({5, 6, 1, 2, 3, 4})));
  peer.sent();
  peer.feed(lcp, packet(2, peer.request.identifier(), peer.request.data()));
  peer.sent();
  peer.end.link.provide_secret(peer.now, question->token, Secret("secret"));
  peer.end.link.refuse_secret(peer.now, question->token);
  peer.end.link.provide_secret(peer.now, 999, Secret("secret"));
  peer.end.drain(peer.now);
  EXPECT_TRUE(peer.sent().empty());
  EXPECT_EQ(peer.end.link.phase(), Phase::authenticate);
}

/// Frames of the other direction are not taken for answers.
TEST(AuthenticationPhase, APeerCannotProveItselfWithAnAck) {
  HandPeer peer(requiring(AuthMethod::pap));
  peer.start();
  peer.open_lcp();
  peer.sent();
  peer.feed(pap, packet(2, 1, octets({0})));
  peer.feed(chap, packet(3, 1));
  peer.feed(chap, packet(2, 1, octets({16}) + Octets(16) + octets("bob")));
  EXPECT_EQ(peer.end.link.phase(), Phase::authenticate);
  EXPECT_EQ(peer.dropped(Drop::unexpected), 3U);
}

/// Who must prove itself to us and hands our own Challenge back would have us compute its Response.
TEST(AuthenticationPhase, OurOwnChallengeIsNotAnswered) {
  LinkConfig config = requiring(AuthMethod::chap_md5);
  config.auth.user = "us";
  config.auth.password = Secret("the same for both");
  HandPeer peer(config);
  peer.start();
  peer.open_lcp(octets({3, 5, 0xc2, 0x23, 5, 5, 6, 0xca, 0xfe, 0xba, 0xbe}));
  const SentFrame challenge = peer.last_of(chap, 1);
  ASSERT_TRUE(challenge.good);
  peer.feed(chap, challenge.information);
  EXPECT_FALSE(peer.sent_anything_of(chap));
}

/// EAP MD5-Challenge computes what CHAP does: our own question must not come back by it either.
TEST(AuthenticationPhase, OurOwnChallengeIsNotAnsweredByAnotherProtocol) {
  constexpr std::uint16_t eap = 0xc227;
  const auto asks_by_eap = [](bool our_question) {
    LinkConfig config = requiring(AuthMethod::chap_md5);
    config.auth.accept = {AuthMethod::eap_md5};
    config.auth.user = "us";
    config.auth.password = Secret("the same for both");
    HandPeer peer(config);
    peer.start();
    peer.open_lcp(octets({3, 4, 0xc2, 0x27, 5, 6, 0xca, 0xfe, 0xba, 0xbe}));
    const SentFrame challenge = peer.last_of(chap, 1);
    EXPECT_TRUE(challenge.good);
    Octets data = octets({4});
    data.insert(data.end(), challenge.information.begin() + 4, challenge.information.end());
    if (!our_question) data[2] ^= std::byte{1};
    peer.feed(eap, packet(1, std::to_integer<unsigned>(challenge.information[1]), data));
    return peer.sent_anything_of(eap);
  };
  EXPECT_FALSE(asks_by_eap(true));
  EXPECT_TRUE(asks_by_eap(false));
}

TEST(AuthenticationPhase, APeerThatClosesDuringTheProofHasRefusedIt) {
  LinkConfig config = client_config();
  config.auth.user = "alice";
  config.auth.password = Secret(password);
  HandPeer peer(config);
  peer.start();
  peer.open_lcp(octets({3, 4, 0xc0, 0x23}));
  peer.feed(lcp, packet(5, 1, octets("unknown subscriber")));
  peer.pass(LcpConfig{}.restart.restart_timer);
  ASSERT_TRUE(peer.end.ended());
  EXPECT_EQ(peer.end.end()->reason, EndReason::auth_refused);
  EXPECT_NE(peer.end.end()->text.find("unknown subscriber"), std::string::npos);
}

/// ... which says nothing about the next attempt.
TEST(AuthenticationPhase, ARefusalOfAFormerSessionIsNotThatOfTheNext) {
  LinkConfig config = client_config();
  config.auth.password = Secret(password);
  HandPeer peer(config);
  peer.start();
  peer.open_lcp(octets({3, 4, 0xc0, 0x23}));
  peer.feed(lcp, packet(5, 1));
  peer.pass(seconds(3));
  ASSERT_TRUE(peer.end.ended());
  peer.end.forget();
  peer.sent();
  peer.end.link.open(peer.now);
  peer.feed(lcp, packet(5, 2));
  peer.pass(seconds(30));
  ASSERT_TRUE(peer.end.ended());
  EXPECT_NE(peer.end.end()->reason, EndReason::auth_refused);
}

TEST(AuthenticationPhase, ProtocolRejectOfWhatWasAgreedUponEndsTheLink) {
  HandPeer peer(requiring(AuthMethod::pap));
  peer.start();
  peer.open_lcp();
  peer.feed(lcp, packet(8, 1, octets({0xc0, 0x23, 1, 1, 0, 4})));
  peer.pass(seconds(6));
  ASSERT_TRUE(peer.end.ended());
  EXPECT_EQ(peer.end.end()->reason, EndReason::negotiation_failed);
}

}  // namespace
}  // namespace tunppp::test
