// PAP, RFC 1334 section 2, both sides.
#include "auth/pap.h"

#include <gtest/gtest.h>

#include "auth/auth_bench.h"
#include "base/protocol.h"

namespace tunppp::auth::test {
namespace {

AuthConfig with_password(std::string_view password = "secret") {
  AuthConfig config;
  config.user = "bob";
  config.password = Secret(password);
  return config;
}

// --- The client -------------------------------------------------------------------------------

TEST(PapClient, SendsNameAndPassword) {
  FakeHost host;
  const AuthConfig config = with_password();
  PapClient client(config, host);
  client.start(host.now);
  ASSERT_EQ(host.sent.size(), 1U);
  EXPECT_EQ(host.protocol, protocol::pap);
  EXPECT_EQ(host.sent[0].octets,
            packet(1, host.sent[0].identifier(), counted("bob") + counted("secret")));
  client.receive(host.now, packet(2, host.sent[0].identifier(), counted("welcome")));
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_TRUE(host.verdicts[0].good);
  EXPECT_FALSE(host.verdicts[0].of_peer);
  EXPECT_EQ(host.verdicts[0].name, "bob");
  EXPECT_EQ(host.verdicts[0].message, "welcome");
  EXPECT_EQ(client.next_timeout(), std::nullopt);
}

TEST(PapClient, EmptyAndLongestCredentialsFit) {
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{255}}) {
    FakeHost host;
    AuthConfig config = with_password(std::string(size, 'p'));
    config.user = std::string(size, 'u');
    PapClient client(config, host);
    client.start(host.now);
    ASSERT_EQ(host.sent.size(), 1U);
    EXPECT_EQ(host.sent[0].data(),
              counted(std::string(size, 'u')) + counted(std::string(size, 'p')));
  }
}

TEST(PapClient, IsRefusedWithThePeersWords) {
  FakeHost host;
  const AuthConfig config = with_password();
  PapClient client(config, host);
  client.start(host.now);
  client.receive(host.now, packet(3, host.sent[0].identifier(), counted("go\x07 away")));
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_FALSE(host.verdicts[0].good);
  EXPECT_EQ(host.verdicts[0].failure, Failure::refused);
  EXPECT_EQ(host.verdicts[0].message, "go. away");
  pass(host, client, seconds(100));
  EXPECT_EQ(host.sent.size(), 1U);
  EXPECT_EQ(host.verdicts.size(), 1U);
}

TEST(PapClient, TakesAnswersWhoseMessageIsMissingOrCut) {
  for (const Octets& data : {Octets{}, octets({0}), octets({200, 'h', 'i'}), counted("hi")}) {
    FakeHost host;
    const AuthConfig config = with_password();
    PapClient client(config, host);
    client.start(host.now);
    client.receive(host.now, packet(2, host.sent[0].identifier(), data));
    ASSERT_EQ(host.verdicts.size(), 1U);
    EXPECT_TRUE(host.verdicts[0].good);
  }
}

/// "The Identifier field MUST be changed each time an Authenticate-Request packet is issued."
TEST(PapClient, RepeatsWithNewIdentifiersThenGivesUp) {
  FakeHost host;
  const AuthConfig config = with_password();
  PapClient client(config, host);
  client.start(host.now);
  pass(host, client, seconds(1000));
  ASSERT_EQ(host.sent.size(), config.max_tries);
  for (std::size_t i = 1; i < host.sent.size(); ++i) {
    EXPECT_NE(host.sent[i].identifier(), host.sent[i - 1].identifier());
    EXPECT_EQ(host.sent[i].when - host.sent[i - 1].when, config.retry);
  }
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_EQ(host.verdicts[0].failure, Failure::timeout);
  EXPECT_EQ(host.verdicts[0].when - Instant{}, config.max_tries * config.retry);
}

TEST(PapClient, TakesNoLongerThanTheTimeAllowed) {
  FakeHost host;
  AuthConfig config = with_password();
  config.timeout = seconds(10);
  PapClient client(config, host);
  client.start(host.now);
  pass(host, client, seconds(1000));
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_EQ(host.verdicts[0].when - Instant{}, config.timeout);
}

TEST(PapClient, TheOwnersAnswerCountsIntoTheTimeAllowed) {
  FakeHost host;
  AuthConfig config;
  config.user = "bob";
  PapClient client(config, host);
  client.start(host.now);
  EXPECT_EQ(host.questions, std::vector<std::string>{"us bob"});
  EXPECT_TRUE(host.sent.empty());
  pass(host, client, Duration(config.timeout) - seconds(5));
  client.provide_secret(host.now, Secret("late"));
  ASSERT_EQ(host.sent.size(), 1U);
  pass(host, client, seconds(1000));
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_EQ(host.verdicts[0].failure, Failure::timeout);
  EXPECT_EQ(host.verdicts[0].when - Instant{}, config.timeout);
}

