// tunppp dials pppd over a line that damages 2 % of the frames in both directions: flipped bits and
// lost octets, the same ones in each run.
#include "interop/pppd_test.h"

namespace tunppp::test {
namespace {

using namespace std::chrono_literals;

class NoisyLine : public PppdTest {
 protected:
  void SetUp() override {
    std::vector<std::string> command = {TUNPPP_PROGRAM, "sim",         "line",
                                        "--between",    peer().line(), "--damage",
                                        "0.02",         "--seed",      "2"};
    line_ = std::make_unique<Process>(command);
    auto path = line_->wait_for_output("LINE=(\\S+)\\n");
    ASSERT_TRUE(path) << line_->out() << line_->err();
    path_ = path->at(1);
    start_pppd({"noauth", "10.64.64.1:10.64.64.77"});
    start_tunppp({"dial", "--modem", "none", "--device", path_, "--dns", "none"});
    ASSERT_TRUE(tunppp().wait_up(60s));
  }
  void TearDown() override {
    PppdTest::TearDown();
    line_->terminate();
    auto report = line_->out();
    std::printf("%s", report.c_str());
    for (std::string_view from : {peer().line(), path_}) {
      auto damaged = find(report, "from " + std::string(from) + ": .* ([0-9]+) frames damaged");
      ASSERT_TRUE(damaged);
      EXPECT_GT(std::stoi(damaged->at(1)), 0);
    }
  }
  std::string sha256_here(const std::string& file) {
    return run({"sha256sum", file}).out.substr(0, 64);
  }
  std::string sha256_there(const std::string& file) {
    return peer().guest("sha256sum " + file).out.substr(0, 64);
  }

  const std::string size_ = "1000000";

 private:
  std::unique_ptr<Process> line_;
  std::string path_;
};

TEST_F(NoisyLine, TcpToPppdArrivesWhole) {
  auto file = (files_.path() / "sent").string();
  ASSERT_TRUE(shell("head -c " + size_ + " /dev/urandom >" + file).ok());
  peer().guest("rm -f /tmp/done; (nc -l -p 7000 >/tmp/got </dev/null; touch /tmp/done) &");
  auto done = tunppp().network().run(
      {"socat", "-u", "FILE:" + file, "TCP:10.64.64.1:7000,retry=50,interval=0.1"}, 90s);
  EXPECT_TRUE(done.ok()) << done;
  EXPECT_TRUE(peer().guest("while [ ! -e /tmp/done ]; do usleep 50000; done").ok());
  EXPECT_EQ(sha256_there("/tmp/got"), sha256_here(file));
}

TEST_F(NoisyLine, TcpFromPppdArrivesWhole) {
  auto file = (files_.path() / "got").string();
  peer().guest("head -c " + size_ + " /dev/urandom >/tmp/sent");
  peer().guest("(nc -l -p 7001 </tmp/sent) &");
  auto done = tunppp().network().run(
      {"socat", "-u", "TCP:10.64.64.1:7001,retry=50,interval=0.1", "CREATE:" + file}, 90s);
  EXPECT_TRUE(done.ok()) << done;
  EXPECT_EQ(sha256_here(file), sha256_there("/tmp/sent"));
  EXPECT_EQ(std::to_string(std::filesystem::file_size(file)), size_);
}

}  // namespace
}  // namespace tunppp::test
