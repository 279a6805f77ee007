#pragma once

#include "base/result.h"

#include <unistd.h>
#include <string>
#include <string_view>
#include <utility>

/// The sockets at which sessions lend their AT ports.
namespace tunppp::session::at {

/// Closes it.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  int fd() const { return fd_; }

 private:
  int fd_;
};

/// "/run/tunppp/ppp0.at"
std::string socket_path(std::string_view directory, std::string_view interface);

/// A listening socket for this user alone; a dead one of that name is replaced. Fails with
/// tty_busy when somebody listens there, with usage when it cannot be made.
Result<Descriptor> listen_at(const std::string& path);

/// A connection. Fails with tty_missing when nobody listens there.
Result<Descriptor> connect_to(const std::string& path);

}  // namespace tunppp::session::at
