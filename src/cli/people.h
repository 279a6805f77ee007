#pragma once

#include <tunppp/dialer.h>

#include "session/line_output.h"

#include <string>

namespace tunppp::cli {

/// One event as people read it: "  0.42 s  registration: home network". Empty for what they are not
/// told.
std::string to_text(Duration elapsed, const DialerEvent& event);

/// Writes the phases to one descriptor, and why a session failed to standard error.
class People final : public DialerObserver {
 public:
  explicit People(int fd) : output_(fd), errors_(2) {}
  void event(Duration elapsed, const DialerEvent& event) override;

 private:
  session::LineOutput output_;
  session::LineOutput errors_;
};

}  // namespace tunppp::cli
