// From the profile and the tty to a connection over which packets flow.

#include <fmt/format.h>

#include "detect/line_choice.h"
#include "modem/dial.h"
#include "session/modem_talk.h"
#include "session/password_file.h"
#include "session/providers.h"
#include "session/session.h"
#include "tty/system_tree.h"

namespace tunppp::session {
namespace {

/// Between two providers, for the modem to leave data mode.
constexpr Duration take_back_patience = std::chrono::milliseconds(4500);

modem::PdpType pdp_type(PdpType type) {
  switch (type) {
    case PdpType::ipv4:
      return modem::PdpType::ip;
    case PdpType::ipv6:
      return modem::PdpType::ipv6;
    case PdpType::ipv4v6:
      return modem::PdpType::ipv4v6;
  }
  return modem::PdpType::ip;
}

modem::ContextAuth context_auth(ContextAuth method) {
  switch (method) {
    case ContextAuth::none:
      return modem::ContextAuth::none;
    case ContextAuth::pap:
      return modem::ContextAuth::pap;
    case ContextAuth::chap:
      return modem::ContextAuth::chap;
    case ContextAuth::either:
      return modem::ContextAuth::either;
  }
  return modem::ContextAuth::none;
}

static_assert(static_cast<int>(Radio::nr) == static_cast<int>(modem::Radio::nr));

bool is_automatic(const ModemOptions& options) {
  return options.profile == "auto" && options.profile_file.empty();
}

/// USB carries AT and PPP at its own speed, whatever the tty is set to.
bool is_usb_modem(const std::string& device) {
  const tty::SystemTree machine;
  const auto line = detect::find_line(machine, detect::find_modems(machine), device);
  return line && line->identity;
}

/// What USB says about the tty; nullptr: nothing that is known.
const modem::Profile* profile_of(const std::string& device) {
  if (device.empty()) return nullptr;
  const tty::SystemTree machine;
  const auto line = detect::find_line(machine, detect::find_modems(machine), device);
  return line ? line->profile : nullptr;
}

SessionEnded ended(const Failure& failure) {
  return {failure.reason, failure.text};
}

}  // namespace

Session::Ending Session::choose_profile() {
  const ModemOptions& modem = options_.modem;
  if (!modem.profile_file.empty()) {
    Result<std::unique_ptr<UserProfile>> profile = read_profile(modem.profile_file);
    if (!profile) return ended(profile.failure());
    user_profile_ = std::move(*profile);
    profile_ = &user_profile_->profile;
    return {};
  }
  if (modem.profile.empty()) return {};
  if (is_automatic(modem)) {
    profile_ = profile_of(options_.line.device);
    if (!profile_) profile_ = modem::find_profile("generic");
  } else {
    profile_ = modem::find_profile(modem.profile);
  }
  if (profile_) return {};
  return SessionEnded{EndReason::usage,
                      fmt::format("there is no modem profile {}", modem.profile)};
}

Session::Ending Session::open_line() {
  if (pipe_) return {};

  const LineOptions& line = options_.line;
  if (line.device.empty()) {
    own_pipe_.emplace(loop_, line.read_descriptor, line.write_descriptor);
    pipe_ = &*own_pipe_;
    return {};
  }
  Result<tty::SerialPort> port = tty::SerialPort::open(
      line.device, {.baud = line.baud,
                    .flow = line.rtscts ? tty::FlowControl::rtscts : tty::FlowControl::none,
                    .discard_input = profile_ != nullptr});  // answers to a program that is gone
  if (!port) return ended(port.failure());
  port_.emplace(std::move(*port));
  for (const std::string& warning : port_->warnings()) report_.warn(warning);
  own_pipe_.emplace(loop_, port_->fd());
  pipe_ = &*own_pipe_;
  is_uart_ = port_->has_modem_lines() && !is_usb_modem(line.device);
  report_.phase("line", fmt::format("line: {}, {} baud{}", port_->device().string(), port_->baud(),
                                    line.rtscts ? ", RTS/CTS" : ""));
  return {};
}

// --- One provider after the other ---

modem::Task<Session::Ending> Session::connect() {
  providers_ = providers_of(options_.modem, options_.link.auth);
  ProviderVerdicts verdicts;
  for (std::size_t i = 0;; ++i) {
    const Ending ending = co_await attempt(i);
    if (!ending) co_return std::nullopt;
    verdicts.add(providers_[i], *ending);
    const bool last = i + 1 == providers_.size();
    if (last || !another_may_do(ending->reason) || line_gone_) co_return verdicts.sum();
    report_.warn(fmt::format("{}: {}; trying {}", describe(providers_[i]), ending->text,
                             describe(providers_[i + 1])));
    co_await take_back_attempt(ending->reason);
    if (stops_ > 0) co_return stopped();
  }
}

modem::Task<Session::Ending> Session::attempt(std::size_t which) {
  if (Ending ending = co_await dial(providers_[which])) co_return ending;
  open_link(providers_[which]);
  co_return co_await come_up();
}

/// The modem has told whose SIM it has: from now on these are the providers.
void Session::take_over_found_providers() {
  if (provider_database_.found().empty() || !options_.modem.providers.empty()) return;
  options_.modem.providers = provider_database_.found();
  // A user that was given counts for all of them.
  if (!options_.link.auth.user.empty())
    for (Provider& provider : options_.modem.providers) {
      provider.user.clear();
      provider.password.reset();
    }
  providers_ = providers_of(options_.modem, options_.link.auth);
}

/// The line as it was before: hung up in order, the modem in command mode, nothing of the link left.
modem::Task<bool> Session::take_back_attempt(EndReason reason) {
  co_await close_link(reason);
  co_await hang_up(boot_time() + take_back_patience);
  pump_.reset();
  ipv6_->down();
  ipv6_told_.clear();
  link_.reset();
  after_connect_.clear();
  dialled_ = connected_ = carrier_gone_ = bearer_gone_ = lcp_opened_ = link_ended_ = false;
  ending_.reset();
  co_return true;
}

/// All but what depends on the provider.
modem::DialOptions Session::common_dial_options() {
  const ModemOptions& options = options_.modem;
  modem::DialOptions dial;
  dial.pdp_type = pdp_type(options.pdp_type);
  dial.cid = options.context;
  dial.context_auth = context_auth(options.context_auth);
  dial.pin = options.pin;
  dial.pin_record = &pin_record_;
  dial.radio = static_cast<modem::Radio>(options.radio);
  if (is_automatic(options)) dial.candidates = modem::profiles();
  dial.registration_timeout = options.registration_timeout;
  dial.line = line_speed();
  return dial;
}

modem::LineSpeed Session::line_speed() const {
  if (!port_ || pipe_ != &*own_pipe_) return {};  // a channel has no speed of its own
  const bool probe = is_uart_ && options_.modem.probe_baud;
  return {.baud = options_.line.baud,
          .others = probe ? modem::usual_bauds() : std::span<const std::uint32_t>(),
          .change_to = options_.modem.change_baud,
          .rtscts = options_.line.rtscts};
}

modem::Task<Session::Ending> Session::dial(Provider provider) {
  if (!profile_) co_return std::nullopt;
  modem::DialOptions wanted = common_dial_options();
  wanted.apn = provider.apn;
  if (provider_database_.installed()) wanted.apn_source = &provider_database_;
  wanted.user = provider.user;
  wanted.password = provider.password.value_or(Secret());
  wanted.dial_string = provider.dial_string;
  modem::Dial dial(*profile_, std::move(wanted));
  ModemTalk<modem::Dial> talk(
      loop_, *pipe_, dial, [this](const modem::ModemEvent& event) { modem_event(event); },
      [this] { changed_.notify(); });
  dialled_ = true;
  talk.start();
  const auto over = [this, &talk] { return talk.over() || stops_ > 0; };
  co_await until(over, up_deadline_);
  profile_ = &dial.profile();
  take_over_found_providers();
  baud_before_ = dial.baud_before();

  line_gone_ = talk.line_closed();
  if (stops_ > 0) co_return stopped();
  if (line_gone_ && cmux_ && !cmux_->line_closed())
    co_return channel_ended(" while it was dialled");
  if (line_gone_)
    co_return SessionEnded{EndReason::carrier_lost,
                           "the tty was hung up while the modem was dialled"};
  if (!dial.outcome()) co_return late();
  if (!dial.outcome()->connected()) {
    dialled_ = false;  // it is back in command mode
    co_return SessionEnded{*dial.outcome()->failure, dial.outcome()->text};
  }
  connected_ = true;
  after_connect_.assign(talk.rest().begin(), talk.rest().end());
  co_return std::nullopt;
}

modem::Task<Session::Ending> Session::come_up() {
  const auto decided = [this] { return up_ || ending_ || stops_ > 0; };
  co_await until(decided, up_deadline_);
  if (stops_ > 0) co_return stopped();
  if (ending_) co_return ending_;
  if (!up_) co_return late();
  co_return std::nullopt;
}

}  // namespace tunppp::session
