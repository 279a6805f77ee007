#include "cli/ask_modem.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "cli/at_client.h"
#include "cli/at_line_pipe.h"
#include "cli/signal_watch.h"
#include "doctor/examine.h"
#include "doctor/live.h"
#include "modem/dial.h"
#include "session/fd_pipe.h"
#include "session/modem_talk.h"
#include "tty/serial_port.h"

namespace tunppp::cli {
namespace {

using doctor::Cause;
using doctor::Finding;

/// That for AT, so that a session on the other is not disturbed. Empty: it has none.
std::string port_to_ask(const detect::ModemDevice& modem) {
  if (modem.at) return modem.at_port()->device;
  return modem.ppp ? modem.ppp_port()->device : "";
}

std::string first_port_to_ask(const detect::Inventory& inventory) {
  for (const detect::ModemDevice& modem : inventory.modems)
    if (std::string port = port_to_ask(modem); !port.empty()) return port;
  return {};
}

/// In place of a port of a modem that is for something else than commands.
std::string port_beside(const detect::Inventory& inventory, const std::string& device) {
  for (const detect::ModemDevice& modem : inventory.modems)
    for (const detect::Port& port : modem.ports)
      if (port.device == device) return port_to_ask(modem);
  return device;
}

bool is_for_something_else(const std::vector<Finding>& findings, const std::string& device) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.cause == Cause::wrong_tty && finding.tty == device;
  });
}

bool has_session(const std::vector<Finding>& findings, const std::string& device) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.cause == Cause::tty_busy_tunppp && finding.tty == device;
  });
}

/// Whether something was found by which the tty cannot be asked, or must not be.
bool is_barred(const std::vector<Finding>& findings, const std::string& device) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    const bool bars = finding.id == "tty-missing" || finding.id == "tty-permission" ||
                      finding.cause == Cause::tty_busy ||
                      finding.cause == Cause::tty_busy_modem_manager ||
                      finding.cause == Cause::tty_busy_getty;
    return bars && finding.tty == device;
  });
}

Finding why_not_opened(const std::string& device, const Failure& failure) {
  const bool busy = failure.reason == EndReason::tty_busy;
  return doctor::make_finding(busy ? Cause::tty_busy : Cause::tty_named_missing,
                              {{device, failure.text}},
                              {{"tty", device}, {"holder", "another program"}});
}

const modem::Profile* profile_of(const detect::Inventory& inventory, const std::string& device) {
  for (const detect::ModemDevice& modem : inventory.modems)
    for (const detect::Port& port : modem.ports)
      if (port.device == device) return modem.profile;
  return nullptr;
}

/// A serial line may have another speed than ours. USB and a pty have none.
doctor::LiveOptions live_options(const detect::Inventory& inventory, const tty::SerialPort& port,
                                 const std::string& device, std::uint32_t baud) {
  doctor::LiveOptions options;
  options.tty = device;
  options.profile = profile_of(inventory, device);
  if (options.profile || !port.has_modem_lines()) return options;
  options.baud = baud;
  options.other_bauds = modem::usual_bauds();
  return options;
}

using Obey = std::function<void(const modem::ModemEvent&)>;

void ask(session::Loop& loop, Pipe& pipe, const doctor::LiveOptions& options, const Obey& obey,
         Examined& examined) {
  doctor::LiveExamination live(options);
  session::ModemTalk<doctor::LiveExamination> talk(loop, pipe, live, obey,
                                                   [&loop] { loop.stop(); });
  talk.start();
  if (!talk.over()) loop.run();
  if (examined.interrupted) return;
  // That a session's port is busy says nothing about the modem.
  if (!options.lent || (live.outcome() && live.outcome()->answers)) examined.asked = options.tty;
  if (!live.outcome()) {
    examined.findings.push_back(doctor::make_finding(
        Cause::modem_silent, {{options.tty, "the line was hung up"}}, {{"tty", options.tty}}));
    return;
  }
  for (const Finding& finding : live.outcome()->findings) examined.findings.push_back(finding);
  examined.facts = live.outcome()->facts;
}

void ask_tty(session::Loop& loop, const detect::Inventory& inventory, const std::string& device,
             std::uint32_t baud, Examined& examined) {
  using Kind = modem::ModemEvent::Kind;
  Result<tty::SerialPort> port =
      tty::SerialPort::open(device, {.baud = baud, .discard_input = true});
  if (!port) return examined.findings.push_back(why_not_opened(device, port.failure()));
  session::FdPipe pipe(loop, port->fd());
  const auto obey = [&port](const modem::ModemEvent& event) {
    if (event.kind == Kind::set_dtr) port->set_dtr(event.dtr);
    if (event.kind == Kind::set_baud) port->set_baud(event.baud);
  };
  ask(loop, pipe, live_options(inventory, *port, device, baud), obey, examined);
}

/// Without an AT port that the session lends, nothing is asked.
void ask_session(session::Loop& loop, const detect::Inventory& inventory, const std::string& device,
                 const std::string& sockets, Examined& examined) {
  auto socket = session_that_holds(sockets, device);
  if (!socket) return;
  AtClient client(loop, std::move(*socket), false);
  AtLinePipe pipe(client);
  doctor::LiveOptions options;
  options.tty = device;
  options.profile = profile_of(inventory, device);
  options.lent = true;
  const auto ignore = [](const modem::ModemEvent&) {};
  ask(loop, pipe, options, ignore, examined);
  examined.through_session = !examined.asked.empty();
}

}  // namespace

void ask_modem(const detect::Inventory& inventory, const std::string& device,
               const AskOptions& options, Examined& examined) {
  std::string port = device.empty() ? first_port_to_ask(inventory) : device;
  if (is_for_something_else(examined.findings, port)) port = port_beside(inventory, port);
  if (port.empty() || is_barred(examined.findings, port)) return;
  // From before it is open, so that the tty gets its settings back and the locks are given up.
  session::Loop loop;
  const SignalWatch signals(loop, [&] {
    examined.interrupted = true;
    loop.stop();
  });
  if (has_session(examined.findings, port))
    ask_session(loop, inventory, port, options.sockets, examined);
  else
    ask_tty(loop, inventory, port, options.baud, examined);
  doctor::sort_findings(examined.findings);
}

}  // namespace tunppp::cli
