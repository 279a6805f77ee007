#include "modem/dial.h"

#include <algorithm>
#include <utility>

#include "modem/at_fields.h"
#include "modem/dial_failure.h"
#include "modem/step.h"

namespace tunppp::modem {
namespace {

/// What would end a string or a command before its time.
bool is_dangerous(char c) {
  return c == '"' || c < ' ' || c == 0x7f;
}

bool fits_in_quotes(std::string_view text) {
  return std::none_of(text.begin(), text.end(), is_dangerous);
}

bool fits_in_quotes(const Secret& secret) {
  const Bytes octets = secret.expose();
  return std::none_of(octets.begin(), octets.end(),
                      [](std::byte octet) { return is_dangerous(static_cast<char>(octet)); });
}

/// 3GPP TS 31.101: four to eight digits.
bool is_pin(const Secret& pin) {
  const Bytes digits = pin.expose();
  return digits.size() >= 4 && digits.size() <= 8 &&
         std::all_of(digits.begin(), digits.end(),
                     [](std::byte d) { return d >= std::byte{'0'} && d <= std::byte{'9'}; });
}

Failure check(const DialOptions& options) {
  const auto wrong = [](std::string text) { return failed(EndReason::usage, std::move(text)); };
  if (!fits_in_quotes(options.apn)) return wrong("the APN has a quote or control character");
  if (options.context_auth != ContextAuth::none &&
      !(fits_in_quotes(options.user) && fits_in_quotes(options.password)))
    return wrong("user or password has a quote or control character, which AT commands cannot say");
  if (!fits_in_quotes(options.dial_string))
    return wrong("the dial string has a quote or control character");
  if (options.pin && !is_pin(*options.pin)) return wrong("a PIN has four to eight digits");
  return std::nullopt;
}

std::string dial_string(const DialContext& dial) {
  const std::string& wanted = dial.options.dial_string;
  if (wanted.empty()) return fill_in(dial.profile->dial, dial.options.cid);
  return starts_with_ignoring_case(wanted, "AT") ? wanted : "ATD" + wanted;
}

Task<DialOutcome> dial_number(DialContext& dial) {
  Conversation& talk = dial.talk;
  talk.enter(Phase::dial);
  for (const std::string_view command : dial.profile->before_dial) {
    const Answer answer = co_await talk.at.send(at_command(fill_in(command, dial.options.cid)));
    if (answer.timed_out()) co_return failed_at(command, answer.final);
  }
  AtCommand command = call_command(dial_string(dial));
  command.timeout = dial.options.dial_timeout;
  talk.progress("dialling");
  const Answer answer = co_await send_when_sim_is_free(talk, std::move(command));
  if (answer.final.code == FinalCode::connect) {
    talk.enter(Phase::connected);
    talk.progress(answer.final.text);
    co_return DialOutcome{std::nullopt, answer.final.text};
  }
  const Answer report = co_await talk.at.send(at_command("AT+CEER", AnswerForm::prefixed));
  // CONNECT may have come after all, while the late answer was drained.
  if (report.timed_out()) (void)co_await reach_command_mode(dial);
  co_return dial_failure(answer.final, report.ok() ? report.first() : std::string_view{});
}

/// The whole dial, from top to bottom.
Task<DialOutcome> all_steps(DialContext& dial) {
  if (Failure failure = check(dial.options)) co_return *failure;
  if (Failure failure = co_await reach_command_mode(dial)) co_return *failure;
  if (Failure failure = co_await set_up(dial)) co_return *failure;
  if (Failure failure = co_await change_baud(dial)) co_return *failure;
  if (Failure failure = co_await identify(dial)) co_return *failure;
  if (Failure failure = co_await ready_sim(dial)) co_return *failure;
  if (Failure failure = co_await define_context(dial)) co_return *failure;
  if (Failure failure = co_await await_registration(dial)) co_return *failure;
  if (Failure failure = co_await attach(dial)) co_return *failure;
  if (Failure failure = co_await describe_network(dial)) co_return *failure;
  co_return co_await dial_number(dial);
}

Task<DialOutcome> run(DialContext& dial) {
  DialOutcome outcome = co_await all_steps(dial);
  if (!outcome.connected() && dial.baud_before != 0)
    co_await restore_baud(dial.talk, std::exchange(dial.baud_before, 0));
  co_return outcome;
}

}  // namespace

class Dial::Sequence {
 public:
  Sequence(const Profile& profile, DialOptions options)
      : context_{.talk = {}, .profile = &profile, .options = std::move(options)},
        task_(run(context_)) {}

  void start(Instant now) {
    context_.talk.at.set_time(now);
    task_.start();
    note_outcome();
  }

  void note_outcome() {
    if (task_.done() && !outcome_) outcome_ = task_.result();
  }

  AtEngine& at() { return context_.talk.at; }
  DialContext& context() { return context_; }
  const std::optional<DialOutcome>& outcome() const { return outcome_; }

 private:
  DialContext context_;
  Task<DialOutcome> task_;  // refers to context_
  std::optional<DialOutcome> outcome_;
};

Dial::Dial(const Profile& profile, DialOptions options)
    : sequence_(std::make_unique<Sequence>(profile, std::move(options))) {}
Dial::~Dial() = default;

const std::optional<DialOutcome>& Dial::outcome() const {
  return sequence_->outcome();
}
bool Dial::pin_sent() const {
  return sequence_->context().pin_sent;
}

std::uint32_t Dial::baud_before() const {
  return sequence_->context().baud_before;
}

const Profile& Dial::profile() const {
  return *sequence_->context().profile;
}

void Dial::start(Instant now) {
  sequence_->start(now);
}

std::size_t Dial::receive(Instant now, Bytes in) {
  if (outcome()) return 0;
  const std::size_t used = sequence_->at().receive(now, in);
  sequence_->note_outcome();
  return used;
}

void Dial::handle_timeout(Instant now) {
  if (outcome()) return;
  sequence_->at().handle_timeout(now);
  sequence_->note_outcome();
}

Bytes Dial::poll_transmit() const {
  return sequence_->at().poll_transmit();
}
void Dial::transmitted(std::size_t count) {
  sequence_->at().transmitted(count);
}
std::optional<ModemEvent> Dial::poll_event() {
  return sequence_->context().talk.events.poll();
}

std::optional<Instant> Dial::next_timeout() const {
  return outcome() ? std::nullopt : sequence_->at().next_timeout();
}

}  // namespace tunppp::modem
