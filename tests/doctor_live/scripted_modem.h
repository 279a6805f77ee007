#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "doctor/live.h"

namespace tunppp::doctor {

/// Something on a tty that answers by a table, in virtual time: for what no ordinary modem does.
class ScriptedModem {
 public:
  Instant now{};
  bool deaf = false;
  /// By command line, without CR; what is not here is OK for AT, ATE0, ATV1 and ATH, else ERROR.
  std::map<std::string, std::string> answers;
  /// What it says by itself each time anything is said to it; nothing: silent.
  std::string chatter;
  /// Sees all octets first, and may answer them itself.
  std::function<std::string(std::string_view)> hear = [](std::string_view) { return ""; };
  std::uint32_t listens_at = 0;  ///< 0: at any speed
  Duration delay{};              ///< before each answer
  std::uint32_t baud = 115200;
  std::vector<std::string> commands;

  Duration run(LiveExamination& host) {
    const Instant began = now;
    host.start(now);
    exchange(host);
    while (!host.outcome()) {
      const auto next = host.next_timeout();
      if (!answer_.empty() && (!next || answer_due_ <= *next)) {
        now = answer_due_;
        const std::string due = std::exchange(answer_, {});
        host.receive(now, std::as_bytes(std::span(due)));
        exchange(host);
        continue;
      }
      if (!next || *next - began > std::chrono::minutes(10)) {
        ADD_FAILURE() << "nobody has anything to do any more";
        break;
      }
      now = std::max(now, *next);
      host.handle_timeout(now);
      exchange(host);
    }
    return now - began;
  }

 private:
  void exchange(LiveExamination& host) {
    for (;;) {
      while (const auto event = host.poll_event())
        if (event->kind == modem::ModemEvent::Kind::set_baud) baud = event->baud;
      const Bytes octets = host.poll_transmit();
      const std::string said(reinterpret_cast<const char*>(octets.data()), octets.size());
      host.transmitted(said.size());
      if (said.empty()) return;
      const std::string reply = listens_at == 0 || baud == listens_at ? answer(said) : "";
      if (!reply.empty() && delay > Duration::zero()) {
        answer_ += reply;
        answer_due_ = now + delay;
      } else if (!reply.empty()) {
        host.receive(now, std::as_bytes(std::span(reply)));
      }
    }
  }

  std::string answer(std::string_view said) {
    std::string reply = hear(said);
    if (!chatter.empty()) reply += chatter;
    if (deaf) return reply;
    for (const char c : said) {
      if (c != '\r') {
        line_ += c;
        continue;
      }
      reply += answer_line(std::exchange(line_, {}));
    }
    return reply;
  }
  std::string answer_line(const std::string& line) {
    commands.push_back(line);
    if (const auto found = answers.find(line); found != answers.end()) return found->second;
    for (const char* ok : {"AT", "ATE0", "ATV1", "ATH", "AT+CMEE=1"})
      if (line == ok) return "\r\nOK\r\n";
    return "\r\nERROR\r\n";
  }

  std::string line_;
  std::string answer_;
  Instant answer_due_{};
};

/// "+CPIN: READY" and OK behind it.
inline std::string info(std::string_view text) {
  return "\r\n" + std::string(text) + "\r\n\r\nOK\r\n";
}

}  // namespace tunppp::doctor
