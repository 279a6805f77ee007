#include <fmt/format.h>

#include <algorithm>

#include "cli/detect_report.h"
#include "detect/guess.h"
#include "detect/line_choice.h"

namespace tunppp::cli {
namespace {

using detect::Mode;

/// Why a modem in this mode has no port; empty: it may have.
std::string_view about(Mode mode) {
  switch (mode) {
    case Mode::storage:
      return "It shows a disk and is no modem yet; tunppp doctor says how to switch it.";
    case Mode::hilink:
      return "It is a router and dials by itself: use its network interface, with DHCP.";
    case Mode::network:
      return "It has network interfaces alone; tunppp doctor says how to get its serial ports.";
    case Mode::serial:
      break;
  }
  return {};
}

/// Where nobody makes names by path, its interface is one: "--device 1-1.3:1.3".
std::string lasting_name(const detect::Port& port) {
  if (!port.by_path().empty()) return port.by_path();
  return "--device " + port.interface.path.substr(port.interface.path.rfind('/') + 1);
}

std::string interface_lines(const detect::ModemDevice& modem) {
  std::size_t width = 1;
  for (const detect::UsbInterface& interface : modem.interfaces)
    width = std::max(width, interface.tty.size());
  std::string text;
  for (const detect::UsbInterface& interface : modem.interfaces) {
    const std::string tty = interface.tty.empty() ? "-" : interface.tty;
    const std::string driver = interface.driver.empty() ? "no driver" : interface.driver;
    const std::string role =
        fmt::format("{}{}", detect::name_of(interface.role.role), interface.role.guess ? "?" : "");
    text += fmt::format("  interface {:<2}  {:<12}  {:<{}}  {}\n", interface.number, role, tty,
                        width, driver);
    for (const detect::Port& port : modem.ports)
      if (port.interface.path == interface.path)
        text += fmt::format("                {}\n", lasting_name(port));
  }
  return text;
}

std::string choice_lines(const detect::ModemDevice& modem) {
  std::string text;
  if (modem.ppp) text += fmt::format("  PPP: {}: {}\n", modem.ppp_port()->device, modem.ppp->why);
  if (modem.at) text += fmt::format("  AT:  {}: {}\n", modem.at_port()->device, modem.at->why);
  if (modem.ppp && !modem.at)
    text += fmt::format("  AT:  {} before PPP; there is no other port for it\n",
                        modem.ppp_port()->device);
  if (modem.ppp || modem.mode != Mode::serial) return text;
  return "  None of its interfaces has a tty to dial on; tunppp doctor says why.\n";
}

std::string modem_text(const detect::ModemDevice& modem) {
  std::string text = fmt::format("{} at USB {}\n", describe(modem), modem.usb_path);
  text += fmt::format("  {}", modem.composition);
  if (modem.profile)
    text += fmt::format("; {}, profile {}", modem.model, modem.profile->name);
  else if (modem.mode == Mode::serial)
    text += "; not a modem that tunppp knows by name";
  text += '\n';
  if (const std::string_view why = about(modem.mode); !why.empty())
    text += fmt::format("  {}\n", why);
  return text + interface_lines(modem) + choice_lines(modem);
}

std::string probe_text(const PortProbe& probe) {
  const std::string why = probe.text.empty() ? "" : fmt::format(": {}", probe.text);
  return fmt::format("  {} {}{}\n", probe.device, name_of(probe.result), why);
}

std::string candidates_text(const std::vector<detect::Candidate>& candidates) {
  if (candidates.empty()) return {};
  std::string text = "Serial ports that a modem could be wired to:\n";
  for (const detect::Candidate& candidate : candidates) {
    text += fmt::format("  {}{}\n", describe(candidate),
                        candidate.console ? "; the kernel's console is on it" : "");
    for (const std::string& name : candidate.lasting_names) text += fmt::format("    {}\n", name);
  }
  const auto free = std::find_if(candidates.begin(), candidates.end(),
                                 [](const auto& candidate) { return !candidate.console; });
  if (free == candidates.end()) return text;
  return text + fmt::format("  Ask one: tunppp at --device {} AT\n", free->device);
}

std::string verdict(const detect::Inventory& inventory) {
  const Result<detect::LineChoice> line = detect::choose_line(inventory);
  if (line) {
    const std::string text =
        fmt::format("tunppp dial uses {} and needs no --device.\n", line->device);
    const bool guess = std::any_of(inventory.modems.begin(), inventory.modems.end(),
                                   [](const auto& modem) { return detect::is_guessed(modem); });
    return guess ? text + "Where there is a question mark, --probe asks the ports.\n" : text;
  }
  if (line.failure().reason != EndReason::no_modem)
    return "tunppp dial needs --device with the USB place of one of them.\n";
  if (inventory.empty())
    return "No modem is here, nor a serial port that one could be wired to; tunppp doctor says "
           "what is in the way.\n";
  return "No modem that could be dialled was found; tunppp doctor says what is in the way.\n";
}

}  // namespace

std::string detect_text(const Detected& detected) {
  std::string text;
  for (const detect::ModemDevice& modem : detected.inventory.modems)
    text += modem_text(modem) + "\n";
  if (!detected.probes.empty()) text += "Asked AT:\n";
  for (const PortProbe& probe : detected.probes) text += probe_text(probe);
  if (!detected.probes.empty()) text += "\n";
  const std::string candidates = candidates_text(detected.inventory.candidates);
  if (!candidates.empty()) text += candidates + "\n";
  return text + verdict(detected.inventory);
}

}  // namespace tunppp::cli
