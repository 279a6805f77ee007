// Link quality reports between two links and on the wire, identification, the time of a session,
// a start in silence, and round trips.
#include <gtest/gtest.h>

#include "link/hand_peer.h"
#include "link/pair.h"

namespace tunppp::test {
namespace {

constexpr std::uint16_t lqr = 0xc025;

LinkConfig with_reports(LinkConfig config, Duration interval = seconds(1)) {
  config.lcp.quality.report_interval = interval;
  return config;
}

std::uint32_t field(const Octets& report, std::size_t index) {
  return at(report, 4 * index) << 24 | at(report, 4 * index + 1) << 16 |
         at(report, 4 * index + 2) << 8 | at(report, 4 * index + 3);
}

Octets report(std::initializer_list<std::uint32_t> fields) {
  Octets out;
  for (std::uint32_t value : fields) {
    out = out + octets({value >> 24, value >> 16 & 0xff, value >> 8 & 0xff, value & 0xff});
  }
  return out;
}

// --- On the wire -----------------------------------------------------------------------------------

/// "octets which are included in the FCS calculation ..., the FCS, and one flag octet per frame"
/// (RFC 1989 section 2.3)
std::uint32_t octets_of(const SentFrame& frame) {
  return static_cast<std::uint32_t>(frame.content.size() + 2 + 1);
}

TEST(QualityOnTheWire, CountsEveryPacketAndOctetTheReportItselfIncluded) {
  HandPeer peer;
  peer.start();
  std::uint32_t packets = 1;  // the request that start() took off
  std::uint32_t line_octets = octets_of(peer.request);
  peer.feed(lcp, packet(1, 0x41, octets({4, 8, 0xc0, 0x25, 0, 0, 0, 100, 5, 6, 1, 2, 3, 4})));
  for (const SentFrame& frame : peer.sent()) {
    ++packets;
    line_octets += octets_of(frame);
  }
  peer.feed(lcp, packet(2, peer.request.identifier(), peer.request.data()));
  std::vector<SentFrame> reports;
  const auto take = [&] {
    for (const SentFrame& frame : peer.sent()) {
      ++packets;
      line_octets += octets_of(frame);
      if (frame.protocol != lqr) continue;
      reports.push_back(frame);
      EXPECT_EQ(field(frame.information, 9), reports.size());
      EXPECT_EQ(field(frame.information, 10), packets);
      EXPECT_EQ(field(frame.information, 11), line_octets);
    }
  };
  take();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(field(reports[0].information, 4), 0U) << "no report has come yet";
  peer.pass(seconds(1));
  take();
  ASSERT_EQ(reports.size(), 2U);

  // Received so far: two LCP packets of 4 + 18 and 4 + length octets, and this report of 52, each
  // with an FCS and a flag; and one damaged frame.
  Octets damaged = frame_of(lqr, Octets(48));
  damaged[10] ^= std::byte{1};
  peer.feed_raw(damaged);
  peer.feed(lqr, report({0x01020304, 0, 0, 0, 0, 0, 0, 0, 0, 7, 70, 700}));
  peer.pass(seconds(1));
  take();
  ASSERT_EQ(reports.size(), 3U);
  const Octets& last = reports.back().information;
  EXPECT_EQ(field(last, 1), 7U);
  EXPECT_EQ(field(last, 2), 70U);
  EXPECT_EQ(field(last, 3), 700U);
  EXPECT_EQ(field(last, 4), 1U);
  EXPECT_EQ(field(last, 5), 3U);
  EXPECT_EQ(field(last, 6), 0U);
  EXPECT_EQ(field(last, 7), 1U);
  const auto ack_size = static_cast<std::uint32_t>(4 + 4 + peer.request.data().size());
  EXPECT_EQ(field(last, 8), (4 + 4 + 14 + 3) + (ack_size + 3) + (52 + 3));
  EXPECT_EQ(field(last, 0), field(reports[0].information, 0));
  EXPECT_NE(field(last, 0), 0U);
}

TEST(QualityOnTheWire, APeerWithoutATimerIsAnswered) {
  HandPeer peer;
  peer.start();
  peer.open_lcp(octets({4, 8, 0xc0, 0x25, 0, 0, 0, 0, 5, 6, 1, 2, 3, 4}));
  peer.pass(seconds(20));
  EXPECT_FALSE(peer.sent_anything_of(lqr));
  peer.feed(lqr, report({0x01020304, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1}));
  EXPECT_TRUE(peer.sent_anything_of(lqr));
}

TEST(QualityOnTheWire, ReportsThatWereNotAgreedUponAreRejected) {
  HandPeer peer;
  peer.come_up();
  peer.feed(lqr, Octets(48));
  const SentFrame reject = peer.last_of(lcp, 8);
  EXPECT_EQ(at(reject.data(), 0), 0xc0U);
  EXPECT_EQ(at(reject.data(), 1), 0x25U);
}

TEST(QualityOnTheWire, ReportsCutShortOrOurOwnAreDropped) {
  HandPeer peer(with_reports({}));
  peer.start();
  peer.open_lcp(octets({4, 8, 0xc0, 0x25, 0, 0, 0, 100, 5, 6, 1, 2, 3, 4}));
  SentFrame ours;
  for (const SentFrame& frame : peer.sent()) {
    if (frame.protocol == lqr) ours = frame;
  }
  peer.feed(lqr, Octets(47));
  peer.feed(lqr, {});
  EXPECT_EQ(peer.dropped(Drop::malformed), 2U);
  peer.feed(lqr, ours.information);
  EXPECT_EQ(peer.dropped(Drop::unexpected), 1U);
  EXPECT_EQ(peer.statistics().quality.reports_received, 0U);
}

TEST(QualityOnTheWire, BeforeLcpIsOpenNothingIsTaken) {
  HandPeer peer(with_reports({}));
  peer.start();
  peer.feed(lqr, Octets(48));
  EXPECT_FALSE(peer.sent_anything_of(lqr));
  EXPECT_EQ(peer.dropped(Drop::not_open), 1U);
}

// --- Between two links ---------------------------------------------------------------------------

class Quality : public testing::Test {
 protected:
  void start(LinkConfig a, LinkConfig b, double loss) {
    sim::LineOptions options;
    options.latency = milliseconds(20);
    options.frame_loss = loss;
    pair.emplace(a, b, options, 11);
    pair->line.set_noise(sim::LineChannel::Noise::off);
    pair->start();
    ASSERT_TRUE(pair->run_until_up(seconds(10))) << pair->transcript();
  }
  void noise(bool on) {
    pair->line.set_noise(on ? sim::LineChannel::Noise::on : sim::LineChannel::Noise::off);
  }
  void exchange(int count) {
    for (int i = 0; i < count; ++i) {
      for (Endpoint* end : {&pair->a, &pair->b}) {
        static_cast<void>(end->link.send(pair->now, NetworkProtocol::ipv4, ip_packet(60)));
      }
      pair->run_for(milliseconds(100));
    }
  }
  std::optional<Pair> pair;
};

TEST_F(Quality, OfAGoodLineIsGood) {
  start(with_reports(client_config()), with_reports(server_config()), 0);
  exchange(600);
  for (const Endpoint* end : {&pair->a, &pair->b}) {
    EXPECT_TRUE(end->all<QualityChanged>().empty());
    const QualityStatistics& quality = end->link.statistics().quality;
    EXPECT_GE(quality.reports_received, 60U);
    EXPECT_GE(quality.reports_sent, 60U);
    EXPECT_EQ(quality.lost_to_us + quality.lost_to_peer, 0U);
    EXPECT_EQ(quality.reports_lost_to_us + quality.reports_lost_to_peer, 0U);
    const LineOpened opened = end->last<LineOpened>().value();
    EXPECT_EQ(opened.send_reports, seconds(1));
    EXPECT_EQ(opened.receive_reports, seconds(1));
  }
}

TEST_F(Quality, OfALossyLineIsBadAndGoodAgainWhenItIsOver) {
  start(with_reports(client_config()), with_reports(server_config()), 0.4);
  exchange(100);
  noise(true);
  exchange(200);
  for (const Endpoint* end : {&pair->a, &pair->b}) {
    ASSERT_FALSE(end->all<QualityChanged>().empty()) << end->transcript();
    EXPECT_FALSE(end->all<QualityChanged>()[0].good);
    EXPECT_FALSE(end->ended());
  }
  noise(false);
  exchange(200);
  for (const Endpoint* end : {&pair->a, &pair->b}) {
    EXPECT_TRUE(end->last<QualityChanged>()->good);
    EXPECT_FALSE(end->ended());
  }
}

/// Each end finds out what was lost, in either direction, to the packet: what the line says.
TEST_F(Quality, LossesAreCountedAsTheyWere) {
  start(with_reports(client_config()), with_reports(server_config()), 0.2);
  exchange(50);  // until each end knows what it starts from
  noise(true);
  exchange(600);
  noise(false);
  exchange(100);
  const auto& from_a = pair->line.from(sim::LineEnd::a).statistics();
  const auto& from_b = pair->line.from(sim::LineEnd::b).statistics();
  ASSERT_GT(from_a.frames_lost, 50U);
  const QualityStatistics& a = pair->a.link.statistics().quality;
  const QualityStatistics& b = pair->b.link.statistics().quality;
  EXPECT_EQ(a.lost_to_us, from_b.frames_lost);
  EXPECT_EQ(a.lost_to_peer, from_a.frames_lost);
  EXPECT_EQ(b.lost_to_us, from_a.frames_lost);
  EXPECT_EQ(b.lost_to_peer, from_b.frames_lost);
}

TEST_F(Quality, WhenBadTheLinkEndsIfThatIsWanted) {
  LinkConfig client = with_reports(client_config());
  client.lcp.quality.close_when_bad = true;
  start(client, server_config(), 0.5);
  noise(true);
  exchange(300);
  ASSERT_TRUE(pair->a.ended()) << pair->transcript();
  EXPECT_EQ(pair->a.end()->reason, EndReason::quality_bad) << pair->a.end()->text;
}

TEST_F(Quality, AVanishedPeerIsBad) {
  LinkConfig client = with_reports(client_config());
  client.lcp.quality.close_when_bad = true;
  start(client, server_config(), 0);
  exchange(10);
  pair->cut = true;
  pair->run_for(seconds(30));
  ASSERT_TRUE(pair->a.ended());
  EXPECT_EQ(pair->a.end()->reason, EndReason::quality_bad);
  EXPECT_EQ(pair->a.last<QualityChanged>()->missing_reports, 5U);
}

TEST_F(Quality, GoesOnAfterARenegotiation) {
  start(with_reports(client_config()), with_reports(server_config()), 0);
  exchange(20);
  pair->a.link.renegotiate(pair->now);
  pair->run_for(seconds(10));
  ASSERT_TRUE(pair->both_up()) << pair->transcript();
  EXPECT_EQ(pair->b.all<Ipv4Up>().size(), 2U);
  const auto before = pair->a.link.statistics().quality.reports_received;
  exchange(100);
  EXPECT_GE(pair->a.link.statistics().quality.reports_received, before + 9);
  EXPECT_TRUE(pair->a.all<QualityChanged>().empty());
}

TEST_F(Quality, WithAPeerThatDoesNotWantItIsNotWatched) {
  LinkConfig server = server_config();
  server.lcp.quality.accept = false;
  start(with_reports(client_config()), server, 0);
  exchange(100);
  EXPECT_EQ(pair->a.link.statistics().quality.reports_received, 0U);
  EXPECT_TRUE(pair->a.all<QualityChanged>().empty());
  EXPECT_EQ(pair->a.last<LineOpened>()->receive_reports, Duration{0});
}

// --- Identification and the time of a session ---------------------------------------------------------

TEST(LineIdentification, IsToldToBothOwners) {
  LinkConfig client = client_config(), server = server_config();
  client.lcp.identification = "a client";
  server.lcp.identification = "a server";
  Pair pair(client, server);
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(0))) << pair.transcript();
  ASSERT_EQ(pair.a.all<IdentificationReceived>().size(), 1U);
  EXPECT_EQ(pair.a.last<IdentificationReceived>()->text, "a server");
  EXPECT_EQ(pair.b.last<IdentificationReceived>()->text, "a client");
}

