// LCP's options, each both ways: RFC 1661 section 6 and RFC 1662 section 7.1.
#include "lcp/options.h"

#include <gtest/gtest.h>

#include "lcp/lcp_bench.h"

namespace tunppp::lcp::test {
namespace {

const Octets magic = octets({5, 6, 0x11, 0x11, 0x11, 0x11});

LcpConfig bare() {
  LcpConfig config;
  config.accm = default_accm;
  config.magic_number = false;
  config.protocol_field_compression = config.address_control_compression = false;
  return config;
}

TEST(LcpRequest, NamesWhatDiffersFromTheDefaults) {
  Bench nothing(bare());
  nothing.start();
  EXPECT_EQ(nothing.request().data(), Octets{});

  LcpConfig config;
  config.mru = 296;
  config.accm = 0x000a0000;
  Bench all(config, {AuthProtocol::chap_md5, AuthProtocol::pap});
  all.start();
  EXPECT_EQ(all.request().data(), octets({1, 4, 1, 40, 2, 6, 0, 0x0a, 0, 0, 3, 5, 0xc2, 0x23, 5}) +
                                      magic + octets({7, 2, 8, 2}));
}

TEST(LcpRequest, RejectedOptionsAreNotAskedForAgain) {
  LcpConfig config;
  config.mru = 1400;
  Bench bench(config);
  bench.start();
  bench.answer(4, bench.request().data());
  EXPECT_EQ(bench.request().data(), Octets{});
  bench.ask({});
  bench.acknowledge();
  ASSERT_TRUE(bench.lcp.opened());
  EXPECT_EQ(bench.lcp.ours().mru, 1500);
  EXPECT_EQ(bench.lcp.ours().accm, 0xffffffff);
  EXPECT_EQ(bench.lcp.ours().magic_number, 0U);
  EXPECT_FALSE(bench.lcp.ours().protocol_field_compression);
  EXPECT_FALSE(bench.lcp.ours().address_control_compression);
}

/// A new session asks for everything again.
TEST(LcpRequest, ANewSessionForgetsWhatWasRejected) {
  Bench bench;
  bench.start();
  const Octets first = bench.request().data();
  bench.answer(4, first);
  bench.lcp.down(bench.host.now);
  bench.lcp.up(bench.host.now);
  EXPECT_EQ(bench.request().data().size(), first.size());
}

// --- Maximum-Receive-Unit (6.1) -------------------------------------------------------------

TEST(Mru, OfThePeerIsTakenFrom128Up) {
  for (unsigned mru : {128U, 296U, 1500U, 1501U, 16384U, 65535U}) {
    Bench bench;
    bench.start();
    EXPECT_EQ(bench.ask(octets({1, 4, mru >> 8, mru & 0xff})).code(), 2U);
    EXPECT_EQ(bench.lcp.peers().mru, mru);
  }
}

TEST(Mru, TooSmallIsNakkedWithTheLeast) {
  for (unsigned mru : {0U, 1U, 127U}) {
    Bench bench;
    bench.start();
    const Sent answer = bench.ask(octets({1, 4, 0, mru}));
    EXPECT_EQ(answer.code(), 3U);
    EXPECT_EQ(answer.data(), octets({1, 4, 0, 128}));
  }
}

TEST(Mru, WithoutTheOptionIs1500) {
  Bench bench;
  bench.start();
  bench.ask(octets({1, 4, 1, 40}));
  EXPECT_EQ(bench.lcp.peers().mru, 296);
  bench.ask({});
  EXPECT_EQ(bench.lcp.peers().mru, 1500);
}

TEST(Mru, NakOfOursIsFollowedWithinReason) {
  struct Case {
    unsigned nak, asked;
  };
  for (const auto& [nak, asked] : {Case{1400, 1400}, Case{1500, 1500}, Case{64, 128},
                                   Case{0, 128}, Case{9000, 1500}}) {
    LcpConfig config;
    config.mru = 296;
    Bench bench(config);
    bench.start();
    bench.answer(3, octets({1, 4, nak >> 8, nak & 0xff}));
    EXPECT_EQ(bench.lcp.ours().mru, asked);
  }
}

// --- Async-Control-Character-Map (RFC 1662 7.1) ---------------------------------------------

TEST(Accm, OfThePeerIsTaken) {
  Bench bench;
  bench.start();
  EXPECT_EQ(bench.ask(octets({2, 6, 0, 0x0a, 0, 0})).code(), 2U);
  EXPECT_EQ(bench.lcp.peers().accm, 0x000a0000U);
  bench.ask({});
  EXPECT_EQ(bench.lcp.peers().accm, 0xffffffffU) << "the default without the option";
}

TEST(Accm, NakOfOursLeadsToTheUnion) {
  LcpConfig config;
  config.accm = 0x00000003;
  Bench bench(config);
  bench.start();
  bench.answer(3, octets({2, 6, 0, 0x0a, 0, 0}));
  EXPECT_EQ(bench.lcp.ours().accm, 0x000a0003U);
  bench.answer(3, octets({2, 6, 0, 0, 0, 4}));
  EXPECT_EQ(bench.lcp.ours().accm, 0x000a0007U);
}

// --- Magic-Number (6.4) ---------------------------------------------------------------------

TEST(MagicNumber, OfThePeerIsTaken) {
  Bench bench;
  bench.start();
  EXPECT_EQ(bench.ask(octets({5, 6, 1, 2, 3, 4})).code(), 2U);
  EXPECT_EQ(bench.lcp.peers().magic_number, 0x01020304U);
}

TEST(MagicNumber, ZeroIsNakkedEveryTime) {
  Bench bench;
  bench.start();
  const Sent answer = bench.ask(octets({5, 6, 0, 0, 0, 0}));
  EXPECT_EQ(answer.code(), 3U);
  const Octets option = answer.data();
  EXPECT_EQ(at(option, 0), 5U);
  EXPECT_NE(option, octets({5, 6, 0, 0, 0, 0}));
  EXPECT_FALSE(bench.lcp.failure()) << "zero is no sign of a loop";
}

TEST(MagicNumber, ZeroIsNakkedEvenIfWeUseNone) {
  Bench bench(bare());
  bench.start();
  EXPECT_EQ(bench.ask(octets({5, 6, 0, 0, 0, 0})).code(), 3U);
  EXPECT_EQ(bench.ask(octets({5, 6, 0, 0, 0, 1})).code(), 2U);
}

TEST(MagicNumber, OursInThePeersRequestIsNakkedWithAnother) {
  Bench bench;
  bench.start();
  const Sent answer = bench.ask(magic);
  EXPECT_EQ(answer.code(), 3U);
  EXPECT_NE(answer.data(), magic);
  EXPECT_EQ(answer.data().size(), 6U);
}

TEST(MagicNumber, NakOfOursLeadsToAnother) {
  Bench bench;
  bench.start();
  bench.answer(3, octets({5, 6, 9, 9, 9, 9}));
  EXPECT_EQ(bench.lcp.ours().magic_number, 0x22222222U);
}

// --- Compression of fields (6.5, 6.6) -------------------------------------------------------

TEST(Compression, IsTakenIfWeWantItAndRejectedIfNot) {
  Bench with;
  with.start();
  EXPECT_EQ(with.ask(octets({7, 2, 8, 2})).code(), 2U);
  EXPECT_TRUE(with.lcp.peers().protocol_field_compression);
  EXPECT_TRUE(with.lcp.peers().address_control_compression);
  with.ask({});
  EXPECT_FALSE(with.lcp.peers().protocol_field_compression);
  EXPECT_FALSE(with.lcp.peers().address_control_compression);

  Bench without(bare());
  without.start();
  const Sent answer = without.ask(octets({7, 2, 8, 2}));
  EXPECT_EQ(answer.code(), 4U);
  EXPECT_EQ(answer.data(), octets({7, 2, 8, 2}));
}

TEST(Compression, NakMeansNo) {
  Bench bench;
  bench.start();
  bench.answer(3, octets({7, 2, 8, 2}));
  EXPECT_EQ(bench.request().data(), octets({2, 6, 0, 0, 0, 0}) + magic);
}

// --- Authentication-Protocol (6.2) ----------------------------------------------------------

const Octets pap = octets({3, 4, 0xc0, 0x23});
const Octets chap_md5 = octets({3, 5, 0xc2, 0x23, 5});
const Octets mschapv2 = octets({3, 5, 0xc2, 0x23, 0x81});
const Octets eap = octets({3, 4, 0xc2, 0x27});

TEST(Authentication, OfUsWhatWeCanIsTaken) {
  Bench bench;
  bench.start();
  EXPECT_EQ(bench.ask(pap).code(), 2U);
  EXPECT_EQ(bench.lcp.peers().authentication, AuthProtocol::pap);
  EXPECT_EQ(bench.ask(chap_md5).code(), 2U);
  EXPECT_EQ(bench.lcp.peers().authentication, AuthProtocol::chap_md5);
  bench.ask({});
  EXPECT_EQ(bench.lcp.peers().authentication, std::nullopt);
}

TEST(Authentication, OfUsWhatWeCannotIsNakkedWithTheBestThatWeCan) {
  for (const Octets& wanted : {mschapv2, eap, octets({3, 2}), octets({3, 3, 0xc0}),
                               octets({3, 5, 0xc0, 0x23, 0}), octets({3, 4, 0xc2, 0x23})}) {
    Bench bench;
    bench.start();
    const Sent answer = bench.ask(wanted);
    EXPECT_EQ(answer.code(), 3U);
    EXPECT_EQ(answer.data(), chap_md5);
    Bench only_pap({}, {}, {AuthProtocol::pap});
    only_pap.start();
    EXPECT_EQ(only_pap.ask(wanted).data(), pap);
  }
}

TEST(Authentication, OfUsIsRejectedIfWeAcceptNone) {
  Bench bench({}, {}, {});
  bench.start();
  EXPECT_EQ(bench.ask(pap).code(), 4U);
}

TEST(Authentication, OfThePeerGoesThroughOurPreferences) {
  Bench bench({}, {AuthProtocol::chap_md5, AuthProtocol::pap});
  bench.start();
  EXPECT_EQ(bench.lcp.ours().authentication, AuthProtocol::chap_md5);
  bench.answer(3, mschapv2);  // a wish that is not ours to fulfil
  EXPECT_EQ(bench.lcp.ours().authentication, AuthProtocol::pap);
  bench.answer(3, chap_md5);  // which it has refused before
  EXPECT_EQ(bench.lcp.failure(), EndReason::peer_auth_failed);
  EXPECT_EQ(bench.host.finished, std::vector<cp::Finish>{cp::Finish::no_agreement});
}

TEST(Authentication, OfThePeerFollowsItsSuggestionIfItIsOneOfOurs) {
  Bench bench({}, {AuthProtocol::chap_md5, AuthProtocol::pap});
  bench.start();
  bench.answer(3, pap);
  EXPECT_EQ(bench.lcp.ours().authentication, AuthProtocol::pap);
  bench.ask(octets({5, 6, 9, 9, 9, 9}));
  bench.acknowledge();
  EXPECT_TRUE(bench.lcp.opened());
}

/// Whoever must prove itself and rejects the option does not get in.
TEST(Authentication, OfThePeerCannotBeRejectedAway) {
  Bench bench({}, {AuthProtocol::chap_md5, AuthProtocol::pap});
  bench.start();
  bench.answer(4, chap_md5);
  EXPECT_EQ(bench.lcp.failure(), EndReason::peer_auth_failed);
  EXPECT_FALSE(bench.host.finished.empty());
  EXPECT_EQ(bench.host.ups, 0);
}

TEST(Authentication, OfThePeerCannotBeNakkedAway) {
  for (const Octets& suggestion : {pap, mschapv2, octets({3, 2}), octets({5, 6, 1, 1, 1, 1})}) {
    Bench bench({}, {AuthProtocol::chap_md5});
    bench.start();
    bench.ask({});
    for (int i = 0; i < 20; ++i) bench.answer(3, suggestion);
    if (bench.host.finished.empty()) bench.acknowledge();
    EXPECT_TRUE(!bench.lcp.opened() || bench.lcp.ours().authentication == AuthProtocol::chap_md5);
  }
}

TEST(Authentication, NakUnaskedChangesNothing) {
  Bench bench;
  bench.start();
  bench.answer(3, pap);
  EXPECT_EQ(bench.lcp.ours().authentication, std::nullopt);
  EXPECT_EQ(bench.lcp.failure(), std::nullopt);
}

// --- Values of the wrong size, and what nobody knows --------------------------------------------

TEST(LcpOptions, OfTheWrongSizeAreRejectedAsTheyCame) {
  for (const Octets& option :
       {octets({1, 2}), octets({1, 3, 5}), octets({1, 5, 5, 220, 0}), octets({2, 5, 0, 0, 0}),
        octets({2, 2}), octets({5, 2}), octets({5, 7, 1, 1, 1, 1, 1}), octets({7, 3, 0}),
        octets({8, 4, 0, 0}), octets({0, 2}), octets({4, 2}), octets({6, 3, 1}), octets({9, 4, 0, 0}),
        octets({13, 3, 6}), octets({17, 4, 5, 220}), octets({255, 2})}) {
    Bench bench;
    bench.start();
    const Sent answer = bench.ask(option);
    EXPECT_EQ(answer.code(), 4U) << at(option, 0);
    EXPECT_EQ(answer.data(), option);
  }
}

TEST(LcpOptions, NaksOfTheWrongSizeChangeNothing) {
  LcpConfig config;
  config.mru = 1400;
  Bench bench(config);
  bench.start();
  const Octets before = bench.request().data();
  bench.answer(3, octets({1, 3, 1, 2, 2, 2, 7, 1, 2, 3, 4, 5}));
  EXPECT_EQ(bench.request().data(), before);
}

/// However many options are wrong, the Nak consists of whole options.
TEST(LcpOptions, AnswersStayWellFormed) {
  for (const Octets& one : {octets({3, 2}), octets({1, 4, 0, 1}), octets({5, 6, 0, 0, 0, 0}),
                            octets({3, 2, 1, 4, 0, 0})}) {
    Octets options;
    while (options.size() + one.size() <= 1496) options = options + one;
    Bench bench;
    bench.start();
    const Sent answer = bench.ask(options);
    EXPECT_EQ(answer.code(), 3U);
    EXPECT_LE(answer.octets.size(), 1500U);
    const Octets naked = answer.data();
    EXPECT_TRUE(cp::well_formed_options(naked));
    cp::OptionWalk walk(naked);
    while (const auto option = walk.next()) {
      EXPECT_TRUE(option->type != 3 || copy(option->whole) == chap_md5);
      EXPECT_TRUE(option->type != 1 || copy(option->whole) == octets({1, 4, 0, 128}));
    }
  }
}

// --- Octets -------------------------------------------------------------------------------------

TEST(LcpOptions, ParseGivesBackWhatWriteWrote) {
  tunppp::test::Random random(1);
  for (int round = 0; round < 2000; ++round) {
    Options options;
    if (random.below(2) == 0) options.mru = static_cast<std::uint16_t>(random.next());
    if (random.below(2) == 0) options.accm = static_cast<std::uint32_t>(random.next());
    if (random.below(2) == 0) options.magic_number = static_cast<std::uint32_t>(random.next());
    if (random.below(3) == 0) options.authentication = AuthProtocol::pap;
    if (random.below(3) == 0) options.authentication = AuthProtocol::chap_md5;
    options.protocol_field_compression = random.below(2) == 0;
    options.address_control_compression = random.below(2) == 0;
    if (random.below(2) == 0) options.report_period = static_cast<ReportPeriod>(random.next());
    options.fcs = static_cast<std::uint8_t>(random.below(8));
    if (random.below(2) == 0) options.mrru = static_cast<std::uint16_t>(random.next());
    options.short_sequence_numbers = random.below(2) == 0;
    if (random.below(2) == 0) {
      options.endpoint = EndpointDiscriminator{EndpointDiscriminator::Class::mac, random.octets(6)};
    }
    std::array<std::byte, 128> room;
    Writer writer(room);
    write(writer, options);
    ASSERT_TRUE(writer.ok());

    Options parsed;
    cp::OptionWalk walk(writer.written());
    unsigned former = 0;
    while (const auto option = walk.next()) {
      EXPECT_GT(option->type, former) << "in the order of their types, each once";
      former = option->type;
      switch (static_cast<OptionType>(option->type)) {
        case OptionType::mru: parsed.mru = parse_u16(*option).value(); break;
        case OptionType::accm: parsed.accm = parse_u32(*option).value(); break;
        case OptionType::authentication_protocol:
          parsed.authentication = parse_authentication(*option).value();
          break;
        case OptionType::magic_number: parsed.magic_number = parse_u32(*option).value(); break;
        case OptionType::protocol_field_compression:
          parsed.protocol_field_compression = true;
          break;
        case OptionType::address_control_compression:
          parsed.address_control_compression = true;
          break;
        case OptionType::quality_protocol:
          parsed.report_period = parse_quality(*option).value();
          break;
        case OptionType::fcs_alternatives: parsed.fcs = parse_u8(*option).value(); break;
        case OptionType::mrru: parsed.mrru = parse_u16(*option).value(); break;
        case OptionType::short_sequence_numbers: parsed.short_sequence_numbers = true; break;
        case OptionType::endpoint_discriminator:
          parsed.endpoint = parse_endpoint(*option).value();
          break;
      }
    }
    EXPECT_TRUE(walk.well_formed());
    EXPECT_EQ(parsed.mru, options.mru);
    EXPECT_EQ(parsed.accm, options.accm);
    EXPECT_EQ(parsed.authentication, options.authentication);
    EXPECT_EQ(parsed.magic_number, options.magic_number);
    EXPECT_EQ(parsed.protocol_field_compression, options.protocol_field_compression);
    EXPECT_EQ(parsed.address_control_compression, options.address_control_compression);
    EXPECT_EQ(parsed.report_period, options.report_period);
    EXPECT_EQ(parsed.fcs, options.fcs);
    EXPECT_EQ(parsed.mrru, options.mrru);
    EXPECT_EQ(parsed.short_sequence_numbers, options.short_sequence_numbers);
    EXPECT_EQ(parsed.endpoint, options.endpoint);
  }
}

TEST(LcpWords, NameThePacketAndItsOptions) {
  EXPECT_EQ(describe(packet(1, 1, octets({1, 4, 5, 120}) + magic + chap_md5 + pap + eap +
                                      octets({2, 6, 0, 0x0a, 0, 0, 7, 2, 8, 2}))),
            "LCP ConfReq id=1 <mru 1400> <magic 0x11111111> <auth chap md5> <auth pap> "
            "<auth eap> <accm 0xa0000> <pcomp> <accomp>");
  EXPECT_EQ(describe(packet(8, 2, octets({0x80, 0xfd, 1, 2}))), "LCP ProtRej id=2 of protocol 0x80fd");
  EXPECT_EQ(describe(packet(9, 3, octets({1, 2, 3, 4}))), "LCP EchoReq id=3 magic=0x01020304");
  EXPECT_EQ(describe(packet(10, 3, octets({1, 2, 3, 4}))), "LCP EchoRep id=3 magic=0x01020304");
  EXPECT_EQ(describe(packet(11, 3, octets({1, 2, 3, 4}))), "LCP DiscReq id=3 magic=0x01020304");
  EXPECT_EQ(describe(octets({1, 2})), "LCP (malformed)");
}

}  // namespace
}  // namespace tunppp::lcp::test
