#include "tun/owner.h"

#include "tun/interface.h"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <vector>

namespace tunppp::tun {
namespace fs = std::filesystem;

namespace {

/// As much as can be seen: what is in /proc vanishes while one reads it.
std::vector<fs::path> entries(const fs::path& directory) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error))
    found.push_back(entry->path());
  return found;
}

std::string link_target(const fs::path& link) {
  std::error_code ignored;
  return fs::read_symlink(link, ignored).string();
}

bool has_line(const fs::path& file, std::string_view wanted) {
  std::ifstream in(file);
  std::string line;
  while (std::getline(in, line))
    if (line == wanted) return true;
  return false;
}

bool holds(const fs::path& process, const std::string& interface) {
  for (const fs::path& entry : entries(process / "fd"))
    if (link_target(entry).ends_with("/tun") &&
        has_line(process / "fdinfo" / entry.filename(), "iff:\t" + interface))
      return true;
  return false;
}

/// The processes that hold the TUN: "openvpn (process 812)".
std::string holders_of(const std::string& interface) {
  // In another network namespace the same name is another interface.
  const std::string our_namespace = link_target("/proc/self/ns/net");
  std::string text;
  for (const fs::path& process : entries("/proc")) {
    const std::string pid = process.filename();
    const bool is_process =
        std::all_of(pid.begin(), pid.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    if (!is_process || link_target(process / "ns/net") != our_namespace) continue;
    if (!holds(process, interface)) continue;
    std::ifstream in(process / "comm");
    std::string program;
    std::getline(in, program);
    text += fmt::format("{}{} (process {})", text.empty() ? "" : ", ", program, pid);
  }
  return text;
}

}  // namespace

std::string describe_owner(const std::string& interface) {
  const Result<std::optional<InterfaceInfo>> found = find_interface(interface);
  if (!found || !*found) return {};
  const std::string& kind = (**found).kind;
  if (kind.empty()) return "a network device";
  if (kind == "ppp") return "an interface of the kernel's own PPP, as pppd makes it";
  if (kind != "tun") return fmt::format("a {} interface", kind);
  const std::string holders = holders_of(interface);
  if (holders.empty()) return "a tun interface that no process we can see holds";
  return "a tun interface of " + holders;
}

}  // namespace tunppp::tun
