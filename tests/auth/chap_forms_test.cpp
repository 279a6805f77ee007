// The three forms of CHAP, client against server, in virtual time: right and wrong secrets, lost and
// late packets, Challenges in mid-session, and owners that judge themselves.
#include <gtest/gtest.h>

#include "auth/auth_bench.h"
#include "auth/chap.h"

namespace tunppp::auth::test {
namespace {

AuthConfig client_config() {
  AuthConfig config;
  config.user = "bob";
  config.password = Secret("secret");
  return config;
}

/// A client and a server, whose packets the test carries.
class Forms : public testing::TestWithParam<ChapAlgorithm> {
 protected:
  void start() {
    client.start(now());
    server.start(now());
  }
  Instant now() const { return server_host.now; }
  /// The latest packet of one end goes to the other.
  void to_client() { client.receive(now(), server_host.sent.back().octets); }
  void to_server() { server.receive(now(), client_host.sent.back().octets); }
  void exchange(std::string_view secret = "secret") {
    to_client();
    to_server();
    server.provide_secret(now(), Secret(secret));
    to_client();
  }
  void wait(Duration duration) {
    const Instant until = now() + duration;
    pass(client_host, client, duration);
    pass(server_host, server, until - server_host.now);
  }
  bool is_v2() const { return GetParam() == ChapAlgorithm::mschap_v2; }

