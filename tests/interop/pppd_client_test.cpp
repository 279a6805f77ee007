// pppd dials tunppp serve.
#include "interop/pppd_test.h"

#include <signal.h>

namespace tunppp::test {
namespace {

using namespace std::chrono_literals;

class PppdClient : public PppdTest {
 protected:
  void serve(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"serve",     "--device",  peer().line(),
                                          "--local",   "10.70.0.1", "--remote",
                                          "10.70.0.2", "--dns",     "9.9.9.9"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    start_tunppp(arguments);
    ASSERT_TRUE(tunppp().wait_event("phase", "\"phase\":\"l"));  // line, or lcp
  }
  void serve_requiring(const std::string& method) {
    serve({"--require", method, "--secrets", files_.write_file("secrets", "alice * s3cret *\n")});
  }
  void dial(std::vector<std::string> more = {}, const std::string& password = "s3cret") {
    more.insert(more.end(),
                {"noauth", "noipdefault", "usepeerdns", "defaultroute", "user", "alice"});
    start_pppd(more, {"alice * " + password});
  }
  void expect_a_wrong_password_is_refused() {
    dial({}, "wr0ng");
    EXPECT_EQ(tunppp().wait(), exited(exit_code::peer_auth_failed));
    EXPECT_TRUE(find(tunppp().text(), "\ntunppp: .*alice")) << tunppp().text();
    EXPECT_TRUE(tunppp().wait_event("end", "\"reason\":\"peer_auth_failed\""));
    EXPECT_TRUE(pppd_says("ended rc=19"));  // pppd(8): we failed to authenticate ourselves
    auto said = tunppp().text() + tunppp().events();
    EXPECT_EQ(said.find("wr0ng"), std::string::npos);
    EXPECT_EQ(said.find("s3cret"), std::string::npos);
  }
  void expect_up() {
    auto up = tunppp().wait_up();
    ASSERT_TRUE(up);
    EXPECT_EQ(up->local, "10.70.0.1");
    EXPECT_EQ(up->remote, "10.70.0.2");
    EXPECT_TRUE(pppd_says("local +IP address 10\\.70\\.0\\.2"));
    EXPECT_TRUE(pppd_says("remote IP address 10\\.70\\.0\\.1"));
    EXPECT_TRUE(pppd_says("primary +DNS address 9\\.9\\.9\\.9"));
    expect_pings_both_ways(*up);
  }
};

TEST_F(PppdClient, WithoutAuthenticationThenTunpppCloses) {
  serve();
  dial();
  expect_up();
  EXPECT_EQ(tunppp().interrupt(), exited(exit_code::requested));
  EXPECT_TRUE(pppd_says("LCP terminated by peer"));
  EXPECT_FALSE(tunppp().has_interface("ppp0"));
}

TEST_F(PppdClient, PapThenPppdCloses) {
  serve_requiring("pap");
  dial();
  expect_up();
  EXPECT_TRUE(pppd_says("PAP authentication succeeded"));
  EXPECT_TRUE(tunppp().wait_event("phase", "the peer is alice"));
  peer().guest("killall pppd");
  EXPECT_EQ(tunppp().wait(), exited(exit_code::peer_closed));
}

TEST_F(PppdClient, ChapThenTunpppVanishesWithoutAWord) {
  serve_requiring("chap");
  dial({"lcp-echo-interval", "1", "lcp-echo-failure", "2"});
  expect_up();
  EXPECT_TRUE(pppd_says("CHAP authentication succeeded"));
  EXPECT_TRUE(pppd_says("rcvd \\[LCP EchoRep"));
  tunppp().process().kill();
  // Nobody can take this away when killed; who comes next sees that its owner is gone.
  EXPECT_TRUE(
      std::filesystem::remove("/run/lock/LCK..pts_" + find(peer().line(), "[0-9]+")->at(0)));
  EXPECT_TRUE(pppd_says("No response to 2 echo-requests"));
}

TEST_F(PppdClient, IsRefusedWithAWrongPasswordByPap) {
  serve_requiring("pap");
  expect_a_wrong_password_is_refused();
  EXPECT_TRUE(pppd_says("PAP authentication failed"));
}

TEST_F(PppdClient, IsRefusedWithAWrongPasswordByChap) {
  serve_requiring("chap");
  expect_a_wrong_password_is_refused();
  EXPECT_TRUE(pppd_says("CHAP authentication failed"));
}

}  // namespace
}  // namespace tunppp::test
