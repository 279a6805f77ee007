// IPV6CP, RFC 5072: the interface identifiers of both ends, in every case of section 4.1.
#include "ipv6cp/ipv6cp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/octets.h"

namespace tunppp::ipv6cp {
namespace {

using namespace tunppp::test;
using std::chrono::seconds;

class FakeHost final : public cp::Host {
 public:
  void send_control(std::uint16_t protocol, Bytes packet) override {
    EXPECT_EQ(protocol, 0x8057);
    sent.push_back(copy(packet));
  }
  void layer_up(std::uint16_t) override { ++ups; }
  void layer_down(std::uint16_t) override { ++downs; }
  void layer_finished(std::uint16_t, cp::Finish finish) override { finished.push_back(finish); }
  void count(Drop) override {}

  std::vector<Octets> sent;
  int ups = 0;
  int downs = 0;
  std::vector<cp::Finish> finished;
};

/// Octets that the test says.
class FixedEntropy final : public Entropy {
 public:
  explicit FixedEntropy(std::uint8_t octet) : octet_(octet) {}
  void fill(MutableBytes out) override {
    std::fill(out.begin(), out.end(), std::byte{octet_});
    ++octet_;
  }

 private:
  std::uint8_t octet_;
};

Octets identifier(const char* text) {
  const auto parsed = tunppp::parse_identifier(text);
  Octets out = octets({1, 10});
  for (std::uint8_t octet : parsed.value().octets) out.push_back(std::byte{octet});
  return out;
}
const char* const zero = "0:0:0:0";

struct Bench {
  explicit Bench(Ipv6cpConfig config = {}, std::uint8_t random = 0xa0)
      : entropy(random), protocol(config, entropy, host) {
    protocol.open(now);
    protocol.up(now);
  }
  Octets request() const {
    const auto found = std::find_if(host.sent.rbegin(), host.sent.rend(),
                                    [](const Octets& one) { return at(one, 0) == 1; });
    return found == host.sent.rend() ? Octets() : *found;
  }
  Octets asked() const { return options(request()); }
  static Octets options(const Octets& packet) { return {packet.begin() + 4, packet.end()}; }
  void answer(unsigned code, const Octets& list) {
    protocol.receive(now, packet(code, at(request(), 1), list));
  }
  /// The code of the answer to a request, and its options.
  unsigned ask(const Octets& list) {
    protocol.receive(now, packet(1, ++peer_identifier, list));
    answered = options(host.sent.back());
    return at(host.sent.back(), 0);
  }
  void agree() {
    ask(identifier("0:0:0:99"));
    answer(2, asked());
  }

