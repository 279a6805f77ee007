#pragma once

#include <tunppp/end_reason.h>

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "support/network_namespace.h"
#include "support/process.h"
#include "support/pty_pair.h"

/// tunppp dial against tunppp serve, each in a network namespace of its own.
namespace tunppp::cli {

using test::exited;
using test::Process;

/// Octets from one pty's master to the other's, both ways: a null-modem cable.
class Cable {
 public:
  Cable() : thread_([this] { run(); }) {}
  ~Cable() { pull(); }
  const std::string& end(int which) const { return ends_[which].path(); }
  /// Nothing passes any more; nobody is told.
  void pull() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  void hang_up(int which) {
    pull();
    ends_[which].hang_up();
  }

 private:
  void run() {
    while (!stop_) {
      pollfd ready[] = {{ends_[0].master(), POLLIN, 0}, {ends_[1].master(), POLLIN, 0}};
      if (::poll(ready, 2, 20) <= 0) continue;
      for (int i = 0; i < 2; ++i)
        if (ready[i].revents & POLLIN) carry(ends_[i].master(), ends_[1 - i].master());
    }
  }
  static void carry(int from, int to) {
    char buffer[4096];
    const ssize_t count = ::read(from, buffer, sizeof buffer);
    if (count > 0 && ::write(to, buffer, static_cast<std::size_t>(count)) != count)
      ADD_FAILURE() << "the far end does not read";
  }

  test::PtyPair ends_[2];
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

inline int exit_code(EndReason reason) {
  return info(reason).exit_code;
}

class DialServe : public testing::Test {
 protected:
  std::vector<std::string> serve(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{TUNPPP_COMMAND, "serve",     "--device", cable_.end(1),
                                       "--local",      "10.64.0.1", "--remote", "10.64.0.2",
                                       "--dns",        "10.64.0.53"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  std::vector<std::string> dial(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{TUNPPP_COMMAND, "dial",    "--device",
                                       cable_.end(0),  "--modem", "none"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  test::ProcessOptions at_client() const { return client_.options(); }
  test::ProcessOptions at_server() const { return server_.options(); }

  /// The client says goodbye, and the server has heard it.
  static void close(Process& client, Process& server) {
    EXPECT_EQ(client.terminate(), exited(0)) << client.err();
    EXPECT_EQ(server.wait(), exited(exit_code(EndReason::peer_closed))) << server.err();
  }
  /// Without a word. A lock file stays, as it does when a machine loses its power.
  void kill(Process& server) const {
    server.kill();
    std::string name = cable_.end(1).substr(std::string("/dev/").size());
    std::replace(name.begin(), name.end(), '/', '_');
    std::filesystem::remove("/var/lock/LCK.." + name);
  }

  test::NetworkNamespace client_;
  test::NetworkNamespace server_;
  Cable cable_;
};

}  // namespace tunppp::cli
