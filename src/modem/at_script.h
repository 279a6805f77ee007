#pragma once

#include <tunppp/bytes.h>
#include <tunppp/end_reason.h>
#include <tunppp/time.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "modem/modem_event.h"

namespace tunppp::modem {

struct AtScriptOutcome {
  std::optional<EndReason> failure;  ///< nullopt: every command ended with OK, or CONNECT
  std::string text;                  ///< what went wrong, in a sentence
};

/// Commands that a user gives, one after another; what the modem says comes as events. Ends at the
/// first that is refused. Sans I/O, used as Dial is.
class AtScript {
 public:
  explicit AtScript(std::vector<std::string> commands);
  ~AtScript();
  AtScript(const AtScript&) = delete;
  AtScript& operator=(const AtScript&) = delete;

  const std::optional<AtScriptOutcome>& outcome() const;

  void start(Instant now);
  std::size_t receive(Instant now, Bytes in);
  void handle_timeout(Instant now);

  Bytes poll_transmit() const;
  void transmitted(std::size_t count);
  std::optional<ModemEvent> poll_event();
  std::optional<Instant> next_timeout() const;

 private:
  class Sequence;
  std::unique_ptr<Sequence> sequence_;
};

}  // namespace tunppp::modem
