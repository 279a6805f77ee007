#include "cli/device_choice.h"

#include <fmt/format.h>

#include <cstdio>
#include <vector>

#include "cli/probe_modem.h"
#include "detect/guess.h"
#include "detect/line_choice.h"

namespace tunppp::cli {
namespace {

/// The modem that is meant, if its ports are known by a guess only.
detect::ModemDevice* guessed_modem(detect::Inventory& inventory, std::string_view device) {
  std::vector<detect::ModemDevice*> guessed;
  for (detect::ModemDevice& modem : inventory.modems)
    if (detect::is_guessed(modem) && (device.empty() || modem.usb_path == device))
      guessed.push_back(&modem);
  if (guessed.size() != 1) return nullptr;
  if (!device.empty()) return guessed.front();
  const Result<detect::LineChoice> line = detect::choose_line(inventory);
  const bool another = line ? line->identity->usb_path != guessed.front()->usb_path
                            : line.failure().reason != EndReason::no_modem;
  return another ? nullptr : guessed.front();
}

}  // namespace

Result<std::string> probe_guess(detect::Inventory& inventory, std::string_view device) {
  detect::ModemDevice* const modem = guessed_modem(inventory, device);
  if (!modem) return std::string();
  fmt::print(stderr, "tunppp: asks the ports of {} at USB {} which of them speaks AT\n",
             detect::describe(*modem), modem->usb_path);
  const PortProbe::Result result = probe_ports(*modem).back().result;
  if (result == PortProbe::Result::interrupted)
    return Failure{EndReason::interrupted, {}, "interrupted while the modem's ports were asked"};
  if (result != PortProbe::Result::answers) return std::string();
  const std::string& path = modem->ppp_port()->interface.path;
  return path.substr(path.rfind('/') + 1);
}

Status choose_device(std::string& device, bool no_modem, const modem::Profile* own) {
  if (!device.empty() && !detect::is_usb_path(device)) return {};
  if (device.empty() && no_modem)
    return Failure{EndReason::usage, {}, "without a modem, --device or --stdio says what to use"};
  const tty::SystemTree machine;
  detect::Inventory inventory = detect::find_modems(machine, own);
  if (!no_modem)
    if (const auto place = probe_guess(inventory, device); !place) return place.failure();
  if (!device.empty()) {
    const auto line = detect::find_line(machine, inventory, device);
    if (!line)
      return Failure{EndReason::no_modem,
                     {},
                     fmt::format("no modem that could be dialled is at {} on USB", device)};
    device = line->device;
    return {};
  }
  const Result<detect::LineChoice> line = detect::choose_line(inventory);
  if (!line) return line.failure();
  fmt::print(stderr, "tunppp: dials on {}\n", line->why);
  device = line->device;
  return {};
}

Status choose_lasting_device(std::string& device, const modem::Profile* own) {
  if (!device.empty() && !detect::is_usb_path(device)) return {};
  detect::Inventory inventory = detect::find_modems(tty::SystemTree(), own);
  Result<std::string> place = probe_guess(inventory, device);
  if (!place) return place.failure();
  if (!place->empty())
    device = std::move(*place);
  else if (device.empty())
    device = "auto";  // what is not here yet is chosen when it comes
  return {};
}

}  // namespace tunppp::cli
