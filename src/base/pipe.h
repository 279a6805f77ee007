#pragma once

#include <tunppp/bytes.h>

#include <optional>
#include <system_error>

namespace tunppp {

/// Whatever carries octets both ways: a tty, a pty, standard input and output, a socket, a channel
/// of a multiplexer. Nobody above it knows which. One thread.
class Pipe {
 public:
  /// Told when there is something to do. The calls come from the loop, never from inside
  /// read() or write().
  class Listener {
   public:
    virtual void pipe_readable() = 0;
    virtual void pipe_writable() = 0;

   protected:
    ~Listener() = default;
  };

  /// What read() or write() did. `count` is 0 with no error when nothing is there or nothing fits
  /// now; `closed` says that no octet will ever come or go again (`error` may say why).
  struct Result {
    std::size_t count = 0;
    bool closed = false;
    std::error_code error{};
  };

  virtual ~Pipe() = default;
  /// Both return at once.
  virtual Result read(MutableBytes out) = 0;
  virtual Result write(Bytes in) = 0;
  /// Octets that were taken by write() and have not left yet, as far as the line tells; nothing
  /// where it does not. A pty tells 0, whatever waits in it.
  virtual std::optional<std::size_t> unsent() const { return std::nullopt; }
  /// Who is told; nullptr for nobody. Readable is reported as long as octets wait and `watch_read`
  /// is true, writable once after a `watch_write()`.
  virtual void listen(Listener* listener) = 0;
  virtual void watch_read(bool on) = 0;
  virtual void watch_write() = 0;
};

}  // namespace tunppp
