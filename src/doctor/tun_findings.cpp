#include <fmt/format.h>

#include <cerrno>
#include <charconv>

#include "doctor/examination.h"
#include "doctor/text.h"

// The kernel's end of tunppp, and the right to use it.
namespace tunppp::doctor {
namespace {

constexpr const char* node_path = "/dev/net/tun";
constexpr const char* class_path = "/sys/class/misc/tun/dev";
constexpr const char* option = "CONFIG_TUN";

std::vector<Evidence> seen_of_module(const Examination& examination, Evidence first) {
  std::vector<Evidence> seen{std::move(first), presence(examination.system, class_path)};
  for (Evidence& more : examination.kernel.evidence_of("tun", option))
    seen.push_back(std::move(more));
  return seen;
}

Values values_of(const Kernel& kernel) {
  return {{"release", kernel.release().empty() ? "uname -r" : kernel.release()}};
}

void examine_missing(Examination& examination, Evidence first) {
  const bool has_class = examination.system.exists(class_path);
  const ModuleState state = examination.kernel.state_of("tun", option);
  const Cause cause = has_class || state == ModuleState::running ? Cause::tun_node_missing
                      : state == ModuleState::absent             ? Cause::tun_not_built
                                                                 : Cause::tun_not_loaded;
  examination.add(cause, seen_of_module(examination, std::move(first)),
                  values_of(examination.kernel));
}

/// c 10 200 (Documentation/admin-guide/devices.txt); where a copy does not tell, anything.
bool is_the_device(const tty::NodeFacts& facts) {
  return facts.kind == tty::NodeKind::character_device && facts.major.value_or(10) == 10 &&
         facts.minor.value_or(200) == 200;
}

/// Of a process that runs here, not of one in a copy.
bool lacks_net_admin(const tty::SystemTree& system, std::string& line) {
  if (!system.is_machine()) return false;
  constexpr unsigned cap_net_admin = 12;
  bool lacks = false;
  for_each_line(system.read("/proc/self/status").value_or(""), [&](std::string_view text) {
    constexpr std::string_view key = "CapEff:";
    if (!text.starts_with(key)) return;
    const std::string_view digits = trimmed(text.substr(key.size()));
    std::uint64_t set = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), set, 16);
    lacks = parsed.ec == std::errc() && (set >> cap_net_admin & 1) == 0;
    line = text;
  });
  return lacks;
}

}  // namespace

void examine_tun(Examination& examination) {
  const tty::NodeFacts facts = examination.system.node(node_path);
  if (!facts.is_there()) return examine_missing(examination, {node_path, "is not there"});
  if (!is_the_device(facts))
    return examination.add(Cause::tun_node_missing,
                           {{node_path, "is not the character device 10 200"}});
  // The node may be there before the module: udev makes it by modules.devname.
  const bool is_without_module = !examination.system.exists(class_path) &&
                                 examination.kernel.state_of("tun", option) == ModuleState::absent;
  if (is_without_module || facts.opening == ENODEV || facts.opening == ENXIO)
    return examine_missing(examination, {node_path, "is there, but nothing is behind it"});
  if (facts.opening == EACCES || facts.opening == EPERM)
    return examination.add(
        Cause::tun_permission,
        {{node_path,
          fmt::format("opening it gives {}{}", *facts.opening == EACCES ? "EACCES" : "EPERM",
                      facts.mode ? fmt::format(", mode {:04o}", *facts.mode) : "")}});
  std::string line;
  if (lacks_net_admin(examination.system, line))
    examination.add(Cause::tun_capability, {{"/proc/self/status", line}});
}

}  // namespace tunppp::doctor