  AuthConfig client_side = client_config();
  AuthConfig server_side;
  CountingEntropy client_entropy, server_entropy;
  FakeHost client_host, server_host;
  ChapClient client{GetParam(), client_side, client_entropy, client_host};
  ChapServer server{GetParam(), server_side, server_entropy, server_host};
};

TEST_P(Forms, TheRightSecretIsAccepted) {
  start();
  exchange();
  ASSERT_EQ(client_host.verdicts.size(), 1U);
  EXPECT_TRUE(client_host.verdicts[0].good);
  ASSERT_EQ(server_host.verdicts.size(), 1U);
  EXPECT_TRUE(server_host.verdicts[0].good);
  EXPECT_EQ(server_host.verdicts[0].name, "bob");
}

TEST_P(Forms, AWrongOneIsRefusedInWords) {
  for (const char* secret : {"Secret", "secret ", "", "s"}) {
    FakeHost ours, theirs;
    ChapClient prover(GetParam(), client_side, client_entropy, ours);
    ChapServer checker(GetParam(), server_side, server_entropy, theirs);
    prover.start({});
    checker.start({});
    prover.receive({}, theirs.sent.back().octets);
    checker.receive({}, ours.sent.back().octets);
    checker.provide_secret({}, Secret(secret));
    prover.receive({}, theirs.sent.back().octets);
    ASSERT_EQ(theirs.verdicts.size(), 1U);
    EXPECT_FALSE(theirs.verdicts[0].good);
    ASSERT_EQ(ours.verdicts.size(), 1U);
    EXPECT_FALSE(ours.verdicts[0].good);
    EXPECT_FALSE(ours.verdicts[0].message.empty());
    EXPECT_EQ(ours.verdicts[0].message.find("E="), std::string::npos) << "in words, not in codes";
  }
}

/// "any Response packets received having the current Challenge Identifier MUST return the same reply
/// Code previously returned for that specific Challenge" (RFC 1994 section 4.1)
TEST_P(Forms, TheSameIdentifierGetsTheSameReply) {
  for (const char* secret : {"secret", "another"}) {
    FakeHost theirs;
    ChapServer checker(GetParam(), server_side, server_entropy, theirs);
    checker.start({});
    client.start({});
    client.receive({}, theirs.sent.back().octets);
    const Octets response = client_host.sent.back().octets;
    checker.receive({}, response);
    checker.provide_secret({}, Secret(secret));
    const Octets reply = theirs.sent.back().octets;
    for (int i = 0; i < 3; ++i) {
      checker.receive({}, response);
      EXPECT_EQ(theirs.sent.back().octets, reply);
    }
    EXPECT_EQ(theirs.questions.size(), 1U);
    EXPECT_EQ(theirs.verdicts.size(), 1U);
  }
}

/// A Success that got lost: the client repeats its Response, octet by octet the same.
TEST_P(Forms, ALostSuccessIsToldAgain) {
  start();
  to_client();
  to_server();
  server.provide_secret(now(), Secret("secret"));
  wait(server_side.retry);
  to_server();
  to_client();
  ASSERT_EQ(client_host.verdicts.size(), 1U);
  EXPECT_TRUE(client_host.verdicts[0].good);
}

/// On a slow line a second Challenge goes out before the Response to the first arrives. Whichever
/// Response is judged first, the client hears a Success that it believes.
TEST_P(Forms, ChallengesThatCrossTheirResponses) {
  start();
  to_client();
  const Octets first = client_host.sent.back().octets;
  pass(server_host, server, server_side.retry);
  client_host.now = server_host.now;
  ASSERT_EQ(server_host.sent.size(), 2U);
  to_client();
  const Octets second = client_host.sent.back().octets;
  ASSERT_NE(first, second);
  server.receive(now(), first);
  server.provide_secret(now(), Secret("secret"));
  to_client();  // the first's reply, which the client no longer waits for
  server.receive(now(), second);
  server.provide_secret(now(), Secret("secret"));
  to_client();
  ASSERT_EQ(client_host.verdicts.size(), 1U);
  EXPECT_TRUE(client_host.verdicts[0].good);
  EXPECT_EQ(server_host.verdicts.size(), 1U) << "told once";
}

/// Only MS-CHAPv2 makes the other end prove itself as well (RFC 2759 section 5).
TEST_P(Forms, WhoAcceptsEverythingDoesNotKnowTheSecret) {
  start();
  to_client();
  const unsigned identifier = client_host.sent.back().identifier();
  for (const std::string& message :
       {std::string("welcome"), "S=" + std::string(40, '0') + " M=welcome"}) {
    FakeHost ours;
    ChapClient prover(GetParam(), client_side, client_entropy, ours);
    prover.start({});
    prover.receive({}, server_host.sent.back().octets);
    prover.receive({}, packet(3, identifier, octets(message)));
    ASSERT_EQ(ours.verdicts.size(), 1U);
    EXPECT_EQ(ours.verdicts[0].good, !is_v2());
    EXPECT_EQ(ours.verdicts[0].of_peer, is_v2()) << "it is the peer that did not prove itself";
  }
}

// --- In mid-session -----------------------------------------------------------------------------

TEST_P(Forms, ChallengesAgainInMidSession) {
  server_side.rechallenge_interval = seconds(600);
  start();
  exchange();
  for (int round = 1; round <= 3; ++round) {
    const Octets before = server_host.sent.front().octets;
    wait(server_side.rechallenge_interval);
    EXPECT_EQ(server_host.sent.back().code(), 1U);
    EXPECT_NE(server_host.sent.back().data(), Octets(before.begin() + 4, before.end()));
    exchange();
    EXPECT_EQ(server_host.sent.back().code(), 3U);
  }
  EXPECT_EQ(server_host.verdicts.size(), 1U) << "told once";
  EXPECT_EQ(client_host.verdicts.size(), 1U);
}

TEST_P(Forms, AWrongSecretInMidSessionIsAFailure) {
  server_side.rechallenge_interval = seconds(60);
  start();
  exchange();
  wait(seconds(60));
  exchange("it was changed");
  ASSERT_EQ(server_host.verdicts.size(), 2U);
  EXPECT_FALSE(server_host.verdicts[1].good);
  ASSERT_EQ(client_host.verdicts.size(), 2U);
  EXPECT_FALSE(client_host.verdicts[1].good);
}

TEST_P(Forms, SilenceInMidSessionIsAFailure) {
  server_side.rechallenge_interval = seconds(60);
  start();
  exchange();
  wait(seconds(60) + server_side.timeout);
  ASSERT_EQ(server_host.verdicts.size(), 2U);
  EXPECT_EQ(server_host.verdicts[1].failure, Failure::timeout);
}

/// Somebody else with a good secret is not who was let in.
TEST_P(Forms, AnotherNameInMidSessionIsAFailure) {
  server_side.rechallenge_interval = seconds(60);
  start();
  exchange();
  wait(seconds(60));
  AuthConfig other = client_side;
  other.user = "eve";
  FakeHost eves;
  ChapClient eve(GetParam(), other, client_entropy, eves);
  eve.start(now());
  eve.receive(now(), server_host.sent.back().octets);
  server.receive(now(), eves.sent.back().octets);
  server.provide_secret(now(), Secret("secret"));
  EXPECT_EQ(server_host.sent.back().code(), 4U);
  ASSERT_EQ(server_host.verdicts.size(), 2U);
  EXPECT_FALSE(server_host.verdicts[1].good);
}

// --- Owners that judge themselves ---------------------------------------------------------------

TEST_P(Forms, AnOwnerJudgesItself) {
  server_side.owner_judges = true;
  start();
  to_client();
  to_server();
  EXPECT_TRUE(server_host.questions.empty());
  ASSERT_EQ(server_host.judgements.size(), 1U);
  const VerdictWanted& question = server_host.judgements[0];
  EXPECT_EQ(question.name, "bob");
  EXPECT_EQ(question.identifier, server_host.sent[0].identifier());
  const Octets sent = server_host.sent[0].data();
  EXPECT_TRUE(std::equal(question.challenge.begin(), question.challenge.end(), sent.begin() + 1));
  const Octets answered = client_host.sent[0].data();
  EXPECT_TRUE(std::equal(question.response.begin(), question.response.end(), answered.begin() + 1));
  // A RADIUS server computes as we would.
  CountingEntropy none;
  const auto form = make_chap_form(GetParam(), none);
  const ChapQuestion asked{question.identifier, question.challenge};
  ASSERT_TRUE(form->accepts(asked, question.name, question.response, Secret("secret")));
  wait(seconds(25));
  server.provide_verdict(now(), {true, form->success(asked, question.name, question.response,
                                                     Secret("secret"))});
  to_client();
  EXPECT_TRUE(server_host.verdicts.back().good);
  EXPECT_TRUE(client_host.verdicts.back().good);
}

TEST_P(Forms, AnOwnerMayRefuse) {
  server_side.owner_judges = true;
  start();
  to_client();
  to_server();
  server.provide_verdict(now(), {.accepted = false});
  server.provide_verdict(now(), {.accepted = true});
  to_client();
  EXPECT_FALSE(server_host.verdicts.back().good);
  EXPECT_FALSE(client_host.verdicts.back().good);
  EXPECT_EQ(server_host.verdicts.size(), 1U);
}

/// What an owner that judges says stands; a secret is not asked for and not taken.
TEST_P(Forms, AVerdictThatNobodyAskedForIsIgnored) {
  start();
  server.provide_verdict(now(), {.accepted = true});
  to_client();
  to_server();
  server.provide_verdict(now(), {.accepted = true});
  EXPECT_TRUE(server_host.verdicts.empty());
}

// --- Names and sizes ----------------------------------------------------------------------------

TEST_P(Forms, TakesLongAndUnprintableNames) {
  client_side.user = std::string(254, '\x01') + '\xff';
  start();
  exchange();
  ASSERT_EQ(server_host.questions.size(), 1U);
  EXPECT_EQ(server_host.questions[0], "peer " + client_side.user);
  ASSERT_TRUE(server_host.verdicts.back().good);
  for (char c : server_host.verdicts.back().name) EXPECT_EQ(c, '.');
}

/// Challenges of no or of another length than the form has are no challenges (oFono took any).
TEST_P(Forms, ChallengesOfAWrongSizeAreDropped) {
  client.start(now());
  const std::size_t right = make_chap_form(GetParam(), server_entropy)->challenge_size();
  for (std::size_t size : {0UL, 1UL, 7UL, 8UL, 9UL, 15UL, 16UL, 17UL, 255UL}) {
    const std::size_t before = client_host.sent.size();
    client.receive(now(), packet(1, static_cast<unsigned>(size),
                                 counted(Octets(size)) + octets("ac")));
    const bool fits = GetParam() == ChapAlgorithm::md5 ? size > 0 : size == right;
    EXPECT_EQ(client_host.sent.size() - before, fits ? 1U : 0U) << size;
  }
  // Longer than the packet that carries it.
  client.receive(now(), packet(1, 99, octets({255, 1, 2, 3})));
  EXPECT_EQ(client_host.drops.back(), Drop::malformed);
}

TEST_P(Forms, ResponsesOfAWrongSizeAreDropped) {
  start();
  const unsigned identifier = server_host.sent[0].identifier();
  const std::size_t right = make_chap_form(GetParam(), server_entropy)->response_size();
  for (std::size_t size : {0UL, 1UL, 15UL, 16UL, 17UL, 48UL, 49UL, 50UL, 255UL}) {
    if (size == right) continue;
    server.receive(now(), packet(2, identifier, counted(Octets(size)) + octets("bob")));
    EXPECT_EQ(server_host.drops.back(), Drop::malformed) << size;
  }
  EXPECT_TRUE(server_host.questions.empty());
  to_client();
  to_server();
  EXPECT_EQ(server_host.questions.size(), 1U) << "none of them counted as an answer";
}

TEST_P(Forms, EverySingleWrongBitIsRefused) {
  start();
  to_client();
  const Octets right = client_host.sent.back().octets;
  const std::size_t size = at(right, 4);
  for (std::size_t bit = 0; bit < 8 * size; ++bit) {
    FakeHost theirs;
    CountingEntropy same;
    ChapServer checker(GetParam(), server_side, same, theirs);
    checker.start({});
    Octets wrong = right;
    wrong[5 + bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    checker.receive({}, wrong);
    checker.provide_secret({}, Secret("secret"));
    const std::size_t octet = bit / 8;
    // MS-CHAP: what is no part of the proof is the LAN Manager response, reserved octets and flags.
    const bool matters = GetParam() == ChapAlgorithm::md5 || (octet >= 24 && octet < 48) ||
                         (is_v2() && octet < 16);
    ASSERT_EQ(theirs.verdicts.size(), 1U);
    EXPECT_TRUE(!matters || !theirs.verdicts[0].good) << bit;
  }
}

std::string name_of(const testing::TestParamInfo<ChapAlgorithm>& parameter) {
  static const char* const names[] = {"md5", "mschap", "mschap_v2"};
  return names[static_cast<int>(parameter.param)];
}

INSTANTIATE_TEST_SUITE_P(Chap, Forms,
                         testing::Values(ChapAlgorithm::md5, ChapAlgorithm::mschap,
                                         ChapAlgorithm::mschap_v2),
                         name_of);

// --- What only the MS-CHAPs say -----------------------------------------------------------------

class Retry : public testing::TestWithParam<ChapAlgorithm> {
 protected:
  /// A client whose first Response was refused with `message`.
  void refuse(const std::string& message) {
    client.start(host.now);
    client.receive(host.now, packet(1, 7, counted(challenge) + octets("server")));
    if (!config.password) client.provide_secret(host.now, Secret("first"));
    client.receive(host.now, packet(4, 7, octets(message)));
  }
  std::size_t size() const { return GetParam() == ChapAlgorithm::mschap ? 8 : 16; }

  AuthConfig config = [] {
    AuthConfig made;
    made.user = "bob";
    return made;
  }();
  FakeHost host;
  CountingEntropy entropy;
  ChapClient client{GetParam(), config, entropy, host};
  Octets challenge = Octets(size(), std::byte{0xf0});
};

/// "disables short timeouts, expecting the peer to prompt the user for new credentials and resubmit
/// the response" (RFC 2759 section 6), with the identifier that follows (its section 10.2).
TEST_P(Retry, AnotherSecretIsTriedWithTheNewChallenge) {
  const std::string digits(2 * size(), '5');
  refuse("E=691 R=1 C=" + digits + " V=3 M=Try again");
  EXPECT_TRUE(host.verdicts.empty());
  ASSERT_EQ(host.questions.size(), 2U);
  pass(host, client, seconds(30));
  EXPECT_EQ(host.sent.size(), 1U) << "no short timeouts";
  client.provide_secret(host.now, Secret("second"));
  ASSERT_EQ(host.sent.size(), 2U);
  EXPECT_EQ(host.sent[1].identifier(), 8U);
  const Octets data = host.sent[1].data();
  const Octets value(data.begin() + 1, data.begin() + 50);
  const auto form = make_chap_form(GetParam(), entropy);
  EXPECT_TRUE(form->accepts({8, from_hex(digits)}, "bob", value, Secret("second")));
}

/// "If it is not present, ... the previous challenge value plus decimal 23 in the first octet"
/// (RFC 2433 section 7)
TEST_P(Retry, WithoutANewChallengeTheOldOneIsUsed) {
  refuse("E=691 R=1");
  client.provide_secret(host.now, Secret("second"));
  ASSERT_EQ(host.sent.size(), 2U);
  Octets expected = challenge;
  if (GetParam() == ChapAlgorithm::mschap) expected[0] = std::byte{0x07};  // 0xf0 + 23
  const Octets data = host.sent[1].data();
  const auto form = make_chap_form(GetParam(), entropy);
  EXPECT_TRUE(form->accepts({8, expected}, "bob", Octets(data.begin() + 1, data.begin() + 50),
                            Secret("second")));
}

TEST_P(Retry, TheOwnerIsNotAskedForEver) {
  refuse("E=691 R=1");
  int rounds = 0;
  while (host.verdicts.empty() && ++rounds < 20) {
    client.provide_secret(host.now, Secret("again"));
    client.receive(host.now, packet(4, host.sent.back().identifier(), octets("E=691 R=1")));
  }
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_LE(host.questions.size(), 5U);
}

/// A password of the configuration is the only one there is.
TEST_P(Retry, AConfiguredPasswordIsNotTriedTwice) {
  config.password = Secret("fixed");
  refuse("E=691 R=1 M=Access denied");
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_EQ(host.verdicts[0].failure, Failure::explained);
  EXPECT_NE(host.verdicts[0].message.find("Access denied"), std::string::npos);
}

/// Changing passwords is refused, and the user is told so.
TEST_P(Retry, AnExpiredPasswordIsAnEndInWords) {
  refuse("E=648 R=0 C=" + std::string(2 * size(), '0') + " V=3 M=Password expired");
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_FALSE(host.verdicts[0].good);
  EXPECT_NE(host.verdicts[0].message.find("expired"), std::string::npos);
  EXPECT_NE(host.verdicts[0].message.find("changes no passwords"), std::string::npos);
}

TEST_P(Retry, WordsWithoutACodeAreToldAsTheyAre) {
  refuse("go away\x07");
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_EQ(host.verdicts[0].failure, Failure::refused);
  EXPECT_EQ(host.verdicts[0].message, "go away.");
}

INSTANTIATE_TEST_SUITE_P(Chap, Retry,
                         testing::Values(ChapAlgorithm::mschap, ChapAlgorithm::mschap_v2), name_of);

}  // namespace
}  // namespace tunppp::auth::test
