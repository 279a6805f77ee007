#include "sim/modem_host.h"

#include <utility>

namespace tunppp::sim {

namespace {

using Noise = LineChannel::Noise;

/// For NO CARRIER to reach the caller.
constexpr Duration goodbye_time = std::chrono::milliseconds(100);
/// After PPP has said goodbye; a modem does not wait for all timers to run out.
constexpr Duration hang_up_delay = std::chrono::milliseconds(100);

/// A caller whom the network does not want proves to be nobody it knows.
DialerOptions refusing(DialerOptions options) {
  options.link.auth.require = {AuthMethod::pap};
  options.find_secret = {};
  return options;
}

}  // namespace

Result<std::unique_ptr<ModemHost>> ModemHost::create(session::Loop& loop, ModemHostOptions options,
                                                     Log log) {
  Result<std::unique_ptr<Pty>> pty = Pty::create(loop, options.link);
  if (!pty) return pty.failure();
  return std::unique_ptr<ModemHost>(
      new ModemHost(loop, std::move(options), std::move(*pty), std::move(log)));
}

ModemHost::ModemHost(session::Loop& loop, ModemHostOptions options, std::unique_ptr<Pty> pty,
                     Log log)
    : loop_(loop),
      options_(std::move(options)),
      log_(std::move(log)),
      pty_(std::move(pty)),
      modem_(loop, options_.modem, *this),
      relay_(loop, *pty_, modem_.host(), options_.line, options_.seed, *this),
      hang_up_(loop, [this] { modem_.drop_carrier(); }),
      goodbye_(loop, [this] { finish(); }) {}

void ModemHost::start() {
  pty_->observe(this);
  relay_.line().set_noise(Noise::off);
  relay_.start();
  modem_.power_on();
}

void ModemHost::stop(std::function<void()> stopped) {
  bool again = std::exchange(stopped_, std::move(stopped)) != nullptr;
  if (!server_ || again) return goodbye_.set(session::boot_time());
  server_->stop();
}

void ModemHost::finish() {
  server_.reset();
  if (stopped_) stopped_();
}

// --- The pty ---

void ModemHost::pty_opened() {
  log_("the pty was opened");
}

void ModemHost::pty_closed() {
  log_("the pty was closed");
  relay_.clear();
  modem_.drop_dtr();
}

void ModemHost::relay_closed(LineEnd, std::error_code) {}  // neither end ever closes

// --- The modem ---

void ModemHost::call_connected(bool refuse) {
  log_(refuse ? "call: connected, and to be refused" : "call: connected");
  relay_.line().set_noise(Noise::from_next_flag);
  hang_up_.set(std::nullopt);
  // Should the last one still be on its way down.
  server_.reset();
  DialerObserver& observer = *this;
  server_.emplace(loop_, refuse ? refusing(options_.server) : options_.server, observer,
                  &modem_.network());
  server_->start([this](const SessionEnded&) { session_ended(); });
}

void ModemHost::call_suspended(bool suspended) {
  log_(suspended ? "call: suspended (+++)" : "call: resumed (ATO)");
  relay_.line().set_noise(suspended ? Noise::off : Noise::from_next_flag);
}

void ModemHost::call_ended() {
  log_("call: ended");
  relay_.line().set_noise(Noise::off);
}

// --- The PPP server ---

void ModemHost::event(Duration, const DialerEvent& event) {
  if (const auto* phase = std::get_if<PhaseReached>(&event)) {
    log_("server: " + phase->text);
    if (phase->phase == "closing" && !stopped_) hang_up_.set(session::boot_time() + hang_up_delay);
  }
  if (const auto* warning = std::get_if<Warning>(&event)) log_("server: warning: " + warning->text);
  if (const auto* dialogue = std::get_if<Dialogue>(&event))
    log_((dialogue->sent ? "server: sent " : "server: rcvd ") + dialogue->text);
  if (const auto* ended = std::get_if<SessionEnded>(&event)) log_("server: ended: " + ended->text);
}

void ModemHost::session_ended() {
  server_.reset();
  modem_.drop_carrier();
  if (stopped_) goodbye_.set(session::boot_time() + goodbye_time);
}

}  // namespace tunppp::sim
