#pragma once

#include "tty/holders.h"
#include "tty/system_tree.h"

#include <optional>
#include <string>
#include <vector>

namespace tunppp::doctor {

/// A process that has a tty, and by what that was seen.
struct TtyHolder {
  tty::Holder process;
  std::string path;     ///< "/proc/812/fd/7"
  std::string content;  ///< "/dev/ttyUSB2"
};

/// By open files; a login program also by its command line. Not this process itself.
std::vector<TtyHolder> holders_in(const tty::SystemTree& system, const std::string& device);

/// The lock file of a tty: HDB UUCP's, as serial programs agree.
struct LockSeen {
  std::string path;  ///< "/var/lock/LCK..ttyUSB2"
  tty::Holder owner;
  bool is_alive = false;
};
std::optional<LockSeen> lock_in(const tty::SystemTree& system, const std::string& device);

/// agetty and its like.
bool is_login_program(const std::string& program);

}  // namespace tunppp::doctor
