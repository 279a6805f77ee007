#include "cli/at_direct.h"

#include <utility>

namespace tunppp::cli {
namespace {

AtEnd end_of(const modem::FinalResult& final, bool silent) {
  using modem::FinalCode;
  switch (final.code) {
    case FinalCode::ok:
    case FinalCode::connect:
      return {AtEnd::Kind::done, final.text};
    case FinalCode::timeout:
      return {AtEnd::Kind::silent, silent ? "the modem does not answer AT"
                                          : "the modem did not answer in time"};
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
    silent_ = silence->silent;
  } else if (const auto* answer = std::get_if<modem::CommandAnswered>(&event)) {
    for (const std::string& text : answer->lines) listener_->at_answer(text);
    listener_->at_end(end_of(answer->final, silent_));
  }
}

}  // namespace tunppp::cli
