#include <vector>

#include "modem/at_fields.h"
#include "modem/registration.h"
#include "modem/sim_state.h"
#include "modem/step.h"

namespace tunppp::modem {
namespace {

using std::chrono::seconds;

constexpr Duration poll_period = seconds(1);
/// A refusal may be one cell's; while nothing else is tried it counts after so long.
constexpr Duration denied_patience = seconds(10);

struct Survey {
  std::vector<DomainState> domains;
  Failure failure;
};

/// Asks all domains once, up to the first that is registered.
Task<Survey> survey(DialContext& dial) {
  Survey result;
  for (const RegistrationQuery& query : dial.profile->registration) {
    const Answer answer =
        co_await dial.talk.at.send(at_command(query.query, AnswerForm::registration));
    if (answer.timed_out()) {
      result.failure = failed_at(query.query, answer.final);
      break;
    }
    const bool told = answer.ok() && !answer.lines.empty();
    result.domains.push_back(
        {query.domain, query.packet,
         told ? parse_registration(answer.first()) : RegistrationState::unasked});
    if (query.packet && is_registered(result.domains.back().state)) break;
  }
  co_return result;
}

bool nothing_told(const std::vector<DomainState>& domains) {
  for (const DomainState& domain : domains)
    if (domain.state != RegistrationState::unasked) return false;
  return true;
}

std::string no_such_radio(const DialContext& dial) {
  std::string known;
  for (int i = 1; i < static_cast<int>(Radio::count); ++i) {
    const auto radio = static_cast<Radio>(i);
    if (dial.profile->radio.of(radio).empty()) continue;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", name_of(radio));
  }
  return fmt::format("{} cannot be told to use the radio {}; {}", dial.profile->name,
                     name_of(dial.options.radio),
                     known.empty() ? "leave --radio out" : "--radio may be " + known);
}

Task<Failure> choose_radio(DialContext& dial) {
  if (dial.options.radio == Radio::unchanged) co_return std::nullopt;
  const std::string_view command = dial.profile->radio.of(dial.options.radio);
  if (command.empty()) co_return failed(EndReason::usage, no_such_radio(dial));
  const Answer answer = co_await dial.talk.at.send(at_command(command));
  if (!answer.ok()) co_return failed_at(command, answer.final);
  co_return std::nullopt;
}

}  // namespace

Task<Failure> await_registration(DialContext& dial) {
  Conversation& talk = dial.talk;
  talk.enter(Phase::registration);
  if (Failure failure = co_await choose_radio(dial)) co_return failure;
  for (const RegistrationQuery& query : dial.profile->registration) {
    const Answer answer = co_await talk.at.send(at_command(query.enable));
    if (answer.timed_out()) co_return failed_at(query.enable, answer.final);
  }

  const Instant give_up = talk.at.now() + dial.options.registration_timeout;
  std::optional<Instant> denied_since;
  std::string told;
  for (;;) {
    const Survey now = co_await survey(dial);
    if (now.failure) co_return now.failure;
    const std::string text = describe(now.domains);
    if (text != told) talk.progress(text);
    told = text;
    if (nothing_told(now.domains)) co_return std::nullopt;  // the dial will show it

    const RegistrationVerdict verdict = judge(now.domains);
    if (verdict == RegistrationVerdict::registered) co_return std::nullopt;
    if (verdict != RegistrationVerdict::denied)
      denied_since.reset();
    else if (!denied_since)
      denied_since = talk.at.now();
    else if (talk.at.now() - *denied_since >= denied_patience)
      co_return failed(
          EndReason::registration_denied,
          with_report("the network refuses to register us", co_await extended_report(talk)));
    if (talk.at.now() < give_up) {
      co_await talk.at.pause(poll_period);
      continue;
    }
    // It was ready; but who takes it out does not tell.
    if (co_await settled_sim_state(talk, {}) == SimState::absent)
      co_return failed(EndReason::sim_absent, "the SIM is there no more");
    co_return failed(verdict == RegistrationVerdict::denied ? EndReason::registration_denied
                                                            : EndReason::not_registered,
                     with_report("not registered with a network in time; " + text,
                                 co_await extended_report(talk)));
  }
}

}  // namespace tunppp::modem
