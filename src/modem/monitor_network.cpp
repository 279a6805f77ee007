#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "base/timer_table.h"
#include "modem/at_fields.h"
#include "modem/monitor.h"

namespace tunppp::modem {
namespace {

/// What a signal does not do all day.
constexpr double notable_step = 12;  // dB

/// Of the radio's own measure where there is one.
std::optional<double> strength(const NetworkStatus& status) {
  if (status.rsrp_dbm) return status.rsrp_dbm;
  if (status.rssi_dbm) return *status.rssi_dbm;
  return std::nullopt;
}

bool differs_much(const NetworkStatus& a, const NetworkStatus& b) {
  if (a.registration != b.registration || a.operator_name != b.operator_name) return true;
  if (a.radio != b.radio) return true;
  const auto one = strength(a);
  const auto other = strength(b);
  if (one.has_value() != other.has_value()) return true;
  return one && std::abs(*one - *other) >= notable_step;
}

/// "AT+CEREG?" is answered by "+CEREG".
bool belongs_to(std::string_view query, std::string_view command) {
  return query.size() == command.size() + 3 && query.substr(2).starts_with(command);
}

}  // namespace

// --- what it asks ---

Task<bool> Monitor::ask_signal() {
  const Answer answer = co_await talk_.at.send(at_command("AT+CSQ", AnswerForm::prefixed));
  heard(answer);
  if (!answer.ok()) co_return false;
  status_.rssi_dbm = read_rssi(answer.first());
  co_return true;
}

/// All domains up to the first that is registered for packets. False: no answer.
Task<bool> Monitor::ask_registration() {
  const auto queries = options_.profile->registration;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const Answer answer =
        co_await talk_.at.send(at_command(queries[i].query, AnswerForm::registration));
    heard(answer);
    if (answer.timed_out()) co_return false;
    if (!answer.ok() || answer.lines.empty()) {
      domains_[i].state = RegistrationState::unasked;
      continue;
    }
    set_state(std::string_view(queries[i].query).substr(2, queries[i].query.size() - 3),
              read_registration(answer.first()));
    if (domains_[i].packet && is_registered(domains_[i].state)) break;
  }
  co_return true;
}

/// Only what was seen active can be lost: some modems do not show the context of a PPP dial.
Task<bool> Monitor::ask_bearer() {
  const Answer answer = co_await talk_.at.send(at_command("AT+CGACT?", AnswerForm::prefixed));
  heard(answer);
  if (!answer.ok()) co_return false;
  for (const std::string& line : answer.lines) {
    const auto active = read_activation(line, options_.cid);
    if (!active) continue;
    if (was_active_ && !*active)
      lose(EndReason::bearer_lost,
           fmt::format("the network took the bearer away (+CGACT: {})", line));
    was_active_ = *active;
  }
  co_return true;
}

Task<bool> Monitor::ask_operator() {
  const Answer answer = co_await talk_.at.send(at_command("AT+COPS?", AnswerForm::prefixed));
  heard(answer);
  if (!answer.ok()) co_return false;
  operator_wanted_ = false;
  status_.operator_name = std::string(field(answer.first(), 2));
  if (const auto technology = to_int(field(answer.first(), 3)))
    if (const std::string_view radio = radio_words(*technology); !radio.empty())
      status_.radio = std::string(radio);
  co_return true;
}

// --- what it makes of what it hears ---

void Monitor::take_news(const NetworkNews& news, std::string_view line) {
  using Kind = NetworkNews::Kind;
  switch (news.kind) {
    case Kind::none:
      return;
    case Kind::bearer_lost:
      return lose(EndReason::bearer_lost,
                  fmt::format("the network took the bearer away ({})", line));
    case Kind::rebooted:
      return lose(EndReason::modem_gone,
                  fmt::format("the modem began anew or switched itself off: it said {}", line));
    case Kind::registration:
      set_state(news.command, news);
      judge_registration();
      return;
  }
}

void Monitor::set_state(std::string_view command, NetworkNews news) {
  const auto queries = options_.profile->registration;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (!belongs_to(queries[i].query, command)) continue;
    if (domains_[i].state != news.state) operator_wanted_ = true;
    domains_[i].state = news.state;
    if (!is_registered(news.state)) break;
    if (!news.cell.empty()) status_.cell = std::move(news.cell);
    if (!news.radio.empty()) status_.radio = std::string(news.radio);
    break;
  }
}

bool Monitor::registered() const {
  return judge(domains_) == RegistrationVerdict::registered;
}
bool Monitor::denied() const {
  return judge(domains_) == RegistrationVerdict::denied;
}

/// A modem that never said that it is registered cannot lose it: some never say so.
void Monitor::judge_registration() {
  const DomainState* best = nullptr;
  for (const DomainState& domain : domains_) {
    if (domain.state == RegistrationState::unasked) continue;
    const bool better = best && (is_registered(domain.state) > is_registered(best->state) ||
                                 (is_registered(domain.state) == is_registered(best->state) &&
                                  domain.packet && !best->packet));
    if (!best || better) best = &domain;
  }
  if (best) status_.registration = in_words(best->state);
  if (registered()) {
    was_registered_ = true;
    confirm_at_.reset();
  } else if (was_registered_ && !lost_) {
    const Instant moment = denied() ? now() : now() + options_.grace;
    confirm_at_ = earliest(confirm_at_, moment);
  }
  wake_ = true;
}

void Monitor::lose(EndReason reason, std::string text) {
  if (std::exchange(lost_, true)) return;
  confirm_at_.reset();
  look_at_.reset();
  events_.emplace_back(ConnectionLost{reason, std::move(text)});
}

void Monitor::report_status() {
  if (status_ == told_) return tell_at_.reset();
  // In the middle of a round of questions it is half old and half new.
  if (!waiter_) return;
  if (last_told_ && now() < *last_told_ + options_.report_gap) {
    tell_at_ = *last_told_ + options_.report_gap;
    return;
  }
  tell_at_.reset();
  const bool notable = anything_told_ && differs_much(status_, notable_);
  if (notable || !anything_told_) notable_ = status_;
  anything_told_ = true;
  last_told_ = now();
  told_ = status_;
  events_.emplace_back(StatusChanged{status_, notable});
}

}  // namespace tunppp::modem
