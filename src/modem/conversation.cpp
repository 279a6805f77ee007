#include "modem/conversation.h"

#include <utility>

namespace tunppp::modem {

void Conversation::progress(std::string text) {
  events.push({.kind = ModemEvent::Kind::progress, .phase = phase_, .text = std::move(text)});
}

void Conversation::set_dtr(bool on) {
  events.push({.kind = ModemEvent::Kind::set_dtr,
               .phase = phase_,
               .text = on ? "DTR on" : "DTR off",
               .dtr = on});
}

void Conversation::set_baud(std::uint32_t baud) {
  events.push({.kind = ModemEvent::Kind::set_baud,
               .phase = phase_,
               .text = std::to_string(baud) + " baud",
               .baud = baud});
}

void Conversation::say(ModemEvent::Kind kind, std::string_view line) {
  events.push({.kind = kind, .phase = phase_, .text = std::string(line)});
}

}  // namespace tunppp::modem
