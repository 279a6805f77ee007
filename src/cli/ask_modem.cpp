#include "cli/ask_modem.h"

#include <algorithm>

#include "cli/sim_common.h"
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

/// Whether something was found by which the tty cannot be asked, or must not be.
bool is_barred(const std::vector<Finding>& findings, const std::string& device) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    const bool bars =
        finding.id == "tty-missing" || finding.id == "tty-permission" ||
        finding.cause == Cause::tty_busy || finding.cause == Cause::tty_busy_modem_manager ||
        finding.cause == Cause::tty_busy_getty || finding.cause == Cause::tty_busy_tunppp;
    return bars && finding.tty == device;
  });
}

Finding why_not_opened(const std::string& device, const Failure& failure) {
  const bool busy = failure.reason == EndReason::tty_busy;
  return doctor::make_finding(busy ? Cause::tty_busy : Cause::tty_named_missing,
                              {{device, failure.text}},
                              {{"tty", device}, {"holder", "another program"}});
}

/// What is known of it from USB; a serial line may have another speed than ours. A pty has none.
doctor::LiveOptions live_options(const detect::Inventory& inventory, const tty::SerialPort& port,
                                 const std::string& device, std::uint32_t baud) {
  doctor::LiveOptions options;
  options.tty = device;
  for (const detect::ModemDevice& modem : inventory.modems)
    for (const detect::Port& known : modem.ports)
      if (known.device == device) {
        options.profile = modem.profile;
        return options;
      }
  if (!port.has_modem_lines()) return options;
  options.baud = baud;
  options.other_bauds = modem::usual_bauds();
  return options;
}

void ask(session::Loop& loop, tty::SerialPort& port, const doctor::LiveOptions& options,
         Examined& examined) {
  using Kind = modem::ModemEvent::Kind;
  session::FdPipe pipe(loop, port.fd());
  doctor::LiveExamination live(options);
  const auto obey = [&port](const modem::ModemEvent& event) {
    if (event.kind == Kind::set_dtr) port.set_dtr(event.dtr);
    if (event.kind == Kind::set_baud) port.set_baud(event.baud);
  };
  session::ModemTalk<doctor::LiveExamination> talk(loop, pipe, live, obey,
                                                   [&loop] { loop.stop(); });
  talk.start();
  if (!talk.over()) loop.run();
  examined.asked = options.tty;
  if (examined.interrupted) return;
  if (!live.outcome()) {
    examined.findings.push_back(doctor::make_finding(
        Cause::modem_silent, {{options.tty, "the line was hung up"}}, {{"tty", options.tty}}));
    return;
  }
  for (const Finding& finding : live.outcome()->findings) examined.findings.push_back(finding);
  examined.facts = live.outcome()->facts;
}

}  // namespace

void ask_modem(const detect::Inventory& inventory, const std::string& device, std::uint32_t baud,
               Examined& examined) {
  std::string port_name = device.empty() ? first_port_to_ask(inventory) : device;
  if (is_for_something_else(examined.findings, port_name))
    port_name = port_beside(inventory, port_name);
  if (port_name.empty() || is_barred(examined.findings, port_name)) return;
  // From before it is open, so that the tty gets its settings back and the locks are given up.
  session::Loop loop;
  const SignalWatch signals(loop, [&] {
    examined.interrupted = true;
    loop.stop();
  });
  Result<tty::SerialPort> port =
      tty::SerialPort::open(port_name, {.baud = baud, .discard_input = true});
  if (port)
    ask(loop, *port, live_options(inventory, *port, port_name, baud), examined);
  else
    examined.findings.push_back(why_not_opened(port_name, port.failure()));
  doctor::sort_findings(examined.findings);
}

}  // namespace tunppp::cli
