#include "modem/monitor.h"

#include <utility>

#include "base/timer_table.h"
#include "modem/step.h"

namespace tunppp::modem {
namespace {

constexpr int probes = 4;
constexpr Duration probe_patience = std::chrono::milliseconds(500);
constexpr int timeouts_until_silent = 2;
constexpr std::size_t max_events = 1024;
constexpr std::string_view end_of_text = "\x1a";  // ctrl-Z
constexpr std::string_view no_text = "\x1b";      // escape
constexpr Duration escape_patience = std::chrono::seconds(5);

bool due(std::optional<Instant> moment, Instant now) { return moment && *moment <= now; }

}  // namespace

Monitor::Monitor(MonitorOptions options) : options_(options), task_(run()) {
  if (!options_.profile) return;
  for (const RegistrationQuery& query : options_.profile->registration)
    domains_.push_back({query.domain, query.packet, RegistrationState::unasked});
}

// --- inputs ---

void Monitor::start(Instant now) {
  talk_.at.set_time(now);
  if (options_.profile) look_at_ = survey_at_ = now;
  task_.start();
  settle();
}

std::size_t Monitor::receive(Instant now, Bytes in) {
  const std::size_t used = talk_.at.receive(now, in);
  settle();
  return used;
}

void Monitor::handle_timeout(Instant now) {
  talk_.at.handle_timeout(now);
  if (due(rest_deadline_, now)) wake_ = true;
  settle();
}

// --- commands ---

bool Monitor::ask(Instant now, std::uint64_t id, std::string_view command) {
  if (waiting_.size() >= max_waiting) return false;
  talk_.at.set_time(now);
  waiting_.push_back({id, Secret(command)});
  wake_ = true;
  settle();
  return true;
}

void Monitor::give_text(Instant now, std::uint64_t id, std::optional<std::string> text) {
  if (prompted_ != id || text_ready_) return;
  talk_.at.set_time(now);
  text_ = std::move(text);
  text_ready_ = true;
  wake_ = true;
  settle();
}

void Monitor::forget(Instant now, std::uint64_t id) {
  std::erase_if(waiting_, [id](const Waiting& it) { return it.id == id; });
  if (in_flight_ == id) in_flight_.reset();
  if (prompted_ == id) prompter_gone_ = true;
  give_text(now, id, std::nullopt);
}

// --- outputs ---

std::optional<MonitorEvent> Monitor::poll_event() {
  if (events_.empty()) return std::nullopt;
  MonitorEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

std::optional<Instant> Monitor::next_timeout() const {
  return earliest(talk_.at.next_timeout(), rest_deadline_);
}

// --- what it does, and when ---

Task<bool> Monitor::run() {
  co_await wake_port();
  for (;;) {
    if (prompted_)
      co_await carry_text();
    else if (!waiting_.empty())
      co_await carry_command();
    else if (due(confirm_at_, now()))
      co_await confirm();
    else if (due(look_at_, now()))
      co_await look();
    else
      co_await rest();
  }
}

Monitor::Rest Monitor::rest() {
  return {this, earliest(look_at_, earliest(confirm_at_, tell_at_))};
}

/// After every input: takes note of what was said, and goes on if it rests and there is a reason.
void Monitor::settle() {
  collect();
  while (wake_ && waiter_) {
    wake_ = false;
    std::exchange(waiter_, {}).resume();
    collect();
  }
  report_status();
  if (waiter_ && !prompted_) rest_deadline_ = rest().deadline;
}

void Monitor::collect() {
  while (auto event = talk_.events.poll()) {
    // What came before was a late answer, that the engine has waited out.
    if (event->kind == ModemEvent::Kind::sent) answer_lines_.clear();
    if (event->kind == ModemEvent::Kind::received) {
      if (answer_lines_.size() == max_events) answer_lines_.pop_back();
      answer_lines_.push_back(event->text);
    }
    if (event->kind == ModemEvent::Kind::unsolicited && options_.profile && !lost_)
      take_news(read_news(event->text, options_.cid), event->text);
    if (events_.size() < max_events) events_.emplace_back(std::move(*event));
  }
}

/// True when the port answers. Echo and result codes stay as they are where nothing is watched: the
/// port is somebody else's then.
Task<bool> Monitor::wake_port() {
  answers_ = co_await answers_at(talk_, probes, probe_patience);
  if (silent_ == answers_) {
    silent_ = !answers_;
    const bool ppp_speaks = silent_ && !options_.profile && co_await ppp_answers();
    events_.emplace_back(PortSilent{silent_, ppp_speaks});
  }
  timeouts_ = 0;
  if (answers_ && options_.profile && !set_up_) co_await set_up();
  co_return answers_;
}

Task<bool> Monitor::ppp_answers() {
  ask_ppp(talk_);
  co_await talk_.at.pause(probe_patience);
  co_return talk_.at.flag_seen();
}

Task<bool> Monitor::set_up() {
  co_await talk_.at.send(at_command("ATE0"));
  const Answer words = co_await talk_.at.send(at_command("ATV1"));
  if (words.ok()) talk_.at.set_result_form(ResultForm::words);
  co_await talk_.at.send(at_command("AT+CMEE=1"));
  bool tells = false;
  for (const RegistrationQuery& query : options_.profile->registration) {
    const Answer answer = co_await talk_.at.send(at_command(query.enable));
    tells = tells || (answer.ok() && query.packet);
  }
  const Answer bearer = co_await talk_.at.send(at_command("AT+CGEREP=2"));
  tells_by_itself_ = tells && bearer.ok();
  set_up_ = true;
  co_return true;
}

/// What is asked from time to time.
Task<bool> Monitor::look() {
  look_at_ = now() + options_.signal_period;
  if (!answers_) co_await wake_port();
  if (!answers_) co_return false;
  if (due(survey_at_, now())) {
    survey_at_ =
        now() + (tells_by_itself_ ? options_.confirmation_period : options_.registration_period);
    co_await ask_registration();
    judge_registration();
    co_await ask_bearer();
    if (operator_wanted_ && registered()) co_await ask_operator();
  }
  co_await ask_signal();
  if (lost_) look_at_.reset();
  co_return true;
}

/// What looked like a loss stands, or has passed.
Task<bool> Monitor::confirm() {
  confirm_at_.reset();
  const bool answered = co_await ask_registration();
  if (answered && !registered())
    lose(EndReason::registration_lost,
         std::string("the modem lost the network; ") + describe(domains_));
  co_return true;
}

Task<bool> Monitor::carry_command() {
  const Waiting next = std::move(waiting_.front());
  waiting_.pop_front();
  in_flight_ = next.id;
  const std::string_view text(reinterpret_cast<const char*>(next.command.expose().data()),
                              next.command.size());
  Answer answer;
  if (!answers_) co_await wake_port();
  if (answers_) {
    AtCommand command = user_command(text);
    prompted_by_.prefix = command.prefix;
    prompted_by_.names = command.names;
    collect();
    answer_lines_.clear();
    answer = co_await talk_.at.send(std::move(command));
    heard(answer);
    collect();
  }
  drop_final_line(answer.final);
  const auto asked = std::exchange(in_flight_, {});
  if (answer.final.code == FinalCode::prompt) {
    prompted_ = next.id;
    prompter_gone_ = text_ready_ = !asked;  // nobody is left who could say it
    text_.reset();
  }
  if (asked)
    events_.emplace_back(CommandAnswered{*asked, std::exchange(answer_lines_, {}), answer.final});
  answer_lines_.clear();
  co_return true;
}

Task<bool> Monitor::carry_text() {
  const Instant deadline = now() + prompt_patience;
  while (!text_ready_ && now() < deadline) co_await Rest{this, deadline};
  const bool given = text_ready_ && text_;
  const std::string octets = given ? *text_ + std::string(end_of_text) : std::string(no_text);
  text_.reset();
  text_ready_ = true;  // it is too late for another one
  AtCommand command =
      prompt_text(octets, given ? text_patience : escape_patience, prompted_by_);
  collect();
  answer_lines_.clear();
  const Answer answer = co_await talk_.at.send(std::move(command));
  collect();
  if (answer.timed_out()) answers_ = false;
  drop_final_line(answer.final);
  const std::uint64_t id = *std::exchange(prompted_, {});
  text_ready_ = false;
  if (!std::exchange(prompter_gone_, false))
    events_.emplace_back(CommandAnswered{id, answer_lines_, answer.final});
  answer_lines_.clear();
  co_return true;
}

void Monitor::drop_final_line(const FinalResult& final) {
  if (final.code != FinalCode::timeout && !answer_lines_.empty()) answer_lines_.pop_back();
}

/// A command or two may go unanswered; a port that says nothing any more is woken up first.
void Monitor::heard(const Answer& answer) {
  timeouts_ = answer.timed_out() ? timeouts_ + 1 : 0;
  if (timeouts_ >= timeouts_until_silent) answers_ = false;
}

}  // namespace tunppp::modem
