#pragma once

#include <tunppp/time.h>

#include <optional>
#include <vector>

#include "sim/scenario.h"

namespace tunppp::sim {

/// Tells when which event of a scenario is due. It knows nothing of modems.
class ScenarioPlayer {
 public:
  struct Act {
    const ScenarioEvent* event;  ///< as long as the player lives, moved or not
    bool ends = false;           ///< `lasting` is over
  };

  explicit ScenarioPlayer(std::vector<ScenarioEvent> events);
  ScenarioPlayer(ScenarioPlayer&&) = default;
  ScenarioPlayer& operator=(ScenarioPlayer&&) = default;
  // What poll() has told points into it.
  ScenarioPlayer(const ScenarioPlayer&) = delete;
  ScenarioPlayer& operator=(const ScenarioPlayer&) = delete;

  /// Time begins. Once.
  void power_up(Instant now);
  void connected(Instant now);
  /// What counts from CONNECT and has not begun yet does not happen.
  void call_ended();

  /// The next that is due, in the order of their times; to be asked until there is none.
  std::optional<Act> poll(Instant now);
  std::optional<Instant> next_timeout() const;

 private:
  /// Of the event of the same number.
  struct Times {
    std::optional<Instant> begins{};
    std::optional<Instant> ends{};
  };
  struct Due {
    std::size_t number;
    Instant when;
    bool ends;
  };
  void begin(ScenarioEvent::After after, Instant from);
  std::optional<Due> earliest_due() const;

  std::vector<ScenarioEvent> events_;
  std::vector<Times> times_;
  bool connected_before_ = false;
};

}  // namespace tunppp::sim
