#include "detect/line_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "detect/guess.h"

namespace tunppp::detect {
namespace {

/// Another port of the same modem that speaks AT: the one for it, else the modem port if that is
/// free.
std::string at_device(const ModemDevice& modem, const Port& used) {
  for (const modem::PortRole role : {modem::PortRole::at, modem::PortRole::modem})
    for (const Port& port : modem.ports)
      if (port.role() == role && port.tty != used.tty && !port.interface.role.guess)
        return port.device;
  return {};
}

LineChoice line_on(const ModemDevice& modem, const Port& port, std::string why) {
  return {
      .device = port.device,
      .at_device = at_device(modem, port),
      .profile = modem.profile,
      .identity = PortIdentity{modem.usb_path, modem.vendor, modem.product, port.interface.number},
      .why =
          fmt::format("{} of {} at USB {}: {}", port.device, describe(modem), modem.usb_path, why)};
}

std::optional<LineChoice> chosen_line(const ModemDevice& modem) {
  if (!modem.ppp) return std::nullopt;
  return line_on(modem, *modem.ppp_port(), modem.ppp->why);
}

const Port* port_at(const ModemDevice& modem, std::uint8_t interface) {
  const auto port =
      std::find_if(modem.ports.begin(), modem.ports.end(),
                   [&](const Port& candidate) { return candidate.interface.number == interface; });
  return port == modem.ports.end() ? nullptr : &*port;
}

/// nullptr: not here at the moment.
const ModemDevice* modem_again(const Inventory& inventory, const PortIdentity& identity) {
  std::vector<const ModemDevice*> same;
  for (const ModemDevice& modem : inventory.modems)
    if (modem.vendor == identity.vendor && modem.product == identity.product)
      same.push_back(&modem);
  const auto here = std::find_if(same.begin(), same.end(), [&](const ModemDevice* modem) {
    return modem->usb_path == identity.usb_path;
  });
  if (here != same.end()) return *here;
  return same.size() == 1 ? same.front() : nullptr;
}

/// "ttyUSB3", "/dev/ttyUSB3", or a link to it: its device. Empty: there is none.
std::string tty_named(const tty::SystemTree& system, std::string_view name) {
  if (!name.starts_with('/')) {
    const std::string in_dev = fmt::format("/dev/{}", name);
    return system.exists(in_dev) ? system.resolve(in_dev).value_or("") : "";
  }
  return system.resolve(name).value_or(std::string(name));
}

std::string several(const std::vector<LineChoice>& lines) {
  std::string text = fmt::format("there are {} modems; choose one with --device:", lines.size());
  for (const LineChoice& line : lines)
    text += fmt::format("\n          --device {}   {}", line.identity->usb_path, line.why);
  return text;
}

std::string none(const Inventory& inventory) {
  std::string text = "no modem is here that could be dialled";
  for (const ModemDevice& modem : inventory.modems)
    text += fmt::format("\n          {} at USB {} has no tty for it ({}, in {} mode)",
                        describe(modem), modem.usb_path, modem.composition, name_of(modem.mode));
  if (inventory.candidates.empty()) return text;
  text += "\n        If one is wired to a serial port, name that with --device:";
  for (const Candidate& candidate : inventory.candidates)
    text += fmt::format("\n          {}{}", describe(candidate),
                        candidate.console ? ", but the kernel's console is on it" : "");
  return text;
}

bool is_known(const LineChoice& line) {
  return line.profile != nullptr;
}

}  // namespace

bool is_usb_path(std::string_view text) {
  // "1-1.3": the bus, and the ports on the way; "1-1.3:1.2" is an interface there.
  const std::size_t dash = text.find('-');
  if (dash == text.npos || dash == 0 || dash + 1 == text.size()) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) {
                       return std::isdigit(static_cast<unsigned char>(c)) || c == '-' || c == '.' ||
                              c == ':';
                     }) &&
         text.find('-', dash + 1) == text.npos;
}

std::optional<LineChoice> find_line(const tty::SystemTree& system, const Inventory& inventory,
                                    std::string_view device) {
  if (is_usb_path(device)) {
    for (const ModemDevice& modem : inventory.modems) {
      if (modem.usb_path == device) return chosen_line(modem);
      for (const Port& port : modem.ports)
        if (port.interface.path.ends_with(fmt::format("/{}", device)))
          return line_on(modem, port, "as it was named");
    }
    return std::nullopt;
  }
  const std::string path = tty_named(system, device);
  for (const ModemDevice& modem : inventory.modems)
    for (const Port& port : modem.ports)
      if (port.device == path) return line_on(modem, port, "as it was named");
  LineChoice unknown;
  unknown.device = path.empty() ? std::string(device) : path;
  unknown.why = fmt::format("{}, as it was named", unknown.device);
  return unknown;
}

Result<LineChoice> choose_line(const Inventory& inventory) {
  std::vector<LineChoice> lines;
  for (const ModemDevice& modem : inventory.modems)
    if (std::optional<LineChoice> line = chosen_line(modem)) lines.push_back(std::move(*line));
  // Next to a modem that is known, a device that only looks like one is none.
  if (std::any_of(lines.begin(), lines.end(), is_known))
    std::erase_if(lines, [](const LineChoice& line) { return !is_known(line); });
  if (lines.empty()) return Failure{EndReason::no_modem, {}, none(inventory)};
  if (lines.size() > 1) return Failure{EndReason::usage, {}, several(lines)};
  return lines.front();
}

std::optional<LineChoice> find_again(const Inventory& inventory, const PortIdentity& identity) {
  const ModemDevice* const modem = modem_again(inventory, identity);
  const Port* const port = modem ? port_at(*modem, identity.interface) : nullptr;
  if (!port) return std::nullopt;
  return line_on(*modem, *port, "found again by its place and identity");
}

std::optional<PortIdentity> next_guess(const Inventory& inventory, const PortIdentity& identity) {
  const ModemDevice* const modem = modem_again(inventory, identity);
  if (!modem || !is_guessed(*modem)) return std::nullopt;
  const std::vector<std::size_t> order = likeliest_first(*modem);
  const auto tried = std::find_if(order.begin(), order.end(), [&](std::size_t i) {
    return modem->ports[i].interface.number == identity.interface;
  });
  if (order.size() < 2 || tried == order.end()) return std::nullopt;
  const auto next = tried + 1 == order.end() ? order.begin() : tried + 1;
  PortIdentity other = identity;
  other.interface = modem->ports[*next].interface.number;
  return other;
}

}  // namespace tunppp::detect
