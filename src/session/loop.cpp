#include "session/loop.h"

#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace tunppp::session {

namespace asio = boost::asio;

Instant boot_time() {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return Instant(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

// --- Loop ---

struct Loop::Impl {
  asio::io_context context{1};
};

Loop::Loop() : impl_(std::make_unique<Impl>()) {}
Loop::~Loop() = default;

void Loop::run() {
  // Not to end when nothing is waited for: a wake-up may be all that is to come.
  const auto work = asio::make_work_guard(impl_->context);
  impl_->context.restart();
  impl_->context.run();
}

void Loop::stop() {
  impl_->context.stop();
}

// --- FdWatch ---

/// Handlers on their way hold the state; `listener` is null once the watch is gone.
struct FdWatch::State : std::enable_shared_from_this<State> {
  State(asio::io_context& context, int fd, Listener& owner)
      : descriptor(context), listener(&owner) {
    boost::system::error_code error;
    descriptor.assign(fd, error);
  }

  void wait_readable() {
    if (!reading || read_waiting || !descriptor.is_open()) return;
    read_waiting = true;
    descriptor.async_wait(descriptor.wait_read,
                          [self = shared_from_this()](boost::system::error_code error) {
                            self->read_waiting = false;
                            if (error || !self->listener) return;
                            if (self->reading) self->listener->fd_readable();
                            self->wait_readable();
                          });
  }

  void wait_writable() {
    if (write_waiting || !descriptor.is_open()) return;
    write_waiting = true;
    descriptor.async_wait(descriptor.wait_write,
                          [self = shared_from_this()](boost::system::error_code error) {
                            self->write_waiting = false;
                            if (!error && self->listener) self->listener->fd_writable();
                          });
  }

  asio::posix::stream_descriptor descriptor;
  Listener* listener;
  bool reading = false;
  bool read_waiting = false;
  bool write_waiting = false;
};

FdWatch::FdWatch(Loop& loop, int fd, Listener& listener)
    : state_(std::make_shared<State>(loop.impl_->context, fd, listener)) {}

FdWatch::~FdWatch() {
  state_->listener = nullptr;
  state_->reading = false;
  if (state_->descriptor.is_open()) state_->descriptor.release();
}

void FdWatch::watch_read(bool on) {
  state_->reading = on;
  state_->wait_readable();
}

void FdWatch::watch_write() {
  state_->wait_writable();
}

// --- Timer ---

/// One timerfd on CLOCK_BOOTTIME, which Asio's own timers do not know.
struct Timer::State final : FdWatch::Listener, std::enable_shared_from_this<State> {
  State(Loop& loop, std::function<void()> callback)
      : fd(::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC)),
        expired(std::move(callback)) {
    if (fd < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
    watch.emplace(loop, fd, *this);
    watch->watch_read(true);
  }
  ~State() {
    watch.reset();
    ::close(fd);
  }

  void arm(Instant at) {
    armed = at;
    // All zero would mean to disarm.
    const auto since_boot = std::max(at.time_since_epoch(), Duration(1));
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_boot);
    itimerspec setting{};
    setting.it_value.tv_sec = seconds.count();
    setting.it_value.tv_nsec = (since_boot - seconds).count();
    ::timerfd_settime(fd, TFD_TIMER_ABSTIME, &setting, nullptr);
  }

  void fd_readable() override {
    std::uint64_t expirations = 0;
    if (::read(fd, &expirations, sizeof expirations) < 0) return;
    armed.reset();
    if (!deadline) return;
    if (*deadline > boot_time()) return arm(*deadline);
    deadline.reset();
    const auto alive = shared_from_this();  // should the callback destroy the timer
    expired();
  }
  void fd_writable() override {}

  int fd;
  std::function<void()> expired;
  std::optional<FdWatch> watch;
  std::optional<Instant> deadline;
  std::optional<Instant> armed;
};

Timer::Timer(Loop& loop, std::function<void()> expired)
    : state_(std::make_shared<State>(loop, std::move(expired))) {}

Timer::~Timer() = default;

void Timer::set(std::optional<Instant> deadline) {
  state_->deadline = deadline;
  // A timer that is armed for too early finds out when it expires.
  if (deadline && (!state_->armed || *deadline < *state_->armed)) state_->arm(*deadline);
}

// --- Wakeup ---

struct Wakeup::State {
  asio::io_context& context;
  std::function<void()> woken;
  bool notified = false;
  bool alive = true;
};

Wakeup::Wakeup(Loop& loop, std::function<void()> woken)
    : state_(std::make_shared<State>(State{loop.impl_->context, std::move(woken)})) {}

Wakeup::~Wakeup() {
  state_->alive = false;
}

void Wakeup::notify() {
  if (state_->notified) return;
  state_->notified = true;
  asio::post(state_->context, [state = state_] {
    state->notified = false;
    if (state->alive) state->woken();
  });
}

}  // namespace tunppp::session
