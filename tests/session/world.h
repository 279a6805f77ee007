#pragma once

#include <tunppp/dialer.h>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "session/session.h"
#include "support/process.h"

namespace tunppp::session {

/// A loop, and a way to run it until something is the case.
class World {
 public:
  Loop& loop() { return loop_; }

  /// Looks at `condition` whenever changed() was called; false when the time is over.
  bool until(std::function<bool()> condition, Duration patience = std::chrono::seconds(10)) {
    condition_ = std::move(condition);
    if (condition_()) return true;
    bool in_time = true;
    Timer deadline(loop_, [&] {
      in_time = false;
      loop_.stop();
    });
    deadline.set(boot_time() + patience);
    loop_.run();
    condition_ = {};
    return in_time;
  }
  void changed() { check_.notify(); }

 private:
  void check() {
    if (condition_ && condition_()) loop_.stop();
  }

  Loop loop_;
  std::function<bool()> condition_;
  Wakeup check_{loop_, [this] { check(); }};
};

/// One session and what it told.
class Party final : public DialerObserver {
 public:
  explicit Party(World& world) : world_(world) {}

  void start(DialerOptions options, Pipe* pipe = nullptr) {
    session_.emplace(world_.loop(), std::move(options), *this, pipe);
    session_->start([this](const SessionEnded& it) {
      end = it;
      world_.changed();
    });
  }
  void stop() { session_->stop(); }

  void event(Duration, const DialerEvent& event) override {
    events.push_back(event);
    world_.changed();
  }

  /// All events of one kind.
  template <class T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const DialerEvent& event : events)
      if (const T* it = std::get_if<T>(&event)) found.push_back(*it);
    return found;
  }
  bool reached(std::string_view phase) const {
    for (const PhaseReached& it : all<PhaseReached>())
      if (it.phase == phase) return true;
    return false;
  }
  bool up() const { return !all<AddressesSet>().empty(); }
  /// Once it has ended.
  EndReason reason() const { return end ? end->reason : EndReason::internal_error; }

  std::vector<DialerEvent> events;
  std::optional<SessionEnded> end;

 private:
  World& world_;
  std::optional<Session> session_;
};

/// Two connected descriptors.
struct Wire {
  Wire() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0); }
  ~Wire() {
    cut(0);
    cut(1);
  }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  void cut(int end) {
    if (fds[end] >= 0) ::close(std::exchange(fds[end], -1));
  }
  int fds[2] = {-1, -1};
};

inline const Ipv4Address server_address{{10, 64, 0, 1}};
inline const Ipv4Address client_address{{10, 64, 0, 2}};

inline DialerOptions any_options(int fd) {
  DialerOptions options;
  options.line.read_descriptor = fd;
  options.line.write_descriptor = fd;
  options.interface.name = "ppp%d";
  options.dns.method = DnsMethod::none;
  options.up_timeout = std::chrono::seconds(10);
  return options;
}

inline DialerOptions client_options(int fd) {
  DialerOptions options = any_options(fd);
  options.link.auth.user = "alice";
  options.link.auth.password = Secret("s3cret");
  return options;
}

inline DialerOptions server_options(int fd) {
  DialerOptions options = any_options(fd);
  options.interface.default_route = false;
  options.link.lcp.passive = true;
  options.link.ipcp.local = server_address;
  options.link.ipcp.accept_local = false;
  options.link.ipcp.remote = client_address;
  options.link.ipcp.accept_remote = false;
  options.link.ipcp.request_dns = false;
  options.link.ipcp.offer_dns = {Ipv4Address{{9, 9, 9, 9}}, Ipv4Address{{1, 1, 1, 1}}};
  options.find_secret = [](const SecretWanted& wanted) -> std::optional<Secret> {
    if (wanted.name != "alice") return std::nullopt;
    return Secret("s3cret");
  };
  return options;
}

/// What `ip` says; this process is in a network namespace of the test's own.
inline std::string ip(const std::string& arguments) {
  return test::shell("ip " + arguments).out;
}

}  // namespace tunppp::session
