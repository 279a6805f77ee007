// CHAP with MD5, RFC 1994, both sides.
#include "auth/chap.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "auth/auth_bench.h"
#include "crypto/md5.h"
#include "base/protocol.h"

namespace tunppp::auth::test {
namespace {

struct Vector {
  unsigned identifier;
  Octets secret, challenge, response;
};

std::vector<Vector> vectors() {
  std::ifstream in(TUNPPP_SOURCE_DIR "/tests/data/chap_md5.vec");
  std::vector<Vector> out;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string identifier, secret, challenge, response;
    if (line.empty() || line[0] == '#' || line.rfind("md5", 0) == 0) continue;
    words >> identifier >> secret >> challenge >> response;
    out.push_back({static_cast<unsigned>(std::stoul(identifier, nullptr, 16)), from_hex(secret),
                   from_hex(challenge), from_hex(response)});
  }
  EXPECT_GE(out.size(), 5U);
  return out;
}

Octets challenge(unsigned identifier, const Octets& value, std::string_view name = "server") {
  return packet(1, identifier, counted(value) + octets(name));
}
Octets response(unsigned identifier, const Octets& value, std::string_view name = "bob") {
  return packet(2, identifier, counted(value) + octets(name));
}
Octets right_response(const Sent& challenge, std::string_view secret,
                      std::string_view name = "bob") {
  const Octets data = challenge.data();
  const auto size = at(data, 0);
  const Octets value(data.begin() + 1, data.begin() + 1 + static_cast<std::ptrdiff_t>(size));
  const Octets id{static_cast<std::byte>(challenge.identifier())};
  const auto digest = crypto::md5({id, octets(secret), value});
  return response(challenge.identifier(), copy(digest), name);
}

CountingEntropy no_dice;  // a client of MD5 draws none

TEST(Md5, AgreesWithTheTestSuiteOfRfc1321) {
  std::ifstream in(TUNPPP_SOURCE_DIR "/tests/data/chap_md5.vec");
  int count = 0;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string tag, message, digest;
    words >> tag >> message >> digest;
    if (tag != "md5") continue;
    const Octets octets = message == "-" ? Octets{} : from_hex(message);
    EXPECT_EQ(copy(crypto::md5({octets})), from_hex(digest));
    ++count;
  }
  EXPECT_EQ(count, 4);
}

// --- The client -------------------------------------------------------------------------------

AuthConfig with_password(std::string_view password = "secret") {
  AuthConfig config;
  config.user = "bob";
  config.password = Secret(password);
  return config;
}

TEST(ChapClient, RespondsAsTheVectorsSay) {
  for (const Vector& vector : vectors()) {
    FakeHost host;
    AuthConfig config;
    config.user = "bob";
    config.password = Secret(Bytes(vector.secret));
    ChapClient client(ChapAlgorithm::md5, config, no_dice, host);
    client.start(host.now);
    client.receive(host.now, challenge(vector.identifier, vector.challenge));
    ASSERT_EQ(host.sent.size(), 1U);
    EXPECT_EQ(host.protocol, protocol::chap);
    EXPECT_EQ(host.sent[0].octets, response(vector.identifier, vector.response));
  }
}

TEST(ChapClient, SucceedsAndFailsWithThePeersWords) {
  for (bool good : {true, false}) {
    FakeHost host;
    const AuthConfig config = with_password();
    ChapClient client(ChapAlgorithm::md5, config, no_dice, host);
    client.start(host.now);
    client.receive(host.now, challenge(7, Octets(16)));
    client.receive(host.now, packet(good ? 3 : 4, 7, octets("well\x1b")));
    ASSERT_EQ(host.verdicts.size(), 1U);
    EXPECT_EQ(host.verdicts[0].good, good);
    EXPECT_EQ(host.verdicts[0].message, "well.");
    EXPECT_FALSE(host.verdicts[0].of_peer);
    EXPECT_EQ(client.next_timeout(), std::nullopt);
  }
}

/// Success and Failure are sent once; whoever lost them repeats the Response (section 4.2).
TEST(ChapClient, RepeatsItsResponseUntilThereIsAVerdict) {
  FakeHost host;
  const AuthConfig config = with_password();
  ChapClient client(ChapAlgorithm::md5, config, no_dice, host);
  client.start(host.now);
  pass(host, client, seconds(2));
  client.receive(host.now, challenge(7, Octets(16)));
  pass(host, client, 3 * config.retry);
  ASSERT_EQ(host.sent.size(), 4U);
  for (const Sent& sent : host.sent) EXPECT_EQ(sent.octets, host.sent[0].octets);
  client.receive(host.now, packet(3, 7));
  pass(host, client, seconds(1000));
  EXPECT_EQ(host.sent.size(), 4U);
  EXPECT_EQ(host.verdicts.size(), 1U);
}

