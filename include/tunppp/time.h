#pragma once

#include <chrono>

namespace tunppp {

using Duration = std::chrono::nanoseconds;

/// The time base of the pure part: time since boot, suspended time included (CLOCK_BOOTTIME).
/// It has no now(): whoever owns a Link passes the time in, so that a test can run hours of it
/// in milliseconds.
struct BootClock {
  using rep = Duration::rep;
  using period = Duration::period;
  using duration = Duration;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;
};
using Instant = BootClock::time_point;

}  // namespace tunppp
