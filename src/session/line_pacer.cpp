#include "session/line_pacer.h"

#include <algorithm>
#include <cmath>

namespace tunppp::session {
namespace {

/// A little slower than the line, so that what hides in it by mistake runs off.
constexpr double caution = 0.98;
constexpr Duration first_probe = std::chrono::seconds(4);
constexpr Duration longest_probe = std::chrono::seconds(256);
constexpr Duration shortest_gauge = std::chrono::milliseconds(5);

double seconds(Duration time) {
  return std::chrono::duration<double>(time).count();
}
Duration to_duration(double time) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(time));
}

}  // namespace

LinePacer::LinePacer(const Options& options) : options_(options), probe_interval_(first_probe) {
  if (!options_.limited || options_.octets_per_second == 0) return;
  pacing_ = true;
  rate_ = static_cast<double>(options_.octets_per_second) * caution;
}

std::optional<std::uint64_t> LinePacer::rate() const {
  if (!pacing_) return std::nullopt;
  return static_cast<std::uint64_t>(rate_);
}

double LinePacer::level_at(Instant now) const {
  if (!pacing_) return 0;
  return std::max(0.0, level_ - rate_ * seconds(now - level_time_));
}

double LinePacer::limit() const {
  return std::max(1.0, rate_ * seconds(depth));
}

bool LinePacer::has_room(Instant now, std::size_t pending) {
  next_room_.reset();
  if (pending >= write_size) return false;
  if (!pacing_) return true;
  const double level = level_at(now) + static_cast<double>(pending);
  if (level < limit()) return true;

  if (probe_at_ && now >= *probe_at_) {
    measure();
    return true;
  }
  held_back_ = true;
  // A fast line is filled by whole writes, a slow one packet by packet.
  const double low = limit() > 2.0 * write_size ? limit() - write_size : limit();
  next_room_ = now + to_duration((level - low) / rate_) + std::chrono::microseconds(1);
  return false;
}

void LinePacer::wrote(Instant now, std::size_t offered, std::size_t taken) {
  if (!options_.limited) return;
  level_ = level_at(now) + static_cast<double>(taken);
  level_time_ = now;
  gauge_written_ += taken;
  if (gauged_) return;

  meter_.wrote(now, taken);
  if (taken == offered) return;
  // Full, although it should not be: the line is slower than believed.
  if (pacing_) measure();
  const auto measured = meter_.full(now);
  if (!measured) return;
  const auto rate = static_cast<double>(measured->octets_per_second);
  // Where so little fits that it is gone in no time, there is nothing to be gained.
  const auto capacity = static_cast<double>(measured->capacity);
  if (capacity <= rate * seconds(depth)) return;
  const bool confirmed = std::abs(rate - measured_) < 0.1 * rate;
  probe_interval_ = confirmed ? std::min(4 * probe_interval_, longest_probe) : first_probe;
  probe_at_ = now + probe_interval_;
  measured_ = rate;
  pace(now, rate * caution);
  level_ = capacity;
}

void LinePacer::idle(Instant now) {
  held_back_ = false;
  next_room_.reset();
  if (!pacing_) meter_.idle(now);
}

void LinePacer::pace(Instant now, double rate) {
  pacing_ = true;
  rate_ = rate;
  level_time_ = now;
}

void LinePacer::measure() {
  pacing_ = false;
  probe_at_.reset();
  meter_.restart();
}

void LinePacer::gauge(Instant now, std::size_t queued) {
  if (!gauged_ && queued == 0) {
    ++blind_readings_;
    return;
  }
  if (!gauged_) {
    gauged_ = true;
    probe_at_.reset();
  }
  calibrate(now, queued);
  level_ = static_cast<double>(queued);
  level_time_ = now;
}

/// The line holds `queued`: how fast did it get rid of the rest?
void LinePacer::calibrate(Instant now, std::size_t queued) {
  const auto begin = [&] {
    gauge_begin_ = now;
    gauge_begin_level_ = static_cast<double>(queued);
    gauge_written_ = 0;
  };
  if (queued == 0) {
    // It ran dry while there was more: it is faster than believed, nobody knows by how much.
    if (held_back_ && pacing_) rate_ *= 2;
    held_back_ = false;
    gauge_begin_.reset();
    return;
  }
  if (!gauge_begin_) return begin();
  const Duration time = now - *gauge_begin_;
  if (time < shortest_gauge) return;
  const double sent =
      gauge_begin_level_ + static_cast<double>(gauge_written_) - static_cast<double>(queued);
  begin();
  if (sent <= 0) return;
  const double sample = sent / seconds(time);
  pace(now, pacing_ && measured_ > 0 ? 0.75 * rate_ + 0.25 * sample : sample);
  measured_ = sample;
}

}  // namespace tunppp::session
