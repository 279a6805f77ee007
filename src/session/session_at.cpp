// The modem's AT port beside the one that carries PPP.
#include <fmt/format.h>

#include "detect/line_choice.h"
#include "session/session.h"
#include "tty/holders.h"
#include "tty/system_tree.h"

namespace tunppp::session {
namespace {

/// What USB says; empty: the modem has no other port for AT.
std::string sibling_of(const std::string& device, const modem::Profile* own) {
  if (device.empty()) return {};
  const tty::SystemTree machine;
  const auto line = detect::find_line(machine, detect::find_modems(machine, own), device);
  return line ? line->at_device : std::string();
}

}  // namespace

/// One that was named must be there; one that is only found may be missing.
Session::Ending Session::open_at_port() {
  const std::string& wanted = options_.modem.at_device;
  const bool automatic = wanted == "auto";
  if (wanted.empty() || (automatic && (!profile_ || options_.modem.cmux != Cmux::off))) return {};
  if (!automatic && tty::is_same_tty(wanted, options_.line.device))
    return SessionEnded{EndReason::usage,
                        fmt::format("{} cannot carry PPP and AT at the same time; with --cmux it "
                                    "could",
                                    wanted)};
  const std::string device = automatic ? sibling_of(options_.line.device, profile_) : wanted;
  if (device.empty()) return {};
  at_port_.emplace(loop_, static_cast<AtPort::Owner&>(*this));
  const Status status = at_port_->open(device, options_.line.baud);
  if (!status) return {};
  at_port_.reset();
  if (!automatic) return SessionEnded{status->reason, status->text};
  report_.warn(fmt::format("the modem is not watched on its AT port: {}", status->text));
  return {};
}

void Session::start_at_port() {
  if (!at_port_ && command_pipe_) {
    at_port_.emplace(loop_, static_cast<AtPort::Owner&>(*this));
    at_port_->use(*command_pipe_);
  }
  if (!at_port_) return;
  const modem::Profile* profile = profile_ ? profile_ : modem::find_profile("generic");
  at_port_->start({.monitor = {.profile = profile, .cid = options_.modem.context},
                   .socket_directory = options_.at_socket_directory,
                   .interface = interface_->name(),
                   .device = port_ ? port_->device().string() : std::string()});
  report_.phase("monitor",
                at_port_->device().empty()
                    ? std::string("monitor: watching the modem beside the data")
                    : fmt::format("monitor: watching the modem on {}", at_port_->device()));
}

void Session::modem_status(const ModemStatus& status) {
  report_.tell(status);
}

void Session::connection_lost(EndReason reason, const std::string& text) {
  bearer_gone_ = true;
  end(reason, text);
}

void Session::at_dialogue(const modem::ModemEvent& event) {
  // DTR belongs to the port that carries PPP.
  if (event.kind != modem::ModemEvent::Kind::set_dtr) modem_event(event);
}

void Session::at_warning(const std::string& text) {
  if (cmux_ && cmux_->over()) return;  // PPP ends with it, and says why
  report_.warn(text);
}

}  // namespace tunppp::session