TEST(ChapClient, GivesUpAfterItsTriesOrTheTimeAllowed) {
  for (const Duration timeout : {Duration(seconds(10)), Duration(seconds(60))}) {
    FakeHost host;
    AuthConfig config = with_password();
    config.timeout = timeout;
    ChapClient client(ChapAlgorithm::md5, config, no_dice, host);
    client.start(host.now);
    client.receive(host.now, challenge(7, Octets(16)));
    pass(host, client, seconds(1000));
    ASSERT_EQ(host.verdicts.size(), 1U);
    EXPECT_EQ(host.verdicts[0].failure, Failure::timeout);
    EXPECT_EQ(host.verdicts[0].when - Instant{},
              std::min(timeout, Duration(config.max_tries * config.retry)));
  }
}

TEST(ChapClient, GivesUpWhenNoChallengeComes) {
  FakeHost host;
  const AuthConfig config = with_password();
  ChapClient client(ChapAlgorithm::md5, config, no_dice, host);
  client.start(host.now);
  pass(host, client, seconds(1000));
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_EQ(host.verdicts[0].when - Instant{}, config.timeout);
  EXPECT_EQ(host.verdicts[0].message, "no CHAP challenge came");
}

TEST(ChapClient, AnswersTheLatestChallengeOnceTheOwnerHasSpoken) {
  FakeHost host;
  AuthConfig config;
  config.user = "bob";
  ChapClient client(ChapAlgorithm::md5, config, no_dice, host);
  client.start(host.now);
  client.receive(host.now, challenge(1, Octets(16, std::byte{1})));
  client.receive(host.now, challenge(2, Octets(16, std::byte{2})));
  EXPECT_EQ(host.questions, std::vector<std::string>{"us bob"});
  EXPECT_TRUE(host.sent.empty());
  client.provide_secret(host.now, Secret("secret"));
  client.provide_secret(host.now, Secret("another"));
  ASSERT_EQ(host.sent.size(), 1U);
  EXPECT_EQ(host.sent[0].identifier(), 2U);
}

TEST(ChapClient, AnswersChallengesInMidSession) {
  FakeHost host;
  const AuthConfig config = with_password();
  ChapClient client(ChapAlgorithm::md5, config, no_dice, host);
  client.start(host.now);
  client.receive(host.now, challenge(7, Octets(16)));
  client.receive(host.now, packet(3, 7));
  pass(host, client, seconds(1000));
  client.receive(host.now, challenge(8, Octets(16, std::byte{9})));
  EXPECT_EQ(host.sent.size(), 2U);
  EXPECT_EQ(client.next_timeout(), std::nullopt) << "no limit to a verdict in mid-session";
  client.receive(host.now, packet(3, 8));
  EXPECT_EQ(host.verdicts.size(), 1U) << "told once";
  client.receive(host.now, challenge(9, Octets(16)));
  client.receive(host.now, packet(4, 9));
  ASSERT_EQ(host.verdicts.size(), 2U);
  EXPECT_FALSE(host.verdicts[1].good);
}

TEST(ChapClient, DropsVerdictsThatAnswerNothing) {
  FakeHost host;
  const AuthConfig config = with_password();
  ChapClient client(ChapAlgorithm::md5, config, no_dice, host);
  client.start(host.now);
  client.receive(host.now, packet(3, 0));
  client.receive(host.now, packet(4, 0));
  client.receive(host.now, challenge(7, Octets(16)));
  client.receive(host.now, packet(3, 8));
  client.receive(host.now, packet(4, 6));
  client.receive(host.now, packet(2, 7, counted(Octets(16))));
  client.receive(host.now, packet(9, 7));
  EXPECT_EQ(host.drops, std::vector<Drop>(6, Drop::unexpected));
  EXPECT_TRUE(host.verdicts.empty());
}

TEST(ChapClient, DropsMalformedChallenges) {
  FakeHost host;
  const AuthConfig config = with_password();
  ChapClient client(ChapAlgorithm::md5, config, no_dice, host);
  client.start(host.now);
  const std::vector<Octets> bad{packet(1, 1), packet(1, 1, octets({0})),
                                packet(1, 1, octets({16, 1, 2})), packet(1, 1, octets({255})),
                                octets({1, 1, 0, 9, 1})};
  for (const Octets& octets : bad) client.receive(host.now, octets);
  EXPECT_EQ(host.drops, std::vector<Drop>(bad.size(), Drop::malformed));
  EXPECT_TRUE(host.sent.empty());
}