TEST(SessionLimit, IsToldAheadAndEndsTheLink) {
  LinkConfig server = server_config();
  server.lcp.session_limit = std::chrono::minutes(10);
  Pair pair(client_config(), server);
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(0)));
  pair.run_for(seconds(100));
  pair.a.link.renegotiate(pair.now);
  pair.run_for(seconds(499));
  EXPECT_EQ(pair.a.all<Ipv4Up>().size(), 2U);
  EXPECT_TRUE(pair.both_up());
  pair.run_for(seconds(1));
  EXPECT_TRUE(pair.b.ended());
  pair.run_for(seconds(10));
  ASSERT_TRUE(pair.both_ended()) << pair.transcript();
  EXPECT_EQ(pair.b.end()->reason, EndReason::session_limit);
  EXPECT_EQ(pair.a.end()->reason, EndReason::peer_closed);
  std::vector<Duration> told;
  for (const auto& event : pair.a.all<TimeRemaining>()) told.push_back(event.remaining.value());
  EXPECT_EQ(told, (std::vector<Duration>{seconds(600), seconds(500), seconds(60)}));
}

// --- A start in silence ------------------------------------------------------------------------------

TEST(SilentStart, WaitsForThePeerAndComesUp) {
  for (const bool client_is_silent : {true, false}) {
    LinkConfig client = client_config(), server = server_config();
    (client_is_silent ? client : server).lcp.silent = true;
    Pair pair(client, server);
    pair.start();
    EXPECT_TRUE(pair.run_until_up(seconds(0))) << pair.transcript();
    EXPECT_EQ(pair.a.drops() + pair.b.drops(), 0U);
  }
}

