#include "cli/at_direct.h"

#include <fmt/format.h>

#include <utility>

namespace tunppp::cli {
namespace {

AtEnd end_of(const modem::FinalResult& final, const std::string& silence) {
  using modem::FinalCode;
  switch (final.code) {
    case FinalCode::ok:
    case FinalCode::connect:
      return {AtEnd::Kind::done, final.text};
    case FinalCode::timeout:
      return {AtEnd::Kind::silent, silence.empty() ? "the modem did not answer in time" : silence};
    case FinalCode::prompt:
      return {AtEnd::Kind::prompt, {}};
    default:
      return {AtEnd::Kind::failed, final.text};
  }
}

}  // namespace

AtDirect::AtDirect(session::Loop& loop, tty::SerialPort port)
    : port_(std::move(port)),
      pipe_(loop, port_.fd()),
      monitor_(loop, pipe_, {}, static_cast<session::ModemMonitor::Owner&>(*this)) {}

void AtDirect::listen(Listener& listener) {
  listener_ = &listener;
  monitor_.start();
}

void AtDirect::monitor_event(const modem::MonitorEvent& event) {
  if (const auto* line = std::get_if<modem::ModemEvent>(&event)) {
    if (line->kind == modem::ModemEvent::Kind::unsolicited) listener_->at_unsolicited(line->text);
  } else if (const auto* silence = std::get_if<modem::PortSilent>(&event)) {
    silence_ = silence->silent ? why_silent(*silence) : "";
  } else if (const auto* answer = std::get_if<modem::CommandAnswered>(&event)) {
    for (const std::string& text : answer->lines) listener_->at_answer(text);
    listener_->at_end(end_of(answer->final, silence_));
  }
}

std::string AtDirect::why_silent(const modem::PortSilent& silence) const {
  const std::string device = port_.device().string();
  if (silence.ppp_speaks)
    return fmt::format(
        "the modem does not answer AT: PPP answers, so it is in data mode (or this is "
        "its diagnostics port). tunppp dial --device {} takes it from there",
        device);
  return fmt::format(
      "the modem does not answer AT: wrong tty, wrong --baud or no power; tunppp "
      "doctor --device {} looks closer",
      device);
}

}  // namespace tunppp::cli
