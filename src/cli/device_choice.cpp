#include "cli/device_choice.h"

#include <fmt/format.h>

#include <cstdio>
#include <optional>

#include "detect/line_choice.h"

namespace tunppp::cli {

Status choose_device(std::string& device, bool no_modem, const modem::Profile* own) {
  if (!device.empty() && !detect::is_usb_path(device)) return {};
  if (device.empty() && no_modem)
    return Failure{EndReason::usage, {}, "without a modem, --device or --stdio says what to use"};
  const tty::SystemTree machine;
  const detect::Inventory inventory = detect::find_modems(machine, own);
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

}  // namespace tunppp::cli
