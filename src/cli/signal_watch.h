#pragma once

#include "session/loop.h"

#include <functional>
#include <memory>

namespace tunppp::cli {

/// Calls back from the loop for each SIGINT, SIGTERM and SIGHUP.
class SignalWatch final : private session::FdWatch::Listener {
 public:
  SignalWatch(session::Loop& loop, std::function<void()> signalled);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  void fd_readable() override;
  void fd_writable() override {}

  std::function<void()> signalled_;
  struct Blocked;
  std::unique_ptr<Blocked> blocked_;
  int fd_;
  std::unique_ptr<session::FdWatch> watch_;
};

}  // namespace tunppp::cli
