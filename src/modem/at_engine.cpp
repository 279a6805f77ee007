#include "modem/at_engine.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/timer_table.h"
#include "modem/at_command_line.h"
#include "modem/at_fields.h"
#include "modem/registration.h"

namespace tunppp::modem {
namespace {

constexpr std::byte flag{0x7e};
constexpr std::size_t max_command = 2048;
constexpr std::string_view escape_key = "\x1b";  // ends the text that a prompt asks for

Bytes octets_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string_view text_of(const Secret& secret) {
  return {reinterpret_cast<const char*>(secret.expose().data()), secret.size()};
}

bool ends(const AtCommand& command, FinalCode code) {
  if (!is_call_result(code)) return true;
  if (command.finals == Finals::command_or_connect) return code == FinalCode::connect;
  return command.finals == Finals::call;
}

bool changes_form(const AtCommand& command) {
  if (command.raw || command.secret) return false;
  const std::vector<std::string> parts = commands_of(text_of(command.text));
  return std::any_of(parts.begin(), parts.end(), changes_result_form);
}

/// A registration state stands alone as second field: one or two digits (some write 01 or "1").
/// In the unsolicited form the second field is missing or an area code of four hex digits.
bool is_registration_answer(std::string_view list) {
  const std::string_view state = field(list, 1);
  return state.size() <= 2 && to_int(state).has_value() && to_int(field(list, 0)).has_value();
}

/// "+CEREG: 1", which answers nothing. AT+CEREG=? is answered by "+CEREG: (0-2)".
bool is_registration_news(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == line.npos || !is_registration_code(line.substr(0, colon))) return false;
  const std::string_view list = trim(line.substr(colon + 1));
  return !list.starts_with('(') && !is_registration_answer(list);
}

/// Of "+CICCID" there are answers that say "+ICCID:"; ATI gives "+GCAP:", and AT&V "&C: 1".
bool carries_name(std::string_view line, const std::string& name) {
  const std::string_view code = line.substr(0, line.find(':'));
  if (name.empty()) return line.starts_with('&') || code == "+GCAP";
  return equal_ignoring_case(code, name) ||
         (code.size() > 4 && name.size() > code.size() &&
          equal_ignoring_case(name.substr(name.size() - code.size() + 1), code.substr(1)));
}

/// What the line contributes to the command's answer; nullopt for an unsolicited one.
std::optional<std::string_view> answer_part(const AtCommand& command, std::string_view line) {
  const bool prefixed =
      !command.prefix.empty() && starts_with_ignoring_case(line, command.prefix);
  const std::string_view rest = prefixed ? trim(line.substr(command.prefix.size())) : line;
  switch (command.form) {
    case AnswerForm::none:
      return std::nullopt;
    case AnswerForm::prefixed:
      return prefixed ? std::optional(rest) : std::nullopt;
    case AnswerForm::registration:
      return prefixed && is_registration_answer(rest) ? std::optional(rest) : std::nullopt;
    case AnswerForm::bare:
      if (is_registration_news(line)) return std::nullopt;
      if (prefixed || !looks_unsolicited(line)) return rest;
      for (const std::string& name : command.names)
        if (carries_name(line, name)) return line;
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::string_view Answer::first() const {
  return lines.empty() ? std::string_view{} : std::string_view(lines.front());
}

AtEngine::AtEngine(Observer& observer) : observer_(observer) {
  // Enough for any command, so that no copy of a PIN stays behind in memory that grew.
  transmit_.reserve(max_command);
}

// --- inputs ---

std::size_t AtEngine::receive(Instant now, Bytes in) {
  now_ = now;
  if (std::find(in.begin(), in.end(), flag) != in.end()) flag_seen_ = true;
  std::size_t used = 0;
  while (!connected_) {
    const AtLineSplitter::Taken taken = splitter_.take(in.subspan(used));
    used += taken.count;
    if (!taken.line) break;
    line_in(*taken.line);
  }
  cr_deadline_.reset();
  if (splitter_.ended_by_cr() && !connected_) cr_deadline_ = now + cr_patience;
  return used;
}

void AtEngine::handle_timeout(Instant now) {
  now_ = now;
  if (cr_deadline_ && *cr_deadline_ <= now) {
    cr_deadline_.reset();
    if (const auto line = splitter_.flush()) line_in(*line);
  }
  if (!state_deadline_ || *state_deadline_ > now) return;
  state_deadline_.reset();
  switch (state_) {
    case State::idle:
      break;
    case State::answering:
      finish({});
      break;
    case State::draining:
      next_drain();
      break;
    case State::drained:
      begin();
      break;
    case State::pausing:
      resume();
      break;
  }
}

// --- outputs ---

void AtEngine::transmitted(std::size_t count) {
  assert(count <= transmit_.size() - transmitted_);
  const auto sent = transmit_.begin() + static_cast<std::ptrdiff_t>(transmitted_);
  std::fill_n(sent, count, std::byte{0});  // a PIN may have been among them
  transmitted_ += count;
  if (transmitted_ < transmit_.size()) return;
  transmit_.clear();
  transmitted_ = 0;
}

std::optional<Instant> AtEngine::next_timeout() const {
  return earliest(state_deadline_, cr_deadline_);
}

void AtEngine::transmit(Bytes octets) {
  transmit_.insert(transmit_.end(), octets.begin(), octets.end());
}

// --- for the coroutine ---

AtEngine::AnswerAwaiter AtEngine::send(AtCommand command) {
  assert(state_ == State::idle);
  command_ = std::move(command);
  answer_ = {};
  if (late_answer_possible_ && !command_.raw)
    begin_drain();
  else
    begin();
  return {this};
}

AtEngine::PauseAwaiter AtEngine::pause(Duration duration) {
  assert(state_ == State::idle);
  state_ = State::pausing;
  connected_ = false;
  state_deadline_ = now_ + duration;
  return {this};
}

void AtEngine::write(std::string_view octets, std::string_view description) {
  assert(state_ == State::idle);
  transmit(octets_of(octets));
  observer_.at_sent(description);
}

void AtEngine::begin() {
  state_ = State::answering;
  connected_ = false;
  state_deadline_ = now_ + command_.timeout;
  if (command_.secret) secret_under_way_ = true;
  if (changes_form(command_)) form_ = ResultForm::words_or_digits;
  if (command_.text.empty()) return;  // only waits
  transmit(command_.text.expose());
  if (!command_.raw) transmit(octets_of("\r"));
  observer_.at_sent(mask_secrets(trim(text_of(command_.text))));
}

void AtEngine::begin_drain() {
  state_ = State::draining;
  drains_left_ = drain_attempts;
  next_drain();
}

void AtEngine::next_drain() {
  if (drains_left_ == 0) return finish({});
  --drains_left_;
  transmit(octets_of("AT\r"));
  observer_.at_sent("AT");
  state_deadline_ = now_ + drain_timeout;
}

// --- lines ---

void AtEngine::line_in(std::string_view untrimmed) {
  const std::string line(trim(untrimmed));
  if (line.empty()) return;
  if (state_ == State::answering) return answer_line(line);
  const bool flushing = state_ == State::draining || state_ == State::drained;
  if (!flushing || !is_late(line)) return unsolicited(line);
  ++late_lines_;
  observer_.at_received(shown(line));
  if (state_ == State::drained) return;
  const auto final = parse_final(line, form_);
  if (!final || !final->is_ok()) return;
  // This OK may be the late one, and that of AT just behind it.
  state_ = State::drained;
  state_deadline_ = now_ + drain_silence;
  late_answer_possible_ = false;
}

void AtEngine::answer_line(std::string_view line) {
  if (is_echo(line)) return;
  if (const auto final = parse_final(line, form_)) {
    if (!ends(command_, final->code)) return unsolicited(line);
    if (final->code == FinalCode::prompt && command_.prompts == Prompts::pass_over) return;
    observer_.at_received(line);
    return finish(*final);
  }
  const auto part = answer_part(command_, line);
  if (!part) return unsolicited(line);
  observer_.at_received(shown(line));
  if (answer_.lines.size() < max_answer_lines)
    answer_.lines.emplace_back(*part);
  else
    ++dropped_lines_;
}

bool AtEngine::is_echo(std::string_view line) const {
  const std::string_view command = trim(text_of(command_.text));
  if (command.empty()) return false;
  // A text comes back line by line, each behind a prompt or not.
  if (command_.prompts == Prompts::pass_over)
    return line.size() >= 3 &&
           command.find(line.substr(line.starts_with("> ") ? 2 : 0)) != std::string_view::npos;
  // At a wrong or just found baud rate the echo comes with garbage before it, or without its head.
  if (line.ends_with(command)) return true;
  if (command_.raw && command.ends_with('\r') && line == command.substr(0, command.size() - 1))
    return true;
  if (line.size() >= 3 && command.ends_with(line)) return true;
  return command_.form != AnswerForm::bare && starts_with_ignoring_case(line, "AT");
}

bool AtEngine::is_late(std::string_view line) const {
  if (const auto final = parse_final(line, form_)) return ends(late_command_, final->code);
  return answer_part(late_command_, line) || !looks_unsolicited(line);
}

void AtEngine::expect_late_answer() {
  late_answer_possible_ = true;
  late_command_ = std::move(command_);
}

void AtEngine::unsolicited(std::string_view line) {
  observer_.at_unsolicited(shown(line));
}

std::string AtEngine::shown(std::string_view line) const {
  // What comes while a secret is under way may be its echo, torn to pieces.
  const bool harmless = parse_final(line, form_) ||
                        (looks_unsolicited(line) && line.find(": ") != std::string_view::npos);
  if (secret_under_way_ && !harmless) return "<masked>";
  return mask_secrets(line);
}

void AtEngine::finish(FinalResult result) {
  const bool given_up = result.code == FinalCode::timeout && state_ == State::answering;
  if (given_up && !command_.raw) expect_late_answer();
  if (result.code == FinalCode::prompt && command_.prompts == Prompts::refuse) {
    // Nobody is here who writes a text: without this the next command would become one.
    transmit(octets_of(escape_key));
    expect_late_answer();
  }
  if (result.code != FinalCode::timeout) secret_under_way_ = false;
  // From now on a digit alone is an answer, as that of AT+FCLASS? is.
  if (result.text == "OK") form_ = ResultForm::words;
  connected_ = result.code == FinalCode::connect;
  answer_.final = std::move(result);
  resume();
}

void AtEngine::resume() {
  state_ = State::idle;
  state_deadline_.reset();
  if (const auto waiter = std::exchange(waiter_, {})) waiter.resume();
}

}  // namespace tunppp::modem
