#include <array>

#include "modem/step.h"

namespace tunppp::modem {
namespace {

using std::chrono::milliseconds;

constexpr auto bauds = std::to_array<std::uint32_t>({115200, 460800, 921600, 57600, 38400, 9600});

constexpr int probes = 3;  // the first is for a modem that measures the speed by it
constexpr Duration probe_patience = milliseconds(200);
/// For the tty to change its speed, and what comes half at one and half at the other.
constexpr Duration settle = milliseconds(50);
/// V.250 section 6.2.10: the result code comes at the old speed, and the change after it.
constexpr Duration modem_settle = milliseconds(200);
constexpr Duration command_patience = milliseconds(500);

std::string command_for(std::uint32_t baud) {
  return fmt::format("AT+IPR={}", baud);
}

}  // namespace

std::span<const std::uint32_t> usual_bauds() {
  return bauds;
}

Task<bool> find_baud(DialContext& dial) {
  Conversation& talk = dial.talk;
  LineSpeed& line = dial.options.line;
  if (line.others.empty()) co_return false;
  talk.progress(fmt::format("modem: no answer at {} baud, trying other speeds", line.baud));
  for (const std::uint32_t baud : line.others) {
    if (baud == line.baud) continue;
    talk.set_baud(baud);
    co_await talk.at.pause(settle);
    if (!co_await answers_at(talk, probes, probe_patience)) continue;
    talk.progress(fmt::format("modem: it listens at {} baud", baud));
    line.baud = baud;
    co_return true;
  }
  talk.set_baud(line.baud);
  co_await talk.at.pause(settle);
  co_return false;
}

Task<Failure> change_baud(DialContext& dial) {
  Conversation& talk = dial.talk;
  LineSpeed& line = dial.options.line;
  if (line.change_to == 0 || line.baud == 0 || line.change_to == line.baud) co_return std::nullopt;
  const Answer answer = co_await talk.at.send(at_command(command_for(line.change_to)));
  if (answer.timed_out()) co_return failed_at("AT+IPR", answer.final);
  if (!answer.ok()) {
    talk.progress(fmt::format("modem: it stays at {} baud: {}", line.baud, in_words(answer.final)));
    co_return std::nullopt;
  }
  dial.baud_before = line.baud;
  co_await talk.at.pause(modem_settle);
  talk.set_baud(line.change_to);
  co_await talk.at.pause(settle);
  if (co_await answers_at(talk, probes, probe_patience)) {
    line.baud = line.change_to;
    talk.progress(fmt::format("modem: {} baud from here on", line.baud));
    co_return std::nullopt;
  }
  talk.set_baud(line.baud);
  co_await talk.at.pause(settle);
  dial.baud_before = 0;
  if (!co_await answers_at(talk, probes, probe_patience))
    co_return failed(EndReason::modem_silent,
                     fmt::format("the modem accepted {} baud, and is silent since then",
                                 line.change_to));
  talk.progress(fmt::format("modem: it accepted {} baud, but stays at {}", line.change_to, line.baud));
  co_return std::nullopt;
}

Task<bool> restore_baud(Conversation& talk, std::uint32_t baud) {
  // Raw: hanging up has no time to drain what ATH may still be going to say.
  co_await talk.at.send(raw_command(command_for(baud) + "\r", command_patience));
  co_await talk.at.pause(modem_settle);
  talk.set_baud(baud);
  co_await talk.at.pause(settle);
  co_return co_await answers_at(talk, 1, probe_patience);
}

}  // namespace tunppp::modem
