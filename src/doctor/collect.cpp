#include "doctor/collect.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <set>
#include <vector>

#include "doctor/collect_table.h"
#include "doctor/kernel.h"
#include "doctor/mask.h"
#include "doctor/tar_writer.h"
#include "doctor/text.h"
#include "tty/discovery.h"
#include "tty/manifest.h"

namespace tunppp::doctor {
namespace {

using tty::SystemTree;

constexpr std::size_t most_entries = 20'000;
constexpr std::size_t largest_archive = 48 * megabyte;
constexpr std::size_t most_processes = 32'768;
constexpr int most_links = 40;
constexpr const char* log_path = "/dev/kmsg";
constexpr const char* tun_path = "/dev/net/tun";

std::string directory_of(std::string_view path) {
  return std::string(path.substr(0, std::min(path.rfind('/'), path.size())));
}

bool is_process(std::string_view name) {
  return !name.empty() && name.find_first_not_of("0123456789") == name.npos;
}

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty())
    if (take_until(words, ' ') == word) return true;
  return false;
}

/// What opening it gives: 0 or an errno. It neither waits nor becomes the controlling terminal.
int result_of_opening(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return errno;
  ::close(fd);
  return 0;
}

class Collector {
 public:
  Collector(const SystemTree& system, std::int64_t time)
      : system_(system), kernel_release_(Kernel(system).release()), tar_(time) {}

  Collection run() {
    learn_secrets();
    for (const tty::TtyInfo& tty : tty::discover(system_)) may_be_opened_.insert(tty.device);
    may_be_opened_.insert(tun_path);
    for (const CollectRow& row : collect_table) take_row(row);
    take_hardware_of_ttys();
    for (const std::string& path : system_.find("/proc/device-tree", "dr_mode")) take(path, {});
    take_modules();
    take_processes();
    tar_.file(tty::manifest_path, tty::write_manifest(manifest_));
    return {tar_.finish(), files_, complete_};
  }

 private:
  // --- What must not leave the machine ---

  void learn_secrets() {
    for (const std::string& name : system_.list("/sys/bus/usb/devices")) {
      const std::string device = "/sys/bus/usb/devices/" + name;
      // Of a root hub it is the place of its controller.
      if (system_.line(device + "/idVendor") != "1d6b")
        learn_serial(system_.line(device + "/serial"));
    }
    learn_serial(system_.line("/proc/device-tree/serial-number"));
    for_each_line(system_.read("/proc/cpuinfo").value_or(""), [this](std::string_view line) {
      const std::string_view name = trimmed(take_until(line, ':'));
      if (name == "Serial") learn_serial(trimmed(line));
    });
    for (const char* path : {"/proc/cmdline", "/boot/cmdline.txt", "/boot/firmware/cmdline.txt"})
      learn_kernel_arguments(system_.read(path).value_or(""), mask_);
    for (const std::string& name : system_.list("/sys/class/net"))
      mask_.learn(Mask::Kind::mac, system_.line("/sys/class/net/" + name + "/address"));
  }
  void learn_serial(std::string_view serial) {
    mask_.learn(Mask::Kind::serial, serial);
    std::string in_names(serial);  // as udev writes it
    std::replace(in_names.begin(), in_names.end(), ' ', '_');
    mask_.learn(Mask::Kind::serial, in_names);
    // A Raspberry Pi shows the last eight of sixteen at many places.
    constexpr std::size_t whole = 16;
    if (serial.size() == whole) mask_.learn(Mask::Kind::serial, serial.substr(whole / 2));
  }

  // --- The table ---

  void take_row(const CollectRow& row) {
    std::string path(row.path);
    constexpr std::string_view release = "{release}";
    if (const std::size_t at = path.find(release); at != path.npos)
      path.replace(at, release.size(), kernel_release_);
    expand("", path, row);
  }