TEST(ChapClient, TakesTheLongestChallengeAndName) {
  FakeHost host;
  AuthConfig config = with_password();
  config.user = std::string(255, 'u');
  ChapClient client(ChapAlgorithm::md5, config, no_dice, host);
  client.start(host.now);
  client.receive(host.now, challenge(1, Octets(255, std::byte{1}), std::string(1200, 'n')));
  ASSERT_EQ(host.sent.size(), 1U);
  EXPECT_EQ(host.sent[0].octets.size(), 4U + 1 + 16 + 255);
}

// --- The server -------------------------------------------------------------------------------

class Server : public testing::Test {
 protected:
  void start() {
    server.start(host.now);
    ASSERT_EQ(host.sent.size(), 1U);
  }

  FakeHost host;
  AuthConfig config;
  CountingEntropy entropy;
  ChapServer server{ChapAlgorithm::md5, config, entropy, host};
};

TEST_F(Server, ChallengesAtOnceAndAcceptsTheRightResponse) {
  start();
  const Octets data = host.sent[0].data();
  EXPECT_EQ(host.sent[0].code(), 1U);
  EXPECT_EQ(at(data, 0), 16U);
  EXPECT_EQ(Octets(data.begin() + 17, data.end()), octets("tunppp"));
  server.receive(host.now, right_response(host.sent[0], "secret"));
  EXPECT_EQ(host.questions, std::vector<std::string>{"peer bob"});
  server.provide_secret(host.now, Secret("secret"));
  EXPECT_EQ(host.sent.back().code(), 3U);
  EXPECT_EQ(host.sent.back().identifier(), host.sent[0].identifier());
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_TRUE(host.verdicts[0].good && host.verdicts[0].of_peer);
  EXPECT_EQ(host.verdicts[0].name, "bob");
}

TEST_F(Server, RefusesAWrongSecret) {
  start();
  server.receive(host.now, right_response(host.sent[0], "guess"));
  server.provide_secret(host.now, Secret("secret"));
  EXPECT_EQ(host.sent.back().code(), 4U);
  EXPECT_FALSE(host.verdicts.back().good);
  EXPECT_EQ(host.verdicts.back().failure, Failure::refused);
}

TEST_F(Server, RefusesEverySingleWrongBit) {
  start();
  const Octets right = right_response(host.sent[0], "secret");
  for (std::size_t bit = 0; bit < 128; ++bit) {
    FakeHost other;
    CountingEntropy same;
    ChapServer fresh(ChapAlgorithm::md5, config, same, other);
    fresh.start(other.now);
    Octets wrong = right;
    wrong[5 + bit / 8] ^= std::byte{1} << static_cast<int>(bit % 8);
    fresh.receive(other.now, wrong);
    fresh.provide_secret(other.now, Secret("secret"));
    EXPECT_EQ(other.sent.back().code(), 4U) << bit;
  }
}

TEST_F(Server, RefusesANameThatTheOwnerDoesNotKnow) {
  start();
  server.receive(host.now, right_response(host.sent[0], "secret", "mallory"));
  server.refuse_secret(host.now);
  EXPECT_EQ(host.sent.back().code(), 4U);
  EXPECT_FALSE(host.verdicts.back().good);
}

/// "A secret has at least one octet" (section 2.3).
TEST_F(Server, AnEmptySecretProvesNothing) {
  start();
  server.receive(host.now, right_response(host.sent[0], ""));
  server.provide_secret(host.now, Secret(""));
  EXPECT_EQ(host.sent.back().code(), 4U);
}

TEST_F(Server, ChangesIdentifierAndChallengeEachTime) {
  start();
  pass(host, server, config.timeout);
  std::set<unsigned> identifiers;
  std::set<Octets> values;
  for (const Sent& sent : host.sent) {
    EXPECT_TRUE(identifiers.insert(sent.identifier()).second);
    EXPECT_TRUE(values.insert(sent.data()).second);
  }
  EXPECT_EQ(host.sent.size(), config.max_tries);
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_EQ(host.verdicts[0].failure, Failure::timeout);
  EXPECT_EQ(host.verdicts[0].when - Instant{}, config.max_tries * config.retry);
}

TEST_F(Server, KeepsToTheTimeAllowed) {
  config.timeout = seconds(7);
  start();
  pass(host, server, seconds(1000));
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_EQ(host.verdicts[0].when - Instant{}, seconds(7));
}

