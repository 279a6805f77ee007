#pragma once

#include "base/pipe.h"
#include "session/loop.h"

#include <optional>

namespace tunppp::session {

/// A pipe over descriptors that somebody else owns: a tty, a pty, a socket, or one to read from and
/// one to write to. They are set non-blocking, and back to what they were at the end.
class FdPipe final : public Pipe, private FdWatch::Listener {
 public:
  FdPipe(Loop& loop, int fd) : FdPipe(loop, fd, fd) {}
  FdPipe(Loop& loop, int read_fd, int write_fd);
  ~FdPipe() override;
  FdPipe(const FdPipe&) = delete;
  FdPipe& operator=(const FdPipe&) = delete;

  Result read(MutableBytes out) override;
  Result write(Bytes in) override;
  std::optional<std::size_t> unsent() const override;
  void listen(Pipe::Listener* listener) override { listener_ = listener; }
  void watch_read(bool on) override { read_watch_.watch_read(on); }
  void watch_write() override { write_watch().watch_write(); }

 private:
  void fd_readable() override;
  void fd_writable() override;
  FdWatch& write_watch() { return write_watch_ ? *write_watch_ : read_watch_; }

  int read_fd_;
  int write_fd_;
  int read_flags_;
  int write_flags_;
  Pipe::Listener* listener_ = nullptr;
  FdWatch read_watch_;
  std::optional<FdWatch> write_watch_;  // when it is another descriptor
};

}  // namespace tunppp::session
