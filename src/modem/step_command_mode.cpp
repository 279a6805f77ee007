#include <algorithm>
#include <string_view>

#include "modem/step.h"

namespace tunppp::modem {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int probes = 4;  // as Zephyr does
constexpr Duration probe_patience = milliseconds(300);
constexpr Duration marker_patience = seconds(3);  // a modem that is about to start is slow
constexpr Duration later{};                       // whoever asks gets in step in the end
constexpr Duration late_gap = milliseconds(400);  // longer than between two probes
constexpr int most_late = 64;
constexpr Duration guard = milliseconds(1050);  // V.250 section 6.3: S12, one second by default
constexpr Duration escape_patience = milliseconds(500);
constexpr Duration quick_hang_up = seconds(10);
constexpr Duration dtr_low = seconds(1);
constexpr Duration dtr_settle = milliseconds(500);
constexpr Duration retry_period = seconds(1);

/// An LCP Echo-Request (RFC 1661 section 5.8) with magic number 0, ready for the line. A PPP peer
/// behind a modem in data mode answers it or rejects it, in any case with flags.
constexpr std::string_view echo_request{
    "\x7e\xff\x03\xc0\x21\x09\x01\x00\x08\x99\xd1\x35\xc1\x8e\x2c\x7e", 16};

/// The message that ends multiplexing (TS 27.010 clause 5.4.6.3.3), for a modem that a program
/// which was killed has left in it. In either option; to what is not multiplexing it is a line of
/// noise.
constexpr std::string_view close_down_basic{"\xf9\x03\xef\x05\xc3\x01\xf2\xf9", 8};
constexpr std::string_view close_down_advanced{"\x7e\x03\xef\xc3\x01\x70\x7e", 7};
constexpr Duration close_down_time = seconds(1);  // as MuditaOS does on the modems it drives

}  // namespace

void ask_ppp(Conversation& talk) {
  talk.at.clear_flag_seen();
  talk.at.write(echo_request, "(LCP Echo-Request)");
}

Task<bool> answers_at(Conversation& talk, int tries, Duration patience,
                      std::optional<Duration> settle) {
  for (int i = 0; i < tries; ++i) {
    // Raw: what is in the way is unknown yet, and draining is what this does itself.
    AtCommand probe = raw_command("AT\r", patience);
    probe.form = AnswerForm::bare;
    const Answer answer = co_await talk.at.send(std::move(probe));
    // A call that ends just now says so instead, and what says so hears commands from then on.
    const bool ended = answer.final.code == FinalCode::no_carrier && i + 1 == tries;
    if (!answer.ok() && !ended) continue;
    // What was said before the OK that is none of its business: that may be the rest of what a
    // multiplexer has told a program that was killed, with the OK in it.
    if (!answer.lines.empty() && i + 1 < tries) continue;
    if (i > 0 && !settle) co_await get_in_step(talk);
    if (i > 0 && settle > Duration::zero()) co_await talk.at.pause(i * *settle);
    co_return true;
  }
  co_return false;
}

Task<bool> get_in_step(Conversation& talk) {
  AtCommand question = at_command("AT+CMEE?", AnswerForm::prefixed);
  question.timeout = marker_patience;
  AtCommand listen = raw_command("", {});
  listen.form = AnswerForm::prefixed;
  listen.prefix = question.prefix;
  Answer answer = co_await talk.at.send(std::move(question));
  const auto is_late = [&] { return !answer.timed_out() && answer.lines.empty(); };
  for (int late = 0; late < most_late && is_late(); ++late) {
    // An error is most likely the answer itself, of a modem that knows no such thing.
    listen.timeout = answer.ok() ? marker_patience : late_gap;
    answer = co_await talk.at.send(AtCommand(listen));
  }
  co_return !answer.timed_out();
}

Task<bool> close_multiplexer(Conversation& talk) {
  talk.at.write(close_down_basic, "(CMUX CLD, basic)");
  talk.at.write(close_down_advanced, "(CMUX CLD, advanced)");
  co_await talk.at.pause(close_down_time);
  co_return co_await answers_at(talk, probes, probe_patience);
}

Task<FinalResult> escape_data_mode(Conversation& talk, Duration guard_time, Duration patience) {
  // What comes without having been asked for is late: it has heard a command, so it takes commands.
  const Answer before = co_await talk.at.send(raw_command("", guard_time));
  if (!before.timed_out()) co_return FinalResult{};
  const Answer answer = co_await talk.at.send(raw_command("+++", guard_time + patience));
  if (!answer.ok()) co_return answer.final;
  const Answer after = co_await talk.at.send(raw_command("", late_gap));
  co_return after.ok() ? FinalResult{} : answer.final;
}

namespace {

Task<Failure> find_command_mode(DialContext& dial) {
  Conversation& talk = dial.talk;
  const Instant give_up = talk.at.now() + dial.profile->boot_wait;
  talk.enter(Phase::recover);
  if (co_await answers_at(talk, probes, probe_patience, later)) co_return std::nullopt;
  if (co_await find_baud(dial)) co_return std::nullopt;

  talk.progress("modem: no answer to AT, trying to leave data mode");
  ask_ppp(talk);
  const FinalResult escaped = co_await escape_data_mode(talk, guard, escape_patience);
  const bool was_in_data_mode = talk.at.flag_seen();
  if (escaped.is_ok()) {
    talk.progress("modem: it was in data mode, hanging up");
    AtCommand hang_up = call_command(dial.profile->hang_up);
    if (!dial.profile->has(Quirk::slow_hang_up)) hang_up.timeout = quick_hang_up;
    co_await talk.at.send(std::move(hang_up));
  }
  if (co_await answers_at(talk, probes, probe_patience, later)) co_return std::nullopt;

  talk.progress("modem: no answer to +++, trying to close a multiplexer");
  if (co_await close_multiplexer(talk)) co_return std::nullopt;

  talk.set_dtr(false);
  co_await talk.at.pause(dtr_low);
  talk.set_dtr(true);
  co_await talk.at.pause(dtr_settle);
  if (co_await answers_at(talk, probes, probe_patience, later)) co_return std::nullopt;

  // It may still be starting. The last try begins when that time is over.
  for (bool starting = talk.at.now() < give_up; starting;) {
    const Duration left = give_up - talk.at.now();
    if (left > Duration::zero() && left < retry_period) co_await talk.at.pause(left);
    starting = talk.at.now() < give_up;
    if (co_await answers_at(talk, 1, retry_period, later)) co_return std::nullopt;
  }
  if (co_await find_baud(dial)) co_return std::nullopt;
  co_return failed(EndReason::modem_silent,
                   was_in_data_mode ? "the modem stays in data mode: PPP answers, AT does not"
                                    : "the modem does not answer AT");
}

}  // namespace

Task<Failure> reach_command_mode(DialContext& dial) {
  if (Failure failure = co_await find_command_mode(dial)) co_return failure;
  co_await get_in_step(dial.talk);
  co_return std::nullopt;
}

}  // namespace tunppp::modem
