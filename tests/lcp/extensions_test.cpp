// RFC 1570, RFC 1989 and RFC 1990 as far as LCP negotiates them; identification, time remaining,
// echoes that are timed or spared, and a start in silence.
#include <gtest/gtest.h>

#include "lcp/lcp_bench.h"

namespace tunppp::lcp::test {
namespace {

const Octets peers_magic = octets({0xca, 0xfe, 0xba, 0xbe});
const Octets our_magic = octets({0x11, 0x11, 0x11, 0x11});

/// Code and options of the answer to a request with these options.
struct Answer {
  unsigned code;
  Octets options;
  friend bool operator==(const Answer&, const Answer&) = default;
};
Answer answer_to(const Octets& options, const LcpConfig& config = {}) {
  Bench bench(config);
  bench.start();
  const Sent sent = bench.ask(options);
  return {sent.code(), sent.data()};
}
constexpr unsigned ack = 2, nak = 3, reject = 4;

bool contains(const Octets& request, const Octets& option) {
  return std::search(request.begin(), request.end(), option.begin(), option.end()) != request.end();
}

// --- FCS-Alternatives (RFC 1570 2.1) ----------------------------------------------------------

TEST(FcsAlternatives, AreNotAskedForWithoutAWish) {
  Bench bench;
  bench.start();
  EXPECT_FALSE(contains(bench.request().data(), octets({9, 3})));
}

TEST(FcsAlternatives, AreAskedForWithTheirBits) {
  LcpConfig config;
  config.fcs = FrameCheck::fcs32;
  Bench with_32(config);
  with_32.start();
  EXPECT_TRUE(contains(with_32.request().data(), octets({9, 3, 4})));
  config.fcs = FrameCheck::none;
  Bench with_null(config);
  with_null.start();
  EXPECT_TRUE(contains(with_null.request().data(), octets({9, 3, 3})));
}

TEST(FcsAlternatives, OfThePeerAreTakenInAnyCombination) {
  for (unsigned bits = 1; bits < 8; ++bits) {
    const Octets option = octets({9, 3, bits});
    EXPECT_EQ(answer_to(option), (Answer{ack, option})) << bits;
  }
}

TEST(FcsAlternatives, OfThePeerDecideWhatWeSend) {
  EXPECT_EQ(data_check(0), FrameCheck::fcs16);
  EXPECT_EQ(data_check(fcs_bit::fcs16), FrameCheck::fcs16);
  EXPECT_EQ(data_check(fcs_bit::fcs32), FrameCheck::fcs32);
  EXPECT_EQ(data_check(fcs_bit::fcs16 | fcs_bit::fcs32), FrameCheck::fcs32);
  EXPECT_EQ(data_check(fcs_bit::null), FrameCheck::none);
  // "the Null FCS option SHOULD be negotiated together with another": control packets have that.
  EXPECT_EQ(data_check(fcs_bit::all), FrameCheck::none);
  EXPECT_EQ(control_check(fcs_bit::null), FrameCheck::fcs16);
  EXPECT_EQ(control_check(fcs_bit::null | fcs_bit::fcs32), FrameCheck::fcs32);
}

TEST(FcsAlternatives, UnknownBitsAreNakkedWithTheKnownOnes) {
  EXPECT_EQ(answer_to(octets({9, 3, 0x0c})), (Answer{nak, octets({9, 3, 4})}));
  EXPECT_EQ(answer_to(octets({9, 3, 0x80})), (Answer{nak, octets({9, 3, 2})}));
  EXPECT_EQ(answer_to(octets({9, 3, 0})), (Answer{nak, octets({9, 3, 2})}));
}

TEST(FcsAlternatives, AreRejectedWhenNotWantedOrOfTheWrongSize) {
  LcpConfig config;
  config.accept_fcs_alternatives = false;
  EXPECT_EQ(answer_to(octets({9, 3, 4}), config), (Answer{reject, octets({9, 3, 4})}));
  EXPECT_EQ(answer_to(octets({9, 2})), (Answer{reject, octets({9, 2})}));
  EXPECT_EQ(answer_to(octets({9, 4, 4, 4})), (Answer{reject, octets({9, 4, 4, 4})}));
}

TEST(FcsAlternatives, NakLeavesWhatBothCan) {
  LcpConfig config;
  config.fcs = FrameCheck::none;  // asks for null beside 16 bits
  Bench bench(config);
  bench.start();
  bench.answer(nak, octets({9, 3, 1}));
  EXPECT_TRUE(contains(bench.request().data(), octets({9, 3, 1})));
  bench.answer(nak, octets({9, 3, 4}));
  EXPECT_FALSE(contains(bench.request().data(), octets({9, 3})));
}

TEST(FcsAlternatives, RejectMeansTheDefault) {
  LcpConfig config;
  config.fcs = FrameCheck::fcs32;
  Bench bench(config);
  bench.start();
  bench.answer(reject, octets({9, 3, 4}));
  EXPECT_FALSE(contains(bench.request().data(), octets({9, 3})));
  bench.ask(octets({5, 6, 9, 9, 9, 9}));
  bench.acknowledge();
  EXPECT_EQ(data_check(bench.lcp.ours().fcs), FrameCheck::fcs16);
}

// --- Quality-Protocol (RFC 1989 2.5) ------------------------------------------------------------

const Octets lqr_3_seconds = octets({4, 8, 0xc0, 0x25, 0, 0, 1, 44});

TEST(QualityProtocol, IsAskedForInHundredthsOfASecond) {
  LcpConfig config;
  config.quality.report_interval = seconds(3);
  Bench bench(config);
  bench.start();
  EXPECT_TRUE(contains(bench.request().data(), lqr_3_seconds));
}

TEST(QualityProtocol, OfThePeerIsTaken) {
  Bench bench;
  bench.start();
  EXPECT_EQ(bench.ask(lqr_3_seconds).code(), ack);
  EXPECT_EQ(bench.lcp.peers().report_period, 300U);
  EXPECT_EQ(answer_to(octets({4, 8, 0xc0, 0x25, 0, 0, 0, 0})).code, ack);
}

TEST(QualityProtocol, TooShortAPeriodIsNakkedWithTheLeast) {
  EXPECT_EQ(answer_to(octets({4, 8, 0xc0, 0x25, 0, 0, 0, 9})),
            (Answer{nak, octets({4, 8, 0xc0, 0x25, 0, 0, 0, 10})}));
  EXPECT_EQ(answer_to(octets({4, 8, 0xc0, 0x25, 0, 0, 0, 10})).code, ack);
}

TEST(QualityProtocol, AnotherProtocolIsNakkedWithReports) {
  EXPECT_EQ(answer_to(octets({4, 4, 0xc1, 0x25})),
            (Answer{nak, octets({4, 8, 0xc0, 0x25, 0, 0, 0, 10})}));
}

TEST(QualityProtocol, IsRejectedWhenNotWanted) {
  LcpConfig config;
  config.quality.accept = false;
  EXPECT_EQ(answer_to(lqr_3_seconds, config), (Answer{reject, lqr_3_seconds}));
}

TEST(QualityProtocol, ZeroOnBothSidesIsNakked) {
  LcpConfig config;
  config.quality.report_interval = seconds(3);
  Bench bench(config);
  bench.start();
  bench.answer(nak, octets({4, 8, 0xc0, 0x25, 0, 0, 0, 0}));  // it only answers
  EXPECT_EQ(bench.lcp.ours().report_period, 0U);
  EXPECT_EQ(bench.ask(octets({4, 8, 0xc0, 0x25, 0, 0, 0, 0})).code(), nak);
  EXPECT_EQ(bench.ask(lqr_3_seconds).code(), ack);
}

TEST(QualityProtocol, NakOfThePeriodIsFollowedAndAnotherProtocolIsNot) {
  LcpConfig config;
  config.quality.report_interval = seconds(3);
  Bench bench(config);
  bench.start();
  bench.answer(nak, octets({4, 8, 0xc0, 0x25, 0, 0, 2, 0}));
  EXPECT_TRUE(contains(bench.request().data(), octets({4, 8, 0xc0, 0x25, 0, 0, 2, 0})));
  bench.answer(nak, octets({4, 4, 0xc1, 0x25}));
  EXPECT_FALSE(contains(bench.request().data(), octets({4, 8})));
}

// --- Multilink (RFC 1990 5.1) -------------------------------------------------------------------

TEST(Multilink, IsRejectedUnlessConfigured) {
  const Octets options = octets({17, 4, 5, 220, 18, 2});
  EXPECT_EQ(answer_to(options), (Answer{reject, options}));
}

TEST(Multilink, IsNegotiatedWhenConfigured) {
  LcpConfig config;
  config.mrru = 1600;
  config.short_sequence_numbers = true;
  Bench bench(config);
  bench.start();
  EXPECT_TRUE(contains(bench.request().data(), octets({17, 4, 6, 64, 18, 2})));
  EXPECT_EQ(bench.ask(octets({17, 4, 5, 220, 18, 2})).code(), ack);
  EXPECT_EQ(bench.lcp.peers().mrru, 1500);
  EXPECT_TRUE(bench.lcp.peers().short_sequence_numbers);
  bench.answer(nak, octets({17, 4, 5, 220}));
  EXPECT_TRUE(contains(bench.request().data(), octets({17, 4, 5, 220})));
  bench.answer(reject, octets({17, 4, 5, 220}));
  EXPECT_FALSE(contains(bench.request().data(), octets({17, 4})));
  EXPECT_FALSE(contains(bench.request().data(), octets({18, 2})));
}

TEST(Multilink, ShortSequenceNumbersOnlyWhenConfigured) {
  LcpConfig config;
  config.mrru = 1600;
  EXPECT_EQ(answer_to(octets({17, 4, 5, 220, 18, 2}), config), (Answer{reject, octets({18, 2})}));
}

TEST(Multilink, AMrruThatNothingFitsIntoIsNakked) {
  LcpConfig config;
  config.mrru = 1600;
  EXPECT_EQ(answer_to(octets({17, 4, 0, 20}), config), (Answer{nak, octets({17, 4, 5, 220})}));
}

TEST(EndpointOption, OfThePeerIsTakenWithOrWithoutMultilink) {
  const Octets option = octets({19, 9, 3, 0, 0, 0x5e, 0, 0x53, 1});
  Bench bench;
  bench.start();
  EXPECT_EQ(bench.ask(option).code(), ack);
  ASSERT_TRUE(bench.lcp.peers().endpoint);
  EXPECT_EQ(to_string(*bench.lcp.peers().endpoint), "MAC:00:00:5e:00:53:01");
}

TEST(EndpointOption, OfNoClassOrTheWrongLengthIsRejected) {
  for (const Octets& option :
       {octets({19, 2}), octets({19, 4, 0, 1}), octets({19, 3, 1}), octets({19, 6, 2, 10, 0, 0}),
        octets({19, 8, 3, 0, 0, 0, 0, 1}), octets({19, 5, 4, 1, 2}), octets({19, 4, 6, 1})}) {
    EXPECT_EQ(answer_to(option), (Answer{reject, option}));
  }
}

TEST(EndpointOption, OfOursIsAskedForAndMayBeRejected) {
  LcpConfig config;
  config.endpoint = tunppp::parse_endpoint("IP:192.0.2.1");
  Bench bench(config);
  bench.start();
  const Octets option = octets({19, 7, 2, 192, 0, 2, 1});
  EXPECT_TRUE(contains(bench.request().data(), option));
  bench.answer(reject, option);
  EXPECT_FALSE(contains(bench.request().data(), octets({19, 7})));
}

// --- Identification (RFC 1570 1.1) ----------------------------------------------------------------

LcpConfig with_identification() {
  LcpConfig config;
  config.identification = "tunppp";
  return config;
}

TEST(Identification, CarriesTheMagicNumberOnceLcpIsOpen) {
  Bench bench(with_identification());
  bench.become_opened();
  bench.lcp.send_identification();
  EXPECT_EQ(bench.host.sent.back().code(), 12U);
  EXPECT_EQ(bench.host.sent.back().data(), our_magic + octets("tunppp"));
}

TEST(Identification, ChangesItsIdentifierEachTime) {
  Bench bench(with_identification());
  bench.become_opened();
  bench.lcp.send_identification();
  const unsigned first = bench.host.sent.back().identifier();
  bench.lcp.send_identification();
  EXPECT_NE(bench.host.sent.back().identifier(), first);
}

TEST(Identification, IsSentWithARejectAndBeforeLcpIsOpenHasNoMagicNumber) {
  Bench bench(with_identification());
  bench.start();
  bench.receive(packet(1, 9, octets({99, 2})));
  ASSERT_GE(bench.host.sent.size(), 2U);
  EXPECT_EQ(bench.host.sent[bench.host.sent.size() - 2].code(), reject);
  EXPECT_EQ(bench.host.sent.back().code(), 12U);
  EXPECT_EQ(bench.host.sent.back().data(), octets({0, 0, 0, 0}) + octets("tunppp"));
}

TEST(Identification, IsSentWhenARejectComes) {
  Bench bench(with_identification());
  bench.start();
  const auto count = [&] {
    return std::count_if(bench.host.sent.begin(), bench.host.sent.end(),
                         [](const Sent& sent) { return sent.code() == 12; });
  };
  EXPECT_EQ(count(), 0);
  bench.answer(reject, octets({7, 2}));
  EXPECT_EQ(count(), 1);
}

TEST(Identification, IsTheLastWordOfANegotiationThatFails) {
  LcpConfig config = with_identification();
  Bench bench(config, {AuthProtocol::pap});
  bench.start();
  bench.answer(nak, octets({3, 5, 0xc2, 0x23, 5}));
  EXPECT_EQ(bench.host.finished, std::vector<cp::Finish>{cp::Finish::no_agreement});
  ASSERT_FALSE(bench.host.sent.empty());
  EXPECT_EQ(bench.host.sent.back().code(), 12U);
}

TEST(Identification, IsNotSentWithoutAText) {
  Bench bench;
  bench.become_opened();
  const auto before = bench.host.sent.size();
  bench.lcp.send_identification();
  EXPECT_EQ(bench.host.sent.size(), before);
}

TEST(Identification, OfThePeerIsToldAtAnyTimeButOnceForEachText) {
  Bench bench;
  bench.start();
  bench.receive(packet(12, 1, octets({0, 0, 0, 0}) + octets("router\n1")));
  bench.become_opened();
  bench.receive(packet(12, 2, peers_magic + octets("router\n1")));
  bench.receive(packet(12, 3, peers_magic + octets("other")));
  EXPECT_EQ(bench.host.identifications, (std::vector<std::string>{"router.1", "other"}));
  EXPECT_TRUE(bench.lcp.opened());
  EXPECT_TRUE(bench.host.drops.empty());
}

TEST(Identification, OfThePeerIsDroppedWhenCutOrOurOwn) {
  Bench bench;
  bench.become_opened();
  bench.receive(packet(12, 1, octets({1, 2, 3})));
  bench.receive(packet(12, 1, our_magic + octets("me")));
  EXPECT_TRUE(bench.host.identifications.empty());
  EXPECT_EQ(bench.host.drops, (std::vector<Drop>{Drop::malformed, Drop::unexpected}));
}

TEST(Identification, CodeRejectOfItChangesNothing) {
  Bench bench(with_identification());
  bench.become_opened();
  bench.receive(packet(7, 1, octets({12, 1, 0, 4})));
  EXPECT_TRUE(bench.lcp.opened());
}

// --- Time-Remaining (RFC 1570 1.2) -----------------------------------------------------------------

TEST(TimeRemaining, OfThePeerIsTold) {
  Bench bench;
  bench.become_opened();
  bench.receive(packet(13, 1, peers_magic + octets({0, 0, 1, 44}) + octets("go")));
  bench.receive(packet(13, 2, peers_magic + octets({0xff, 0xff, 0xff, 0xff})));
  ASSERT_EQ(bench.host.remaining.size(), 2U);
  EXPECT_EQ(bench.host.remaining[0].first, std::optional<Duration>(seconds(300)));
  EXPECT_EQ(bench.host.remaining[0].second, "go");
  EXPECT_EQ(bench.host.remaining[1].first, std::nullopt);
}

TEST(TimeRemaining, IsForOpenedOnly) {
  Bench bench;
  bench.start();
  bench.lcp.send_time_remaining(seconds(5));
  EXPECT_EQ(bench.host.sent.back().code(), 1U);
  bench.receive(packet(13, 1, peers_magic + octets({0, 0, 0, 9})));
  EXPECT_TRUE(bench.host.remaining.empty());
  bench.become_opened();
  bench.receive(packet(13, 1, peers_magic + octets({0, 0, 0})));
  EXPECT_TRUE(bench.host.remaining.empty());
  bench.lcp.send_time_remaining(seconds(300));
  EXPECT_EQ(bench.host.sent.back().code(), 13U);
  EXPECT_EQ(at(bench.host.sent.back().octets, 11), 44U);
}

// --- Echoes: how long they take, and none when the line is busy ---------------------------------------

LcpConfig with_echo(bool adaptive) {
  LcpConfig config;
  config.echo_interval = seconds(10);
  config.echo_failures = 3;
  config.echo_adaptive = adaptive;
  return config;
}

std::size_t echo_requests(const Bench& bench) {
  return static_cast<std::size_t>(
      std::count_if(bench.host.sent.begin(), bench.host.sent.end(),
                    [](const Sent& sent) { return sent.code() == 9; }));
}

TEST(RoundTripTime, IsThatOfTheEchoAsked) {
  Bench bench(with_echo(false));
  bench.become_opened();
  bench.pass(seconds(10));
  ASSERT_EQ(echo_requests(bench), 1U);
  const unsigned id = bench.host.sent.back().identifier();
  bench.pass(milliseconds(120));
  bench.receive(packet(10, id + 1, peers_magic));
  EXPECT_TRUE(bench.host.round_trips.empty()) << "the answer to something else";
  bench.receive(packet(10, id, peers_magic));
  bench.receive(packet(10, id, peers_magic));
  EXPECT_EQ(bench.host.round_trips, std::vector<Duration>{milliseconds(120)});
}

TEST(AdaptiveEcho, AsksOnlyWhenNothingCame) {
  Bench bench(with_echo(true));
  bench.become_opened();
  for (int i = 0; i < 20; ++i) {
    bench.pass(seconds(5));
    bench.lcp.frame_received();
  }
  EXPECT_EQ(echo_requests(bench), 0U);
  bench.pass(seconds(20));
  EXPECT_EQ(echo_requests(bench), 1U) << "one interval after the last frame at the latest two";
}

TEST(AdaptiveEcho, AnyGoodFrameStartsTheCountAnew) {
  Bench bench(with_echo(true));
  bench.become_opened();
  for (int round = 0; round < 10; ++round) {
    bench.pass(seconds(30));  // not more than three requests of it
    EXPECT_TRUE(bench.host.lost.empty()) << round;
    bench.lcp.frame_received();
  }
  bench.pass(seconds(60));
  EXPECT_EQ(bench.host.lost.size(), 1U);
}

TEST(AdaptiveEcho, ASilentPeerIsLostAfterTheFailures) {
  Bench bench(with_echo(true));
  bench.become_opened();
  bench.pass(seconds(100));
  EXPECT_EQ(echo_requests(bench), 3U);
  ASSERT_EQ(bench.host.lost.size(), 1U);
  EXPECT_LE(bench.host.lost[0] - Instant{}, seconds(50));
}

// --- A start in silence (pppd's `silent`) -------------------------------------------------------------

LcpConfig silent() {
  LcpConfig config;
  config.silent = true;
  return config;
}

TEST(Silent, SaysNothingUntilAValidRequestCame) {
  Bench bench(silent());
  bench.start();
  bench.pass(seconds(3600));
  EXPECT_TRUE(bench.host.sent.empty());
  EXPECT_TRUE(bench.host.finished.empty());
  bench.receive(octets({1, 1, 0, 3}));           // no packet
  bench.receive(packet(1, 1, octets({1, 0})));   // no options
  EXPECT_TRUE(bench.host.sent.empty());
  bench.receive(packet(1, 1, octets({5, 6, 9, 9, 9, 9})));
  ASSERT_EQ(bench.host.sent.size(), 2U);
  EXPECT_EQ(bench.host.sent[0].code(), 1U);
  EXPECT_EQ(bench.host.sent[1].code(), 2U);
  bench.acknowledge();
  EXPECT_TRUE(bench.lcp.opened());
}

TEST(Silent, IsClosedInOrder) {
  Bench bench(silent());
  bench.start();
  bench.lcp.close(bench.host.now);
  EXPECT_EQ(bench.lcp.state(), cp::State::closed);
  EXPECT_TRUE(bench.host.sent.empty());
}

TEST(Silent, OpenAfterUpIsSilentToo) {
  Bench bench(silent());
  bench.lcp.up(bench.host.now);
  bench.lcp.open(bench.host.now);
  EXPECT_EQ(bench.lcp.state(), cp::State::stopped);
  EXPECT_TRUE(bench.host.sent.empty());
}

TEST(Renegotiation, OfOursGoesThroughDownAndUp) {
  for (const bool quiet : {false, true}) {
    Bench bench(quiet ? silent() : LcpConfig());
    bench.become_opened();
    ASSERT_TRUE(bench.lcp.opened());
    const auto before = bench.host.sent.size();
    bench.lcp.renegotiate(bench.host.now);
    EXPECT_EQ(bench.host.downs, 1);
    ASSERT_EQ(bench.host.sent.size(), before + 1);
    EXPECT_EQ(bench.host.sent.back().code(), 1U);
    bench.ask(octets({5, 6, 0xca, 0xfe, 0xba, 0xbf}));
    bench.acknowledge();
    EXPECT_TRUE(bench.lcp.opened());
    EXPECT_EQ(bench.host.ups, 2);
  }
}

TEST(Renegotiation, OutsideOpenedIsNothing) {
  Bench bench;
  bench.lcp.renegotiate(bench.host.now);
  bench.start();
  bench.lcp.renegotiate(bench.host.now);
  EXPECT_EQ(bench.host.sent.size(), 1U);
}

TEST(LcpWords, OfTheExtensions) {
  EXPECT_EQ(describe(packet(1, 1, octets({9, 3, 5}) + lqr_3_seconds +
                                      octets({17, 4, 5, 220, 18, 2, 19, 7, 2, 192, 0, 2, 1}))),
            "LCP ConfReq id=1 <fcs null,32> <lqr 3000 ms> <mrru 1500> <ssnhf> "
            "<endpoint IP:192.0.2.1>");
  EXPECT_EQ(describe(packet(1, 1, octets({9, 3, 0x12}))), "LCP ConfReq id=1 <fcs 16 0x12>");
  EXPECT_EQ(describe(packet(12, 3, peers_magic + octets("me\n"))),
            "LCP Ident id=3 magic=0xcafebabe \"me.\"");
  EXPECT_EQ(describe(packet(13, 4, peers_magic + octets({0, 0, 0, 60}))),
            "LCP TimeRem id=4 magic=0xcafebabe seconds=60 \"\"");
}

}  // namespace
}  // namespace tunppp::lcp::test
