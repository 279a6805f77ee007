#include "modem/modem_event.h"

#include <utility>

namespace tunppp::modem {

std::string_view name(Phase phase) {
  switch (phase) {
    case Phase::recover:
      return "recover";
    case Phase::modem:
      return "modem";
    case Phase::sim:
      return "sim";
    case Phase::context:
      return "context";
    case Phase::registration:
      return "registration";
    case Phase::attach:
      return "attach";
    case Phase::network:
      return "network";
    case Phase::dial:
      return "dial";
    case Phase::connected:
      return "connected";
    case Phase::hang_up:
      return "hang_up";
  }
  return {};
}

void ModemEvents::push(ModemEvent event) {
  using Kind = ModemEvent::Kind;
  const bool spoken = event.kind == Kind::sent || event.kind == Kind::received ||
                      event.kind == Kind::unsolicited;
  if (spoken && waiting_.size() >= max_waiting) {
    ++dropped_;
    return;
  }
  waiting_.push_back(std::move(event));
}

std::optional<ModemEvent> ModemEvents::poll() {
  if (waiting_.empty()) return std::nullopt;
  ModemEvent event = std::move(waiting_.front());
  waiting_.pop_front();
  return event;
}

}  // namespace tunppp::modem