  Instant now{};
  FakeHost host;
  FixedEntropy entropy;
  Ipv6cp protocol;
  unsigned peer_identifier = 60;
  Octets answered;
};

Ipv6cpConfig with_local(const char* text) {
  Ipv6cpConfig config;
  config.local = tunppp::parse_identifier(text).value();
  return config;
}

TEST(Ipv6cp, AnInventedIdentifierHasNoUniversalBit) {
  for (unsigned random = 0; random < 256; ++random) {
    const Bench bench({}, static_cast<std::uint8_t>(random));
    ASSERT_EQ(bench.asked().size(), 10U);
    EXPECT_EQ(at(bench.asked(), 2) & 0x02, 0U) << random;
    EXPECT_FALSE(bench.protocol.local().is_zero()) << random;
  }
}

TEST(Ipv6cp, OpensWithBothIdentifiers) {
  Bench bench(with_local("2:5eff:fe00:5301"));
  EXPECT_EQ(bench.asked(), identifier("2:5eff:fe00:5301"));
  EXPECT_EQ(bench.ask(identifier("0:0:0:99")), 2U);
  bench.answer(2, bench.asked());
  ASSERT_TRUE(bench.protocol.opened());
  EXPECT_EQ(bench.host.ups, 1);
  EXPECT_EQ(to_string(bench.protocol.remote()), "0000:0000:0000:0099");
  EXPECT_EQ(to_string(link_local(bench.protocol.local())), "fe80::2:5eff:fe00:5301");
}

/// "If the two interface identifiers are equal and are not zero, Configure-Nak ... different"
TEST(Ipv6cp, EqualIdentifiersAreNakkedWithADifferentOne) {
  Bench bench(with_local("0:0:0:7"));
  ASSERT_EQ(bench.ask(identifier("0:0:0:7")), 3U);
  EXPECT_EQ(bench.answered.size(), 10U);
  EXPECT_NE(bench.answered, identifier("0:0:0:7"));
  EXPECT_NE(bench.answered, identifier(zero));
  EXPECT_EQ(at(bench.answered, 2) & 0x02, 0U);
  EXPECT_EQ(bench.ask(bench.answered), 2U);
}

TEST(Ipv6cp, ZeroIsNakkedWithASuggestion) {
  Bench bench(with_local("0:0:0:7"));
  ASSERT_EQ(bench.ask(identifier(zero)), 3U);
  EXPECT_NE(bench.answered, identifier(zero));
  EXPECT_NE(bench.answered, identifier("0:0:0:7"));
  Ipv6cpConfig config = with_local("0:0:0:7");
  config.remote = tunppp::parse_identifier("0:0:0:8").value();
  Bench other(config);
  ASSERT_EQ(other.ask(identifier(zero)), 3U);
  EXPECT_EQ(other.answered, identifier("0:0:0:8"));
}

TEST(Ipv6cp, ASuggestionIsNeverOurOwnIdentifier) {
  Ipv6cpConfig config = with_local("0:0:0:7");
  config.remote = config.local;
  Bench bench(config);
  ASSERT_EQ(bench.ask(identifier(zero)), 3U);
  EXPECT_NE(bench.answered, identifier("0:0:0:7"));
}

/// "If the two interface identifiers are equal to zero ... Configure-Reject"
TEST(Ipv6cp, BothZeroIsRejected) {
  Ipv6cpConfig config;
  config.ask = true;
  Bench bench(config);
  EXPECT_EQ(bench.asked(), identifier(zero));
  EXPECT_EQ(bench.ask(identifier(zero)), 4U);
  EXPECT_EQ(bench.answered, identifier(zero));
}

TEST(Ipv6cp, ASuggestedIdentifierIsTaken) {
  Bench bench;
  bench.answer(3, identifier("0:0:0:55"));
  EXPECT_EQ(bench.asked(), identifier("0:0:0:55"));
  bench.agree();
  EXPECT_EQ(to_string(bench.protocol.local()), "0000:0000:0000:0055");
}

TEST(Ipv6cp, ADemandedIdentifierIsKept) {
  Ipv6cpConfig config = with_local("0:0:0:7");
  config.accept_local = false;
  Bench bench(config);
  bench.answer(3, identifier("0:0:0:55"));
  EXPECT_EQ(bench.asked(), identifier("0:0:0:7"));
}

/// "If [it] is equal to the one in the last Configure-Nak sent to the peer" both have had the same
/// idea: a new one.
TEST(Ipv6cp, TheSuggestionThatWeMadeOurselvesIsNotTaken) {
  Bench bench(with_local("0:0:0:7"));
  ASSERT_EQ(bench.ask(identifier("0:0:0:7")), 3U);
  const Octets suggested = bench.answered;
  bench.answer(3, suggested);
  EXPECT_NE(bench.asked(), suggested);
  EXPECT_NE(bench.asked(), identifier(zero));
}

TEST(Ipv6cp, ZeroInANakMeansThatWeChooseAnew) {
  Bench bench(with_local("0:0:0:7"));
  bench.answer(3, identifier(zero));
  EXPECT_NE(bench.asked(), identifier(zero));
  EXPECT_NE(bench.asked(), identifier("0:0:0:7"));
}

TEST(Ipv6cp, ARejectedOptionIsNotAskedForAgain) {
  Bench bench(with_local("0:0:0:7"));
  bench.answer(4, identifier("0:0:0:7"));
  EXPECT_EQ(bench.asked(), Octets());
  bench.agree();
  ASSERT_TRUE(bench.protocol.opened());
  EXPECT_EQ(to_string(bench.protocol.local()), "0000:0000:0000:0007") << "ours all the same";
}

TEST(Ipv6cp, APeerThatNamesNoIdentifierHasNone) {
  Bench bench;
  EXPECT_EQ(bench.ask({}), 2U);
  bench.answer(2, bench.asked());
  ASSERT_TRUE(bench.protocol.opened());
  EXPECT_TRUE(bench.protocol.remote().is_zero());
}

TEST(Ipv6cp, CompressionAndWhatIsUnknownIsRejected) {
  for (const Octets& one : {octets({2, 4, 0, 0x61}), octets({1, 3, 0}), octets({9, 2})}) {
    Bench bench;
    EXPECT_EQ(bench.ask(one), 4U);
    EXPECT_EQ(bench.answered, one);
  }
}

/// A modem that is not ready: Naks that say nothing, and then one that does.
TEST(Ipv6cp, EmptyNaksAreWaitedOut) {
  Bench bench;
  const std::size_t before = bench.host.sent.size();
  bench.answer(3, {});
  EXPECT_EQ(bench.host.sent.size(), before) << "a pause first";
  ASSERT_TRUE(bench.protocol.next_timeout());
  bench.now = *bench.protocol.next_timeout();
  bench.protocol.handle_timeout(bench.now);
  bench.answer(3, identifier("0:0:0:55"));
  EXPECT_EQ(bench.asked(), identifier("0:0:0:55"));
}

TEST(Ipv6cp, ARestartWhileOpenedNegotiatesAnew) {
  Bench bench;
  bench.agree();
  ASSERT_TRUE(bench.protocol.opened());
  EXPECT_EQ(bench.ask(identifier("0:0:0:77")), 2U);
  EXPECT_EQ(bench.host.downs, 1);
  bench.answer(2, bench.asked());
  EXPECT_TRUE(bench.protocol.opened());
  EXPECT_EQ(to_string(bench.protocol.remote()), "0000:0000:0000:0077");
}

TEST(Ipv6cpWords, NameIdentifiers) {
  EXPECT_EQ(describe(packet(1, 1, identifier("200:5eff:fe00:5301") + octets({2, 4, 0, 0x61}))),
            "IPV6CP ConfReq id=1 <id 0200:5eff:fe00:5301> <option 2 00 61>");
  EXPECT_EQ(describe(octets({1})), "IPV6CP (malformed)");
}

}  // namespace
}  // namespace tunppp::ipv6cp
