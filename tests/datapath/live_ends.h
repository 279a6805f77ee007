#pragma once

#include <tunppp/link.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "session/fd_pipe.h"
#include "session/loop.h"
#include "session/network_interface.h"
#include "session/pump.h"
#include "session/system_entropy.h"
#include "support/network_namespace.h"
#include "support/pty_pair.h"

namespace tunppp::test {

/// This thread is in the namespace as long as the object lives; what is made meanwhile stays there.
class Inside {
 public:
  explicit Inside(const NetworkNamespace& where);
  ~Inside();
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  int home_;
};

/// One end of a link: a pump between one side of a pty and a TUN in a namespace of its own.
class LiveEnd final : private session::Pump::Owner {
 public:
  struct Options {
    Ipv4Address local;
    Ipv4Address remote;
    std::uint16_t mtu = 1500;
    bool offload = true;
    FrameTap* tap = nullptr;
  };
  LiveEnd(session::Loop& loop, int tty, const Options& options);

  void start() { pump_->start(); }
  bool up() const { return up_; }
  const NetworkNamespace& where() const { return where_; }
  Counters counters() const { return pump_->counters(); }
  const std::string& failure() const { return failure_; }
  const tun::TunDevice::Offloads& offloads() { return interface_->device().offloads(); }

 private:
  void link_event(const Event& event) override;
  void line_closed(std::error_code error) override { failure_ = "line: " + error.message(); }
  void line_quiet(Bytes) override {}
  void tun_failed(std::error_code error) override { failure_ = "TUN: " + error.message(); }

  NetworkNamespace where_;
  session::SystemEntropy entropy_;
  std::optional<session::NetworkInterface> interface_;
  std::unique_ptr<session::FdPipe> pipe_;
  std::optional<Link> link_;
  std::optional<session::Pump> pump_;
  bool up_ = false;
  std::string failure_;
};

/// Two of them over a pty, up.
class LivePair {
 public:
  struct Options {
    std::uint16_t mtu = 1500;
    bool offload = true;
    FrameTap* tap_a = nullptr;
    FrameTap* tap_b = nullptr;
  };
  explicit LivePair(const Options& options);

  static constexpr const char* address_a = "10.97.0.1";
  static constexpr const char* address_b = "10.97.0.2";

  LiveEnd& a() { return a_; }
  LiveEnd& b() { return b_; }
  /// Lets the loop run until the condition holds, which is looked at now and then; false when the
  /// time is over.
  bool run_until(const std::function<bool()>& condition, Duration patience);

 private:
  PtyPair pty_;
  int slave_;
  session::Loop loop_;
  LiveEnd a_;
  LiveEnd b_;
};

}  // namespace tunppp::test
