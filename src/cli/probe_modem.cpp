#include "cli/probe_modem.h"

#include "cli/signal_watch.h"
#include "detect/guess.h"
#include "modem/at_script.h"
#include "session/fd_pipe.h"
#include "session/modem_talk.h"
#include "tty/serial_port.h"

namespace tunppp::cli {
namespace {

using Result = PortProbe::Result;
using Line = modem::ModemEvent::Kind;

/// Whether it answers AT; what it then calls itself stands in `text`.
Result ask(session::Loop& loop, int fd, std::string& text) {
  session::FdPipe pipe(loop, fd);
  modem::AtScript script({"AT+CGMM"});
  std::string last;
  const auto hear = [&](const modem::ModemEvent& event) {
    if (event.kind == Line::sent) last = event.text;
    const bool is_answer = event.kind == Line::received && last == "AT+CGMM";
    if (is_answer && text.empty() && event.text != last && event.text != "OK" &&
        event.text.find("ERROR") == event.text.npos)
      text = event.text;
  };
  session::ModemTalk<modem::AtScript> talk(loop, pipe, script, hear, [&loop] { loop.stop(); });
  talk.start();
  if (!talk.over()) loop.run();
  // A modem that does not want to say what it is has answered, too.
  const bool silent = !script.outcome() || script.outcome()->failure == EndReason::modem_silent;
  return silent ? Result::silent : Result::answers;
}

PortProbe probe(const std::string& device) {
  // From before it is open, so that the tty gets its settings back and the locks are given up.
  session::Loop loop;
  bool interrupted = false;
  const SignalWatch signals(loop, [&] {
    interrupted = true;
    loop.stop();
  });
  PortProbe probe{.device = device, .result = Result::held, .text = {}};
  if (const std::vector<tty::Holder> holders = tty::holders_of(device); !holders.empty()) {
    probe.text = tty::describe(holders);
    return probe;
  }
  const auto port = tty::SerialPort::open(device, {.discard_input = true});
  if (!port) {
    probe.text = port.failure().text;
    if (port.failure().reason != EndReason::tty_busy) probe.result = Result::failed;
    return probe;
  }
  probe.result = ask(loop, port->fd(), probe.text);
  if (interrupted) probe.result = Result::interrupted;
  return probe;
}

void set_role(detect::ModemDevice& modem, std::size_t index, const detect::Role& role) {
  detect::UsbInterface& interface = modem.ports[index].interface;
  interface.role = role;
  for (detect::UsbInterface& it : modem.interfaces)
    if (it.path == interface.path) it.role = role;
}

}  // namespace

std::string_view name_of(PortProbe::Result result) {
  switch (result) {
    case Result::answers:
      return "answers";
    case Result::silent:
      return "silent";
    case Result::held:
      return "held";
    case Result::interrupted:
      return "interrupted";
    case Result::failed:
      break;
  }
  return "failed";
}

std::vector<PortProbe> probe_ports(detect::ModemDevice& modem) {
  std::vector<PortProbe> probes;
  for (const std::size_t index : detect::likeliest_first(modem)) {
    probes.push_back(probe(modem.ports[index].device));
    if (probes.back().result == Result::interrupted) break;
    if (probes.back().result != Result::answers) continue;
    if (modem.ppp && modem.ppp->index != index)
      set_role(modem, modem.ppp->index, {modem::PortRole::other, "did not answer AT", false});
    const std::string why = "the first of its ports that answered AT";
    set_role(modem, index, {modem::PortRole::modem, why, false});
    modem.ppp = detect::PortChoice{index, why};
    break;
  }
  return probes;
}

}  // namespace tunppp::cli
