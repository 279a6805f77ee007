#pragma once

#include <tunppp/dialer.h>

#include "session/loop.h"

#include <string>
#include <utility>

namespace tunppp::session {

/// Tells the observer, with the time since the start, and remembers what was reached last.
class Reporter {
 public:
  explicit Reporter(DialerObserver& observer) : observer_(observer), start_(boot_time()) {}

  void tell(const DialerEvent& event) { observer_.event(boot_time() - start_, event); }
  void phase(std::string_view phase, std::string text) {
    last_ = text;
    tell(PhaseReached{phase, std::move(text)});
  }
  void warn(std::string text) { tell(Warning{std::move(text)}); }

  /// The text of the last phase.
  const std::string& last() const { return last_; }

 private:
  DialerObserver& observer_;
  Instant start_;
  std::string last_;
};

}  // namespace tunppp::session
