#pragma once

#include <sys/types.h>
#include <filesystem>
#include <string>
#include <vector>

namespace tunppp::tty {

/// A process and the name of its program.
struct Holder {
  pid_t pid = 0;
  std::string program;  ///< empty when it cannot be read
};

/// "ModemManager (process 812)"
std::string describe(const Holder& holder);
std::string describe(const std::vector<Holder>& holders);

Holder process(pid_t pid);
bool is_alive(pid_t pid);

/// The other processes that have the tty open, as far as /proc lets us see. Of a pty, the program
/// that owns the far end is not counted.
std::vector<Holder> holders_of(const std::filesystem::path& device);

/// Two names of the same tty.
bool is_same_tty(const std::filesystem::path& one, const std::filesystem::path& other);

}  // namespace tunppp::tty
