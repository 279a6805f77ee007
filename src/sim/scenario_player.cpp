#include "sim/scenario_player.h"

#include <utility>

namespace tunppp::sim {

ScenarioPlayer::ScenarioPlayer(std::vector<ScenarioEvent> events)
    : events_(std::move(events)), times_(events_.size()) {}

void ScenarioPlayer::power_up(Instant now) {
  begin(ScenarioEvent::After::power_up, now);
}

void ScenarioPlayer::connected(Instant now) {
  begin(ScenarioEvent::After::connect, now);
  if (!std::exchange(connected_before_, true)) begin(ScenarioEvent::After::first_connect, now);
}

void ScenarioPlayer::call_ended() {
  for (std::size_t i = 0; i < events_.size(); ++i)
    if (events_[i].after != ScenarioEvent::After::power_up) times_[i].begins.reset();
}

void ScenarioPlayer::begin(ScenarioEvent::After after, Instant from) {
  for (std::size_t i = 0; i < events_.size(); ++i)
    if (events_[i].after == after) times_[i].begins = from + events_[i].at;
}

/// Of those at the same time the first in the file; what ends goes before what begins.
std::optional<ScenarioPlayer::Due> ScenarioPlayer::earliest_due() const {
  std::optional<Due> first;
  for (const bool ends : {true, false})
    for (std::size_t i = 0; i < times_.size(); ++i) {
      const std::optional<Instant>& when = ends ? times_[i].ends : times_[i].begins;
      if (when && (!first || *when < first->when)) first = Due{i, *when, ends};
    }
  return first;
}

std::optional<ScenarioPlayer::Act> ScenarioPlayer::poll(Instant now) {
  const std::optional<Due> due = earliest_due();
  if (!due || due->when > now) return std::nullopt;
  const ScenarioEvent& event = events_[due->number];
  Times& times = times_[due->number];
  if (due->ends) {
    times.ends.reset();
    return Act{&event, true};
  }
  times.begins.reset();
  // From now, not from when it was due: a machine that slept does not catch up.
  if (event.every) times.begins = now + *event.every;
  if (event.lasting) times.ends = now + *event.lasting;
  return Act{&event, false};
}

std::optional<Instant> ScenarioPlayer::next_timeout() const {
  const std::optional<Due> due = earliest_due();
  if (!due) return std::nullopt;
  return due->when;
}

}  // namespace tunppp::sim
