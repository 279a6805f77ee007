#pragma once

#include "session/rate_meter.h"

#include <tunppp/time.h>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace tunppp::session {

/// How much may be between the encoder and the wire. What is encoded can no longer be overtaken, by
/// a ping or an LCP echo, so that the queue behind the queue discipline is kept at what the line
/// sends in about 10 ms, as byte queue limits do; but at one packet at least, or the line would
/// idle.
///
/// Where the octets are told by the line itself (TIOCOUTQ of a serial port) they are believed. A
/// pty says 0 whatever hides in it: there a token bucket stands for the line, filled at the rate
/// that is measured while writes have to wait, or else at the rate that the owner knows. While no
/// rate is known there is no limit but that of one write.
class LinePacer {
 public:
  static constexpr Duration depth = std::chrono::milliseconds(10);
  /// A write costs the same whatever its size up to here, and more beyond; so frames are gathered
  /// to this, where the depth allows.
  static constexpr std::size_t write_size = 2048;

  struct Options {
    bool limited = true;                  ///< off: only by the size of a write
    std::uint64_t octets_per_second = 0;  ///< as the owner knows it; 0: not known
  };

  explicit LinePacer(const Options& options);

  // --- What happens to the line ---
  /// The line was offered octets and took so many.
  void wrote(Instant now, std::size_t offered, std::size_t taken);
  /// Nothing is left to be written.
  void idle(Instant now);
  /// Whether it is worth asking the line how much it holds.
  bool wants_gauge() const { return options_.limited && (gauged_ || blind_readings_ < 32); }
  bool is_gauged() const { return gauged_; }
  /// What the line says it holds. Unless is_gauged(), to be told right after a write only.
  void gauge(Instant now, std::size_t queued);

  // --- What follows ---
  /// Whether another packet may be encoded, where `pending` octets are encoded and not yet written.
  bool has_room(Instant now, std::size_t pending);
  /// When has_room() is worth asking again, if time alone makes room.
  std::optional<Instant> next_room() const { return next_room_; }
  /// Octets a second, if known.
  std::optional<std::uint64_t> rate() const;
  bool is_limiting() const { return pacing_; }

 private:
  double level_at(Instant now) const;
  double limit() const;
  void pace(Instant now, double rate);
  void measure();
  void calibrate(Instant now, std::size_t queued);

  const Options options_;
  RateMeter meter_;

  bool pacing_ = false;
  double rate_ = 0;   // octets a second, while pacing
  double level_ = 0;  // octets in the line at level_time_
  Instant level_time_{};
  std::optional<Instant> next_room_;

  // A measured rate may be too low by now, which only a full line can show.
  std::optional<Instant> probe_at_;
  Duration probe_interval_;
  double measured_ = 0;

  bool gauged_ = false;
  unsigned blind_readings_ = 0;
  bool held_back_ = false;  // there was more to write, but no room
  std::optional<Instant> gauge_begin_;
  double gauge_begin_level_ = 0;
  std::size_t gauge_written_ = 0;
};

}  // namespace tunppp::session
