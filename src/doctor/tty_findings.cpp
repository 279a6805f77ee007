#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "doctor/examination.h"
#include "doctor/text.h"
#include "doctor/tty_holders.h"

// The ttys of the modem, or the one that was named: there, the right one, ours to open, free.
namespace tunppp::doctor {
namespace {

using detect::ModemDevice;
using detect::Port;
using modem::PortRole;

std::string name_of_tty(const std::string& device) {
  return device.substr(device.rfind('/') + 1);
}

/// A tty and the modem that it belongs to, if it belongs to one.
struct Line {
  std::string device;
  const ModemDevice* modem = nullptr;
  const Port* port = nullptr;
};

Line line_of(const detect::Inventory& inventory, const std::string& device) {
  for (const ModemDevice& modem : inventory.modems)
    for (const Port& port : modem.ports)
      if (port.device == device) return {device, &modem, &port};
  return {.device = device};
}

/// Where nobody makes names by path, that of its interface, which --device takes as well:
/// "1-1.3:1.3".
std::string lasting_name(const Port& port) {
  if (!port.by_path().empty()) return port.by_path();
  return port.interface.path.substr(port.interface.path.rfind('/') + 1);
}

/// "; the modem's port for PPP is /dev/ttyUSB3 (...)".
std::string what_else(const Examination& examination) {
  const ModemDevice* modem = examination.usable_modem();
  if (!modem) return {};
  return fmt::format("; the port for PPP of {} is {}", detect::describe(*modem),
                     modem->ppp_port()->device);
}

bool has_driver_finding(const Examination& examination) {
  return std::any_of(
      examination.findings.begin(), examination.findings.end(), [](const Finding& finding) {
        return finding.severity == Severity::error && finding.cause <= Cause::driver_not_bound;
      });
}

/// Why something that is there is no serial port; empty: it could be one.
std::string no_tty(const tty::NodeFacts& facts) {
  constexpr unsigned memory_devices = 1;  // /dev/null and its like (admin-guide/devices.txt)
  if (facts.kind != tty::NodeKind::character_device) return "is no character device";
  return facts.major == memory_devices ? "is no tty" : "";
}

/// Whether it is there at all; says so where not.
bool examine_presence(Examination& examination, const std::string& device) {
  const tty::NodeFacts facts = examination.system.node(device);
  if (facts.is_there()) {
    const std::string why = no_tty(facts);
    if (!why.empty())
      examination.add(Cause::tty_named_missing, {{device, why}},
                      {{"tty", device}, {"instead", what_else(examination)}});
    return why.empty();
  }
  const std::string name = name_of_tty(device);
  const std::string number = examination.system.line("/sys/class/tty/" + name + "/dev");
  if (!number.empty()) {
    std::string_view rest = number;
    const std::string major(take_until(rest, ':'));
    examination.add(
        Cause::tty_node_missing,
        {{device, "is not there"}, {"/sys/class/tty/" + name + "/dev", number}},
        {{"tty", device}, {"name", name}, {"major", major}, {"minor", std::string(rest)}});
    return false;
  }
  // That follows where no driver makes ttys, or there is no modem.
  const Severity severity = has_driver_finding(examination) ? Severity::note : Severity::error;
  examination.add(Cause::tty_named_missing, severity, {{device, "is not there"}},
                  {{"tty", device}, {"instead", what_else(examination)}});
  return false;
}

void examine_role(Examination& examination, const Line& line) {
  if (!line.port || !line.modem->ppp) return;
  const Port& right = *line.modem->ppp_port();
  const PortRole role = line.port->role();
  // What is only guessed is not held against anybody: the modem's answers will tell.
  if (&right == line.port || role == PortRole::modem || line.port->interface.role.guess) return;
  const auto evidence_of = [](const Port& port) {
    return Evidence{"/sys/class/tty/" + port.tty + "/device/../bInterfaceNumber",
                    fmt::format("{:02x}: {}", port.interface.number, detect::name_of(port.role()))};
  };
  std::vector<Evidence> seen{evidence_of(*line.port), evidence_of(right)};
  if (line.port->driver == "cdc_acm")  // there is no port of usb-serial between
    for (Evidence& evidence : seen) evidence.path.erase(evidence.path.find("../"), 3);
  if (!right.by_path().empty()) seen.push_back({right.by_path(), right.device});
  examination.add(role == PortRole::at ? Cause::tty_at_port : Cause::wrong_tty, std::move(seen),
                  {{"tty", line.device},
                   {"role", std::string(detect::name_of(role))},
                   {"modem", detect::describe(*line.modem)},
                   {"number", std::to_string(line.port->interface.number)},
                   {"port", right.device},
                   {"by_path", lasting_name(right)}});
}

/// "dialout" of gid 20.
std::string group_name(const tty::SystemTree& system, std::optional<std::uint32_t> group) {
  std::string found = "dialout";
  for_each_line(system.read("/etc/group").value_or(""), [&](std::string_view line) {
    const std::string_view name = take_until(line, ':');
    take_until(line, ':');
    if (group && to_number<std::uint32_t>(take_until(line, ':')) == group) found = name;
  });
  return found;
}

/// By the group of the node, where that helps: it often is root's alone.
std::string grant_of(const std::string& device, const tty::NodeFacts& facts,
                     const std::string& group) {
  constexpr unsigned group_may = 0060;
  const bool helps = facts.group.value_or(0) != 0 && (facts.mode.value_or(0) & group_may) != 0;
  if (helps) return fmt::format("usermod -aG {} USER, then log in again", group);
  return fmt::format(
      "chgrp dialout {0} && chmod 660 {0}; usermod -aG dialout USER, then log in "
      "again",
      device);
}

void examine_permission(Examination& examination, const Line& line) {
  const tty::NodeFacts facts = examination.system.node(line.device);
  if (facts.opening != EACCES && facts.opening != EPERM) return;
  std::string what =
      *facts.opening == EACCES ? "opening it gives EACCES" : "opening it gives EPERM";
  if (facts.mode) what += fmt::format(", mode {:04o}", *facts.mode);
  const std::string group = group_name(examination.system, facts.group);
  if (facts.group) what += fmt::format(", group {} ({})", *facts.group, group);
  examination.add(Cause::tty_permission, {{line.device, what}},
                  {{"tty", line.device}, {"grant", grant_of(line.device, facts, group)}});
}

Cause cause_of(const tty::Holder& holder) {
  if (holder.program == "ModemManager") return Cause::tty_busy_modem_manager;
  if (holder.program.starts_with("tunppp")) return Cause::tty_busy_tunppp;
  if (is_login_program(holder.program)) return Cause::tty_busy_getty;
  return Cause::tty_busy;
}

Values values_of(const Line& line, const std::string& holder) {
  Values values{{"tty", line.device}, {"name", name_of_tty(line.device)}, {"holder", holder}};
  if (!line.modem) return values;
  values["vendor"] = fmt::format("{:04x}", line.modem->vendor);
  values["product"] = fmt::format("{:04x}", line.modem->product);
  return values;
}

/// Those that want the same to be done are told together.
void add_holders(Examination& examination, const Line& line, const std::vector<TtyHolder>& holders,
                 const std::optional<LockSeen>& lock) {
  std::map<Cause, std::vector<TtyHolder>> by_cause;
  for (const TtyHolder& holder : holders) by_cause[cause_of(holder.process)].push_back(holder);
  for (const auto& [cause, same] : by_cause) {
    std::vector<Evidence> seen;
    std::vector<tty::Holder> processes;
    for (const TtyHolder& holder : same) {
      seen.push_back({holder.path, holder.content});
      processes.push_back(holder.process);
      if (lock && lock->is_alive && lock->owner.pid == holder.process.pid)
        seen.push_back({lock->path, std::to_string(lock->owner.pid)});
    }
    examination.add(cause, std::move(seen), values_of(line, tty::describe(processes)));
  }
}

void examine_holders(Examination& examination, const Line& line) {
  const std::vector<TtyHolder> holders = holders_in(examination.system, line.device);
  const std::optional<LockSeen> lock = lock_in(examination.system, line.device);
  add_holders(examination, line, holders, lock);
  if (!lock) {
    if (holders.empty() && examination.system.node(line.device).opening == EBUSY)
      examination.add(Cause::tty_busy, {{line.device, "opening it gives EBUSY"}},
                      values_of(line, "a program that wants it alone (TIOCEXCL)"));
    return;
  }
  if (lock->is_alive && holders.empty())
    examination.add(cause_of(lock->owner), {{lock->path, std::to_string(lock->owner.pid)}},
                    values_of(line, tty::describe(lock->owner)));
  if (!lock->is_alive)
    examination.add(
        Cause::tty_lock_stale,
        {{lock->path, fmt::format("{}, and there is no such process", lock->owner.pid)}},
        {{"tty", line.device}, {"lock", lock->path}});
}

bool examine_line(Examination& examination, const Line& line) {
  if (!examine_presence(examination, line.device)) return false;
  examine_permission(examination, line);
  examine_holders(examination, line);
  return true;
}

/// It could be that of another modem, which its answer would tell; but one is here whose is known.
void examine_ownership(Examination& examination, const Line& line) {
  const ModemDevice* modem = examination.usable_modem();
  if (line.port || !modem) return;
  const auto& candidates = examination.inventory.candidates;
  const auto candidate =
      std::find_if(candidates.begin(), candidates.end(),
                   [&](const detect::Candidate& it) { return it.device == line.device; });
  if (candidate == candidates.end()) return;
  const Port& right = *modem->ppp_port();
  examination.add(Cause::wrong_tty_other,
                  {{"/sys/class/tty/" + candidate->tty + "/device", candidate->driver},
                   {right.device, detect::describe(*modem)}},
                  {{"tty", line.device},
                   {"what", detect::describe(*candidate)},
                   {"modem", detect::describe(*modem)},
                   {"port", right.device},
                   {"by_path", lasting_name(right)}});
}

/// The ports that tunppp would use, of each modem that has any.
std::vector<Line> lines_to_use(const Examination& examination) {
  std::vector<Line> lines;
  for (const ModemDevice& modem : examination.inventory.modems)
    for (const Port* port : {modem.ppp_port(), modem.at_port()})
      if (port) lines.push_back({port->device, &modem, port});
  return lines;
}

}  // namespace

void examine_ttys(Examination& examination) {
  if (examination.device.empty()) {
    for (const Line& line : lines_to_use(examination)) examine_line(examination, line);
    return;
  }
  const Line line = line_of(examination.inventory, examination.device);
  if (!examine_line(examination, line)) return;
  examine_role(examination, line);
  examine_ownership(examination, line);
}

}  // namespace tunppp::doctor
