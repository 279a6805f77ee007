#pragma once

#include <string>
#include <string_view>

#include "modem/at_engine.h"
#include "modem/modem_event.h"

namespace tunppp::modem {

/// An AT engine and the events that tell the owner what is said: what every step of a dial or a
/// hang-up works with.
class Conversation final : public AtEngine::Observer {
 public:
  AtEngine at{*this};
  ModemEvents events;

  void enter(Phase phase) { phase_ = phase; }
  void progress(std::string text);
  void set_dtr(bool on);
  /// What was written must be gone; the owner hears of it before the next pause is over.
  void set_baud(std::uint32_t baud);

 private:
  void at_sent(std::string_view line) override { say(ModemEvent::Kind::sent, line); }
  void at_received(std::string_view line) override { say(ModemEvent::Kind::received, line); }
  void at_unsolicited(std::string_view line) override { say(ModemEvent::Kind::unsolicited, line); }
  void say(ModemEvent::Kind kind, std::string_view line);

  Phase phase_ = Phase::recover;
};

}  // namespace tunppp::modem