TEST(PapClient, AnOwnerThatIsSilentOrHasNothingIsTold) {
  AuthConfig config;
  {
    FakeHost host;
    PapClient client(config, host);
    client.start(host.now);
    pass(host, client, config.timeout);
    ASSERT_EQ(host.verdicts.size(), 1U);
    EXPECT_EQ(host.verdicts[0].failure, Failure::timeout);
    client.provide_secret(host.now, Secret("too late"));
    EXPECT_TRUE(host.sent.empty());
  }
  {
    FakeHost host;
    PapClient client(config, host);
    client.start(host.now);
    client.refuse_secret(host.now);
    client.refuse_secret(host.now);
    client.provide_secret(host.now, Secret("changed my mind"));
    EXPECT_TRUE(host.sent.empty());
    EXPECT_EQ(host.verdicts.size(), 1U);
  }
}

/// On a slow line the answer to the first try arrives after the second has left.
TEST(PapClient, AnAnswerToAFormerTryIsAnAnswer) {
  FakeHost host;
  const AuthConfig config = with_password();
  PapClient client(config, host);
  client.start(host.now);
  pass(host, client, 2 * config.retry);
  ASSERT_EQ(host.sent.size(), 3U);
  client.receive(host.now, packet(2, host.sent[0].identifier(), counted("")));
  EXPECT_EQ(host.verdicts.size(), 1U);
}

TEST(PapClient, DropsWhatIsNoAnswer) {
  FakeHost host;
  const AuthConfig config = with_password();
  PapClient client(config, host);
  client.start(host.now);
  const unsigned identifier = host.sent[0].identifier();
  const std::vector<Octets> wrong{
      packet(2, identifier + 1, counted("")), packet(2, identifier - 1, counted("")),
      packet(3, identifier + 7, counted("")), packet(4, identifier), packet(0, identifier),
      packet(255, identifier)};
  for (const Octets& octets : wrong) client.receive(host.now, octets);
  EXPECT_EQ(host.drops, std::vector<Drop>(wrong.size(), Drop::unexpected));
  for (const Octets& octets : {octets({2}), octets({2, identifier, 0, 3}),
                               octets({2, identifier, 0, 9, 1})}) {
    client.receive(host.now, octets);
  }
  EXPECT_EQ(host.drops.size(), wrong.size() + 3);
  EXPECT_EQ(host.drops.back(), Drop::malformed);
  EXPECT_TRUE(host.verdicts.empty());
}

TEST(PapClient, TheFirstVerdictStays) {
  FakeHost host;
  const AuthConfig config = with_password();
  PapClient client(config, host);
  client.start(host.now);
  client.receive(host.now, packet(2, host.sent[0].identifier(), counted("")));
  client.receive(host.now, packet(3, host.sent[0].identifier(), counted("")));
  EXPECT_EQ(host.verdicts.size(), 1U);
  EXPECT_EQ(host.drops, std::vector<Drop>{Drop::unexpected});
}

// --- The server -------------------------------------------------------------------------------

Octets request(unsigned identifier, std::string_view name = "bob",
               std::string_view password = "secret") {
  return packet(1, identifier, counted(name) + counted(password));
}

TEST(PapServer, AsksTheOwnerAndAcknowledges) {
  FakeHost host;
  const AuthConfig config;
  PapServer server(config, host);
  server.start(host.now);
  EXPECT_TRUE(host.sent.empty());
  server.receive(host.now, request(9));
  EXPECT_EQ(host.questions, std::vector<std::string>{"peer bob"});
  server.provide_secret(host.now, Secret("secret"));
  ASSERT_EQ(host.sent.size(), 1U);
  EXPECT_EQ(host.sent[0].code(), 2U);
  EXPECT_EQ(host.sent[0].identifier(), 9U);
  EXPECT_EQ(at(host.sent[0].data(), 0), host.sent[0].data().size() - 1) << "Msg-Length";
  ASSERT_EQ(host.verdicts.size(), 1U);
  EXPECT_TRUE(host.verdicts[0].good);
  EXPECT_TRUE(host.verdicts[0].of_peer);
  EXPECT_EQ(host.verdicts[0].name, "bob");
  EXPECT_EQ(server.next_timeout(), std::nullopt);
}

TEST(PapServer, RefusesEveryOtherPassword) {
  for (std::string_view password : {"", "s", "secre", "secret ", "Secret", "secrets"}) {
    FakeHost host;
    const AuthConfig config;
    PapServer server(config, host);
    server.start(host.now);
    server.receive(host.now, request(9, "bob", password));
    server.provide_secret(host.now, Secret("secret"));
    EXPECT_EQ(host.sent.back().code(), 3U);
    EXPECT_FALSE(host.verdicts.back().good);
    EXPECT_EQ(host.verdicts.back().message.find("secret \""), std::string::npos);
  }
}

TEST(PapServer, RefusesANameThatTheOwnerDoesNotKnow) {
  FakeHost host;
  const AuthConfig config;
  PapServer server(config, host);
  server.start(host.now);
  server.receive(host.now, request(9, "mallory"));
  server.refuse_secret(host.now);
  EXPECT_EQ(host.sent.back().code(), 3U);
  EXPECT_FALSE(host.verdicts.back().good);
}