  /// Goes on with the part of a pattern that is left below a directory.
  void expand(const std::string& directory, std::string_view pattern, const CollectRow& row) {
    while (pattern.starts_with('/')) pattern.remove_prefix(1);
    if (pattern.empty()) return take_names(directory, row);
    const std::string part(take_until(pattern, '/'));
    if (part.find_first_of("*[") == part.npos) {
      const std::string path = directory + "/" + part;
      if (system_.exists(path) || system_.link_target(path))
        expand(path, pattern, row);
      else
        take(directory, row);
      return;
    }
    take(directory, row);
    for (const std::string& name : system_.list(directory))
      if (matches(part, name)) expand(directory + "/" + name, pattern, row);
  }

  void take_names(const std::string& path, const CollectRow& row) {
    if (row.names.empty()) return take(path, row);
    const std::string real = system_.resolve(path).value_or("");
    std::vector<std::string> found;
    for (std::string& name : system_.list(real))
      if (has_word(row.names, name)) found.push_back(std::move(name));
    if (found.empty() || !follow(path)) return;
    for (const std::string& name : found) take(real + "/" + name, row);
  }

  // --- What the table cannot say ---

  /// The drivers of all that is above a tty: one of them is shown as the tty's.
  void take_hardware_of_ttys() {
    for (const tty::TtyInfo& tty : tty::discover(system_))
      for (std::string above = tty.hardware; above.size() > 1; above = directory_of(above))
        if (system_.link_target(above + "/driver")) take(above + "/driver", {});
  }

  void take_modules() {
    const std::string directory = "/lib/modules/" + kernel_release_;
    const ModuleFiles files = parse_module_dependencies(
        system_.read(directory + "/modules.dep", 8 * megabyte).value_or(""));
    for (const std::string_view module : collected_modules) {
      const auto found = files.find(std::string(module));
      if (found == files.end()) continue;
      take_module(directory + "/" + found->second.path);
      for (const std::string& needed : found->second.needs) take_module(directory + "/" + needed);
    }
  }
  void take_module(const std::string& path) {
    if (system_.exists(path)) take(path, {.path = {}, .content = Content::name_only});
  }

  void take_processes() {
    std::set<std::string> lock_owners;
    for (const char* directory : {"/var/lock", "/run/lock"})
      for (const std::string& name : system_.list(directory))
        if (name.starts_with("LCK.."))
          lock_owners.emplace(trimmed(system_.line(std::string(directory) + "/" + name)));
    for (const std::string& name : system_.list("/proc", most_processes))
      if (is_process(name)) take_process(name, lock_owners.contains(name));
  }
  void take_process(const std::string& name, bool wanted) {
    const std::string process = "/proc/" + name;
    const std::string program = system_.line(process + "/comm");
    wanted = wanted || std::find(collected_programs.begin(), collected_programs.end(), program) !=
                           collected_programs.end();
    for (const std::string& number : system_.list(process + "/fd")) {
      const std::string link = process + "/fd/" + number;
      const std::string target = system_.link_target(link).value_or("");
      if (!matches("/dev/tty[A-Z]*", target) && target != tun_path) continue;
      wanted = true;
      take_directories(directory_of(link));
      add_link(link, target);
    }
    if (!wanted) return;
    take(process, {});
    if (system_.exists(process + "/comm")) take(process + "/comm", {});
    if (system_.exists(process + "/cmdline"))
      take(process + "/cmdline", {.path = {}, .content = Content::process_arguments});
  }

  // --- Into the archive ---

  /// A file, directory or device, with the links on the way to it and what they lead to.
  void take(const std::string& path, const CollectRow& row) {
    const std::optional<std::string> real = follow(path);
    if (!real || real->empty()) return;
    const tty::NodeFacts facts = system_.node(*real);
    const bool device = facts.is_device() && *real != log_path;
    if (facts.kind == tty::NodeKind::directory) return take_directories(*real);
    take_directories(directory_of(*real));
    if (device) return add_device(*real, facts);
    const Content content = row.content;
    if (content == Content::name_only) return add_file(*real, {});
    if (const auto text = system_.read(*real, row.limit))
      add_file(*real, without_secrets(content, *text, mask_));
  }

