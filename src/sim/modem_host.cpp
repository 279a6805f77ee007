#include "sim/modem_host.h"

#include <fmt/format.h>

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
  std::optional<std::unique_ptr<Pty>> at_pty;
  if (options.at_port) {
    Result<std::unique_ptr<Pty>> created = Pty::create(loop, options.at_link);
    if (!created) return created.failure();
    at_pty = std::move(*created);
  }
  const LineOptions line = options.line;
  std::unique_ptr<ModemHost> host(new ModemHost(loop, std::move(options), std::move(log)));
  host->add_port(std::move(*pty), line);
  if (at_pty) host->add_port(std::move(*at_pty), {});
  return host;
}

ModemHost::ModemHost(session::Loop& loop, ModemHostOptions options, Log log)
    : loop_(loop),
      options_(std::move(options)),
      log_(std::move(log)),
      modem_(loop, options_.modem, *this, options_.multiplexer),
      hang_up_(loop, [this] { modem_.drop_carrier(); }),
      goodbye_(loop, [this] { finish(); }) {}

void ModemHost::add_port(std::unique_ptr<Pty> pty, const LineOptions& line) {
  ports_.push_back(std::make_unique<Port>(*this, ports_.size(), std::move(pty), line));
}

void ModemHost::start() {
  for (const auto& port : ports_) {
    port->pty->observe(port.get());
    port->relay.line().set_noise(Noise::off);
    port->relay.start();
  }
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

// --- The ptys ---

ModemHost::Port::Port(ModemHost& owner, std::size_t which, std::unique_ptr<Pty> its_pty,
                      const LineOptions& line)
    : host(owner),
      number(which),
      name(which == 0 ? "pty" : "AT port"),
      pty(std::move(its_pty)),
      relay(owner.loop_, *pty, owner.modem_.host(which), line, owner.options_.seed, *this) {}

void ModemHost::Port::pty_opened() {
  host.log_(fmt::format("the {} was opened", name));
  host.modem_.raise_dtr(number);
}

void ModemHost::Port::pty_closed() {
  host.log_(fmt::format("the {} was closed", name));
  relay.clear();
  host.modem_.drop_dtr(number);
}

// --- The modem ---

void ModemHost::call_connected(bool refuse) {
  log_(refuse ? "call: connected, and to be refused" : "call: connected");
  line().set_noise(Noise::from_next_flag);
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
  line().set_noise(suspended ? Noise::off : Noise::from_next_flag);
}

void ModemHost::call_ended() {
  log_("call: ended");
  line().set_noise(Noise::off);
}

void ModemHost::plug(std::size_t port, bool in) {
  if (port >= ports_.size()) return;
  Port& it = *ports_[port];
  if (!in) {
    log_("the plug is pulled: " + it.pty->path());
    return it.pty->unplug();
  }
  if (Status status = it.pty->plug_in())
    return log_("the plug cannot be put in again: " + status->text);
  log_("plugged in again: " + it.pty->path());
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
