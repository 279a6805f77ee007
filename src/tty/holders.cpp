#include "tty/holders.h"

#include "tty/directory.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <optional>

namespace tunppp::tty {
namespace fs = std::filesystem;

namespace {

// Documentation/admin-guide/devices.txt: Unix98 pty slaves.
bool is_pty_slave(dev_t device) {
  return major(device) >= 136 && major(device) <= 143;
}

template <typename Number>
std::optional<Number> to_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The pty that this descriptor is the far end of, from the line "tty-index:\t3" of fdinfo.
std::optional<unsigned> master_of(const fs::path& fdinfo) {
  std::ifstream in(fdinfo);
  std::string line;
  constexpr std::string_view key = "tty-index:\t";
  while (std::getline(in, line))
    if (line.starts_with(key))
      return to_number<unsigned>(std::string_view(line).substr(key.size()));
  return std::nullopt;
}

struct Use {
  bool has_it_open = false;
  bool owns_far_end = false;
};

Use use_of(const struct stat& device, const fs::path& process) {
  Use use;
  std::error_code ignored;
  for (const fs::path& entry : entries(process / "fd")) {
    const std::string target = fs::read_symlink(entry, ignored).string();
    // Only device files are looked at closer: stat() on anything else might wait for a server.
    if (!target.starts_with("/dev/")) continue;
    struct stat opened {};
    if (target.ends_with("ptmx") && is_pty_slave(device.st_rdev)) {
      const auto index = master_of(process / "fdinfo" / entry.filename());
      if (index && *index == minor(device.st_rdev)) use.owns_far_end = true;
    } else if (::stat(entry.c_str(), &opened) == 0 && S_ISCHR(opened.st_mode) &&
               opened.st_rdev == device.st_rdev) {
      // Each container counts its ptys from 0; other ttys are the same wherever their node is.
      if (opened.st_dev == device.st_dev || !is_pty_slave(device.st_rdev)) use.has_it_open = true;
    }
  }
  return use;
}

}  // namespace

std::string describe(const Holder& holder) {
  if (holder.program.empty()) return fmt::format("process {}", holder.pid);
  return fmt::format("{} (process {})", holder.program, holder.pid);
}

std::string describe(const std::vector<Holder>& holders) {
  std::string text;
  for (const Holder& holder : holders) {
    if (!text.empty()) text += ", ";
    text += describe(holder);
  }
  return text;
}

Holder process(pid_t pid) {
  std::ifstream in(fmt::format("/proc/{}/comm", pid));
  Holder holder{pid, {}};
  std::getline(in, holder.program);
  return holder;
}

bool is_alive(pid_t pid) {
  return ::kill(pid, 0) == 0 || errno != ESRCH;
}

std::vector<Holder> holders_of(const fs::path& device) {
  struct stat wanted {};
  if (::stat(device.c_str(), &wanted) != 0 || !S_ISCHR(wanted.st_mode)) return {};
  std::vector<Holder> holders;
  for (const fs::path& entry : entries("/proc")) {
    const auto pid = to_number<pid_t>(entry.filename().string());
    if (!pid || *pid == ::getpid()) continue;
    const Use use = use_of(wanted, entry);
    if (use.has_it_open && !use.owns_far_end) holders.push_back(process(*pid));
  }
  std::sort(holders.begin(), holders.end(),
            [](const Holder& a, const Holder& b) { return a.pid < b.pid; });
  return holders;
}

/// std::filesystem::equivalent() knows of files and directories only.
bool is_same_tty(const fs::path& one, const fs::path& other) {
  struct stat first {};
  struct stat second {};
  if (::stat(one.c_str(), &first) != 0 || ::stat(other.c_str(), &second) != 0) return false;
  if (!S_ISCHR(first.st_mode) || !S_ISCHR(second.st_mode)) return false;
  if (first.st_rdev != second.st_rdev) return false;
  return first.st_dev == second.st_dev || !is_pty_slave(first.st_rdev);
}

}  // namespace tunppp::tty
