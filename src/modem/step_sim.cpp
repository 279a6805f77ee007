#include <algorithm>
#include <array>

#include "modem/at_fields.h"
#include "modem/sim_state.h"
#include "modem/step.h"

namespace tunppp::modem {
namespace {

using std::chrono::seconds;

constexpr Duration poll_period = seconds(1);
constexpr SimPatience patience{.busy = seconds(15), .absent = seconds(3)};
constexpr int fewest_tries = 2;  // the last but one may be ours, the last never

/// Digits and the F that fills a serial number up; empty if it is none.
std::string serial_number(std::string_view answer) {
  std::string_view number = unquote(field(answer, field_count(answer) - 1));
  const std::size_t blank = number.rfind(' ');
  if (blank != number.npos) number.remove_prefix(blank + 1);
  const bool plausible = number.size() >= 10 && number.size() <= 22 &&
                         std::all_of(number.begin(), number.end(), [](char c) {
                           return (c >= '0' && c <= '9') || c == 'F' || c == 'f';
                         });
  return plausible ? std::string(number) : std::string();
}

/// Among the lines, of which one may be a code that nobody knows.
std::string serial_number_in(const Answer& answer) {
  if (!answer.ok()) return {};
  for (const std::string& line : answer.lines)
    if (std::string number = serial_number(line); !number.empty()) return number;
  return {};
}

/// A SIM that wants its PIN may still be starting; its number is worth waiting for, since what is
/// remembered of the PIN hangs on it.
Task<std::string> sim_number(DialContext& dial) {
  const SimNumberQuery& query = dial.profile->sim_number;
  AtCommand command = at_command(query.command, AnswerForm::bare);
  command.prefix = query.prefix;
  command.secret = true;  // the answer leads to a person
  const Answer answer = co_await send_when_sim_is_free(dial.talk, std::move(command));
  co_return serial_number_in(answer);
}

Task<std::string> modem_number(DialContext& dial) {
  AtCommand command = at_command("AT+CGSN", AnswerForm::bare);
  command.secret = true;
  const Answer answer = co_await dial.talk.at.send(std::move(command));
  co_return serial_number_in(answer);
}

AtCommand enter_pin(const Secret& pin) {
  // Digits only, as has been checked, so nothing is to be escaped.
  constexpr std::string_view before = "AT+CPIN=\"";
  std::array<char, before.size() + 8 + 1> text{};
  auto end = std::copy(before.begin(), before.end(), text.begin());
  for (const std::byte digit : pin.expose()) *end++ = static_cast<char>(digit);
  *end++ = '"';
  AtCommand command = at_command({text.data(), static_cast<std::size_t>(end - text.begin())});
  text.fill('\0');
  asm volatile("" : : "r"(text.data()) : "memory");  // or the stores could be left out
  return command;
}

DialOutcome pin_failed(std::string text) {
  return failed(EndReason::sim_pin, std::move(text));
}

/// Sends the PIN, if that does the SIM no harm. After it the SIM is ready or the dial is over.
Task<Failure> unlock(DialContext& dial) {
  Conversation& talk = dial.talk;
  const auto left = co_await pin_tries_left(talk, *dial.profile);
  const std::string tries = left ? fmt::format(", {} tries left", *left) : "";
  if (!dial.options.pin) co_return pin_failed("the SIM wants its PIN, and none was given" + tries);
  if (left && *left < fewest_tries)
    co_return pin_failed(fmt::format(
        "the SIM wants its PIN, tries left: {}; tunppp does not use the last one", *left));

  PinRecord* const record = dial.options.pin_record;
  std::string iccid;
  std::string imei;
  SimIdentity sim;
  if (record) {
    iccid = co_await sim_number(dial);
    imei = co_await modem_number(dial);
    sim = {iccid, imei};
    if (iccid.empty() && imei.empty())
      co_return pin_failed(
          "the PIN is not sent: neither SIM nor modem tells its serial number, so that a wrong one "
          "could not be remembered");
    if (const auto objection = record->begin_attempt(sim, *dial.options.pin, left))
      co_return pin_failed("the PIN is not sent: " + *objection);
  }

  talk.progress("sim: wants its PIN" + tries + "; sending it once");
  dial.pin_sent = true;
  const Answer answer = co_await talk.at.send(enter_pin(*dial.options.pin));
  if (answer.timed_out())
    co_return pin_failed("the modem did not say whether the PIN was right; it is not sent again");
  if (answer.final.is_cme(12))
    co_return failed(EndReason::sim_puk, "the PIN was wrong, and the SIM is blocked now: PUK");
  if (!answer.ok())
    co_return pin_failed(
        fmt::format("the PIN was refused: {}; it is not sent again", in_words(answer.final)));
  if (record) record->accepted(sim, *dial.options.pin);

  const Instant give_up = talk.at.now() + patience.busy;
  for (;;) {
    const SimState state = co_await settled_sim_state(talk, patience);
    if (state == SimState::ready) co_return std::nullopt;
    // Some say SIM PIN for a moment more.
    if (state != SimState::pin || talk.at.now() >= give_up)
      co_return pin_failed("the PIN was accepted, but the SIM did not become ready");
    co_await talk.at.pause(poll_period);
  }
}

/// What CFUN says: 0 minimum, 1 full, 4 flight mode; nullopt where it says nothing.
Task<std::optional<int>> functionality(Conversation& talk) {
  const Answer answer = co_await talk.at.send(at_command("AT+CFUN?", AnswerForm::prefixed));
  co_return answer.ok() ? to_int(field(answer.first(), 0)) : std::nullopt;
}

Task<Failure> switch_on(Conversation& talk) {
  talk.progress("modem: switching the radio on");
  const Answer answer = co_await send_when_sim_is_free(talk, at_command("AT+CFUN=1"));
  if (!answer.ok()) co_return failed_at("AT+CFUN=1", answer.final);
  co_return std::nullopt;
}

}  // namespace

Task<Answer> send_when_sim_is_free(Conversation& talk, AtCommand command) {
  const Instant give_up = talk.at.now() + patience.busy;
  for (;;) {
    Answer answer = co_await talk.at.send(command);
    if (!answer.final.is_cme(14) || talk.at.now() >= give_up) co_return answer;
    co_await talk.at.pause(poll_period);
  }
}

Task<Failure> ready_sim(DialContext& dial) {
  Conversation& talk = dial.talk;
  talk.enter(Phase::sim);
  // With minimum functionality the SIM has no power. In flight mode it has, and the radio is
  // switched on behind it, since some refuse that without a SIM.
  const auto mode = co_await functionality(talk);
  if (mode == 0)
    if (Failure failure = co_await switch_on(talk)) co_return failure;

  switch (co_await settled_sim_state(talk, patience)) {
    case SimState::ready:
      break;
    case SimState::pin:
      if (Failure failure = co_await unlock(dial)) co_return failure;
      break;
    case SimState::silent:
      co_return failed(EndReason::modem_silent, "the modem did not answer AT+CPIN?");
    case SimState::busy:
      co_return failed(EndReason::sim_absent, "the SIM stays busy");
    case SimState::absent:
      co_return failed(EndReason::sim_absent, "no SIM, or it cannot be read");
    case SimState::puk:
      co_return failed(EndReason::sim_puk, "the SIM is blocked and wants its PUK");
    case SimState::locked:
      co_return failed(EndReason::sim_locked, "the modem is locked to another operator's SIM");
    case SimState::unknown:
      talk.progress("sim: the modem does not tell its state, going on");
      if (mode && *mode > 1) co_return co_await switch_on(talk);
      co_return std::nullopt;
  }
  talk.progress("sim: ready");
  if (mode && *mode > 1)
    if (Failure failure = co_await switch_on(talk)) co_return failure;
  co_return std::nullopt;
}

}  // namespace tunppp::modem
