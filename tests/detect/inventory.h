#pragma once

#include "detect/modems.h"
#include "support/sysfs_tree.h"

#include <string>
#include <string_view>
#include <vector>

namespace tunppp::detect {

/// What is found in a tree, as text: "2 AT ttyUSB2" is interface 2, its role and its tty; a guess
/// has a question mark.
inline std::vector<std::string> roles(const ModemDevice& modem) {
  std::vector<std::string> found;
  for (const UsbInterface& interface : modem.interfaces)
    found.push_back(std::to_string(interface.number) + " " +
                    std::string(name_of(interface.role.role)) + (interface.role.guess ? "?" : "") +
                    (interface.tty.empty() ? "" : " ") + interface.tty);
  return found;
}

inline std::string ppp_tty(const ModemDevice& modem) {
  return modem.ppp ? modem.ppp_port()->tty : "";
}
inline std::string at_tty(const ModemDevice& modem) {
  return modem.at ? modem.at_port()->tty : "";
}

inline Inventory inventory(const test::SysfsTree& tree) {
  return find_modems(tty::SystemTree(tree.path()));
}
inline Inventory inventory(std::string_view fixture) {
  return inventory(test::SysfsTree(fixture));
}

}  // namespace tunppp::detect
