#pragma once

#include <string>
#include <vector>

#include "support/sysfs_tree.h"

namespace tunppp::test {

/// Runs a command where /sys and /dev are those of the tree, and one of its ttys leads to a pty.
inline std::vector<std::string> in_system(const SysfsTree& tree, const std::string& tty,
                                          const std::string& pty,
                                          std::vector<std::string> command) {
  const std::string script = R"(set -e; dev=$0/dev; mkdir -p $dev/pts $dev/net
    touch $dev/null $dev/net/tun $dev/$1
    mount --bind /dev/null $dev/null; mount --bind /dev/net/tun $dev/net/tun
    mount --bind $2 $dev/$1; mount --rbind /dev/pts $dev/pts
    mount --bind $0/sys /sys; mount --rbind $dev /dev
    shift 2; exec "$@")";
  std::vector<std::string> all{"unshare", "-m", "sh", "-c", script, tree.path(), tty, pty};
  all.insert(all.end(), command.begin(), command.end());
  return all;
}

}  // namespace tunppp::test
