// How messages of TLS are cut and joined: RFC 5216 sections 2.1.5 and 3.1.
#include <gtest/gtest.h>

#include "auth/eap_bench.h"
#include "auth/eap_tls.h"
#include "auth/eap_tls_fragments.h"

namespace tunppp::auth::test {
namespace {

using Result = EapTlsReceiver::Result;

Octets numbered(std::size_t count) {
  Octets out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::byte>(i % 251);
  return out;
}

Result receive(EapTlsReceiver& receiver, const Octets& data) {
  const auto view = EapTlsView::parse(data);
  return view ? receiver.receive(*view) : Result::wrong;
}

TEST(EapTlsFragments, AShortMessageIsOnePacketWithoutALength) {
  EapTlsSender sender(100);
  sender.take(numbered(99));
  EXPECT_EQ(sender.next(), octets({0}) + numbered(99));
  EXPECT_FALSE(sender.pending());
}

TEST(EapTlsFragments, ALongOneHasItsLengthInTheFirst) {
  EapTlsSender sender(100);
  const Octets message = numbered(250);
  sender.take(message);
  EXPECT_EQ(sender.next(),
            octets({0xc0, 0, 0, 0, 250}) + Octets(message.begin(), message.begin() + 95));
  EXPECT_EQ(sender.next(), octets({0x40}) + Octets(message.begin() + 95, message.begin() + 194));
  EXPECT_EQ(sender.next(), octets({0x00}) + Octets(message.begin() + 194, message.end()));
  EXPECT_FALSE(sender.pending());
}

TEST(EapTlsFragments, ComeOutAsTheyWentIn) {
  for (const std::size_t room : {7U, 100U, 291U, 1495U}) {
    for (const std::size_t size : {1UL, room - 2, room - 1, room, room + 1, 2 * room, 65536UL}) {
      EapTlsSender sender(room);
      EapTlsReceiver receiver;
      sender.take(numbered(size));
      Result result = Result::more;
      while (sender.pending()) {
        ASSERT_EQ(result, Result::more);
        const auto part = sender.next();
        ASSERT_LE(part.size(), room);
        result = receive(receiver, part);
      }
      EXPECT_EQ(result, Result::complete);
      EXPECT_EQ(receiver.take(), numbered(size));
    }
  }
}

TEST(EapTlsFragments, ALengthInEachIsFineIfItIsTheSame) {
  EapTlsReceiver receiver;
  EXPECT_EQ(receive(receiver, octets({0xc0, 0, 0, 0, 4, 1, 2})), Result::more);
  EXPECT_EQ(receive(receiver, octets({0x80, 0, 0, 0, 4, 3, 4})), Result::complete);
  EXPECT_EQ(receiver.take(), octets({1, 2, 3, 4}));
  EXPECT_EQ(receive(receiver, octets({0x00, 9})), Result::complete) << "the next message";
  EXPECT_EQ(receiver.take(), octets({9}));
}

TEST(EapTlsFragments, WithoutALengthTheLastOneEndsIt) {
  EapTlsReceiver receiver;
  EXPECT_EQ(receive(receiver, octets({0x40, 1})), Result::more);
  EXPECT_EQ(receive(receiver, octets({0x00, 2})), Result::complete);
}

TEST(EapTlsFragments, ReservedFlagsAreIgnored) {
  EapTlsReceiver receiver;
  EXPECT_EQ(receive(receiver, octets({0x1f, 1})), Result::complete);
}

TEST(EapTlsFragments, LengthsThatDoNotAgreeAreWrong) {
  const std::vector<std::vector<Octets>> wrong{
      {octets({0xc0, 0, 0, 0, 4, 1}), octets({0x80, 0, 0, 0, 5, 2, 3, 4})},  // changes
      {octets({0xc0, 0, 0, 0, 4, 1}), octets({0x00, 2, 3})},                 // too short
      {octets({0xc0, 0, 0, 0, 2, 1}), octets({0x40, 2, 3})},                 // too long
      {octets({0xc0, 0, 0, 0, 4})},                                          // empty
      {octets({0x40, 1}), octets({0x40})},
      {octets({0xc0, 0, 1, 0, 1, 1})},        // one octet more than the limit
      {octets({0xc0, 255, 255, 255, 255, 1})},
  };
  for (const auto& parts : wrong) {
    EapTlsReceiver receiver;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      EXPECT_EQ(receive(receiver, parts[i]), Result::more);
    }
    EXPECT_EQ(receive(receiver, parts.back()), Result::wrong);
    EXPECT_FALSE(receiver.words().empty());
  }
}

TEST(EapTlsFragments, NobodyMakesUsKeepMoreThanTheLimit) {
  EapTlsReceiver receiver;
  const Octets part = octets({0x40}) + Octets(1400);
  int parts = 0;
  while (receive(receiver, part) == Result::more) ASSERT_LT(++parts, 1000);
  EXPECT_EQ(parts, 64 * 1024 / 1400);
}

TEST(EapTlsFragments, CutHeadersAreMalformed) {
  EXPECT_FALSE(EapTlsView::parse({}));
  for (const Octets& cut : {octets({0x80}), octets({0x80, 0, 0, 0}), octets({0xc0, 1})}) {
    EXPECT_FALSE(EapTlsView::parse(cut));
  }
}

// --- What the sides make of them -----------------------------------------------------------------

class TlsSide : public testing::Test {
 protected:
  SeededEntropy entropy{5};
  TlsConfig client_config = certificate("client");
  TlsConfig server_config = certificate("server");
  std::unique_ptr<EapMethod> client = make_eap_tls_peer(client_config, 1500, entropy);
  std::unique_ptr<EapMethod> server = make_eap_tls_server(server_config, 1500, entropy);
};

TEST_F(TlsSide, TheServerStartsWithTheStartFlagAlone) {
  EXPECT_EQ(server->start({}, 1).data, octets({0x20}));
}

TEST_F(TlsSide, TheClientSaysNothingBeforeTheStart) {
  EXPECT_EQ(client->receive({}, 1, octets({0})).kind, EapAnswer::Kind::discard);
  EXPECT_EQ(client->receive({}, 1, octets({0, 22, 3, 3})).kind, EapAnswer::Kind::discard);
  EXPECT_EQ(client->receive({}, 1, {}).kind, EapAnswer::Kind::discard);
  const auto hello = client->receive({}, 1, octets({0x20}));
  ASSERT_EQ(hello.kind, EapAnswer::Kind::send);
  EXPECT_EQ(at(hello.data, 1), 22U) << "a handshake record";
  EXPECT_EQ(client->receive({}, 2, octets({0x20})).kind, EapAnswer::Kind::discard) << "once";
}

TEST_F(TlsSide, NoiseEndsTheHandshakeOnBothSides) {
  client->receive({}, 1, octets({0x20}));
  const auto alert = client->receive({}, 2, octets({0}) + octets("HTTP/1.1 400 Bad Request"));
  EXPECT_EQ(alert.kind, EapAnswer::Kind::send);
  EXPECT_EQ(client->state(), EapMethod::State::distrusted);
  server->start({}, 1);
  const auto answer = server->receive({}, 1, octets({0}) + octets("GET / HTTP/1.1"));
  EXPECT_EQ(server->state(), EapMethod::State::refused);
  EXPECT_NE(answer.kind, EapAnswer::Kind::discard);
}

TEST_F(TlsSide, AClientThatSaysNothingIsRefused) {
  server->start({}, 1);
  EXPECT_EQ(server->receive({}, 1, octets({0})).kind, EapAnswer::Kind::finished);
  EXPECT_EQ(server->state(), EapMethod::State::refused);
  EXPECT_EQ(server->words(), "it has no TLS message for us");
}

TEST_F(TlsSide, AMessageThatIsTooLongIsRefusedAtItsFirstFragment) {
  server->start({}, 1);
  EXPECT_EQ(server->receive({}, 1, octets({0xc0, 0, 2, 0, 0, 22})).kind,
            EapAnswer::Kind::finished);
  EXPECT_EQ(server->words(),
            "its TLS message is unusable: it has 131072 octets, and 65536 is the limit");
}

TEST_F(TlsSide, FragmentsAreAcknowledgedByNothing) {
  server->start({}, 1);
  EXPECT_EQ(server->receive({}, 1, octets({0xc0, 0, 0, 0, 100, 22, 3, 1})).data, octets({0}));
}

}  // namespace
}  // namespace tunppp::auth::test
