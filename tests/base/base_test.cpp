// Addresses, secrets, timers, the table of end reasons.
#include <gtest/gtest.h>
#include <tunppp/address.h>
#include <tunppp/end_reason.h>
#include <tunppp/secret.h>

#include <cstring>
#include <set>

#include "base/octets.h"
#include "base/timer_table.h"

namespace tunppp {
namespace {

// --- Addresses ------------------------------------------------------------------------------------

TEST(Ipv4, ParsesWhatItPrints) {
  for (const char* text : {"0.0.0.0", "10.64.64.64", "255.255.255.255", "1.2.3.4"}) {
    const auto address = parse_ipv4(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_string(*address), text);
  }
  EXPECT_TRUE(parse_ipv4("0.0.0.0")->is_unspecified());
  EXPECT_FALSE(parse_ipv4("0.0.0.1")->is_unspecified());
}

TEST(Ipv4, TakesNothingElse) {
  for (const char* text :
       {"", "1", "1.2.3", "1.2.3.", "1.2.3.4.", "1.2.3.4.5", " 1.2.3.4", "1.2.3.4 ", "1.2.3.256",
        "1.2.3.-4", "1.2.3.+4", "1..3.4", "1.2.3.4/24", "a.b.c.d", "0x1.2.3.4", "1.2.3.0004",
        "1,2,3,4", "99999999999.1.1.1"}) {
    EXPECT_FALSE(parse_ipv4(text)) << text;
  }
  EXPECT_FALSE(parse_ipv4(std::string_view("1.2.3.4\0", 8)));
}

// --- Secrets --------------------------------------------------------------------------------------

TEST(Secret, IsEqualToItselfAlone) {
  const Secret secret("hunter2");
  EXPECT_TRUE(secret.equals(test::octets("hunter2")));
  for (std::string_view other : {"", "hunter", "hunter22", "Hunter2", "hunter3"}) {
    EXPECT_FALSE(secret.equals(test::octets(other))) << other;
  }
  EXPECT_TRUE(Secret().equals({}));
  EXPECT_TRUE(Secret().empty());
  EXPECT_EQ(secret.size(), 7U);
}

TEST(Secret, MayHoldAnyOctets) {
  const test::Octets octets = test::octets({0, 255, 10, 13, 0});
  const Secret secret{Bytes(octets)};
  EXPECT_EQ(test::copy(secret.expose()), octets);
}

TEST(Secret, CopiesAndMovesAsExpected) {
  Secret first("first");
  Secret copy(first);
  EXPECT_TRUE(copy.equals(first.expose()));
  Secret moved(std::move(first));
  EXPECT_TRUE(moved.equals(test::octets("first")));
  EXPECT_TRUE(first.empty());  // NOLINT: a moved-from secret holds nothing
  copy = Secret("a longer second one");
  EXPECT_TRUE(copy.equals(test::octets("a longer second one")));
  const Secret& alias = copy;
  copy = alias;
  EXPECT_TRUE(copy.equals(test::octets("a longer second one")));
  moved = std::move(copy);
  EXPECT_TRUE(moved.equals(test::octets("a longer second one")));
}

// --- Timers ---------------------------------------------------------------------------------------

enum class Timer { red, green, blue, count };

TEST(TimerTable, TellsEachTimerOnceAndInTime) {
  TimerTable<Timer> timers;
  const Instant now{std::chrono::seconds(100)};
  EXPECT_EQ(timers.next(), std::nullopt);
  EXPECT_EQ(timers.expire(now), std::nullopt);
  timers.set(Timer::green, now + std::chrono::seconds(2));
  timers.set(Timer::blue, now + std::chrono::seconds(1));
  EXPECT_EQ(timers.next(), now + std::chrono::seconds(1));
  EXPECT_TRUE(timers.running(Timer::blue));
  EXPECT_FALSE(timers.running(Timer::red));
  EXPECT_EQ(timers.expire(now), std::nullopt);
  EXPECT_EQ(timers.expire(now + std::chrono::seconds(1)), Timer::blue);
  EXPECT_EQ(timers.expire(now + std::chrono::seconds(1)), std::nullopt);
  timers.set(Timer::green, now + std::chrono::seconds(9));  // set anew: later
  EXPECT_EQ(timers.expire(now + std::chrono::seconds(8)), std::nullopt);
  timers.stop(Timer::green);
  EXPECT_EQ(timers.next(), std::nullopt);
  timers.set(Timer::red, now);
  timers.stop_all();
  EXPECT_EQ(timers.expire(now), std::nullopt);
}

TEST(TimerTable, EarliestOfTwo) {
  const Instant early{std::chrono::seconds(1)};
  const Instant late{std::chrono::seconds(2)};
  EXPECT_EQ(earliest(early, late), early);
  EXPECT_EQ(earliest(late, early), early);
  EXPECT_EQ(earliest(std::nullopt, late), late);
  EXPECT_EQ(earliest(early, std::nullopt), early);
  EXPECT_EQ(earliest(std::nullopt, std::nullopt), std::nullopt);
}

// --- End reasons ----------------------------------------------------------------------------------

TEST(EndReasons, HaveEachAnExitCodeAndANameOfTheirOwn) {
  std::set<int> codes;
  std::set<std::string_view> names;
  for (const EndReasonInfo& row : end_reasons()) {
    EXPECT_TRUE(codes.insert(row.exit_code).second) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_GE(row.exit_code, 0);
    EXPECT_LE(row.exit_code, 125) << "beyond are those of the shell";
    EXPECT_GE(row.pppd_code, 0);
    EXPECT_LE(row.pppd_code, 19);
    EXPECT_FALSE(row.meaning.empty());
    EXPECT_EQ(row.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos);
    EXPECT_EQ(&info(row.reason), &row);
  }
  EXPECT_EQ(info(EndReason::requested).exit_code, 0);
}

}  // namespace
}  // namespace tunppp
