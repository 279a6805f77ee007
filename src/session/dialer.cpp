#include <tunppp/dialer.h>

#include <signal.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "modem/profile.h"
#include "session/persistence.h"
#include "session/profile_writer.h"
#include "session/session.h"

namespace tunppp {
namespace {

/// A write to a pipe or socket that nobody reads is told by its error; the signal that comes with
/// it would end the program.
class WithoutSigpipe {
 public:
  WithoutSigpipe() {
    ::sigemptyset(&sigpipe_);
    ::sigaddset(&sigpipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  ~WithoutSigpipe() {
    const timespec no_time{};
    if (!::sigismember(&before_, SIGPIPE))
      while (::sigtimedwait(&sigpipe_, nullptr, &no_time) == SIGPIPE) {
      }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

 private:
  sigset_t sigpipe_{};
  sigset_t before_{};
};

}  // namespace

class Dialer::Impl final : private session::FdWatch::Listener {
 public:
  Impl(DialerOptions options, DialerObserver& observer)
      : options_(std::move(options)),
        observer_(observer),
        stops_(::eventfd(0, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC)) {}
  ~Impl() {
    if (stops_ >= 0) ::close(stops_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  SessionEnded run() {
    if (stops_ < 0) return {EndReason::internal_error, "no descriptor is left"};
    const WithoutSigpipe quiet;
    SessionEnded outcome;
    session::Loop loop;
    session::Persistence sessions(loop, options_, observer_);
    sessions_ = &sessions;
    session::FdWatch watch(loop, stops_, *this);
    watch.watch_read(true);
    sessions.start([&](const SessionEnded& ended) {
      outcome = ended;
      loop.stop();
    });
    loop.run();
    sessions_ = nullptr;
    return outcome;
  }

  void stop() noexcept {
    const std::uint64_t one = 1;
    // It can only fail when it has been called too often to count.
    if (::write(stops_, &one, sizeof one) < 0) return;
  }

 private:
  void fd_readable() override {
    std::uint64_t one = 0;
    if (::read(stops_, &one, sizeof one) > 0) sessions_->stop();
  }
  void fd_writable() override {}

  DialerOptions options_;
  DialerObserver& observer_;
  int stops_;
  session::Persistence* sessions_ = nullptr;
};

Dialer::Dialer(DialerOptions options, DialerObserver& observer)
    : impl_(std::make_unique<Impl>(std::move(options), observer)) {}

Dialer::~Dialer() = default;

SessionEnded Dialer::run() {
  return impl_->run();
}

void Dialer::stop() noexcept {
  impl_->stop();
}

std::vector<ModemProfileInfo> modem_profiles() {
  std::vector<ModemProfileInfo> infos;
  for (const modem::Profile& profile : modem::profiles())
    infos.push_back({profile.name, profile.description});
  return infos;
}

std::string modem_profile_toml(std::string_view name) {
  const modem::Profile* const profile = modem::find_profile(name);
  return profile ? session::write_profile(*profile) : std::string();
}

}  // namespace tunppp
