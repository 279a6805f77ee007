#pragma once

#include <tunppp/time.h>

#include <functional>
#include <memory>
#include <optional>

namespace tunppp::session {

/// CLOCK_BOOTTIME: goes on while the machine sleeps.
Instant boot_time();

/// The one loop of the one thread. What runs in it: Timer, FdWatch, Wakeup. (Asio stays in
/// loop.cpp: including it costs seconds a file.)
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Until stop(), which may be called from inside only.
  void run();
  void stop();

 private:
  friend class Timer;
  friend class FdWatch;
  friend class Wakeup;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Calls back once when its time has come, which on a machine that was asleep is when it wakes up.
class Timer {
 public:
  Timer(Loop& loop, std::function<void()> expired);
  ~Timer();

  /// Replaces the deadline; nullopt stops. Cheap when it was earlier before: it is told only then.
  void set(std::optional<Instant> deadline);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Tells when a descriptor is ready. It does not own the descriptor, which must stay open as long
/// as the watch lives.
class FdWatch {
 public:
  class Listener {
   public:
    virtual void fd_readable() = 0;
    virtual void fd_writable() = 0;

   protected:
    ~Listener() = default;
  };

  FdWatch(Loop& loop, int fd, Listener& listener);
  ~FdWatch();

  /// Reported as long as it is readable (or hung up) and this is on.
  void watch_read(bool on);
  /// Reported once.
  void watch_write();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Calls back from the loop, once for any number of notify().
class Wakeup {
 public:
  Wakeup(Loop& loop, std::function<void()> woken);
  ~Wakeup();
  void notify();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tunppp::session
