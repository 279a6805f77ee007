#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <filesystem>
#include <stdexcept>

namespace tunppp::tty {

/// A pseudo terminal in the state the kernel makes it in: cooked, and nobody on its slave.
class Pty {
 public:
  Pty() : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)) {
    char name[64];
    if (master_ < 0 || ::grantpt(master_) != 0 || ::unlockpt(master_) != 0 ||
        ::ptsname_r(master_, name, sizeof name) != 0)
      throw std::runtime_error("no pty");
    path_ = name;
  }
  Pty(const Pty&) = delete;
  Pty& operator=(const Pty&) = delete;
  ~Pty() { hang_up(); }

  int master() const { return master_; }
  const std::filesystem::path& path() const { return path_; }
  int open_slave() const { return ::open(path_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC); }
  void hang_up() {
    if (master_ >= 0) ::close(master_);
    master_ = -1;
  }

 private:
  int master_;
  std::filesystem::path path_;
};

}  // namespace tunppp::tty
