#pragma once

#include "interop/tunppp_program.h"
#include "support/pppd_peer.h"

#include <gtest/gtest.h>

#include <memory>

namespace tunppp::test {

/// One guest for all tests of a suite; each test starts pppd in it as it wants it.
class PppdTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { start_guest({}); }
  /// With these files in it: path in the guest, path here.
  static void start_guest(std::vector<std::pair<std::string, std::string>> files) {
    peer_ = std::make_unique<PppdPeer>(
        PppdPeerOptions{.pppd = {"noauth"}, .files = std::move(files), .respawn = true});
    std::printf("peer: %s\n", peer_->version().c_str());
  }
  static void TearDownTestSuite() { peer_.reset(); }

  static PppdPeer& peer() { return *peer_; }

  /// Starts pppd with these options; said() and waits look only at what came since.
  void start_pppd(std::vector<std::string> options, const std::vector<std::string>& secrets = {}) {
    options.push_back("debug");
    mark_ = peer().restart(options, secrets);
  }
  void start_tunppp(std::vector<std::string> arguments) {
    tunppp_ = std::make_unique<TunpppProgram>(std::move(arguments));
  }
  TunpppProgram& tunppp() { return *tunppp_; }

  bool pppd_says(const std::string& pattern, Timeout timeout = std::chrono::seconds(10)) const {
    return peer().wait_for(pattern, timeout, mark_).has_value();
  }
  /// The same without waiting.
  bool pppd_said(const std::string& pattern) const {
    return find(peer().console().substr(mark_), pattern).has_value();
  }
  /// Three packets from the guest, all of which have to come back.
  testing::AssertionResult pppd_pings(const std::string& address, int payload) {
    auto done = peer().guest("ping -c3 -i0.2 -W3 -s" + std::to_string(payload) + " " + address);
    if (done.ok() && done.out.find(" 0% packet loss") != std::string::npos) {
      return testing::AssertionSuccess();
    }
    return testing::AssertionFailure() << done;
  }
  void expect_pings_both_ways(const Addresses& addresses) {
    // We are up when pppd's Ack is here; pppd when ours is there, and until then it drops packets.
    EXPECT_TRUE(pppd_says("\\[peer ip-up\\]"));
    for (int payload : {56, largest_ping(addresses.mtu)}) {
      EXPECT_TRUE(tunppp().pings(addresses.remote, payload)) << payload << " octets out";
      EXPECT_TRUE(pppd_pings(addresses.local, payload)) << payload << " octets in";
    }
  }

  void TearDown() override {
    // A tunppp that is still there leaves in order, and takes everything along.
    if (tunppp_ && tunppp().process().running()) {
      EXPECT_EQ(tunppp().interrupt(), exited(exit_code::requested));
    }
    if (HasFailure()) {
      if (tunppp_)
        std::printf("--- tunppp\n%s%s", tunppp_->text().c_str(), tunppp_->events().c_str());
      std::printf("--- pppd\n%s", peer().console().substr(mark_).c_str());
    }
    tunppp_.reset();
  }

  TempDirectory files_;

 private:
  inline static std::unique_ptr<PppdPeer> peer_;
  std::unique_ptr<TunpppProgram> tunppp_;
  std::size_t mark_ = 0;
};

}  // namespace tunppp::test