TEST(SilentStart, OfBothSaysNothingForEver) {
  LinkConfig client = client_config(), server = server_config();
  client.lcp.silent = server.lcp.silent = true;
  Pair pair(client, server);
  pair.start();
  pair.run_for(std::chrono::hours(1));
  EXPECT_EQ(pair.a.link.statistics().sent_octets + pair.b.link.statistics().sent_octets, 0U);
  EXPECT_EQ(pair.a.link.phase(), Phase::establish);
  EXPECT_FALSE(pair.a.ended());
  pair.a.link.close(pair.now);
  pair.a.drain(pair.now);
  ASSERT_TRUE(pair.a.ended());
  EXPECT_EQ(pair.a.end()->reason, EndReason::requested);
}

// --- Round trips --------------------------------------------------------------------------------------

TEST(RoundTrips, AreMeasuredByEchoes) {
  LinkConfig client = client_config();
  client.lcp.echo_interval = seconds(1);
  sim::LineOptions line;
  line.latency = milliseconds(35);
  Pair pair(client, server_config(), line);
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(1)));
  EXPECT_EQ(pair.a.link.statistics().round_trip.count, 0U);
  pair.run_for(seconds(20));
  const RoundTrip& round_trip = pair.a.link.statistics().round_trip;
  EXPECT_GE(round_trip.count, 18U);
  EXPECT_EQ(round_trip.last, milliseconds(70));
  EXPECT_EQ(round_trip.least, milliseconds(70));
  EXPECT_EQ(round_trip.smoothed, milliseconds(70));
  EXPECT_EQ(pair.b.link.statistics().round_trip.count, 0U);
}

// --- Endpoints and multilink --------------------------------------------------------------------------

TEST(Endpoints, AreToldWhenLcpOpens) {
  LinkConfig client = client_config();
  client.lcp.endpoint = parse_endpoint("MAC:00:00:5e:00:53:01");
  client.lcp.mrru = 1600;
  Pair pair(client, server_config());
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(1))) << pair.transcript();
  EXPECT_EQ(pair.b.last<LineOpened>()->peer_endpoint, client.lcp.endpoint);
  EXPECT_EQ(pair.b.last<LineOpened>()->remote_mrru, 0) << "rejected: it is not configured there";
}

}  // namespace
}  // namespace tunppp::test
