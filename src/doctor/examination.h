#pragma once

#include "detect/modems.h"
#include "doctor/examine.h"
#include "doctor/kernel.h"
#include "tty/system_tree.h"

#include <string>
#include <string_view>
#include <vector>

namespace tunppp::doctor {

/// What every part looks at, and where it puts what it found.
struct Examination {
  const tty::SystemTree& system;
  const detect::Inventory& inventory;
  const Kernel& kernel;
  std::string device{};  ///< the tty that was named, "/dev/ttyUSB3"; empty: none was
  std::vector<Finding> findings{};

  void add(Cause cause, std::vector<Evidence> seen, const Values& values = {}) {
    findings.push_back(make_finding(cause, std::move(seen), values));
  }
  void add(Cause cause, Severity severity, std::vector<Evidence> seen, const Values& values = {}) {
    findings.push_back(make_finding(cause, severity, std::move(seen), values));
  }
  bool has_error() const;
  /// The tty that was named is there and no modem's on USB, so that those do not matter: a UART, an
  /// adapter, a pty.
  bool is_about_another_line() const;
  /// A modem whose port for PPP has a tty.
  const detect::ModemDevice* usable_modem() const;
};

/// "is there" or "is not there".
Evidence presence(const tty::SystemTree& system, const std::string& path);

// Each part, in this order: later ones leave out what follows from what was found before.
void examine_usb_host(Examination& examination);
void examine_power(Examination& examination);
void examine_modems(Examination& examination);
void examine_drivers(Examination& examination);
void examine_ttys(Examination& examination);
void examine_uarts(Examination& examination);
void examine_tun(Examination& examination);
void examine_what_is_not_needed(Examination& examination);

}  // namespace tunppp::doctor
