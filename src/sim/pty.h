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

  /// The plug is pulled: whoever has it open sees it hang up, and path and link are gone.
  void unplug();
  /// And put in again: another path(), under the same link. Fails with tty_failed.
  Status plug_in();

  const std::string& path() const { return path_; }
  bool in_use() const { return in_use_; }
  void observe(Observer* observer) { observer_ = observer; }

  Result read(MutableBytes out) override;
  Result write(Bytes in) override;
  void listen(Listener* listener) override { listener_ = listener; }
  void watch_read(bool on) override;
  void watch_write() override;

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
    void fd_readable() override;
    void fd_writable() override;
    Pty& pty;
    session::FdWatch watch;
  };

  /// What stands behind one path.
  struct Plug {
    Plug(session::Loop& loop, int fd, int opens_fd, Pty& owner)
        : pty(fd), opens(opens_fd), data(loop, fd, owner), open(loop, opens_fd, owner) {}
    Descriptor pty;
    Descriptor opens;  // inotify: somebody opens the path
    Watch data;
    Watch open;
  };

  Pty(session::Loop& loop, std::string link) : loop_(loop), link_(std::move(link)) {}
  void remove_link();
  void data_ready();
  void opened();
  void hung_up();

  session::Loop& loop_;
  std::unique_ptr<Plug> plug_;  // none while the plug is pulled
  std::string path_;
  std::string link_;
  Listener* listener_ = nullptr;
  Observer* observer_ = nullptr;
  bool in_use_ = false;
  bool reading_ = false;
};

}  // namespace tunppp::sim
