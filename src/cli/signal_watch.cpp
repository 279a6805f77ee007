#include "cli/signal_watch.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace tunppp::cli {

struct SignalWatch::Blocked {
  Blocked() {
    ::sigemptyset(&signals);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&signals, number);
    ::pthread_sigmask(SIG_BLOCK, &signals, &before);
  }
  ~Blocked() { ::pthread_sigmask(SIG_SETMASK, &before, nullptr); }
  sigset_t signals{};
  sigset_t before{};
};

SignalWatch::SignalWatch(session::Loop& loop, std::function<void()> signalled)
    : signalled_(std::move(signalled)),
      blocked_(std::make_unique<Blocked>()),
      fd_(::signalfd(-1, &blocked_->signals, SFD_NONBLOCK | SFD_CLOEXEC)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
  session::FdWatch::Listener& listener = *this;
  watch_ = std::make_unique<session::FdWatch>(loop, fd_, listener);
  watch_->watch_read(true);
}

SignalWatch::~SignalWatch() {
  watch_.reset();
  ::close(fd_);
}

void SignalWatch::fd_readable() {
  signalfd_siginfo signal{};
  if (::read(fd_, &signal, sizeof signal) == sizeof signal) signalled_();
}

}  // namespace tunppp::cli
