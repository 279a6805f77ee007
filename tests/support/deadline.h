#pragma once

#include <chrono>
#include <thread>

namespace tunppp::test {

using Clock = std::chrono::steady_clock;
using Timeout = std::chrono::milliseconds;

/// A point in time up to which a test is willing to wait for something.
class Deadline {
 public:
  explicit Deadline(Timeout timeout) : at_(Clock::now() + timeout) {}

  bool passed() const { return Clock::now() >= at_; }
  Clock::time_point time_point() const { return at_; }
  /// What is left, for poll(2): never negative, and rounded up so that poll does not spin.
  int poll_milliseconds() const {
    auto left = std::chrono::ceil<Timeout>(at_ - Clock::now());
    return left.count() > 0 ? static_cast<int>(left.count()) : 0;
  }

 private:
  Clock::time_point at_;
};

/// For what announces itself by no file descriptor: asks until `condition` holds (true) or the
/// time is over (what it says then).
template <typename Condition>
bool eventually(Condition condition, Timeout timeout = std::chrono::seconds(10)) {
  Deadline deadline(timeout);
  while (!deadline.passed()) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return condition();
}

}  // namespace tunppp::test
