// Link quality monitoring (RFC 1989): reports as octets, when they are sent, and what they say.
// The numbers were worked out by hand from sections 2.2 to 2.8.
#include "lcp/quality_monitor.h"

#include <gtest/gtest.h>

#include "base/octets.h"

namespace tunppp::lcp::test {
namespace {

using namespace tunppp::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(QualityReport, StandsOnTheLineInTheOrderOfTheStandard) {
  QualityReport report;
  report.magic_number = 0x01020304;
  report.last_out_reports = 1;
  report.last_out_packets = 2;
  report.last_out_octets = 3;
  report.peer_in_reports = 4;
  report.peer_in_packets = 5;
  report.peer_in_discards = 6;
  report.peer_in_errors = 7;
  report.peer_in_octets = 8;
  report.peer_out_reports = 9;
  report.peer_out_packets = 10;
  report.peer_out_octets = 0xfffefdfc;
  Octets room(QualityReport::size);
  Writer writer(room);
  report.emit(writer);
  EXPECT_TRUE(writer.ok());
  const Octets expected = octets({1,    2,    3,    4,     //
                                  0,    0,    0,    1,     //
                                  0,    0,    0,    2,     //
                                  0,    0,    0,    3,     //
                                  0,    0,    0,    4,     //
                                  0,    0,    0,    5,     //
                                  0,    0,    0,    6,     //
                                  0,    0,    0,    7,     //
                                  0,    0,    0,    8,     //
                                  0,    0,    0,    9,     //
                                  0,    0,    0,    10,    //
                                  0xff, 0xfe, 0xfd, 0xfc});
  EXPECT_EQ(room, expected);
  EXPECT_EQ(QualityReport::parse(room), report);
  EXPECT_EQ(QualityReport::parse(room + octets({1, 2, 3})), report) << "padding";
  for (std::size_t size = 0; size < QualityReport::size; ++size) {
    EXPECT_FALSE(QualityReport::parse(Bytes(room).first(size))) << size;
  }
  EXPECT_EQ(describe_quality_report(room),
            "LQR magic=0x01020304 out=9/10/4294901244 last=1/2/3 in=4/5/8 discards=6 errors=7");
  EXPECT_EQ(describe_quality_report(Bytes(room).first(47)), "LQR (malformed)");
}

/// One monitor in virtual time; the test is its line and its peer.
class MonitorTest : public testing::Test {
 protected:
  void start(std::optional<ReportPeriod> ours, std::optional<ReportPeriod> peers) {
    monitor.emplace(config, statistics);
    monitor->start(now, ours, peers);
  }
  /// Reports that became due while `duration` passed.
  unsigned pass(Duration duration) {
    unsigned sent = send_due();
    const Instant end = now + duration;
    while (monitor->next_timeout() && *monitor->next_timeout() <= end) {
      now = *monitor->next_timeout();
      monitor->handle_timeout(now);
      sent += send_due();
    }
    now = end;
    return sent;
  }
  unsigned send_due() {
    if (!monitor->take_due()) return 0;
    ++counters.out_packets;
    counters.out_octets += 57;
    last_sent = monitor->make(0x11111111, counters);
    return 1;
  }
  /// A report of a peer that has sent and received so many packets in all.
  void receive(std::uint32_t sent_by_peer, std::uint32_t received_by_us,
               std::uint32_t last_out_packets = 0, std::uint32_t received_by_peer = 0,
               std::uint32_t peer_in_reports = 0) {
    QualityReport report;
    report.peer_out_reports = ++peer_reports;
    report.peer_out_packets = sent_by_peer;
    report.last_out_packets = last_out_packets;
    report.last_out_reports = peer_in_reports;
    report.peer_in_packets = received_by_peer;
    report.peer_in_reports = peer_in_reports;
    counters.in_packets = received_by_us;
    monitor->receive(now, report, counters);
  }

