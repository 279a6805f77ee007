#include "doctor/live.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "doctor/examiner.h"
#include "modem/at_fields.h"
#include "modem/sim_state.h"

namespace tunppp::doctor {
namespace {

using modem::Answer;
using modem::AnswerForm;
using modem::field;
using modem::SimState;
using modem::Task;
using modem::to_int;
using std::chrono::seconds;

constexpr Duration restoring_patience = seconds(1);
constexpr modem::SimPatience sim_patience{.busy = seconds(5), .absent = seconds(2)};
constexpr int fewest_tries = 2;

// --- Its settings, for as long as it is asked ---

/// Answers that are easy to read. Each command may be refused; without them it goes as well.
Task<bool> set_up(Examiner& examiner) {
  const bool echoes = examiner.heard.has_echo();
  const Asked echo = co_await ask(examiner, "ATE0", AnswerForm::none);
  if (echoes && echo.answer.ok()) examiner.restoring.emplace_back("ATE1");
  const bool digits = echo.answer.final.text == "0";  // V.250 section 6.2.5: OK, after ATV0
  const Asked words = co_await ask(examiner, "ATV1", AnswerForm::none);
  if (words.answer.ok() && !digits) examiner.dial.talk.at.set_result_form(modem::ResultForm::words);
  const Asked form = co_await ask(examiner, "AT+CMEE?", AnswerForm::prefixed);
  const std::optional<int> before =
      form.answer.ok() ? to_int(field(form.answer.first(), 0)) : std::nullopt;
  if (before != 1) {
    const Asked numbers = co_await ask(examiner, "AT+CMEE=1", AnswerForm::none);
    if (before && numbers.answer.ok())
      examiner.restoring.push_back(fmt::format("AT+CMEE={}", *before));
  }
  if (digits) examiner.restoring.emplace_back("ATV0");
  co_return true;
}

Task<bool> restore(Examiner& examiner) {
  if (examiner.gave_up) co_return false;
  for (const std::string& text : examiner.restoring) {
    modem::AtCommand command = modem::at_command(text, AnswerForm::none);
    command.timeout = restoring_patience;
    const Answer answer = co_await examiner.dial.talk.at.send(std::move(command));
    if (answer.timed_out()) co_return false;
  }
  co_return true;
}

// --- Who it is ---

/// The type's number is common to all modems of a kind (3GPP TS 23.003 section 6.2.1), the rest is
/// not.
std::string masked_imei(std::string_view imei) {
  constexpr std::size_t type_allocation_code = 8;
  if (imei.size() < 14) return {};
  return std::string(imei.substr(0, type_allocation_code)) +
         std::string(imei.size() - type_allocation_code, '*');
}

Task<bool> identify(Examiner& examiner) {
  std::array<std::string, 3> names;
  constexpr std::array<std::string_view, 3> commands{"AT+CGMI", "AT+CGMM", "AT+CGMR"};
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const Asked asked = co_await ask(examiner, commands[i], AnswerForm::bare);
    if (asked.answer.ok()) names[i] = modem::unquote(asked.answer.first());
  }
  const bool both = !names[0].empty() && !names[1].empty();
  examiner.tell("modem", names[0] + (both ? " " : "") + names[1]);
  examiner.tell("firmware", names[2]);
  if (!examiner.options.profile)
    if (const modem::Profile* known = modem::recognize(names[1], modem::profiles()))
      examiner.dial.profile = known;
  const Asked imei = co_await ask(examiner, "AT+CGSN", AnswerForm::bare);
  if (imei.answer.ok()) examiner.tell("IMEI", masked_imei(modem::unquote(imei.answer.first())));
  co_return true;
}

// --- SIM ---

/// Whether it is worth to ask for a network.
Task<bool> examine_sim(Examiner& examiner) {
  modem::Conversation& talk = examiner.dial.talk;
  if (!examiner.may_ask()) co_return false;
  const SimState state = co_await modem::settled_sim_state(talk, sim_patience);
  if (state == SimState::silent) examiner.gave_up = true;
  const Asked asked = co_await ask(examiner, "AT+CPIN?", AnswerForm::prefixed);
  switch (state) {
    case SimState::absent:
    case SimState::busy:
      examiner.find(Cause::sim_absent, {asked.seen});
      co_return false;
    case SimState::puk:
      examiner.find(Cause::sim_puk, {asked.seen});
      co_return false;
    case SimState::locked:
      examiner.find(Cause::sim_locked, {asked.seen});
      co_return false;
    case SimState::pin:
      break;
    case SimState::ready:
    case SimState::silent:
    case SimState::unknown:
      co_return true;
  }
  const std::optional<int> tries = co_await modem::pin_tries_left(talk, *examiner.dial.profile);
  std::vector<Evidence> seen{asked.seen};
  Values values{{"tries", ""}};
  if (tries) {
    seen.push_back({"tries left", std::to_string(*tries)});
    values["tries"] = fmt::format(" ({} {} left)", *tries, *tries == 1 ? "try" : "tries");
  }
  examiner.find(tries && *tries < fewest_tries ? Cause::sim_pin_last_try : Cause::sim_pin,
                std::move(seen), std::move(values));
  co_return false;
}

Task<bool> run(Examiner& examiner) {
  examiner.began = examiner.dial.talk.at.now();
  examiner.outcome.answers = co_await reach(examiner);
  if (!examiner.outcome.answers) co_return false;
  if (!examiner.options.lent) co_await modem::get_in_step(examiner.dial.talk);
  co_await set_up(examiner);
  co_await identify(examiner);
  const bool sim = co_await examine_sim(examiner);
  if (sim) co_await examine_network(examiner);
  if (examiner.gave_up) find_no_more_answers(examiner);
  co_await restore(examiner);
  sort_findings(examiner.outcome.findings);
  co_return true;
}

}  // namespace

