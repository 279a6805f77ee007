#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <termios.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <vector>

#include "session/loop.h"

namespace tunppp::sim {

/// A loop that runs until something is the case.
class World {
 public:
  session::Loop& loop() { return loop_; }

  /// False when the time is over.
  bool until(const std::function<bool()>& condition, Duration patience = std::chrono::seconds(20)) {
    const Instant end = session::boot_time() + patience;
    bool holds = false;
    // What is waited for announces itself in the loop, but not always to us.
    session::Timer look(loop_, [&] {
      holds = condition();
      if (holds || session::boot_time() >= end) return loop_.stop();
      again_(session::boot_time() + std::chrono::milliseconds(2));
    });
    again_ = [&look](Instant at) { look.set(at); };
    look.set(session::boot_time());
    loop_.run();
    return holds;
  }

 private:
  session::Loop loop_;
  std::function<void(Instant)> again_;
};

/// A program at the outer side of a pty. Raw, and it never blocks.
class Terminal {
 public:
  explicit Terminal(const std::string& path)
      : fd_(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)) {
    EXPECT_GE(fd_, 0) << path;
  }
  ~Terminal() { close(); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  /// What was taken of it.
  std::size_t write(std::string_view text) {
    const ssize_t count = ::write(fd_, text.data(), text.size());
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  /// All that has come so far.
  const std::string& read(std::size_t at_most = SIZE_MAX) {
    char buffer[4096];
    ssize_t count = 0;
    while (at_most > 0 && (count = ::read(fd_, buffer, std::min(at_most, sizeof buffer))) > 0) {
      text_.append(buffer, static_cast<std::size_t>(count));
      at_most -= static_cast<std::size_t>(count);
    }
    return text_;
  }
  void forget() { text_.clear(); }

 private:
  int fd_;
  std::string text_;
};

}  // namespace tunppp::sim
