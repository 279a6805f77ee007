#include "doctor/examine.h"

#include <algorithm>
#include <tuple>

#include "doctor/examination.h"

namespace tunppp::doctor {

bool Examination::has_error() const {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::error; });
}

bool Examination::is_about_another_line() const {
  if (device.empty() || !system.node(device).is_there()) return false;
  for (const detect::ModemDevice& modem : inventory.modems)
    for (const detect::Port& port : modem.ports)
      if (port.device == device) return false;
  return true;
}

const detect::ModemDevice* Examination::usable_modem() const {
  const auto found =
      std::find_if(inventory.modems.begin(), inventory.modems.end(),
                   [](const detect::ModemDevice& modem) { return modem.ppp.has_value(); });
  return found == inventory.modems.end() ? nullptr : &*found;
}

Evidence presence(const tty::SystemTree& system, const std::string& path) {
  return {path, system.exists(path) ? "is there" : "is not there"};
}

std::string tty_of(const tty::SystemTree& system, const std::string& device) {
  const std::string path = device.find('/') == device.npos ? "/dev/" + device : device;
  return system.resolve(path).value_or(path);
}

std::vector<Finding> examine(const tty::SystemTree& system, const detect::Inventory& inventory,
                             const ExamineOptions& options) {
  const Kernel kernel(system);
  Examination examination{.system = system, .inventory = inventory, .kernel = kernel};
  if (!options.device.empty()) examination.device = tty_of(system, options.device);
  examine_usb_host(examination);
  examine_power(examination);
  examine_modems(examination);
  examine_drivers(examination);
  examine_ttys(examination);
  examine_uarts(examination);
  examine_tun(examination);
  examine_what_is_not_needed(examination);
  sort_findings(examination.findings);
  return std::move(examination.findings);
}

void sort_findings(std::vector<Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.severity, a.cause) < std::tie(b.severity, b.cause);
  });
}

bool is_in_the_way(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity != Severity::note; });
}

}  // namespace tunppp::doctor