TEST_F(Server, AnOwnerThatIsSilentEndsItWithinTheTimeAllowed) {
  start();
  pass(host, server, seconds(5));
  server.receive(host.now, right_response(host.sent.back(), "secret"));
  const auto sent = host.sent.size();
  pass(host, server, seconds(1000));
  EXPECT_EQ(host.sent.size(), sent) << "no more challenges: the answer is there";
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_EQ(host.verdicts[0].when - Instant{}, config.timeout);
  server.provide_secret(host.now, Secret("secret"));
  EXPECT_EQ(host.verdicts.size(), 1U) << "too late";
  EXPECT_EQ(host.sent.size(), sent);
}

/// On a line with a long way the Response to a former Challenge comes after the next has left.
TEST_F(Server, TakesTheResponseToAFormerChallenge) {
  start();
  pass(host, server, 2 * config.retry);
  ASSERT_EQ(host.sent.size(), 3U);
  server.receive(host.now, right_response(host.sent[0], "secret"));
  server.provide_secret(host.now, Secret("secret"));
  EXPECT_EQ(host.sent.back().code(), 3U);
  EXPECT_EQ(host.sent.back().identifier(), host.sent[0].identifier());
}

TEST_F(Server, DropsResponsesToWhatItNeverAsked) {
  start();
  const unsigned identifier = host.sent[0].identifier();
  for (unsigned i = 0; i < 256; ++i) {
    if (i != identifier) server.receive(host.now, response(i, Octets(16)));
  }
  EXPECT_EQ(host.drops, std::vector<Drop>(255, Drop::unexpected));
  EXPECT_TRUE(host.questions.empty());
}

TEST_F(Server, DropsMalformedResponses) {
  start();
  const unsigned identifier = host.sent[0].identifier();
  const std::vector<Octets> bad{
      packet(2, identifier),
      packet(2, identifier, octets({0})),
      packet(2, identifier, octets({16, 1})),
      response(identifier, Octets(15)),
      response(identifier, Octets(17)),
      response(identifier, Octets(255)),
      octets({2, identifier, 0, 30, 16}),
  };
  for (const Octets& octets : bad) server.receive(host.now, octets);
  EXPECT_EQ(host.drops, std::vector<Drop>(bad.size(), Drop::malformed));
  EXPECT_TRUE(host.questions.empty());
}

/// "... MUST return the same reply Code previously returned for that specific Challenge" (4.1).
TEST_F(Server, RepeatedResponsesGetTheSameReply) {
  start();
  const Octets good = right_response(host.sent[0], "secret");
  server.receive(host.now, good);
  server.provide_secret(host.now, Secret("secret"));
  for (int i = 0; i < 3; ++i) {
    server.receive(host.now, i == 1 ? right_response(host.sent[0], "other") : good);
    EXPECT_EQ(host.sent.back().code(), 3U);
  }
  EXPECT_EQ(host.verdicts.size(), 1U);
  EXPECT_EQ(host.questions.size(), 1U);
}

TEST_F(Server, ARefusedPeerStaysRefused) {
  start();
  server.receive(host.now, right_response(host.sent[0], "guess"));
  server.provide_secret(host.now, Secret("secret"));
  server.receive(host.now, right_response(host.sent[0], "secret"));
  EXPECT_EQ(host.sent.back().code(), 4U);
  EXPECT_EQ(host.verdicts.size(), 1U);
}

TEST_F(Server, IdentifiersMayWrap) {
  entropy.last = 253;  // the first identifier is 255
  start();
  EXPECT_EQ(host.sent[0].identifier(), 255U);
  pass(host, server, config.retry);
  EXPECT_EQ(host.sent[1].identifier(), 0U);
  server.receive(host.now, right_response(host.sent[0], "secret"));
  server.provide_secret(host.now, Secret("secret"));
  EXPECT_EQ(host.sent.back().code(), 3U);
}

// --- Words --------------------------------------------------------------------------------------

TEST(ChapWords, DescribePackets) {
  EXPECT_EQ(describe_chap(challenge(1, Octets(16))),
            "CHAP Challenge id=1 <16 octets> name=\"server\"");
  EXPECT_EQ(describe_chap(response(2, Octets(16))), "CHAP Response id=2 <16 octets> name=\"bob\"");
  EXPECT_EQ(describe_chap(packet(3, 3, octets("hi"))), "CHAP Success id=3 \"hi\"");
  EXPECT_EQ(describe_chap(packet(4, 3, octets("no"))), "CHAP Failure id=3 \"no\"");
  EXPECT_EQ(describe_chap(packet(1, 3)), "CHAP Challenge id=3 (malformed)");
  EXPECT_EQ(describe_chap(packet(7, 3)), "CHAP code 7 id=3");
  EXPECT_EQ(describe_chap(octets({7})), "CHAP (malformed)");
}

}  // namespace
}  // namespace tunppp::auth::test
