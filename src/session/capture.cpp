#include "session/capture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace tunppp::session {
namespace {

constexpr std::size_t flush_size = 64 * 1024;

Failure cannot_open(const std::string& path) {
  const std::error_code code(errno, std::generic_category());
  return {EndReason::usage, code, "cannot write the capture file " + path + ": " + code.message()};
}

}  // namespace

Result<std::unique_ptr<Capture>> Capture::open(Loop& loop, const Options& options,
                                               std::function<void(std::error_code)> failed) {
  const int what_is_there = options.go_on ? O_APPEND : O_TRUNC;
  const int fd = ::open(options.path.c_str(), O_WRONLY | O_CREAT | what_is_there | O_CLOEXEC, 0600);
  if (fd < 0) return cannot_open(options.path);
  // A file that was there before may have been open to others; what is no file stays as it is.
  struct stat status {};
  if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && ::fchmod(fd, 0600) != 0) {
    Failure failure = cannot_open(options.path);
    ::close(fd);
    return failure;
  }
  return std::unique_ptr<Capture>(new Capture(loop, fd, options, std::move(failed)));
}

Capture::Capture(Loop& loop, int fd, const Options& options,
                 std::function<void(std::error_code)> failed)
    : fd_(fd),
      secrets_(options.secrets),
      failed_(std::move(failed)),
      flush_soon_(loop, [this] { flush(); }),
      writer_(*this) {
  writer_.begin("tunppp", options.interface);
}

Capture::~Capture() {
  failed_ = [](std::error_code) {};
  flush();
  if (fd_ >= 0) ::close(fd_);
}

void Capture::frame(Direction direction, Bytes frame) {
  const auto side =
      direction == Direction::sent ? trace::Direction::sent : trace::Direction::received;
  const trace::WallTime time = std::chrono::system_clock::now();
  if (secrets_)
    writer_.frame(time, side, frame);
  else
    writer_.frame(time, side, mask_secrets(frame));
}

/// Blocks are gathered until the loop has nothing more urgent to do, and written whole.
void Capture::write(Bytes block) {
  if (fd_ < 0) return;
  buffer_.insert(buffer_.end(), block.begin(), block.end());
  if (buffer_.size() >= flush_size)
    flush();
  else
    flush_soon_.notify();
}

void Capture::flush() {
  Bytes rest = buffer_;
  while (!rest.empty() && fd_ >= 0) {
    const ssize_t count = ::write(fd_, rest.data(), rest.size());
    if (count >= 0) {
      rest = rest.subspan(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      const std::error_code code(errno, std::generic_category());
      ::close(fd_);
      fd_ = -1;
      failed_(code);
    }
  }
  buffer_.clear();
}

}  // namespace tunppp::session
