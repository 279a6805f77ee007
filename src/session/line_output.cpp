#include "session/line_output.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace tunppp::session {

/// A pipe that poll() calls writable takes PIPE_BUF octets at once, so this blocks on nothing but a
/// reader that stops in the middle of a longer line.
void LineOutput::write(std::string_view line) {
  while (!line.empty()) {
    pollfd descriptor{.fd = fd_, .events = POLLOUT, .revents = 0};
    if (::poll(&descriptor, 1, 0) <= 0 || !(descriptor.revents & POLLOUT)) {
      ++lost_;
      return;
    }
    const ssize_t count = ::write(fd_, line.data(), line.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      ++lost_;
      return;
    }
    line.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace tunppp::session
