// tunppp dials slirp, which greets with text before it speaks PPP, and has no address of its own.
#include "interop/tunppp_program.h"
#include "support/slirp_peer.h"

namespace tunppp::test {
namespace {

using namespace std::chrono_literals;

class Slirp : public testing::Test {
 protected:
  void start_slirp(std::vector<std::string> more, bool banner = true) {
    more.insert(more.begin(), {"mtu 1500", "debugppp"});
    slirp_ = std::make_unique<SlirpPeer>(
        SlirpPeerOptions{.slirp = more, .secret = "alice * s3cret 10.0.2.15", .banner = banner},
        outside_.name());
    std::printf("peer: %s\n", slirp_->version().c_str());
  }
  void dial(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"dial",         "--modem", "none", "--device",
                                          slirp_->line(), "--dns",   "none"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    tunppp_ = std::make_unique<TunpppProgram>(arguments);
  }
  void dial_as_alice(const std::string& password) {
    dial({"--user", "alice", "--password-file", files_.write_file("password", password + "\n")});
  }
  TunpppProgram& tunppp() { return *tunppp_; }

  void expect_up() {
    auto up = tunppp().wait_up();
    ASSERT_TRUE(up);
    EXPECT_EQ(up->local, "10.0.2.15");
    for (int payload : {56, largest_ping(up->mtu)}) {
      EXPECT_TRUE(tunppp().pings("10.0.2.2", payload)) << payload;
    }
    expect_a_file_arrives_whole();
  }

  // 10.0.2.2 is the loopback of where slirp runs.
  void expect_a_file_arrives_whole() {
    auto sent = files_.path() / "sent";
    auto got = files_.path() / "got";
    ASSERT_TRUE(shell("head -c 1000000 /dev/urandom >" + sent.string()).ok());
    Process server({"socat", "-u", "TCP-LISTEN:7000,bind=127.0.0.1", "CREATE:" + got.string()},
                   outside_.options());
    auto done = tunppp().network().run(
        {"socat", "-u", "FILE:" + sent.string(), "TCP:10.0.2.2:7000,retry=50,interval=0.1"});
    EXPECT_TRUE(done.ok()) << done;
    EXPECT_EQ(server.wait(), exited(0));
    EXPECT_TRUE(run({"cmp", sent, got}).ok());
  }

  void TearDown() override {
    if (tunppp_ && tunppp().process().running()) {
      EXPECT_EQ(tunppp().interrupt(), exited(exit_code::requested));
    }
    if (HasFailure()) {
      if (tunppp_)
        std::printf("--- tunppp\n%s%s", tunppp_->text().c_str(), tunppp_->events().c_str());
      if (slirp_) std::printf("--- slirp\n%s", slirp_->log().c_str());
    }
  }

 private:
  TempDirectory files_;
  NetworkNamespace outside_;
  std::unique_ptr<SlirpPeer> slirp_;
  std::unique_ptr<TunpppProgram> tunppp_;
};

TEST_F(Slirp, WithABanner) {
  start_slirp({});
  dial();
  expect_up();
}

TEST_F(Slirp, WithoutABanner) {
  start_slirp({}, false);
  dial();
  expect_up();
}

TEST_F(Slirp, WithPap) {
  start_slirp({"+pap"});
  dial_as_alice("s3cret");
  expect_up();
}

TEST_F(Slirp, WithChap) {
  start_slirp({"+chap"});
  dial_as_alice("s3cret");
  expect_up();
}

TEST_F(Slirp, RefusesAWrongPassword) {
  start_slirp({"+chap"});
  dial_as_alice("wr0ng");
  EXPECT_EQ(tunppp().wait(), exited(exit_code::auth_refused));
}

}  // namespace
}  // namespace tunppp::test
