#include "cli/ask_modem.h"

#include <algorithm>

#include "doctor/examine.h"
#include "modem/at_script.h"
#include "session/fd_pipe.h"
#include "session/modem_talk.h"
#include "tty/serial_port.h"

namespace tunppp::cli {
namespace {

using doctor::Cause;
using doctor::Finding;

/// That for AT, so that a session on the other is not disturbed.
std::string port_to_ask(const detect::Inventory& inventory) {
  for (const detect::ModemDevice& modem : inventory.modems) {
    if (modem.at) return modem.at_port()->device;
    if (modem.ppp) return modem.ppp_port()->device;
  }
  return {};
}

/// Whether something was found by which the tty cannot be asked, or must not be.
bool is_barred(const std::vector<Finding>& findings, const std::string& device) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    const bool bars =
        finding.id == "tty-missing" || finding.id == "tty-permission" ||
        finding.cause == Cause::tty_busy || finding.cause == Cause::tty_busy_modem_manager ||
        finding.cause == Cause::tty_busy_getty || finding.cause == Cause::tty_busy_tunppp;
    return bars && finding.meaning.find(device) != finding.meaning.npos;
  });
}

Finding why_not_opened(const std::string& device, const Failure& failure) {
  const bool busy = failure.reason == EndReason::tty_busy;
  return doctor::make_finding(busy ? Cause::tty_busy : Cause::tty_named_missing,
                              {{device, failure.text}},
                              {{"tty", device}, {"holder", "another program"}, {"instead", ""}});
}

void ask(int fd, const std::string& device, Examined& examined) {
  session::Loop loop;
  session::FdPipe pipe(loop, fd);
  modem::AtScript script({"AT"});
  session::ModemTalk<modem::AtScript> talk(
      loop, pipe, script, [](const modem::ModemEvent&) {}, [&loop] { loop.stop(); });
  talk.start();
  if (!talk.over()) loop.run();
  examined.asked = device;
  if (!script.outcome() || script.outcome()->failure == EndReason::modem_silent)
    examined.findings.push_back(doctor::make_finding(
        Cause::modem_silent, {{device, "no answer to AT"}}, {{"tty", device}}));
}

}  // namespace

void ask_modem(const detect::Inventory& inventory, const std::string& device, std::uint32_t baud,
               Examined& examined) {
  const std::string port_name = device.empty() ? port_to_ask(inventory) : device;
  if (port_name.empty() || is_barred(examined.findings, port_name)) return;
  const Result<tty::SerialPort> port =
      tty::SerialPort::open(port_name, {.baud = baud, .discard_input = true});
  if (port)
    ask(port->fd(), port_name, examined);
  else
    examined.findings.push_back(why_not_opened(port_name, port.failure()));
  doctor::sort_findings(examined.findings);
}

}  // namespace tunppp::cli