/// "The authenticator MUST allow repeated Authenticate-Request packets after completing the
/// Authentication phase ... MUST return the same reply Code" (section 2.2.1).
TEST(PapServer, RepeatedRequestsGetTheSameReply) {
  for (bool good : {true, false}) {
    FakeHost host;
    const AuthConfig config;
    PapServer server(config, host);
    server.start(host.now);
    server.receive(host.now, request(1));
    server.provide_secret(host.now, Secret(good ? "secret" : "other"));
    for (unsigned identifier : {1U, 2U, 200U}) {
      // Even with other credentials: the verdict was given.
      server.receive(host.now, request(identifier, "bob", good ? "wrong" : "other"));
      EXPECT_EQ(host.sent.back().code(), good ? 2U : 3U);
      EXPECT_EQ(host.sent.back().identifier(), identifier);
    }
    EXPECT_EQ(host.verdicts.size(), 1U);
    EXPECT_EQ(host.questions.size(), 1U);
  }
}

TEST(PapServer, RequestsWhileTheOwnerThinksAreAnsweredWithTheLatestIdentifier) {
  FakeHost host;
  const AuthConfig config;
  PapServer server(config, host);
  server.start(host.now);
  for (unsigned identifier : {1U, 2U, 3U}) server.receive(host.now, request(identifier));
  EXPECT_EQ(host.questions.size(), 1U);
  EXPECT_TRUE(host.sent.empty());
  server.provide_secret(host.now, Secret("secret"));
  ASSERT_EQ(host.sent.size(), 1U);
  EXPECT_EQ(host.sent[0].identifier(), 3U);
}

TEST(PapServer, EndsWithinTheTimeAllowed) {
  AuthConfig config;
  config.timeout = seconds(17);
  for (bool asked : {false, true}) {
    FakeHost host;
    PapServer server(config, host);
    server.start(host.now);
    pass(host, server, seconds(3));
    if (asked) server.receive(host.now, request(1));
    pass(host, server, seconds(1000));
    ASSERT_EQ(host.verdicts.size(), 1U);
    EXPECT_EQ(host.verdicts[0].failure, Failure::timeout);
    EXPECT_EQ(host.verdicts[0].when - Instant{}, config.timeout);
    EXPECT_EQ(host.verdicts[0].message.find("no PAP request came") == std::string::npos, asked)
        << host.verdicts[0].message;
    server.provide_secret(host.now, Secret("secret"));
    EXPECT_TRUE(host.sent.empty()) << "too late";
  }
}

TEST(PapServer, DropsMalformedRequests) {
  FakeHost host;
  const AuthConfig config;
  PapServer server(config, host);
  server.start(host.now);
  const std::vector<Octets> bad{
      packet(1, 1),
      packet(1, 1, octets({3, 'b', 'o'})),
      packet(1, 1, counted("bob")),
      packet(1, 1, counted("bob") + octets({7, 's'})),
      packet(1, 1, octets({255})),
      octets({1, 1, 0, 99, 0, 0}),
  };
  for (const Octets& octets : bad) server.receive(host.now, octets);
  EXPECT_EQ(host.drops, std::vector<Drop>(bad.size(), Drop::malformed));
  EXPECT_TRUE(host.questions.empty());
  EXPECT_TRUE(host.sent.empty());
}

TEST(PapServer, NamesArePrintableForPeopleAndExactForTheOwner) {
  FakeHost host;
  const AuthConfig config;
  PapServer server(config, host);
  server.start(host.now);
  server.receive(host.now, request(1, std::string_view("b\0b\x1b", 4)));
  EXPECT_EQ(host.questions[0], std::string("peer b\0b\x1b", 9));
  server.provide_secret(host.now, Secret("secret"));
  EXPECT_EQ(host.verdicts[0].name, "b.b.");
}

// --- Words --------------------------------------------------------------------------------------

TEST(PapWords, NeverHoldThePassword) {
  EXPECT_EQ(describe_pap(request(1)), "PAP AuthReq id=1 user=\"bob\" password=***");
  EXPECT_EQ(describe_pap(request(1, "bob", "")), describe_pap(request(1))) << "nor its length";
  EXPECT_EQ(describe_pap(packet(2, 1, counted("hi"))), "PAP AuthAck id=1 \"hi\"");
  EXPECT_EQ(describe_pap(packet(3, 1, counted("no"))), "PAP AuthNak id=1 \"no\"");
  EXPECT_EQ(describe_pap(packet(9, 1)), "PAP code 9 id=1");
  EXPECT_EQ(describe_pap(octets({1})), "PAP (malformed)");
  const Octets whole = request(1);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Bytes cut = Bytes(whole).first(size);
    EXPECT_EQ(describe_pap(cut).find("secret"), std::string::npos);
    // Also where Length is right but a length inside is not.
    Octets shorter = copy(cut);
    if (size >= 4) shorter[3] = static_cast<std::byte>(size);
    EXPECT_EQ(describe_pap(shorter).find("sec"), std::string::npos);
  }
}

}  // namespace
}  // namespace tunppp::auth::test
