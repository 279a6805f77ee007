#include "session/line_pacer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace tunppp::session {
namespace {

using namespace std::chrono_literals;

double seconds(Duration time) {
  return std::chrono::duration<double>(time).count();
}

/// A line that sends at a rate of its own and holds so much, in virtual time.
struct FakeLine {
  double rate;
  double capacity;
  bool tells = false;  // how much it holds, as TIOCOUTQ of a serial port does
  double level = 0;
  double sent = 0;
  Duration idle{0};  // with nothing to send

  void advance(Duration time) {
    const double most = rate * seconds(time);
    const double now_sent = std::min(level, most);
    idle += Duration(static_cast<Duration::rep>(1e9 * (most - now_sent) / rate));
    level -= now_sent;
    sent += now_sent;
  }
  std::size_t write(std::size_t octets) {
    const auto room = static_cast<std::size_t>(std::max(0.0, capacity - level));
    const std::size_t taken = std::min(octets, room);
    level += static_cast<double>(taken);
    return taken;
  }
};

constexpr std::size_t frame = 1510;

/// A pump with always more to send, which wakes up as a real one does: when a deadline has come, or
/// when a line that was full has room again, of which a pty tells in lumps.
struct Upload {
  FakeLine& line;
  LinePacer pacer;
  Instant now{100s};
  std::size_t pending = 0;
  bool blocked = false;
  double blocked_level = 0;
  std::vector<double> delays{};  // what a packet would have to wait, sampled each millisecond

