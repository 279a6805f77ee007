#include "session/persistence.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tunppp::session {
namespace {

/// A link that held for so long was a good one: the next attempt comes as soon as the first did.
constexpr Duration good_link = std::chrono::minutes(1);

std::string in_words(Duration delay) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(delay).count();
  return milliseconds % 1000 == 0
             ? fmt::format("{} s", milliseconds / 1000)
             : fmt::format("{:.1f} s", static_cast<double>(milliseconds) / 1e3);
}

/// What another port of the modem may do better.
bool is_of_port(EndReason reason) {
  return reason == EndReason::modem_silent || reason == EndReason::tty_busy ||
         reason == EndReason::tty_missing || reason == EndReason::tty_failed;
}

}  // namespace

bool may_pass(EndReason reason) {
  using enum EndReason;
  switch (reason) {
    case requested:
    case interrupted:
    case internal_error:
    case usage:
    case no_privilege:
    case tun_missing:
    case interface_taken:
    case interface_failed:
    case sim_pin:
    case sim_puk:
    case sim_locked:
    case auth_refused:
    case bearer_auth_refused:
    case peer_auth_failed:
    case address_conflict:
    case session_limit:
      return false;
    default:
      return true;
  }
}

Persistence::Persistence(Loop& loop, DialerOptions options, DialerObserver& observer)
    : loop_(loop),
      options_(std::move(options)),
      observer_(observer),
      started_(boot_time()),
      modem_(loop, options_.line.device, [this] { look_again(); }),
      pause_(loop, [this] { attempt(); }),
      patience_(loop, [this] { finish(*last_); }),
      next_(loop, [this] { session_ended(*last_); }),
      delay_(options_.first_delay) {
  if (const std::string& file = options_.modem.profile_file; !file.empty())
    if (auto profile = read_profile(file)) own_profile_ = std::move(*profile);
  if (own_profile_) modem_.use(&own_profile_->profile);  // else the session says what is wrong
  const std::string& at_device = options_.modem.at_device;
  if (!at_device.empty() && at_device != "auto") at_port_.emplace(loop, at_device, [] {});
}

Persistence::~Persistence() = default;

void Persistence::start(std::function<void(const SessionEnded&)> ended) {
  ended_ = std::move(ended);
  pause_.set(boot_time());
}

void Persistence::stop() {
  if (!ended_) return;
  stop_asked_ = true;  // the session may be going down for a reason of its own
  if (session_) return session_->stop();
  finish({EndReason::requested, waiting_ ? "stopped while waiting for the modem"
                                         : "stopped while waiting to dial again"});
}

/// Where the modem is now, if there is something to follow; otherwise as it was named.
void Persistence::attempt() {
  if (!has_place()) return begin({});
  Result<std::string> device = modem_.look();
  if (device) return begin(std::move(*device));
  const bool may_come = may_pass(device.failure().reason);
  if (may_come && (options_.persist || options_.modem_wait > Duration::zero()))
    return wait_for_modem(device.failure());
  if (options_.line.device == "auto" || !may_come)
    return finish({device.failure().reason, device.failure().text});
  begin(options_.line.device);
}

void Persistence::begin(std::string device) {
  waiting_ = false;
  modem_.watch(false);
  patience_.set(std::nullopt);
  up_since_.reset();
  DialerOptions options = options_;
  options.line.device = std::move(device);
  if (at_port_)
    if (Result<std::string> at_device = at_port_->look())
      options.modem.at_device = std::move(*at_device);
  session_.emplace(loop_, std::move(options), static_cast<DialerObserver&>(*this));
  if (std::exchange(has_dialled_, true)) session_->go_on_with_capture();
  session_->start([this](const SessionEnded& ended) {
    last_ = ended;
    next_.notify();  // the session is still on the stack
  });
}

void Persistence::session_ended(const SessionEnded& ended) {
  session_.reset();
  if (stop_asked_) return finish(ended);
  if (!port_is_right_ && is_of_port(ended.reason) && modem_.try_next_port()) {
    tell(PhaseReached{"redial", fmt::format("{}; tries its next port", ended.text)});
    return attempt();
  }
  if (!options_.persist || !may_pass(ended.reason)) return finish(ended);
  pause(ended);
}

void Persistence::pause(const SessionEnded& ended) {
  if (up_since_ && boot_time() - *up_since_ >= good_link) delay_ = options_.first_delay;
  const Duration delay = next_delay();
  tell(PhaseReached{"redial", fmt::format("{}; dials again in {}", ended.text, in_words(delay))});
  pause_.set(boot_time() + delay);
}

/// Doubled each time, less up to a tenth: modems that fell together do not all come back at once.
Duration Persistence::next_delay() {
  std::uint8_t random = 0;
  entropy_.fill(std::as_writable_bytes(std::span(&random, 1)));
  const Duration delay = std::min(delay_, options_.longest_delay);
  delay_ = std::min(2 * delay, options_.longest_delay);
  return delay - delay * random / 2560;
}

void Persistence::wait_for_modem(const Failure& missing) {
  if (std::exchange(waiting_, true)) return;
  last_ = SessionEnded{missing.reason, missing.text};
  const bool for_ever = options_.persist;
  tell(PhaseReached{"waiting",
                    fmt::format("waiting for {}{}", modem_.wanted(),
                                for_ever ? "" : ", at most " + in_words(options_.modem_wait))});
  if (!for_ever) patience_.set(boot_time() + options_.modem_wait);
  modem_.watch(true);
}

void Persistence::look_again() {
  if (waiting_ && !session_) attempt();
}

void Persistence::event(Duration, const DialerEvent& event) {
  if (std::holds_alternative<SessionEnded>(event)) return;  // told when it is known to be the last
  const bool up = std::holds_alternative<AddressesSet>(event) ||
                  std::holds_alternative<Ipv6AddressesSet>(event);
  if (up && !up_since_) up_since_ = boot_time();
  const PhaseReached* const phase = std::get_if<PhaseReached>(&event);
  if (phase && phase->phase == modem::name(modem::Phase::modem)) port_is_right_ = true;
  tell(event);
}

void Persistence::finish(const SessionEnded& ended) {
  const auto callback = std::exchange(ended_, {});
  if (!callback) return;
  const SessionEnded told = ended;
  modem_.watch(false);
  pause_.set(std::nullopt);
  patience_.set(std::nullopt);
  tell(told);
  callback(told);
}

}  // namespace tunppp::session
