#pragma once

#include "support/network_namespace.h"
#include "support/process.h"
#include "support/temp_directory.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tunppp::test {

/// The exit codes that scripts may rely on, as users find them in the documentation.
namespace exit_code {
constexpr int requested = 0;
constexpr int auth_refused = 23;
constexpr int peer_auth_failed = 24;
constexpr int peer_closed = 26;
constexpr int peer_lost = 27;
}  // namespace exit_code

struct Addresses {
  std::string interface;
  std::string local;
  std::string remote;
  int mtu = 0;
};

/// The tunppp command as its user starts it, in a network namespace of its own.
class TunpppProgram {
 public:
  /// Adds --events json: events on standard output, people's text on standard error.
  explicit TunpppProgram(std::vector<std::string> arguments);

  const NetworkNamespace& network() const { return network_; }
  Process& process() { return process_; }
  std::string events() const { return process_.out(); }
  std::string text() const { return process_.err(); }

  /// Waits until packets flow; nullopt when it ended before, or the time is over.
  std::optional<Addresses> wait_up(Timeout timeout = std::chrono::seconds(20));
  /// The same for IPv6, with the link-local addresses.
  std::optional<Addresses> wait_up_ipv6(Timeout timeout = std::chrono::seconds(20));
  /// Waits for an event of this name whose line matches `pattern`.
  bool wait_event(const std::string& name, const std::string& pattern,
                  Timeout timeout = std::chrono::seconds(10));
  std::optional<ExitStatus> wait(Timeout timeout = std::chrono::seconds(20)) {
    return process_.wait(timeout);
  }
  /// Ctrl-c; it has 5 s to close in order.
  std::optional<ExitStatus> interrupt();

  /// Three packets each, all of which have to come back. `payload` is without the 28 octets of
  /// IPv4 and ICMP headers; nothing is fragmented on the way.
  testing::AssertionResult pings(const std::string& address, int payload) const;
  testing::AssertionResult pings_once(const std::string& address, int payload) const;
  bool has_interface(const std::string& name) const;

 private:
  std::optional<Addresses> wait_addresses(const std::string& event, Timeout timeout);

  NetworkNamespace network_;
  Process process_;
};

/// The payload of the largest ping that fits into a packet of `mtu` octets.
constexpr int largest_ping(int mtu) {
  return mtu - 28;
}

}  // namespace tunppp::test
