#include "tty/discovery.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>
#include <tuple>

namespace tunppp::tty {
namespace {

const std::string tty_class = "/sys/class/tty/";

/// Four ttyS are made on many machines whether the chip is there or not: type 0 (PORT_UNKNOWN)
/// says that it is not. Drivers that have no such attribute make no such ghosts.
bool is_real_uart(const SystemTree& system, const std::string& tty) {
  return system.line(tty + "/type") != "0";
}

std::optional<TtyInfo::Kind> kind_of(const SystemTree& system, const std::string& name) {
  if (name.starts_with("ttyUSB")) return TtyInfo::Kind::usb_serial;
  if (name.starts_with("ttyACM")) return TtyInfo::Kind::usb_acm;
  const std::string tty = tty_class + name;
  // Consoles of the screen and ptys have no device behind them.
  if (!system.exists(tty + "/device") || !system.exists(tty + "/line")) return std::nullopt;
  if (is_real_uart(system, tty)) return TtyInfo::Kind::uart;
  return std::nullopt;
}

// A driver's own name, not that of the bus-neutral layer (Linux 6.8 and later put "port" and
// "ctrl" devices between a UART and its hardware).
std::string driver_of(const SystemTree& system, std::string directory) {
  for (; directory.size() > std::string_view("/sys").size();
       directory.erase(directory.rfind('/'))) {
    const std::string name = system.link_name(directory + "/driver");
    if (!name.empty() && name != "port" && name != "ctrl") return name;
  }
  return {};
}

/// Names that last, by the tty that they lead to.
std::multimap<std::string, std::string> lasting_names(const SystemTree& system) {
  std::multimap<std::string, std::string> names;
  const std::string by_path = "/dev/serial/by-path/";
  for (const std::string& link : system.list(by_path))
    names.emplace(system.link_name(by_path + link), by_path + link);
  // A Raspberry Pi's names for the UART on its pins.
  for (const char* alias : {"/dev/serial0", "/dev/serial1"})
    names.emplace(system.link_name(alias), alias);
  return names;
}

/// What the kernel was told to use as console: "ttyS0" of console=ttyS0,115200.
std::vector<std::string> consoles(const SystemTree& system) {
  std::vector<std::string> names;
  std::istringstream active(system.line(tty_class + "console/active"));
  for (std::string name; active >> name;) names.push_back(name);
  std::istringstream arguments(system.line("/proc/cmdline"));
  for (std::string argument; arguments >> argument;) {
    if (!argument.starts_with("console=")) continue;
    std::string name = argument.substr(argument.find('=') + 1);
    name.erase(std::min(name.find(','), name.size()));
    const std::string alias_of = system.link_name("/dev/" + name);
    names.push_back(alias_of.empty() ? name : alias_of);
  }
  return names;
}

/// "ttyUSB10" comes after "ttyUSB9".
auto order(const TtyInfo& tty) {
  const std::size_t digits = tty.name.find_last_not_of("0123456789") + 1;
  return std::tuple(tty.kind, tty.name.substr(0, digits), tty.name.size(), tty.name);
}

}  // namespace

std::vector<TtyInfo> discover(const SystemTree& system) {
  std::vector<TtyInfo> found;
  const std::vector<std::string> used_as_console = consoles(system);
  const std::multimap<std::string, std::string> lasting = lasting_names(system);
  for (const std::string& name : system.list("/sys/class/tty")) {
    const auto kind = kind_of(system, name);
    if (!kind) continue;
    TtyInfo tty;
    tty.name = name;
    tty.device = "/dev/" + name;
    tty.kind = *kind;
    tty.hardware = system.resolve(tty_class + name + "/device").value_or("");
    tty.driver = driver_of(system, tty.hardware);
    tty.console = system.line(tty_class + name + "/console") == "Y" ||
                  std::count(used_as_console.begin(), used_as_console.end(), name) > 0;
    const auto [first, last] = lasting.equal_range(name);
    std::transform(first, last, std::back_inserter(tty.lasting_names),
                   [](const auto& known) { return known.second; });
    found.push_back(std::move(tty));
  }
  std::sort(found.begin(), found.end(),
            [](const TtyInfo& a, const TtyInfo& b) { return order(a) < order(b); });
  return found;
}

}  // namespace tunppp::tty
