#include "doctor/live.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "doctor/examine.h"
#include "doctor/heard.h"
#include "modem/at_fields.h"
#include "modem/dial_failure.h"
#include "modem/registration.h"
#include "modem/sim_state.h"
#include "modem/step.h"

namespace tunppp::doctor {
namespace {

using modem::Answer;
using modem::AnswerForm;
using modem::field;
using modem::SimState;
using modem::Task;
using modem::to_int;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int probes = 2;
constexpr Duration probe_patience = milliseconds(250);
constexpr Duration guard = milliseconds(1050);  // V.250 section 6.3: S12, one second by default
constexpr Duration escape_patience = milliseconds(200);
constexpr Duration hang_up_patience = seconds(3);
constexpr Duration command_patience = milliseconds(2500);
constexpr Duration lent_patience = seconds(6);  // others' commands come first
constexpr Duration restoring_patience = seconds(1);
constexpr modem::SimPatience sim_patience{.busy = seconds(5), .absent = seconds(2)};
constexpr Duration search_patience = seconds(8);
constexpr Duration search_period = seconds(1);
/// After so long nothing more is asked, so that the last command still ends in time.
constexpr Duration asking_time = seconds(20);
constexpr int fewest_tries = 2;

struct Asked {
  Answer answer;
  Evidence seen;  ///< {"AT+CPIN?", "+CPIN: SIM PIN"}
};

struct Examiner {
  modem::DialContext dial;
  LiveOptions options;
  HeardOctets heard;
  LiveOutcome outcome;
  Instant began{};
  bool gave_up = false;                ///< it answers no more
  std::vector<std::string> restoring;  ///< what puts back the settings that were changed

