#include "doctor/examination.h"

// What people look for who know pppd, QMI or NetworkManager, and which is in nobody's way here.
namespace tunppp::doctor {
namespace {

void note_ppp(Examination& examination) {
  const KernelConfig& config = examination.kernel.config();
  std::vector<Evidence> seen;
  if (!examination.system.exists("/dev/ppp")) seen.push_back({"/dev/ppp", "is not there"});
  if (config.is_off("CONFIG_PPP")) seen.push_back({config.path(), config.line("CONFIG_PPP")});
  if (!seen.empty()) examination.add(Cause::ppp_not_needed, std::move(seen));
}

void note_network(Examination& examination) {
  std::vector<Evidence> seen;
  for (const std::string& name : examination.system.list("/sys/class/net"))
    if (name.starts_with("wwan")) seen.push_back({"/sys/class/net/" + name, "is there"});
  for (const detect::ModemDevice& modem : examination.inventory.modems)
    for (const detect::UsbInterface& interface : modem.interfaces)
      if (interface.role.role == modem::PortRole::network)
        seen.push_back({"/sys/bus/usb/devices/" +
                            interface.path.substr(interface.path.rfind('/') + 1) + "/driver",
                        interface.driver.empty() ? "is not there" : interface.driver});
  if (seen.empty() && examination.usable_modem())
    seen.push_back({"/sys/class/net/wwan0", "is not there"});
  if (!seen.empty()) examination.add(Cause::network_not_needed, std::move(seen));
}

}  // namespace

void examine_what_is_not_needed(Examination& examination) {
  note_ppp(examination);
  note_network(examination);
}

}  // namespace tunppp::doctor
