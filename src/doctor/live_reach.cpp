// Whether there is a modem that answers, and what there is if not.
#include <fmt/format.h>

#include <utility>

#include "doctor/examiner.h"

namespace tunppp::doctor {
namespace {

using modem::Task;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int probes = 2;
constexpr Duration probe_patience = milliseconds(250);
constexpr Duration guard = milliseconds(1050);  // V.250 section 6.3: S12, one second by default
constexpr Duration escape_patience = milliseconds(200);
constexpr Duration hang_up_patience = seconds(3);

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
  const auto waited = std::chrono::duration_cast<seconds>(Examiner::lent_patience).count();
  examiner.find(Cause::at_port_busy,
                {{"AT", fmt::format("no answer through the session within {} s", waited)}});
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
  const bool answers = co_await modem::answers_at(examiner.dial.talk, 1, Examiner::lent_patience);
  if (!answers) find_port_busy(examiner);
  co_return answers;
}

}  // namespace

void find_no_more_answers(Examiner& examiner) {
  if (examiner.options.lent) return find_port_busy(examiner);
  examiner.find(Cause::modem_silent, {{examiner.options.tty,
                                       "it answered AT, then no more: a later command got no "
                                       "answer in time"}});
}

Task<bool> reach(Examiner& examiner) {
  if (examiner.options.lent) co_return co_await reach_lent(examiner);
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

}  // namespace tunppp::doctor
