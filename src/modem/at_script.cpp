#include "modem/at_script.h"

#include "modem/step.h"

namespace tunppp::modem {
namespace {

constexpr int probes = 4;
constexpr Duration probe_patience = std::chrono::milliseconds(500);

Task<AtScriptOutcome> run(Conversation& talk, const std::vector<std::string>& commands) {
  if (!co_await answers_at(talk, probes, probe_patience))
    co_return AtScriptOutcome{EndReason::modem_silent, "the modem does not answer AT"};
  co_await get_in_step(talk);
  for (const std::string& text : commands) {
    AtCommand command = call_command(text);
    command.form = AnswerForm::bare;  // whatever it says, it is for the user
    const Answer answer = co_await talk.at.send(std::move(command));
    if (answer.ok() || answer.final.code == FinalCode::connect) continue;
    const DialOutcome failure = failed_at(mask_secrets(text), answer.final);
    co_return AtScriptOutcome{failure.failure, failure.text};
  }
  co_return AtScriptOutcome{};
}

}  // namespace

class AtScript::Sequence {
 public:
  explicit Sequence(std::vector<std::string> commands)
      : commands_(std::move(commands)), task_(run(talk_, commands_)) {}

  void note_outcome() {
    if (task_.done() && !outcome_) outcome_ = task_.result();
  }

  Conversation talk_;
  std::vector<std::string> commands_;
  Task<AtScriptOutcome> task_;  // refers to both
  std::optional<AtScriptOutcome> outcome_;
};

AtScript::AtScript(std::vector<std::string> commands)
    : sequence_(std::make_unique<Sequence>(std::move(commands))) {}
AtScript::~AtScript() = default;

const std::optional<AtScriptOutcome>& AtScript::outcome() const {
  return sequence_->outcome_;
}

void AtScript::start(Instant now) {
  sequence_->talk_.at.set_time(now);
  sequence_->task_.start();
  sequence_->note_outcome();
}

std::size_t AtScript::receive(Instant now, Bytes in) {
  if (outcome()) return 0;
  const std::size_t used = sequence_->talk_.at.receive(now, in);
  sequence_->note_outcome();
  return used;
}

void AtScript::handle_timeout(Instant now) {
  if (outcome()) return;
  sequence_->talk_.at.handle_timeout(now);
  sequence_->note_outcome();
}

Bytes AtScript::poll_transmit() const {
  return sequence_->talk_.at.poll_transmit();
}
void AtScript::transmitted(std::size_t count) {
  sequence_->talk_.at.transmitted(count);
}
std::optional<ModemEvent> AtScript::poll_event() {
  return sequence_->talk_.events.poll();
}

std::optional<Instant> AtScript::next_timeout() const {
  return outcome() ? std::nullopt : sequence_->talk_.at.next_timeout();
}

}  // namespace tunppp::modem