  void find(Cause cause, std::vector<Evidence> seen, Values values = {}) {
    values.emplace("tty", options.tty);
    outcome.findings.push_back(make_finding(cause, std::move(seen), values));
  }
  void tell(std::string name, std::string value) {
    if (!value.empty()) outcome.facts.push_back({std::move(name), std::move(value)});
  }
  bool may_ask() { return !gave_up && dial.talk.at.now() - began < asking_time; }
};

std::string shown(const std::string& prefix, const Answer& answer) {
  if (answer.timed_out()) return "no answer";
  if (!answer.ok()) return modem::in_words(answer.final);
  std::string text;
  for (const std::string& line : answer.lines)
    text +=
        fmt::format("{}{}{}{}", text.empty() ? "" : "; ", prefix, prefix.empty() ? "" : " ", line);
  return text.empty() ? answer.final.text : text;
}

Task<Asked> ask(Examiner& examiner, std::string_view text, AnswerForm form) {
  Asked asked{.answer = {}, .seen = {std::string(text), "was not asked any more"}};
  if (!examiner.may_ask()) co_return asked;
  modem::AtCommand command = modem::at_command(text, form);
  command.timeout = examiner.options.lent ? lent_patience : command_patience;
  const std::string prefix = form == AnswerForm::bare ? "" : command.prefix;
  asked.answer = co_await examiner.dial.talk.at.send(std::move(command));
  asked.seen.content = shown(prefix, asked.answer);
  if (asked.answer.timed_out()) examiner.gave_up = true;
  co_return asked;
}

// --- Is there a modem that answers? ---

std::string in_words(const HeardOctets& heard) {
  switch (heard.what()) {
    case Heard::nothing:
      return "nothing comes";
    case Heard::echo:
      return "what was sent comes back, and nothing else";
    case Heard::text:
      return "text, but no OK: " + heard.sample();
    case Heard::nmea:
      return "positions (NMEA): " + heard.sample();
    case Heard::ppp:
      return "PPP frames: " + heard.sample();
    case Heard::cmux:
      return "CMUX frames: " + heard.sample();
    case Heard::binary:
      return "binary octets, as of a diagnostics port or at a wrong speed: " + heard.sample();
  }
  return {};
}

void find_silence(Examiner& examiner, const std::string& speeds) {
  const std::string what = in_words(examiner.heard);
  if (examiner.heard.what() == Heard::nmea)
    return examiner.find(Cause::wrong_tty_nmea, {{examiner.options.tty, what}});
  examiner.find(Cause::modem_silent, {{"AT", "no OK" + speeds}, {examiner.options.tty, what}});
}

void find_port_busy(Examiner& examiner) {
  const auto waited = std::chrono::duration_cast<seconds>(lent_patience).count();
  examiner.find(Cause::at_port_busy,
                {{"AT", fmt::format("no answer through the session within {} s", waited)}});
}

/// It answered at first.
void find_no_more_answers(Examiner& examiner) {
  if (examiner.options.lent) return find_port_busy(examiner);
  examiner.find(Cause::modem_silent, {{examiner.options.tty,
                                       "it answered AT, then no more: a later command got no "
                                       "answer in time"}});
}

/// What was done to ask it at all is not kept from anybody.
Values ended(bool answers) {
  return {{"ended", answers ? "; it was ended now, in order to ask the modem" : ""}};
}

/// From data mode, where PPP or the modem itself shows that it is in it.
Task<bool> leave_data_mode(Examiner& examiner) {
  modem::Conversation& talk = examiner.dial.talk;
  examiner.heard.clear();
  modem::ask_ppp(talk);
  const modem::FinalResult escaped = co_await modem::escape_data_mode(talk, guard, escape_patience);
  const bool ppp = examiner.heard.what() == Heard::ppp;
  if (!ppp && !escaped.is_ok()) co_return false;
  std::vector<Evidence> seen;
  if (ppp) seen.push_back({"LCP Echo-Request", in_words(examiner.heard)});
  if (escaped.is_ok()) seen.push_back({"+++", escaped.text});
  if (escaped.is_ok()) {
    modem::AtCommand hang_up = modem::call_command(examiner.dial.profile->hang_up);
    hang_up.timeout = hang_up_patience;
    co_await talk.at.send(std::move(hang_up));
  }
  const bool answers = co_await modem::answers_at(talk, probes, probe_patience);
  examiner.find(Cause::modem_in_data_mode, std::move(seen), ended(answers));
  co_return answers;
}

Task<bool> leave_multiplexer(Examiner& examiner) {
  examiner.heard.clear();
  const bool answers = co_await modem::close_multiplexer(examiner.dial.talk);
  if (examiner.heard.has_cmux_frame())
    examiner.find(Cause::modem_in_cmux,
                  {{"CMUX close-down", "answered by a frame: " + examiner.heard.sample()}},
                  ended(answers));
  co_return answers;
}

/// Data mode and multiplexer are the session's business.
Task<bool> reach_lent(Examiner& examiner) {
  const bool answers = co_await modem::answers_at(examiner.dial.talk, 1, lent_patience);
  if (!answers) find_port_busy(examiner);
  co_return answers;
}

Task<bool> reach(Examiner& examiner) {
  modem::Conversation& talk = examiner.dial.talk;
  if (co_await modem::answers_at(talk, probes, probe_patience)) co_return true;
  const std::size_t found = examiner.outcome.findings.size();
  if (examiner.heard.what() != Heard::nmea) {
    if (co_await leave_data_mode(examiner)) co_return true;
    if (co_await leave_multiplexer(examiner)) co_return true;
    const std::uint32_t baud = examiner.options.baud;
    if (co_await modem::find_baud(examiner.dial)) {
      examiner.find(
          Cause::modem_silent,
          {{"AT", fmt::format("no OK at {} baud, but at {}: --baud {}", baud,
                              examiner.dial.options.line.baud, examiner.dial.options.line.baud)}});
      co_return true;
    }
  }
  std::string speeds;
  if (!examiner.options.other_bauds.empty())
    speeds = fmt::format(" at {} baud and the usual other speeds", examiner.options.baud);
  if (examiner.outcome.findings.size() == found) find_silence(examiner, speeds);
  co_return false;
}

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

// --- Signal and registration ---

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

Task<bool> run(Examiner& examiner) {
  examiner.began = examiner.dial.talk.at.now();
  examiner.outcome.answers =
      examiner.options.lent ? co_await reach_lent(examiner) : co_await reach(examiner);
  if (!examiner.outcome.answers) co_return false;
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
