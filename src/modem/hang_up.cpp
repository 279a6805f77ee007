#include "modem/hang_up.h"

#include "modem/step.h"

namespace tunppp::modem {
namespace {

using std::chrono::milliseconds;

constexpr Duration guard = milliseconds(1050);  // V.250 section 6.3: S12, one second by default
constexpr Duration escape_patience = milliseconds(250);
constexpr Duration ath_patience = milliseconds(1000);
constexpr Duration abort_patience = milliseconds(500);
constexpr Duration dtr_low = milliseconds(500);
constexpr Duration probe_patience = milliseconds(300);
constexpr int probes = 2;
constexpr Duration check_bound = probes * probe_patience + AtEngine::drain_silence;

// The two longest ways: +++ heard and ATH slow; +++ not heard, DTR, AT.
constexpr Duration escape_bound = guard + guard + escape_patience;
constexpr Duration abort_bound = abort_patience + probe_patience;
static_assert(escape_bound + ath_patience <= HangUp::bound);
static_assert(escape_bound + dtr_low + check_bound <= HangUp::bound);
static_assert(abort_bound + HangUp::bound <= HangUp::bound_midway);

bool carrier_gone(const FinalResult& result) {
  return result.code == FinalCode::no_carrier;
}

Task<HangUpOutcome> check_command_mode(Conversation& talk, HangUpOutcome if_it_answers) {
  const bool answers = co_await answers_at(talk, probes, probe_patience, AtEngine::drain_silence);
  co_return answers ? if_it_answers : HangUpOutcome::unknown;
}

Task<HangUpOutcome> hang_up_by_command(Conversation& talk, const Profile& profile) {
  AtCommand command = call_command(profile.hang_up);
  command.timeout = ath_patience;  // Quectel may take 90 s; it goes on without us
  const Answer answer = co_await talk.at.send(std::move(command));
  co_return answer.timed_out() ? HangUpOutcome::command_mode : HangUpOutcome::hung_up;
}

/// With &D2, DTR down hangs up (V.250 section 6.2.8).
Task<HangUpOutcome> hang_up_by_dtr(Conversation& talk) {
  talk.progress("modem: +++ was not heard, lowering DTR");
  talk.set_dtr(false);
  const Answer answer = co_await talk.at.send(raw_command("", dtr_low));
  talk.set_dtr(true);
  co_return co_await check_command_mode(
      talk, carrier_gone(answer.final) ? HangUpOutcome::hung_up : HangUpOutcome::command_mode);
}

/// The whole ladder, from top to bottom.
Task<HangUpOutcome> ladder(Conversation& talk, const Profile& profile, HangUpOptions options) {
  talk.enter(Phase::hang_up);
  if (options.multiplexed) {
    if (co_await answers_at(talk, probes, probe_patience, AtEngine::drain_silence)) co_return HangUpOutcome::hung_up;
    co_return co_await close_multiplexer(talk) ? HangUpOutcome::hung_up : HangUpOutcome::unknown;
  }
  if (options.carrier_gone) co_return co_await check_command_mode(talk, HangUpOutcome::hung_up);
  if (!options.data_mode) {
    // Any octet aborts a dial under way (V.250 section 5.6.1); after it the modem hears commands,
    // unless CONNECT was faster.
    const Answer aborted = co_await talk.at.send(raw_command("\r", abort_patience));
    if (aborted.final.code != FinalCode::connect && co_await answers_at(talk, 1, probe_patience))
      co_return co_await hang_up_by_command(talk, profile);
  }
  // The first guard time is also the time in which a modem says NO CARRIER after PPP's goodbye.
  const Answer silence = co_await talk.at.send(raw_command("", guard));
  if (carrier_gone(silence.final))
    co_return co_await check_command_mode(talk, HangUpOutcome::hung_up);
  const Answer escaped = co_await talk.at.send(raw_command("+++", guard + escape_patience));
  if (carrier_gone(escaped.final))
    co_return co_await check_command_mode(talk, HangUpOutcome::hung_up);
  if (escaped.ok()) co_return co_await hang_up_by_command(talk, profile);
  co_return co_await hang_up_by_dtr(talk);
}

Task<HangUpOutcome> run(Conversation& talk, const Profile& profile, HangUpOptions options) {
  const HangUpOutcome outcome = co_await ladder(talk, profile, options);
  if (options.restore_baud != 0 && outcome != HangUpOutcome::unknown)
    co_await restore_baud(talk, options.restore_baud);
  co_return outcome;
}

}  // namespace

class HangUp::Sequence {
 public:
  Sequence(const Profile& profile, HangUpOptions options) : task_(run(talk_, profile, options)) {}

  void note_outcome() {
    if (task_.done() && !outcome_) outcome_ = task_.result();
  }

  Conversation talk_;
  Task<HangUpOutcome> task_;  // refers to talk_
  std::optional<HangUpOutcome> outcome_;
};

HangUp::HangUp(const Profile& profile, HangUpOptions options)
    : sequence_(std::make_unique<Sequence>(profile, options)) {}
HangUp::~HangUp() = default;

const std::optional<HangUpOutcome>& HangUp::outcome() const {
  return sequence_->outcome_;
}

void HangUp::start(Instant now) {
  sequence_->talk_.at.set_time(now);
  sequence_->task_.start();
  sequence_->note_outcome();
}

std::size_t HangUp::receive(Instant now, Bytes in) {
  if (outcome()) return 0;
  const std::size_t used = sequence_->talk_.at.receive(now, in);
  sequence_->note_outcome();
  return used;
}

void HangUp::handle_timeout(Instant now) {
  if (outcome()) return;
  sequence_->talk_.at.handle_timeout(now);
  sequence_->note_outcome();
}

Bytes HangUp::poll_transmit() const {
  return sequence_->talk_.at.poll_transmit();
}
void HangUp::transmitted(std::size_t count) {
  sequence_->talk_.at.transmitted(count);
}
std::optional<ModemEvent> HangUp::poll_event() {
  return sequence_->talk_.events.poll();
}

std::optional<Instant> HangUp::next_timeout() const {
  return outcome() ? std::nullopt : sequence_->talk_.at.next_timeout();
}

}  // namespace tunppp::modem
