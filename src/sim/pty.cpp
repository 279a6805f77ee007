#include "sim/pty.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

namespace tunppp::sim {

namespace {

namespace fs = std::filesystem;

Failure failed(const std::string& what) {
  std::error_code code(errno, std::generic_category());
  return {EndReason::tty_failed, code, what + ": " + code.message()};
}

/// A tty that was left as a shell has it would echo and wait for whole lines.
void set_raw(int fd) {
  termios mode{};
  if (::tcgetattr(fd, &mode) != 0) return;
  ::cfmakeraw(&mode);
  ::tcsetattr(fd, TCSANOW, &mode);
}

/// Replaces a link that leads nowhere, left by somebody who was killed; nothing else.
bool make_link(const std::string& link, const std::string& target) {
  std::error_code ignored;
  if (fs::is_symlink(link, ignored) && !fs::exists(link, ignored)) fs::remove(link, ignored);
  return ::symlink(target.c_str(), link.c_str()) == 0;
}

}  // namespace

tunppp::Result<std::unique_ptr<Pty>> Pty::create(session::Loop& loop, std::string link) {
  int fd = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return failed("cannot make a pseudo terminal");
  std::array<char, 64> path{};
  int opens = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  Status problem;
  if (::unlockpt(fd) != 0 || ::ptsname_r(fd, path.data(), path.size()) != 0 || opens < 0 ||
      ::inotify_add_watch(opens, path.data(), IN_OPEN) < 0)
    problem = failed("cannot set up a pseudo terminal");
  else if (!link.empty() && !make_link(link, path.data()))
    problem = failed("cannot make the link " + link);
  if (problem) {
    ::close(fd);
    if (opens >= 0) ::close(opens);
    return *problem;
  }
  set_raw(fd);
  return std::unique_ptr<Pty>(new Pty(loop, fd, opens, path.data(), std::move(link)));
}

Pty::Pty(session::Loop& loop, int fd, int opens, std::string path, std::string link)
    : pty_(fd),
      opens_(opens),
      path_(std::move(path)),
      link_(std::move(link)),
      data_(loop, fd, *this),
      open_(loop, opens, *this) {
  open_.watch.watch_read(true);
}

Pty::~Pty() {
  std::error_code ignored;
  if (!link_.empty() && fs::read_symlink(link_, ignored) == path_) fs::remove(link_, ignored);
}

Pty::Descriptor::~Descriptor() {
  ::close(fd);
}

Pipe::Result Pty::read(MutableBytes out) {
  ssize_t count = ::read(pty_.fd, out.data(), out.size());
  if (count > 0) return {.count = static_cast<std::size_t>(count)};
  // EIO, once all is read: nobody has it open any more.
  if (count < 0 && errno == EIO) hung_up();
  return {};
}

Pipe::Result Pty::write(Bytes in) {
  if (!in_use_) return {.count = in.size()};
  ssize_t count = ::write(pty_.fd, in.data(), in.size());
  return {.count = count > 0 ? static_cast<std::size_t>(count) : 0};
}

void Pty::watch_read(bool on) {
  reading_ = on;
  data_.watch.watch_read(on && in_use_);
}

void Pty::data_ready() {
  if (listener_) listener_->pipe_readable();
}

void Pty::Watch::fd_writable() {
  if (pty.listener_) pty.listener_->pipe_writable();
}

void Pty::opened() {
  std::array<std::byte, 4096> events;
  while (::read(opens_.fd, events.data(), events.size()) > 0) {
  }
  if (in_use_) return;
  in_use_ = true;
  data_.watch.watch_read(reading_);
  if (observer_) observer_->pty_opened();
}

void Pty::hung_up() {
  if (!in_use_) return;
  in_use_ = false;
  data_.watch.watch_read(false);
  ::tcflush(pty_.fd, TCIOFLUSH);
  set_raw(pty_.fd);
  if (observer_) observer_->pty_closed();
}

}  // namespace tunppp::sim
