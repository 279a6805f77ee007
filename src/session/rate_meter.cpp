#include "session/rate_meter.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tunppp::session {
namespace {

constexpr double agreement = 0.06;
/// Of a pty. A wrong guess costs a pause once, or time until it has run off.
constexpr std::size_t usual_capacity = 20 * 1024;
/// After a pause like this a line is taken for empty.
constexpr Duration long_pause = std::chrono::milliseconds(100);

double seconds(Duration time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

double RateMeter::Sample::rate() const {
  return static_cast<double>(octets) / seconds(time);
}

void RateMeter::wrote(Instant now, std::size_t octets) {
  if (octets == 0) return;
  if (idle_since_ && now - *idle_since_ >= long_pause) fill_begin_.reset();
  idle_since_.reset();
  if (!fill_begin_ && !window_begin_) {
    fill_begin_ = now;
    fill_octets_ = 0;
  }
  fill_octets_ += octets;
  window_octets_ += octets;
}

std::optional<RateMeter::Result> RateMeter::full(Instant now) {
  if (fill_begin_) {
    fill_ = Sample{fill_octets_, now - *fill_begin_};
    fill_begin_.reset();
  }
  const auto begin_window = [&] {
    window_begin_ = now;
    window_octets_ = 0;
  };
  if (!window_begin_) {
    begin_window();
    return std::nullopt;
  }
  const Sample sample{window_octets_, now - *window_begin_};
  if (sample.time < window || sample.octets < window_octets) return std::nullopt;
  begin_window();
  const auto previous = std::exchange(previous_, sample);
  if (!previous || std::abs(sample.rate() - previous->rate()) > agreement * sample.rate())
    return std::nullopt;

  const Sample both{sample.octets + previous->octets, sample.time + previous->time};
  if (fill_) {
    // What was sent meanwhile is known only as well as the rate is.
    const double sent = both.rate() * seconds(fill_->time);
    const double kept = static_cast<double>(fill_->octets) - sent;
    if (kept > 0.25 * sent) capacity_ = std::max(capacity_, static_cast<std::size_t>(kept));
    fill_.reset();
  }
  if (capacity_ == 0) capacity_ = usual_capacity;
  return Result{static_cast<std::uint64_t>(both.rate()), capacity_};
}

void RateMeter::idle(Instant now) {
  if (!idle_since_) idle_since_ = now;
  window_begin_.reset();
  previous_.reset();
}

void RateMeter::restart() {
  window_begin_.reset();
  previous_.reset();
}

}  // namespace tunppp::session
