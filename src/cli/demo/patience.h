#pragma once

#include <poll.h>

#include <algorithm>
#include <atomic>
#include <chrono>

namespace tunppp::cli::demo {

using Clock = std::chrono::steady_clock;

/// How long to wait for things, until somebody wants no more of it.
class Patience {
 public:
  Patience(Clock::duration limit, const std::atomic<bool>& interrupted)
      : end_(Clock::now() + limit), interrupted_(&interrupted) {}

  bool over() const { return *interrupted_ || Clock::now() >= end_; }
  bool interrupted() const { return *interrupted_; }
  /// The same with less time, if there is more.
  Patience at_most(Clock::duration limit) const {
    Patience less = *this;
    less.end_ = std::min(end_, Clock::now() + limit);
    return less;
  }

  /// The same, but given up by somebody else.
  Patience given_up_by(const std::atomic<bool>& flag) const {
    Patience other = *this;
    other.interrupted_ = &flag;
    return other;
  }

  /// Until the descriptor is ready (true) or patience is over.
  bool wait(int fd, short events) const {
    while (!over()) {
      pollfd entry{fd, events, 0};
      const int milliseconds = static_cast<int>(
          std::chrono::ceil<std::chrono::milliseconds>(
              std::min<Clock::duration>(end_ - Clock::now(), std::chrono::milliseconds(100)))
              .count());
      if (::poll(&entry, 1, std::max(milliseconds, 0)) > 0) return true;
    }
    return false;
  }

 private:
  Clock::time_point end_;
  const std::atomic<bool>* interrupted_;
};

}  // namespace tunppp::cli::demo
