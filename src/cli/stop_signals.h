#pragma once

#include <signal.h>
#include <sys/signalfd.h>

#include <functional>
#include <initializer_list>
#include <utility>

#include "session/at_socket.h"
#include "session/loop.h"

namespace tunppp::cli {

/// Signals in the loop, so that terminal and tty are left as they were found. From the first one
/// on; they stay blocked.
class StopSignals final : private session::FdWatch::Listener {
 public:
  StopSignals(session::Loop& loop, std::initializer_list<int> signals, std::function<void()> stop)
      : stop_(std::move(stop)), fd_(watched(signals)), watch_(loop, fd_.fd(), *this) {
    watch_.watch_read(true);
  }

 private:
  static int watched(std::initializer_list<int> signals) {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int signal : signals) ::sigaddset(&set, signal);
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    return ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  }
  void fd_readable() override {
    watch_.watch_read(false);
    stop_();
  }
  void fd_writable() override {}

  std::function<void()> stop_;
  session::at::Descriptor fd_;
  session::FdWatch watch_;
};

}  // namespace tunppp::cli