class LiveExamination::Sequence {
 public:
  explicit Sequence(LiveOptions options) : task_(run(examiner_)) {
    examiner_.dial.profile = options.profile ? options.profile : &modem::profiles().front();
    examiner_.dial.options.line = {.baud = options.baud, .others = options.other_bauds};
    examiner_.options = std::move(options);
  }

  void note_outcome() {
    if (task_.done() && !outcome_) outcome_ = std::move(examiner_.outcome);
  }

  Examiner examiner_;
  Task<bool> task_;  // refers to it
  std::optional<LiveOutcome> outcome_;
};

LiveExamination::LiveExamination(LiveOptions options)
    : sequence_(std::make_unique<Sequence>(std::move(options))) {}
LiveExamination::~LiveExamination() = default;

const std::optional<LiveOutcome>& LiveExamination::outcome() const {
  return sequence_->outcome_;
}

void LiveExamination::start(Instant now) {
  sequence_->examiner_.dial.talk.at.set_time(now);
  sequence_->task_.start();
  sequence_->note_outcome();
}

std::size_t LiveExamination::receive(Instant now, Bytes in) {
  if (outcome()) return 0;
  sequence_->examiner_.heard.add(in);
  // A port that is in data mode may say CONNECT: what follows is for nobody here.
  sequence_->examiner_.dial.talk.at.receive(now, in);
  sequence_->note_outcome();
  return in.size();
}

void LiveExamination::handle_timeout(Instant now) {
  if (outcome()) return;
  sequence_->examiner_.dial.talk.at.handle_timeout(now);
  sequence_->note_outcome();
}

Bytes LiveExamination::poll_transmit() const {
  return sequence_->examiner_.dial.talk.at.poll_transmit();
}

void LiveExamination::transmitted(std::size_t count) {
  sequence_->examiner_.heard.sent(poll_transmit().first(count));
  sequence_->examiner_.dial.talk.at.transmitted(count);
}

std::optional<modem::ModemEvent> LiveExamination::poll_event() {
  using Kind = modem::ModemEvent::Kind;
  while (auto event = sequence_->examiner_.dial.talk.events.poll())
    if (event->kind != Kind::sent && event->kind != Kind::received &&
        event->kind != Kind::unsolicited)
      return event;
  return std::nullopt;
}

std::optional<Instant> LiveExamination::next_timeout() const {
  return outcome() ? std::nullopt : sequence_->examiner_.dial.talk.at.next_timeout();
}

}  // namespace tunppp::doctor
