#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "detect/roles.h"
#include "doctor/examination.h"
#include "doctor/text.h"

// Modems draw much for moments: supplies that break down, and what that does to USB.
namespace tunppp::doctor {
namespace {

void add_voltage_alarm(const tty::SystemTree& system, std::vector<Evidence>& seen) {
  const std::string monitors = "/sys/class/hwmon";
  for (const std::string& name : system.list(monitors)) {
    const std::string monitor = monitors + "/" + name;
    const std::string alarm = monitor + "/in0_lcrit_alarm";
    if (system.line(monitor + "/name") == "rpi_volt" && system.line(alarm) == "1")
      seen.push_back({alarm, "1"});
  }
}

/// The firmware's own flags: bit 0 under-voltage now, bit 16 since it started (Raspberry Pi,
/// vcgencmd get_throttled).
void add_firmware_flags(const tty::SystemTree& system, std::vector<Evidence>& seen) {
  const std::string path = "/sys/devices/platform/soc/soc:firmware/get_throttled";
  const std::string text = system.line(path);
  std::string_view digits = text;
  if (digits.starts_with("0x")) digits.remove_prefix(2);
  unsigned flags = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), flags, 16);
  if (parsed.ec == std::errc() && (flags & 0x10001u) != 0)
    seen.push_back({path, text + ": too low a voltage"});
}

bool is_modem_at(const detect::Inventory& inventory, const std::string& port) {
  return std::any_of(inventory.modems.begin(), inventory.modems.end(),
                     [&](const detect::ModemDevice& modem) { return modem.usb_path == port; });
}

Values values_of(const UsbPortLog& port) {
  Values values{{"port", port.port}, {"times", std::to_string(port.disconnects)}};
  if (port.vendor != 0)
    values["identity"] = fmt::format(" ({:04x}:{:04x})", port.vendor, port.product);
  return values;
}

void examine_ports(Examination& examination) {
  // Other things come and go, too: they only matter where no modem works.
  const bool works = examination.usable_modem() != nullptr;
  for (const UsbPortLog& port : examination.kernel.log().usb_ports) {
    const bool is_here = is_modem_at(examination.inventory, port.port);
    if (works && !is_here) continue;
    // What is known as a modem and is gone at the moment: that is why there is none.
    const bool is_gone = !is_here && detect::known_modem(port.vendor, port.product).profile;
    if (port.is_loop)
      examination.add(
          Cause::usb_reset_loop, is_gone ? Severity::error : Severity::warning,
          {{"/dev/kmsg", std::to_string(port.disconnects) + " times: " + port.last_line}},
          values_of(port));
    else if (port.failures > 0 && examination.inventory.modems.empty())
      examination.add(Cause::usb_enumeration_failed, {{"/dev/kmsg", port.last_line}},
                      values_of(port));
  }
}

}  // namespace

void examine_power(Examination& examination) {
  const KernelLog& log = examination.kernel.log();
  std::vector<Evidence> seen;
  if (!log.undervoltage.empty()) seen.push_back({"/dev/kmsg", log.undervoltage});
  add_voltage_alarm(examination.system, seen);
  add_firmware_flags(examination.system, seen);
  if (!seen.empty()) examination.add(Cause::power_undervoltage, std::move(seen));
  if (!log.over_current.empty())
    examination.add(Cause::power_over_current, {{"/dev/kmsg", log.over_current}});
  if (!examination.is_about_another_line()) examine_ports(examination);
}

}  // namespace tunppp::doctor
