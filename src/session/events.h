#pragma once

#include <tunppp/dialer.h>

#include "session/line_output.h"

#include <string>

namespace tunppp::session {

/// One event as one line of JSON, its newline included. The schema is in docs/EVENTS.md.
std::string to_json(Duration elapsed, const DialerEvent& event);

/// Writes them. When nobody reads, events are dropped, and how many is told with the next one that
/// is not.
class JsonEvents final : public DialerObserver {
 public:
  explicit JsonEvents(int fd) : output_(fd) {}
  void event(Duration elapsed, const DialerEvent& event) override;

 private:
  LineOutput output_;
  std::uint64_t lost_told_ = 0;
};

}  // namespace tunppp::session
