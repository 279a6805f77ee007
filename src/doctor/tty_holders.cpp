#include "doctor/tty_holders.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "doctor/text.h"

namespace tunppp::doctor {
namespace {

constexpr std::size_t most_processes = 32'768;
constexpr std::size_t most_holders = 16;

std::string process_directory(pid_t pid) {
  return "/proc/" + std::to_string(pid);
}

tty::Holder process_in(const tty::SystemTree& system, pid_t pid) {
  return {pid, system.line(process_directory(pid) + "/comm")};
}

bool is_this_process(const tty::SystemTree& system, pid_t pid) {
  return system.is_machine() && pid == ::getpid();
}

/// Whether the descriptor is the far end of the pty, by the line "tty-index:\t3" of its fdinfo. Who
/// owns that answers on it and is in nobody's way.
bool is_far_end(const tty::SystemTree& system, const std::string& fdinfo,
                const std::string& device) {
  constexpr std::string_view ptys = "/dev/pts/";
  if (!device.starts_with(ptys)) return false;
  const std::string line = "tty-index:\t" + device.substr(ptys.size()) + "\n";
  return system.read(fdinfo).value_or("").find(line) != std::string::npos;
}

std::optional<TtyHolder> by_open_file(const tty::SystemTree& system, pid_t pid,
                                      const std::string& device) {
  const std::string process = process_directory(pid);
  std::optional<TtyHolder> holder;
  for (const std::string& number : system.list(process + "/fd")) {
    const std::string path = process + "/fd/" + number;
    const std::string target = system.link_target(path).value_or("");
    if (target.ends_with("ptmx") && is_far_end(system, process + "/fdinfo/" + number, device))
      return std::nullopt;
    if (!holder && target == device) holder = {process_in(system, pid), path, device};
  }
  return holder;
}

/// "agetty --keep-baud 115200 ttyAMA0 vt220": it may not have opened it yet.
std::optional<TtyHolder> by_command_line(const tty::SystemTree& system, pid_t pid,
                                         const std::string& device) {
  tty::Holder process = process_in(system, pid);
  if (!is_login_program(process.program)) return std::nullopt;
  const std::string path = process_directory(pid) + "/cmdline";
  const std::string name = device.substr(device.rfind('/') + 1);
  for (const std::string& argument : system.strings(path))
    if (argument == name || argument == device)
      return TtyHolder{std::move(process), path, argument};
  return std::nullopt;
}

}  // namespace

bool is_login_program(const std::string& program) {
  constexpr auto programs = std::to_array<std::string_view>({"agetty", "getty", "mgetty", "login"});
  return std::find(programs.begin(), programs.end(), program) != programs.end();
}

std::vector<TtyHolder> holders_in(const tty::SystemTree& system, const std::string& device) {
  std::vector<TtyHolder> holders;
  for (const std::string& name : system.list("/proc", most_processes)) {
    const auto pid = to_number<pid_t>(name);
    if (!pid || *pid <= 0 || is_this_process(system, *pid)) continue;
    std::optional<TtyHolder> holder = by_open_file(system, *pid, device);
    if (!holder) holder = by_command_line(system, *pid, device);
    if (holder) holders.push_back(std::move(*holder));
    if (holders.size() >= most_holders) break;
  }
  return holders;
}

std::optional<LockSeen> lock_in(const tty::SystemTree& system, const std::string& device) {
  const std::string name = "LCK.." + device.substr(device.rfind('/') + 1);
  for (const char* directory : {"/var/lock/", "/run/lock/"}) {
    const std::string path = directory + name;
    const auto pid = to_number<pid_t>(trimmed(system.line(path)));
    if (!pid || *pid <= 0 || is_this_process(system, *pid)) continue;
    return LockSeen{.path = path,
                    .owner = process_in(system, *pid),
                    .is_alive = system.exists(process_directory(*pid))};
  }
  return std::nullopt;
}

}  // namespace tunppp::doctor
