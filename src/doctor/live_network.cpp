// What the modem knows of the network: signal, registration, and the data connection.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "doctor/examiner.h"
#include "modem/at_fields.h"
#include "modem/dial_failure.h"
#include "modem/registration.h"

namespace tunppp::doctor {
namespace {

using modem::Answer;
using modem::AnswerForm;
using modem::field;
using modem::Task;
using modem::to_int;
using std::chrono::seconds;

constexpr Duration search_patience = seconds(8);
constexpr Duration search_period = seconds(1);

std::string_view quality(int dbm) {
  if (dbm >= -75) return "very good";
  if (dbm >= -85) return "good";
  if (dbm >= -95) return "fair";
  return "weak";
}

/// <rssi> of +CSQ (27.007 section 8.5): 0 to 31 in steps of 2 dB from -113 dBm, 99 is not known.
std::optional<int> dbm_of_csq(const Answer& answer) {
  const auto rssi = answer.ok() ? to_int(field(answer.first(), 0)) : std::nullopt;
  if (!rssi || *rssi < 0 || *rssi > 31) return std::nullopt;
  return -113 + 2 * *rssi;
}

/// +CESQ (27.007 section 8.69): <rxlev> to 63 from -111 dBm, <rscp> to 96 from -121, <rsrp> to 97
/// from -141.
std::optional<int> dbm_of_cesq(const Answer& answer) {
  struct Measure {
    std::size_t place;
    int highest;
    int lowest_dbm;
  };
  constexpr std::array<Measure, 3> measures{{{5, 97, -141}, {2, 96, -121}, {0, 63, -111}}};
  for (const Measure& measure : measures) {
    const auto value = answer.ok() ? to_int(field(answer.first(), measure.place)) : std::nullopt;
    if (value && *value >= 0 && *value <= measure.highest) return measure.lowest_dbm + *value;
  }
  return std::nullopt;
}

struct Signal {
  std::optional<int> dbm;
  bool told_unknown = false;  ///< 99 or 255: it hears nothing
  std::vector<Evidence> seen;
};

Task<Signal> measure(Examiner& examiner) {
  Signal signal;
  const Asked csq = co_await ask(examiner, "AT+CSQ", AnswerForm::prefixed);
  signal.seen.push_back(csq.seen);
  signal.dbm = dbm_of_csq(csq.answer);
  signal.told_unknown = csq.answer.ok() && to_int(field(csq.answer.first(), 0)) == 99;
  if (!signal.dbm) {  // some tell LTE's in the newer form only
    const Asked cesq = co_await ask(examiner, "AT+CESQ", AnswerForm::prefixed);
    signal.dbm = dbm_of_cesq(cesq.answer);
    if (cesq.answer.ok()) {
      signal.seen.push_back(cesq.seen);
      signal.told_unknown = true;
    }
  }
  if (signal.dbm)
    examiner.tell("signal", fmt::format("{} dBm ({})", *signal.dbm, quality(*signal.dbm)));
  co_return signal;
}

struct Registration {
  std::vector<modem::DomainState> domains;
  std::vector<Evidence> seen;
  modem::RegistrationVerdict verdict = modem::RegistrationVerdict::wait;
};

Task<Registration> survey(Examiner& examiner) {
  Registration registration;
  for (const modem::RegistrationQuery& query : examiner.dial.profile->registration) {
    const Asked asked = co_await ask(examiner, query.query, AnswerForm::registration);
    const bool told = asked.answer.ok() && !asked.answer.lines.empty();
    registration.domains.push_back({query.domain, query.packet,
                                    told ? modem::parse_registration(asked.answer.first())
                                         : modem::RegistrationState::unasked});
    if (told) registration.seen.push_back(asked.seen);
  }
  registration.verdict = modem::judge(registration.domains);
  co_return registration;
}

bool is_told(const Registration& registration) {
  return !registration.seen.empty();
}

/// Asks again while it searches: it may be that it has just been switched on.
Task<Registration> settled_registration(Examiner& examiner, Duration& searched) {
  const Instant began = examiner.dial.talk.at.now();
  for (;;) {
    Registration registration = co_await survey(examiner);
    searched = examiner.dial.talk.at.now() - began;
    const bool wait = is_told(registration) &&
                      registration.verdict == modem::RegistrationVerdict::wait &&
                      searched < search_patience && examiner.may_ask();
    if (!wait) co_return registration;
    co_await examiner.dial.talk.at.pause(search_period);
  }
}

/// Its domains that are refused: "LTE, packet".
std::string denied_domains(const Registration& registration) {
  std::string text;
  for (const modem::DomainState& domain : registration.domains)
    if (domain.state == modem::RegistrationState::denied)
      text += fmt::format("{}{}", text.empty() ? "" : ", ", domain.domain);
  return text;
}

/// Why there is no registration, from what was seen.
Task<bool> explain_no_registration(Examiner& examiner, Registration registration, Signal signal,
                                   Duration searched) {
  const Asked mode = co_await ask(examiner, "AT+CFUN?", AnswerForm::prefixed);
  const Asked report = co_await ask(examiner, "AT+CEER", AnswerForm::prefixed);
  std::vector<Evidence> seen = std::move(registration.seen);
  if (report.answer.ok() && !report.answer.lines.empty()) seen.push_back(report.seen);
  if (registration.verdict == modem::RegistrationVerdict::denied) {
    examiner.find(Cause::registration_denied, std::move(seen),
                  {{"domains", fmt::format(" ({})", denied_domains(registration))}});
    co_return true;
  }
  if (mode.answer.ok() && to_int(field(mode.answer.first(), 0)) != 1) {
    seen.push_back(mode.seen);
    examiner.find(Cause::not_registered, std::move(seen),
                  {{"state",
                    ": its radio is switched off (AT+CFUN=1 switches it on, as tunppp "
                    "dial does)"}});
    co_return true;
  }
  // Without a signal there is no registration: that follows.
  if (!signal.dbm && signal.told_unknown) {
    seen.insert(seen.begin(), signal.seen.begin(), signal.seen.end());
    examiner.find(Cause::no_signal, std::move(seen));
    co_return true;
  }
  std::string state = modem::describe(registration.domains);
  constexpr std::string_view label = "registration: ";
  if (state.starts_with(label)) state.erase(0, label.size());
  examiner.find(Cause::not_registered, std::move(seen),
                {{"state", fmt::format(": {} (it was watched for {} s)", state,
                                       std::chrono::duration_cast<seconds>(searched).count())}});
  co_return true;
}

// --- The data connection ---

/// "internet" of +CGDCONT: 1,"IP","internet",...
std::string apns_in(const Answer& contexts) {
  std::string text;
  for (const std::string& line : contexts.lines)
    if (const std::string_view apn = field(line, 2); !apn.empty())
      text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", apn, field(line, 0));
  return text;
}

bool is_about_the_context(std::optional<EndReason> reason) {
  switch (reason.value_or(EndReason::requested)) {
    case EndReason::apn_refused:
    case EndReason::apn_unknown:
    case EndReason::pdp_type_refused:
    case EndReason::bearer_auth_refused:
    case EndReason::not_subscribed:
      return true;
    default:
      return false;
  }
}

Task<bool> examine_context(Examiner& examiner) {
  const Asked contexts = co_await ask(examiner, "AT+CGDCONT?", AnswerForm::prefixed);
  if (contexts.answer.ok()) examiner.tell("APN", apns_in(contexts.answer));
  const Asked attach = co_await ask(examiner, "AT+CGATT?", AnswerForm::prefixed);
  const Asked report = co_await ask(examiner, "AT+CEER", AnswerForm::prefixed);
  const bool refused =
      report.answer.ok() && is_about_the_context(modem::reason_of_report(report.answer.first()));
  if (refused) {
    const std::string reason = fmt::format(": {}", report.answer.first());
    examiner.find(Cause::apn_refused, {report.seen, contexts.seen}, {{"reason", reason}});
    co_return true;
  }
  if (attach.answer.ok() && to_int(field(attach.answer.first(), 0)) == 0)
    examiner.find(
        Cause::not_registered, {attach.seen, contexts.seen},
        {{"state", " for data: it is registered, but not attached to the packet service"}});
  co_return true;
}

}  // namespace

Task<bool> examine_network(Examiner& examiner) {
  Duration searched{};
  Registration registration = co_await settled_registration(examiner, searched);
  Signal signal = co_await measure(examiner);
  if (!is_told(registration)) co_return true;
  if (registration.verdict != modem::RegistrationVerdict::registered)
    co_return co_await explain_no_registration(examiner, std::move(registration), std::move(signal),
                                               searched);
  std::string where = modem::describe(registration.domains);
  where.erase(0, std::min(where.find(": ") + 2, where.size()));
  examiner.tell("registration", where);
  const Asked name = co_await ask(examiner, "AT+COPS?", AnswerForm::prefixed);
  if (name.answer.ok()) examiner.tell("operator", std::string(field(name.answer.first(), 2)));
  co_return co_await examine_context(examiner);
}

}  // namespace tunppp::doctor
