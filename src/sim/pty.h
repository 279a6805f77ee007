#pragma once

#include "base/pipe.h"
#include "base/result.h"
#include "session/loop.h"

#include <memory>
#include <string>

namespace tunppp::sim {

/// The inner side of a pseudo terminal in raw mode. Programs may open and close the outer side,
/// its path(), as often as they like: to this pipe that is no end, but somebody who comes and goes.
/// What is written while nobody is there is lost, as on a plug that hangs in the air.
class Pty final : public Pipe {
 public:
  class Observer {
   public:
    virtual void pty_opened() = 0;
    /// The last program has closed it. May come from inside read().
    virtual void pty_closed() = 0;

   protected:
    ~Observer() = default;
  };

  /// `link`, if not empty, becomes a symbolic link to path() as long as this object lives. Fails
  /// with tty_failed.
  static tunppp::Result<std::unique_ptr<Pty>> create(session::Loop& loop, std::string link = {});
  ~Pty() override;
  Pty(const Pty&) = delete;
  Pty& operator=(const Pty&) = delete;

  const std::string& path() const { return path_; }
  bool in_use() const { return in_use_; }
  void observe(Observer* observer) { observer_ = observer; }

  Result read(MutableBytes out) override;
  Result write(Bytes in) override;
  void listen(Listener* listener) override { listener_ = listener; }
  void watch_read(bool on) override;
  void watch_write() override { data_.watch.watch_write(); }

 private:
  struct Descriptor {
    explicit Descriptor(int number) : fd(number) {}
    ~Descriptor();
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int fd;
  };
  // Tells the two descriptors apart.
  struct Watch final : session::FdWatch::Listener {
    Watch(session::Loop& loop, int fd, Pty& owner) : pty(owner), watch(loop, fd, *this) {}
    void fd_readable() override { this == &pty.data_ ? pty.data_ready() : pty.opened(); }
    void fd_writable() override;
    Pty& pty;
    session::FdWatch watch;
  };

  Pty(session::Loop& loop, int fd, int opens, std::string path, std::string link);
  void data_ready();
  void opened();
  void hung_up();

  Descriptor pty_;
  Descriptor opens_;  // inotify: somebody opens the path
  std::string path_;
  std::string link_;
  Listener* listener_ = nullptr;
  Observer* observer_ = nullptr;
  bool in_use_ = false;
  bool reading_ = false;
  Watch data_;
  Watch open_;
};

}  // namespace tunppp::sim
