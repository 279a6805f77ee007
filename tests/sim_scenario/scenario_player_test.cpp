#include "sim/scenario_player.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tunppp::sim {
namespace {

using namespace std::chrono_literals;
using After = ScenarioEvent::After;

ScenarioEvent named(std::string name, Duration at, After after = After::power_up) {
  ScenarioEvent event;
  event.text = std::move(name);
  event.at = at;
  event.after = after;
  return event;
}

/// Plays it in virtual time; what happens is written down: "5:lost", "7:-lost".
class Played {
 public:
  explicit Played(std::vector<ScenarioEvent> events) : player(std::move(events)) {}

  std::string until(Duration end) {
    said_.clear();
    for (;;) {
      while (const auto act = player.poll(now)) note(*act);
      const auto next = player.next_timeout();
      if (!next || *next > start + end) break;
      now = std::max(now, *next);
    }
    now = start + end;
    return said_;
  }

  const Instant start{1h};
  Instant now = start;
  ScenarioPlayer player;

 private:
  void note(const ScenarioPlayer::Act& act) {
    if (!said_.empty()) said_ += ' ';
    said_ += std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now - start).count()) +
             (act.ends ? ":-" : ":") + act.event->text;
  }
  std::string said_;
};

TEST(ScenarioPlayer, PlaysInTheOrderOfTime) {
  Played it({named("late", 9s), named("first", 0s), named("second", 0s), named("early", 2s)});
  EXPECT_EQ(it.until(5s), "") << "nothing before power-up";
  it.player.power_up(it.start);
  EXPECT_EQ(it.until(1min), "5:first 5:second 5:early 9:late");
  EXPECT_FALSE(it.player.next_timeout());
}

TEST(ScenarioPlayer, WhatLastsEnds) {
  ScenarioEvent event = named("silence", 5s);
  event.lasting = 3s;
  Played it({event, named("then", 8s)});
  it.player.power_up(it.now);
  EXPECT_EQ(it.until(1min), "5:silence 8:-silence 8:then");
}

TEST(ScenarioPlayer, HappensAgainAndAgain) {
  ScenarioEvent event = named("ring", 1s);
  event.every = 10s;
  event.lasting = 4s;
  Played it({event});
  it.player.power_up(it.now);
  EXPECT_EQ(it.until(30s), "1:ring 5:-ring 11:ring 15:-ring 21:ring 25:-ring");
}

TEST(ScenarioPlayer, CountsFromEachConnectOrFromTheFirst) {
  Played it({named("each", 2s, After::connect), named("once", 1s, After::first_connect)});
  it.player.power_up(it.now);
  EXPECT_EQ(it.until(10s), "");
  it.player.connected(it.now);
  EXPECT_EQ(it.until(20s), "11:once 12:each");
  it.player.call_ended();
  it.player.connected(it.now);
  EXPECT_EQ(it.until(30s), "22:each");
}

TEST(ScenarioPlayer, TheEndOfACallEndsWhatCountsFromIt) {
  ScenarioEvent again = named("again", 1s, After::connect);
  again.every = 5s;
  again.lasting = 4s;
  Played it({again, named("never", 8s, After::connect), named("anyway", 9s)});
  it.player.power_up(it.now);
  it.player.connected(it.now);
  EXPECT_EQ(it.until(7s), "1:again 5:-again 6:again");
  it.player.call_ended();
  // What has begun comes to its end.
  EXPECT_EQ(it.until(1min), "9:anyway 10:-again");
}

}  // namespace
}  // namespace tunppp::sim
