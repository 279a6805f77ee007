#include "sim/pty.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

namespace tunppp::sim {

namespace {

namespace fs = std::filesystem;

Failure failed(const std::string& what) {
  std::error_code code(errno, std::generic_category());
  return {EndReason::tty_failed, code, what + ": " + code.message()};
}

Failure no_link(const std::string& link) {
  std::error_code code(errno, std::generic_category());
  return {EndReason::usage, code,
          fmt::format("cannot make the link {}: {}; give a path that is not in use, in a directory "
                      "that is there",
                      link, code.message())};
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
  std::unique_ptr<Pty> pty(new Pty(loop, std::move(link)));
  if (Status status = pty->plug_in()) return *status;
  return pty;
}

Status Pty::plug_in() {
  int fd = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return failed("cannot make a pseudo terminal");
  std::array<char, 64> path{};
  int opens = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  Status problem;
  if (::unlockpt(fd) != 0 || ::ptsname_r(fd, path.data(), path.size()) != 0 || opens < 0 ||
      ::inotify_add_watch(opens, path.data(), IN_OPEN) < 0)
    problem = failed("cannot set up a pseudo terminal");
  else if (!link_.empty() && !make_link(link_, path.data()))
    problem = no_link(link_);
  if (problem) {
    ::close(fd);
    if (opens >= 0) ::close(opens);
    return problem;
  }
  set_raw(fd);
  path_ = path.data();
  plug_ = std::make_unique<Plug>(loop_, fd, opens, *this);
  plug_->open.watch.watch_read(true);
  return {};
}

void Pty::unplug() {
  if (!plug_) return;
  remove_link();
  plug_.reset();
  if (std::exchange(in_use_, false) && observer_) observer_->pty_closed();
  // Who waited for room has it now: all that is written is lost.
  if (listener_) listener_->pipe_writable();
}

Pty::~Pty() {
  remove_link();
}

void Pty::remove_link() {
  std::error_code ignored;
  if (!plug_ || link_.empty()) return;
  if (fs::read_symlink(link_, ignored) == path_) fs::remove(link_, ignored);
}

Pty::Descriptor::~Descriptor() {
  ::close(fd);
}

Pipe::Result Pty::read(MutableBytes out) {
  if (!plug_) return {};
  ssize_t count = ::read(plug_->pty.fd, out.data(), out.size());
  if (count > 0) return {.count = static_cast<std::size_t>(count)};
  // EIO, once all is read: nobody has it open any more.
  if (count < 0 && errno == EIO) hung_up();
  return {};
}

Pipe::Result Pty::write(Bytes in) {
  if (!in_use_) return {.count = in.size()};
  ssize_t count = ::write(plug_->pty.fd, in.data(), in.size());
  return {.count = count > 0 ? static_cast<std::size_t>(count) : 0};
}

void Pty::watch_read(bool on) {
  reading_ = on;
  if (plug_) plug_->data.watch.watch_read(on && in_use_);
}

void Pty::watch_write() {
  if (plug_) plug_->data.watch.watch_write();
}

void Pty::data_ready() {
  if (listener_) listener_->pipe_readable();
}

void Pty::Watch::fd_readable() {
  this == &pty.plug_->data ? pty.data_ready() : pty.opened();
}

void Pty::Watch::fd_writable() {
  if (pty.listener_) pty.listener_->pipe_writable();
}

void Pty::opened() {
  std::array<std::byte, 4096> events;
  while (::read(plug_->opens.fd, events.data(), events.size()) > 0) {
  }
  if (in_use_) return;
  in_use_ = true;
  plug_->data.watch.watch_read(reading_);
  if (observer_) observer_->pty_opened();
}

void Pty::hung_up() {
  if (!in_use_) return;
  in_use_ = false;
  plug_->data.watch.watch_read(false);
  ::tcflush(plug_->pty.fd, TCIOFLUSH);
  set_raw(plug_->pty.fd);
  if (observer_) observer_->pty_closed();
}

}  // namespace tunppp::sim