  void settle() {
    if (blocked && line.level > blocked_level - 2048) return;
    blocked = false;
    if (pacer.is_gauged()) gauge();
    for (;;) {
      while (pacer.has_room(now, pending)) pending += frame;
      if (pending == 0) break;
      const std::size_t taken = line.write(pending);
      pacer.wrote(now, pending, taken);
      pending -= taken;
      if (pacer.wants_gauge()) gauge();
      if (pending == 0) continue;
      blocked = true;
      blocked_level = line.level;
      break;
    }
  }
  void gauge() {
    pacer.gauge(now, line.tells ? static_cast<std::size_t>(std::ceil(line.level)) : 0);
  }
  void run(Duration time) {
    const Instant end = now + time;
    while (now < end) {
      settle();
      Instant next = now + 1ms;
      if (pacer.next_room()) next = std::clamp(*pacer.next_room(), now + 50us, next);
      line.advance(next - now);
      now = next;
      delays.push_back((line.level + static_cast<double>(pending)) / line.rate);
    }
  }
  double median_delay() {
    std::nth_element(delays.begin(), delays.begin() + static_cast<long>(delays.size() / 2),
                     delays.end());
    return delays[delays.size() / 2];
  }
};

double packet_time(const FakeLine& line) {
  return frame / line.rate;
}

TEST(LinePacer, WithoutAKnownRateOnlyAWriteLimits) {
  LinePacer pacer({});
  const Instant now{1s};
  EXPECT_TRUE(pacer.has_room(now, 0));
  EXPECT_TRUE(pacer.has_room(now, 2047));
  EXPECT_FALSE(pacer.has_room(now, 2048));
  EXPECT_FALSE(pacer.next_room());
  EXPECT_FALSE(pacer.rate());
}

TEST(LinePacer, SwitchedOffOnlyAWriteLimits) {
  FakeLine line{92160, 21500};
  Upload upload{line, LinePacer({.limited = false, .octets_per_second = 92160})};
  upload.run(10s);
  EXPECT_GT(upload.median_delay(), 0.2);
  EXPECT_FALSE(upload.pacer.wants_gauge());
}

struct Rate {
  const char* name;
  double octets_per_second;
};

class AtRate : public testing::TestWithParam<Rate> {};

void expect_short_queue_and_busy_line(Upload& upload, Duration time) {
  upload.delays.clear();
  upload.line.idle = {};
  upload.line.sent = 0;
  upload.run(time);
  EXPECT_LT(upload.median_delay(), 0.010 + packet_time(upload.line));
  EXPECT_GT(upload.line.sent, 0.97 * upload.line.rate * seconds(time));
}

TEST_P(AtRate, ThatTheOwnerKnowsTheQueueIsTenMilliseconds) {
  FakeLine line{GetParam().octets_per_second, 21500};
  Upload upload{line, LinePacer({.octets_per_second =
                                     static_cast<std::uint64_t>(GetParam().octets_per_second)})};
  expect_short_queue_and_busy_line(upload, 20s);
}

TEST_P(AtRate, ThatIsMeasuredTheQueueIsTenMilliseconds) {
  FakeLine line{GetParam().octets_per_second, 21500};
  Upload upload{line, LinePacer({})};
  for (int i = 0; i < 50 && !upload.pacer.rate(); ++i) upload.run(100ms);
  ASSERT_TRUE(upload.pacer.rate());
  EXPECT_NEAR(static_cast<double>(*upload.pacer.rate()), 0.98 * line.rate, 0.05 * line.rate);
  upload.run(22s);  // and twice measured again
  expect_short_queue_and_busy_line(upload, 8s);
}

TEST_P(AtRate, ThatTheLineTellsTheQueueIsTenMilliseconds) {
  FakeLine line{GetParam().octets_per_second, 8192, true};
  Upload upload{line, LinePacer({})};
  upload.run(1s);
  EXPECT_TRUE(upload.pacer.is_gauged());
  expect_short_queue_and_busy_line(upload, 20s);
}

INSTANTIATE_TEST_SUITE_P(Rates, AtRate,
                         testing::Values(Rate{"baud115200", 11520}, Rate{"baud921600", 92160},
                                         Rate{"mbit10", 1250000}),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(LinePacer, ALineThatTellsIsBelievedMoreThanItsBaudRate) {
  FakeLine line{1250000, 65536, true};  // a USB modem, for which a baud rate means nothing
  Upload upload{line, LinePacer({.octets_per_second = 11520})};
  upload.run(2s);
  expect_short_queue_and_busy_line(upload, 5s);
}

TEST(LinePacer, ASlowerLineThanBelievedIsFoundOut) {
  FakeLine line{46080, 21500};
  Upload upload{line, LinePacer({.octets_per_second = 92160})};
  upload.run(10s);
  expect_short_queue_and_busy_line(upload, 5s);
}

TEST(LinePacer, AFasterLineThanMeasuredIsFoundOut) {
  FakeLine line{46080, 21500};
  Upload upload{line, LinePacer({})};
  upload.run(5s);
  ASSERT_TRUE(upload.pacer.is_limiting());
  line.rate = 92160;
  upload.run(30s);
  ASSERT_TRUE(upload.pacer.rate());
  EXPECT_NEAR(static_cast<double>(*upload.pacer.rate()), 0.98 * 92160, 4600);
}

TEST(LinePacer, AFastLineInWhichLittleHidesIsNotLimited) {
  FakeLine line{40e6, 21500};
  Upload upload{line, LinePacer({})};
  upload.run(5s);
  EXPECT_FALSE(upload.pacer.is_limiting());
  EXPECT_GT(line.sent, 0.3 * line.rate * 5);  // as much as waking up each millisecond allows
}

TEST(LinePacer, NothingIsMeasuredWhileThereIsNothingToSend) {
  LinePacer pacer({});
  Instant now{1s};
  for (int i = 0; i < 100; ++i) {  // bursts that fill the line, and pauses in which it runs dry
    pacer.wrote(now, 30000, 21500);
    now += 60ms;
    pacer.wrote(now, 8500, 8500);
    pacer.idle(now);
    now += 60ms;
  }
  EXPECT_FALSE(pacer.rate());
}

TEST(LinePacer, AfterAWhileABlindLineIsNotAskedAnyMore) {
  FakeLine line{92160, 21500};
  Upload upload{line, LinePacer({.octets_per_second = 92160})};
  EXPECT_TRUE(upload.pacer.wants_gauge());
  upload.run(5s);
  EXPECT_FALSE(upload.pacer.wants_gauge());
}

}  // namespace
}  // namespace tunppp::session
