#pragma once

#include <tunppp/time.h>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace tunppp::session {

/// Measures a line that does not say how fast it is, or how much hides in it: while there is always
/// more to write than it takes, what it takes is what it sends.
class RateMeter {
 public:
  /// What is measured must go on so long, and be so much.
  static constexpr Duration window = std::chrono::milliseconds(100);
  static constexpr std::size_t window_octets = 8192;

  struct Result {
    std::uint64_t octets_per_second;
    std::size_t capacity;  ///< octets that fit between the writer and the wire
  };

  /// The line took `octets`.
  void wrote(Instant now, std::size_t octets);
  /// It took less than it was offered: it is full. A result when two windows in a row agree.
  std::optional<Result> full(Instant now);
  /// There is nothing more to write.
  void idle(Instant now);
  /// Measures anew; what fits is remembered.
  void restart();

 private:
  struct Sample {
    std::size_t octets = 0;
    Duration time{0};
    double rate() const;
  };

  std::optional<Instant> window_begin_;  // at this time the line was full
  std::size_t window_octets_ = 0;        // taken since
  std::optional<Sample> previous_;

  // From empty to full: tells what fits.
  std::optional<Instant> fill_begin_;
  std::size_t fill_octets_ = 0;
  std::optional<Sample> fill_;
  std::optional<Instant> idle_since_;
  std::size_t capacity_ = 0;
};

}  // namespace tunppp::session