  /// The path without links; each one on the way is added.
  std::optional<std::string> follow(const std::string& path) {
    std::string real;
    std::vector<std::string> rest;
    push_parts(rest, path);
    int links = 0;
    while (!rest.empty()) {
      const std::string part = std::move(rest.back());
      rest.pop_back();
      if (part == "..") {
        real = directory_of(real);
        continue;
      }
      const std::string next = real + "/" + part;
      const std::optional<std::string> target = system_.link_target(next);
      if (!target) {
        real = next;
        continue;
      }
      if (++links > most_links) return std::nullopt;
      take_directories(real);
      add_link(next, *target);
      if (target->starts_with('/')) real.clear();
      push_parts(rest, *target);
    }
    return system_.exists(real) ? std::optional(real) : std::nullopt;
  }
  static void push_parts(std::vector<std::string>& rest, std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty())
      if (const std::string_view part = take_until(path, '/'); !part.empty() && part != ".")
        parts.emplace_back(part);
    rest.insert(rest.end(), parts.rbegin(), parts.rend());
  }

  void take_directories(const std::string& path) {
    if (path.empty() || added_.contains(path)) return;
    take_directories(directory_of(path));
    if (is_new(path)) tar_.directory(mask_.path(path));
  }
  void add_link(const std::string& path, const std::string& target) {
    if (!is_new(path)) return;
    tar_.link(mask_.path(path), mask_.path(target));
    ++files_;
  }
  void add_file(const std::string& path, std::string_view content) {
    if (!is_new(path)) return;
    tar_.file(mask_.path(path), content);
    ++files_;
  }
  void add_device(const std::string& path, tty::NodeFacts facts) {
    if (system_.is_machine() && may_be_opened_.contains(path))
      facts.opening = result_of_opening(path);
    manifest_[mask_.path(path)] = facts;
    add_file(path, {});
  }

  bool is_new(const std::string& path) {
    if (added_.contains(path)) return false;
    if (added_.size() >= most_entries || tar_.size() >= largest_archive) {
      complete_ = false;
      return false;
    }
    added_.insert(path);
    return true;
  }

  const SystemTree& system_;
  std::string kernel_release_;
  TarWriter tar_;
  Mask mask_;
  tty::Manifest manifest_;
  std::set<std::string> may_be_opened_;
  std::set<std::string> added_;
  std::size_t files_ = 0;
  bool complete_ = true;
};

Failure failed(const std::filesystem::path& file, int error) {
  const std::error_code code(error, std::generic_category());
  std::string text =
      error == EEXIST
          ? fmt::format("{} is there already; give a name that is not in use", file.string())
          : fmt::format("cannot write {}: {}", file.string(), code.message());
  return {EndReason::usage, code, std::move(text)};
}

int write_all(int fd, std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t count = ::write(fd, octets.data(), octets.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    octets.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

Result<Collection> collect_onto_output(const SystemTree& system) {
  if (::isatty(STDOUT_FILENO) == 1)
    return Failure{EndReason::usage, {}, "an archive is nothing for a terminal: give a FILE.tar"};
  Collection collection = collect(system, std::time(nullptr));
  const int error = write_all(STDOUT_FILENO, collection.archive);
  if (error != 0) return failed("standard output", error);
  return collection;
}

}  // namespace

Collection collect(const SystemTree& system, std::int64_t time) {
  return Collector(system, time).run();
}

Result<Collection> collect_into(const std::filesystem::path& file, const SystemTree& system) {
  if (file == "-") return collect_onto_output(system);
  // O_EXCL follows no link and takes no file that is there.
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return failed(file, errno);
  Collection collection = collect(system, std::time(nullptr));
  int error = write_all(fd, collection.archive);
  if (::close(fd) != 0 && error == 0) error = errno;
  if (error == 0) return collection;
  ::unlink(file.c_str());
  return failed(file, error);
}

}  // namespace tunppp::doctor
