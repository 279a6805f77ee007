#pragma once

#include <tunppp/time.h>

#include <algorithm>
#include <array>
#include <optional>

namespace tunppp {

/// Deadlines by name. `Timer` is an enum class whose last enumerator is `count`.
template <class Timer>
class TimerTable {
 public:
  void set(Timer timer, Instant deadline) { at(timer) = deadline; }
  void stop(Timer timer) { at(timer).reset(); }
  void stop_all() { deadlines_.fill(std::nullopt); }
  bool running(Timer timer) const { return deadlines_[static_cast<std::size_t>(timer)].has_value(); }

  /// The earliest deadline, if any timer runs.
  std::optional<Instant> next() const {
    std::optional<Instant> earliest;
    for (const auto& deadline : deadlines_)
      if (deadline && (!earliest || *deadline < *earliest)) earliest = deadline;
    return earliest;
  }

  /// Stops one timer whose deadline has come, and names it. Call until it returns nothing.
  std::optional<Timer> expire(Instant now) {
    for (std::size_t i = 0; i < deadlines_.size(); ++i) {
      if (!deadlines_[i] || *deadlines_[i] > now) continue;
      deadlines_[i].reset();
      return static_cast<Timer>(i);
    }
    return std::nullopt;
  }

 private:
  std::optional<Instant>& at(Timer timer) { return deadlines_[static_cast<std::size_t>(timer)]; }
  std::array<std::optional<Instant>, static_cast<std::size_t>(Timer::count)> deadlines_{};
};

/// The earlier of two deadlines, either of which may be absent.
inline std::optional<Instant> earliest(std::optional<Instant> a, std::optional<Instant> b) {
  if (!a) return b;
  if (!b) return a;
  return std::min(*a, *b);
}

}  // namespace tunppp