  QualityConfig config;
  QualityStatistics statistics;
  std::optional<QualityMonitor> monitor;
  LineCounters counters;
  QualityReport last_sent;
  std::uint32_t peer_reports = 0;
  Instant now{};
};

TEST_F(MonitorTest, ReportsAtOnceAndThenInThePeriodThatThePeerAskedFor) {
  start(std::nullopt, 300);
  EXPECT_EQ(pass(Duration{0}), 1U);
  EXPECT_EQ(pass(milliseconds(2999)), 0U);
  EXPECT_EQ(pass(milliseconds(1)), 1U);
  EXPECT_EQ(pass(seconds(30)), 10U);
}

TEST_F(MonitorTest, SendsNothingThatNobodyAskedFor) {
  start(300, std::nullopt);
  EXPECT_EQ(pass(seconds(100)), 0U);
  receive(1, 1);
  EXPECT_EQ(pass(seconds(1)), 0U);
}

TEST_F(MonitorTest, WithoutATimerItAnswersEachReport) {
  start(300, 0);
  EXPECT_EQ(pass(seconds(10)), 0U);
  receive(1, 1, 0, 0, 0);
  EXPECT_EQ(pass(Duration{0}), 1U);
  receive(2, 2, 1, 1, 1);
  EXPECT_EQ(pass(Duration{0}), 1U);
}

TEST_F(MonitorTest, APeerThatOnlyAnswersIsAskedByATimerOfOurs) {
  config.report_interval = seconds(2);
  start(0, std::nullopt);
  EXPECT_EQ(pass(seconds(10)), 6U);
}

TEST_F(MonitorTest, AnswersAtOnceWhenThePeerHasNotHeardUsBetweenTwoReports) {
  start(300, 30000);
  EXPECT_EQ(pass(Duration{0}), 1U);
  receive(1, 1, 1, 1, 1);
  EXPECT_EQ(pass(Duration{0}), 0U);
  receive(2, 2, 1, 1, 1);
  EXPECT_EQ(pass(Duration{0}), 1U) << "PeerInLQRs is the same as before";
}

TEST_F(MonitorTest, CopiesTheCountersAsTheStandardSays) {
  start(300, 300);
  counters = {.out_packets = 9, .out_octets = 1000, .in_packets = 7, .in_errors = 0, .in_octets = 0};
  EXPECT_EQ(pass(Duration{0}), 1U);
  QualityReport expected;
  expected.magic_number = 0x11111111;
  expected.peer_out_reports = 1;
  expected.peer_out_packets = 10;
  expected.peer_out_octets = 1057;
  EXPECT_EQ(last_sent, expected) << "nothing of the peer is known yet: PeerInLQRs is zero";

  QualityReport from_peer;
  from_peer.peer_out_reports = 5;
  from_peer.peer_out_packets = 500;
  from_peer.peer_out_octets = 50000;
  counters.in_packets = 480;
  counters.in_discards = 2;
  counters.in_errors = 20;
  counters.in_octets = 48000;
  monitor->receive(now, from_peer, counters);
  counters.in_packets = 490;  // what comes later is not in the next report
  EXPECT_EQ(pass(seconds(3)), 1U);
  expected.last_out_reports = 5;
  expected.last_out_packets = 500;
  expected.last_out_octets = 50000;
  expected.peer_in_reports = 1;
  expected.peer_in_packets = 480;
  expected.peer_in_discards = 2;
  expected.peer_in_errors = 20;
  expected.peer_in_octets = 48000;
  expected.peer_out_reports = 2;
  expected.peer_out_packets = 11;
  expected.peer_out_octets = 1114;
  EXPECT_EQ(last_sent, expected);
}

TEST_F(MonitorTest, LossToUsIsWhatThePeerSentAndWeDidNotGet) {
  config.window = 2;
  config.tolerated_loss = 10;
  start(300, std::nullopt);
  receive(100, 100);
  receive(200, 190);
  EXPECT_FALSE(monitor->take_judgement()) << "the window is not full";
  receive(300, 280);  // 20 of 200
  EXPECT_FALSE(monitor->take_judgement()) << "ten percent are tolerated";
  receive(400, 379);  // 11 of 200
  EXPECT_FALSE(monitor->take_judgement());
  receive(500, 454);  // 26 of 200
  const auto bad = monitor->take_judgement();
  ASSERT_TRUE(bad);
  EXPECT_FALSE(bad->good);
  EXPECT_DOUBLE_EQ(bad->lost_to_us, 26.0 / 200);
  EXPECT_DOUBLE_EQ(bad->lost_to_peer, 0);
  receive(600, 554);  // 25 of 200
  EXPECT_FALSE(monitor->take_judgement()) << "it is known already";
  receive(700, 654);  // 0 of 200
  const auto good = monitor->take_judgement();
  ASSERT_TRUE(good);
  EXPECT_TRUE(good->good);
  EXPECT_EQ(statistics.lost_to_us, 46U);
  EXPECT_EQ(statistics.reports_received, 7U);
}

TEST_F(MonitorTest, LossToThePeerIsWhatWeSentAndItDidNotGet) {
  config.window = 1;
  config.tolerated_loss = 20;
  start(300, 300);
  receive(1, 1, 0, 0, 0);
  receive(2, 2, 100, 90, 1);
  EXPECT_FALSE(monitor->take_judgement()) << "before it had heard us its counters say nothing";
  receive(3, 3, 200, 150, 2);
  const auto bad = monitor->take_judgement();
  ASSERT_TRUE(bad);
  EXPECT_DOUBLE_EQ(bad->lost_to_peer, 0.4);
  EXPECT_EQ(statistics.lost_to_peer, 40U);
}

TEST_F(MonitorTest, CountersMayWrap) {
  config.window = 1;
  start(300, std::nullopt);
  receive(0xffffffff, 0xfffffff0);
  receive(99, 84);  // 100 and 100
  EXPECT_FALSE(monitor->take_judgement());
  EXPECT_EQ(statistics.lost_to_us, 0U);
}

TEST_F(MonitorTest, CountersThatRunBackwardsLostNothing) {
  config.window = 1;
  start(300, std::nullopt);
  receive(100, 100);
  receive(110, 150);
  EXPECT_FALSE(monitor->take_judgement());
  EXPECT_EQ(statistics.lost_to_us, 0U);
}

TEST_F(MonitorTest, ReportsThatFailToComeAreBad) {
  config.missing_reports = 3;
  start(100, std::nullopt);
  receive(1, 1);
  pass(milliseconds(3499));
  EXPECT_FALSE(monitor->take_judgement());
  pass(milliseconds(1));
  const auto bad = monitor->take_judgement();
  ASSERT_TRUE(bad);
  EXPECT_FALSE(bad->good);
  EXPECT_EQ(bad->missing_reports, 3U);
}

TEST_F(MonitorTest, ReportsThatComeLateAreNotMissing) {
  config.missing_reports = 2;
  start(100, std::nullopt);
  for (std::uint32_t i = 1; i < 20; ++i) {
    pass(milliseconds(1900));
    EXPECT_FALSE(monitor->take_judgement()) << i;
    receive(i, i);
  }
}

TEST_F(MonitorTest, WithoutALimitNoneIsMissing) {
  config.missing_reports = 0;
  start(100, std::nullopt);
  pass(seconds(1000));
  EXPECT_FALSE(monitor->take_judgement());
}

TEST_F(MonitorTest, StopsAndForgets) {
  start(100, 100);
  pass(seconds(3));
  monitor->stop();
  EXPECT_FALSE(monitor->running());
  EXPECT_FALSE(monitor->next_timeout());
  EXPECT_FALSE(monitor->take_due());
  monitor->start(now, std::nullopt, 100);
  pass(Duration{0});
  EXPECT_EQ(last_sent.peer_out_reports, 1U);
}

}  // namespace
}  // namespace tunppp::lcp::test
