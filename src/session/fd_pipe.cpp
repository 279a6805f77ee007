#include "session/fd_pipe.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace tunppp::session {
namespace {

/// The flags as they were.
int set_nonblocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags >= 0) ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
  return flags;
}

void restore(int fd, int flags) {
  if (flags >= 0 && !(flags & O_NONBLOCK)) ::fcntl(fd, F_SETFL, flags);
}

Pipe::Result failed() {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {};
  return {.closed = true, .error = std::error_code(errno, std::generic_category())};
}

}  // namespace

FdPipe::FdPipe(Loop& loop, int read_fd, int write_fd)
    : read_fd_(read_fd),
      write_fd_(write_fd),
      read_flags_(set_nonblocking(read_fd)),
      write_flags_(write_fd == read_fd ? -1 : set_nonblocking(write_fd)),
      read_watch_(loop, read_fd, *this) {
  if (write_fd != read_fd)
    write_watch_.emplace(loop, write_fd, static_cast<FdWatch::Listener&>(*this));
}

FdPipe::~FdPipe() {
  restore(read_fd_, read_flags_);
  restore(write_fd_, write_flags_);
}

Pipe::Result FdPipe::read(MutableBytes out) {
  const ssize_t count = ::read(read_fd_, out.data(), out.size());
  if (count > 0) return {.count = static_cast<std::size_t>(count)};
  if (count == 0) return {.closed = true};
  return failed();
}

Pipe::Result FdPipe::write(Bytes in) {
  const ssize_t count = ::write(write_fd_, in.data(), in.size());
  if (count >= 0) return {.count = static_cast<std::size_t>(count)};
  return failed();
}

std::optional<std::size_t> FdPipe::unsent() const {
  int octets = 0;
  if (::ioctl(write_fd_, TIOCOUTQ, &octets) != 0 || octets < 0) return std::nullopt;
  return static_cast<std::size_t>(octets);
}

void FdPipe::fd_readable() {
  if (listener_) listener_->pipe_readable();
}

void FdPipe::fd_writable() {
  if (listener_) listener_->pipe_writable();
}

}  // namespace tunppp::session
