#include "session/session.h"

#include <fmt/format.h>

#include <algorithm>

#include "modem/hang_up.h"
#include "session/modem_talk.h"
#include "tty/system_tree.h"

namespace tunppp::session {
namespace {

/// For the peer to answer our Terminate-Request.
constexpr Duration close_patience = std::chrono::seconds(2);
/// The same where it can hardly hear us any more.
constexpr Duration no_patience = std::chrono::milliseconds(200);
/// In which a modem comes back to command mode after PPP's goodbye, if it does.
constexpr Duration return_patience = std::chrono::milliseconds(400);
/// For the device of a modem that was pulled out to disappear.
constexpr Duration gone_patience = std::chrono::milliseconds(500);
/// For all of the way down, whatever hangs.
constexpr Duration leave_patience = std::chrono::milliseconds(4500);
/// Of that, kept for the end of a multiplexer: with its channel, a call ends as well.
constexpr Duration demultiplex_time = std::chrono::milliseconds(1500);

SessionEnded ended(const Failure& failure) {
  return {failure.reason, failure.text};
}

}  // namespace

Session::Session(Loop& loop, DialerOptions options, DialerObserver& observer, Pipe* pipe)
    : loop_(loop),
      options_(std::move(options)),
      report_(observer),
      pin_record_(options_.modem.state_directory),
      provider_database_(options_.modem.provider_database),
      pipe_(pipe),
      timer_(loop, [this] { resume(); }),
      counters_timer_(loop,
                      [this] {
                        report_counters();
                        counters_timer_.set(boot_time() + options_.counters_interval);
                      }),
      changed_(loop, [this] { resume(); }),
      ipv6_changed_(loop, [this] { report_ipv6(); }) {}

Session::~Session() = default;

// --- The life ---

modem::Task<SessionEnded> Session::life() {
  SessionEnded ended = co_await live();
  ended = co_await look_for_modem(std::move(ended));
  co_await leave(ended.reason);
  co_return ended;
}

/// A line that was hung up, or one that is no longer there: the device goes a moment later.
modem::Task<SessionEnded> Session::look_for_modem(SessionEnded ended) {
  const bool hung_up =
      ended.reason == EndReason::carrier_lost || ended.reason == EndReason::apn_refused;
  if (!hung_up || !port_ || !profile_ || !line_gone_) co_return ended;
  if (cmux_ && !cmux_->line_closed()) co_return ended;
  const tty::SystemTree machine;
  const std::string device = port_->device().string();
  const Instant deadline = boot_time() + gone_patience;
  while (machine.exists(device)) {
    if (boot_time() >= deadline) co_return ended;
    co_await change(std::min(deadline, boot_time() + gone_patience / 10));
  }
  co_return SessionEnded{
      EndReason::modem_gone,
      fmt::format("{} is gone: the modem was pulled out, lost its power or began anew", device)};
}

modem::Task<SessionEnded> Session::live() {
  if (stops_ > 0) co_return stopped();
  if (Ending ending = choose_profile()) co_return *ending;
  if (Ending ending = open_line()) co_return *ending;
  if (Ending ending = open_at_port()) co_return *ending;
  if (Ending ending = create_interface()) co_return *ending;
  if (Ending ending = open_frame_log()) co_return *ending;

  if (options_.up_timeout > Duration::zero()) up_deadline_ = boot_time() + options_.up_timeout;
  Ending ending = co_await multiplex();
  if (ending) co_return *ending;
  ending = co_await connect();
  if (ending) co_return *ending;
  start_at_port();
  co_return co_await stay_up();
}

Session::Ending Session::create_interface() {
  Result<NetworkInterface> interface =
      NetworkInterface::create(options_.interface, options_.data_path.offload);
  if (!interface) return ended(interface.failure());
  interface_.emplace(std::move(*interface));
  const std::optional<AdvertiseConfig>& advertise = options_.link.ndp.advertise;
  ipv6_.emplace(*interface_, advertise ? std::optional(advertise->prefix) : std::nullopt);
  report_.phase("interface", fmt::format("interface: {}", interface_->name()));
  return {};
}

Session::Ending Session::open_frame_log() {
  std::unique_ptr<Capture> capture;
  if (!options_.capture.empty()) {
    Result<std::unique_ptr<Capture>> opened =
        Capture::open(loop_,
                      {.path = options_.capture,
                       .interface = interface_->name(),
                       .secrets = options_.capture_secrets,
                       .go_on = capture_goes_on_},
                      [this](std::error_code error) {
                        report_.warn(fmt::format("the capture ends here, for {} takes no more: {}",
                                                 options_.capture, error.message()));
                      });
    if (!opened) return ended(opened.failure());
    capture = std::move(*opened);
  }
  frame_log_.emplace(report_, options_.dialogue, std::move(capture));
  return {};
}

Pump::Options Session::pump_options() {
  Pump::Options pump{.packet_size = options_.interface.mtu};
  const DataPathOptions& data_path = options_.data_path;
  pump.queue.discipline = data_path.queue_discipline;
  pump.line.limited = data_path.queue_discipline;
  if (options_.line.baud_is_speed) {
    const double share = cmux_ ? cmux_->share() : 1;
    pump.line.octets_per_second = static_cast<std::uint64_t>(options_.line.baud / 10 * share);
  }
  entropy_.fill(std::as_writable_bytes(std::span(&pump.queue.hash_seed, 1)));
  return pump;
}

void Session::open_link(const Provider& provider) {
  ipv4_to_come_ = options_.link.ipcp.enabled;
  // Linux takes IPv6 off an interface with less (and RFC 8200 section 5 asks for as much).
  if (options_.link.ipv6cp.enabled && options_.interface.mtu < 1280 && ipv4_to_come_) {
    options_.link.ipv6cp.enabled = false;
    report_.tell(NetworkFailed{NetworkProtocol::ipv6, EndReason::no_network_protocol,
                               fmt::format("IPv6 needs an MTU of 1280, and --mtu is {}",
                                           options_.interface.mtu)});
  }
  LinkConfig config = options_.link;
  config.auth.user = provider.user;
  config.auth.password = provider.password;
  link_.emplace(std::move(config), entropy_);
  if (frame_log_->wanted()) link_->set_tap(&*frame_log_);
  pump_.emplace(loop_, *pipe_, *link_, &interface_->device(), pump_options(),
                static_cast<Pump::Owner&>(*this));
  pump_->start(after_connect_);
}

modem::Task<SessionEnded> Session::stay_up() {
  if (options_.counters_interval > Duration::zero())
    counters_timer_.set(boot_time() + options_.counters_interval);
  while (!ending_ && stops_ == 0) {
    if (dns_offered_ == dns_applied_ || dns_offered_.empty())
      co_await change(std::nullopt);
    else
      co_await apply_dns();
  }
  co_return stops_ > 0 ? stopped() : *ending_;
}

modem::Task<bool> Session::apply_dns() {
  dns_applied_ = dns_offered_;
  if (!dns_) dns_.emplace(loop_, options_.dns);
  dns_busy_ = true;
  dns_->apply(interface_->name(), dns_applied_, [this](const Dns::Outcome& outcome) {
    dns_busy_ = false;
    if (!outcome.problem.empty()) report_.warn("name servers: " + outcome.problem);
    report_.tell(outcome.set);
    changed_.notify();
  });
  const auto applied = [this] { return !dns_busy_ || stops_ > 0; };
  co_return co_await until(applied, std::nullopt);
}

// --- The way down ---

modem::Task<bool> Session::leave(EndReason reason) {
  const Instant deadline = boot_time() + leave_patience;
  counters_timer_.set(std::nullopt);
  if (dns_) {
    dns_busy_ = true;
    dns_->restore([this](const std::string& problem) {
      dns_busy_ = false;
      if (!problem.empty()) report_.warn("name servers: " + problem);
      changed_.notify();
    });
  }
  co_await close_link(reason);
  co_await hang_up(cmux_ ? deadline - demultiplex_time : deadline);
  at_port_.reset();
  co_await demultiplex(deadline);
  const auto restored = [this] { return !dns_busy_; };
  co_await until(restored, deadline);
  if (pump_) report_counters();
  own_pipe_.reset();
  port_.reset();
  co_return true;
}

modem::Task<bool> Session::close_link(EndReason reason) {
  if (!pump_) co_return true;
  // Behind NO CARRIER is a modem in command mode, to which a goodbye would be half a command.
  if (!link_ended_ && !line_gone_ && !carrier_gone_) {
    pump_->close(reason);
    const auto closed = [this] { return link_ended_ || line_gone_; };
    co_await until(closed, boot_time() + (bearer_gone_ ? no_patience : close_patience));
  }
  pump_->stop();
  co_return true;
}

modem::Task<bool> Session::hang_up(Instant deadline) {
  if (!profile_ || !dialled_ || line_gone_) co_return true;
  modem::HangUp hang_up(*profile_, {.data_mode = connected_,
                                   .carrier_gone = carrier_gone_,
                                   .restore_baud = std::exchange(baud_before_, 0)});
  ModemTalk<modem::HangUp> talk(
      loop_, *pipe_, hang_up, [this](const modem::ModemEvent& event) { modem_event(event); },
      [this] { changed_.notify(); });
  talk.start();
  const auto over = [&talk] { return talk.over(); };
  if (connected_ && at_port_ && at_port_->watching()) {
    const bool back = co_await until(over, std::min(deadline, boot_time() + return_patience));
    if (!back) at_port_->release_bearer();
  }
  co_return co_await until(over, deadline);
}

// --- How it waits ---

void Session::start(std::function<void(const SessionEnded&)> ended) {
  ended_ = std::move(ended);
  life_ = life();
  changed_.notify();
}

void Session::stop() {
  if (!ended_) return;
  if (++stops_ == 1) return changed_.notify();
  // At once: no goodbye to the peer, but the tty, the interface and the name servers as they were.
  waiter_ = {};
  life_ = {};
  if (pump_) pump_->stop();
  finish({EndReason::interrupted, "ended at once, without closing the link"});
}

void Session::resume() {
  if (!ended_) return;  // it is over, and a late wake-up finds nobody
  if (!std::exchange(living_, true))
    life_.start();
  else if (const auto waiter = std::exchange(waiter_, {}))
    waiter.resume();
  if (life_.done()) finish(life_.result());
}

void Session::finish(const SessionEnded& ended) {
  const SessionEnded told = ended;
  const auto callback = std::exchange(ended_, {});
  if (!callback) return;
  timer_.set(std::nullopt);
  dns_.reset();
  pump_.reset();
  ipv6_.reset();
  interface_.reset();
  frame_log_.reset();
  at_port_.reset();
  cmux_.reset();
  own_pipe_.reset();
  port_.reset();
  report_.tell(told);
  callback(told);  // and here we may cease to be
}

}  // namespace tunppp::session
