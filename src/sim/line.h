#pragma once

#include <tunppp/bytes.h>
#include <tunppp/time.h>

#include "sim/random.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace tunppp::sim {

/// What a simulated line does to the octets that travel over it. Probabilities are 0 to 1, and all
/// zero is a perfect line.
struct LineOptions {
  Duration latency{};      ///< of the last bit of an octet, after it left
  std::uint32_t baud = 0;  ///< 10 bits an octet (8N1); 0: no time at all
  /// Octets under way in one direction. What does not fit is refused, as by flow control.
  std::size_t capacity = 64 * 1024;

  double octet_loss = 0;  ///< of each octet
  double bit_errors = 0;  ///< of each bit: the bit error rate
  /// Of each HDLC frame: what stands between two flags. Before the first flag there are no frames.
  double frame_damage = 0;  ///< bits flipped and octets lost inside it, never none
  double frame_loss = 0;    ///< nothing of it arrives
  double frame_duplication = 0;
};

/// What happened so far, in one direction.
struct LineStatistics {
  std::uint64_t octets_sent = 0;  ///< taken from the sender
  std::uint64_t octets_arrived = 0;
  std::uint64_t octets_lost = 0;  ///< by octet_loss or as part of frame damage
  std::uint64_t bits_flipped = 0;
  std::uint64_t frames = 0;  ///< seen at the sender's side
  std::uint64_t frames_damaged = 0;
  std::uint64_t frames_lost = 0;
  std::uint64_t frames_duplicated = 0;
};

/// One direction of a line, without I/O. The same octets with the same seed meet the same fate,
/// however they are cut.
class LineChannel {
 public:
  LineChannel(const LineOptions& options, std::uint64_t seed);
  LineChannel(const LineChannel&) = delete;
  LineChannel& operator=(const LineChannel&) = delete;

  /// The sender's end. Returns how many octets were taken: fewer than given when the line is full.
  std::size_t push(Instant now, Bytes octets);
  std::size_t room() const;

  /// The receiver's end: what has arrived by now, at most as much as fits into `out`.
  std::size_t pull(Instant now, MutableBytes out);
  /// When pull() will have the next octet; it may lie in the past.
  std::optional<Instant> next_arrival() const;

  /// Whether the line damages anything at all; latency and rate stay. Noisy at first.
  enum class Noise : std::uint8_t {
    off,
    from_next_flag,  ///< what is said before the first frame stays whole
    on,
  };
  void set_noise(Noise noise);
  /// Forgets what is under way.
  void clear();

  const LineStatistics& statistics() const { return statistics_; }

 private:
  // Octets in a row, one octet time apart.
  struct Run {
    Instant first_arrival;
    std::size_t length;
  };
  // What is to become of the frame that is just being sent.
  struct Fate {
    bool lost = false;
    bool duplicated = false;
    unsigned wounds = 0;         // still to come
    bool wounded = false;        // one has been inflicted
    std::size_t next_wound = 0;  // so many octets from here
  };

  void send(std::byte octet);
  void send_frame_octet(std::byte octet);
  void begin_frame();
  void end_frame();
  void transmit(std::byte octet);
  Instant take_slot();
  void arrive(Instant arrival, std::byte octet);
  std::byte flip_a_bit(std::byte octet);

  LineOptions options_;
  Duration octet_time_;
  Random random_;
  RareEvents octet_losses_;
  RareEvents bit_errors_;
  Noise noise_ = Noise::on;

  bool flag_seen_ = false;
  bool in_frame_ = false;
  Fate fate_;
  std::vector<std::byte> copy_;  // of a frame to be duplicated

  Instant idle_from_{};
  std::deque<Run> runs_;
  std::deque<std::byte> octets_;
  LineStatistics statistics_;
};

enum class LineEnd : std::uint8_t { a, b };
constexpr LineEnd other(LineEnd end) {
  return end == LineEnd::a ? LineEnd::b : LineEnd::a;
}

/// A line with two ends, each direction with its own share of the bad luck.
class Line {
 public:
  Line(const LineOptions& options, std::uint64_t seed) : Line(options, options, seed) {}
  Line(const LineOptions& from_a, const LineOptions& from_b, std::uint64_t seed)
      : from_a_(from_a, seed), from_b_(from_b, ~seed) {}

  /// The direction that begins at `end`.
  LineChannel& from(LineEnd end) { return end == LineEnd::a ? from_a_ : from_b_; }
  /// The direction that arrives at `end`.
  LineChannel& to(LineEnd end) { return from(other(end)); }

  std::size_t push(Instant now, LineEnd from_end, Bytes octets) {
    return from(from_end).push(now, octets);
  }
  std::size_t pull(Instant now, LineEnd at_end, MutableBytes out) {
    return to(at_end).pull(now, out);
  }
  /// When the next octet arrives at either end.
  std::optional<Instant> next_timeout() const;
  void set_noise(LineChannel::Noise noise);
  void clear();

 private:
  LineChannel from_a_;
  LineChannel from_b_;
};

}  // namespace tunppp::sim
