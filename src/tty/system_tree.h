#pragma once

#include "tty/node_facts.h"

#include <sys/stat.h>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunppp::tty {

/// The files by which a system tells of itself (/sys, /proc, /dev, /boot, /lib/modules): those of
/// this machine, or a copy of another's below some directory. All that looks at the system looks
/// through here.
///
/// Paths are those of the system looked at: "/sys/bus/usb", wherever the copy lies. Links are
/// followed within the tree and never lead out of it: absolute targets begin at its root, ".."
/// ends there, loops end. Of a copy only regular files are read, no device or FIFO in it is ever
/// opened. Sizes and counts are bounded; names and targets of anything but printable ASCII count as
/// not there. Whatever is malformed or may not be read counts as not there, too.
class SystemTree {
 public:
  static constexpr std::size_t default_limit = 64 * 1024;
  static constexpr std::size_t list_limit = 4096;

  explicit SystemTree(std::filesystem::path root = "/");

  /// This machine, and not a copy.
  bool is_machine() const { return root_.empty(); }
  /// Whether its root is a directory that can be looked into.
  bool is_there() const;
  std::filesystem::path root() const { return root_.empty() ? "/" : root_; }

  /// The content of a file, its first `limit` octets. The machine's /dev/kmsg is read from its
  /// oldest record on, as far as there are any; that of a copy is a plain file.
  std::optional<std::string> read(std::string_view path, std::size_t limit = default_limit) const;
  /// The first line, without blanks and NULs at its end; what else is not printable ASCII becomes
  /// '?', so that it can be shown. Empty when there is none. For attributes of sysfs and the device
  /// tree.
  std::string line(std::string_view path) const;
  /// The parts between NULs: lists in the device tree, a process's command line.
  std::vector<std::string> strings(std::string_view path) const;

  /// The names in a directory, sorted; of very many only some.
  std::vector<std::string> list(std::string_view path, std::size_t limit = list_limit) const;
  /// Files of that name in a directory and below, not through links; sorted, and bounded.
  std::vector<std::string> find(std::string_view directory, std::string_view name,
                                unsigned depth = 8) const;

  bool exists(std::string_view path) const { return resolve(path).has_value(); }
  /// The path without links, "/dev/ttyUSB2" for one below /dev/serial/by-path. nullopt: it leads
  /// to nothing.
  std::optional<std::string> resolve(std::string_view path) const;
  /// What a link says, as it is written; nullopt: no link.
  std::optional<std::string> link_target(std::string_view path) const;
  /// The last part of it: the "option" of ".../driver -> ../../bus/usb/drivers/option". Empty: no
  /// link.
  std::string link_name(std::string_view path) const;

  /// What the path leads to: by the manifest, if it says so, else by what is there. In a copy a
  /// plain file in /dev stands for a character device of which nothing else is known.
  NodeFacts node(std::string_view path) const;
  void set_manifest(Manifest manifest) { manifest_ = std::move(manifest); }
  const Manifest& manifest() const { return manifest_; }

 private:
  struct Found {
    std::string path;
    struct stat status;
  };
  enum class LastLink { follow, keep };

  std::optional<Found> walk(std::string_view path, LastLink last) const;
  std::string host_path(std::string_view path) const;

  std::string root_;  // empty: "/"
  Manifest manifest_;
};

}  // namespace tunppp::tty
