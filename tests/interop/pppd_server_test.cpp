// tunppp dials pppd.
#include "interop/pppd_test.h"

namespace tunppp::test {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> secrets = {"alice * s3cret *"};

class PppdServer : public PppdTest {
 protected:
  /// pppd as an access server that assigns addresses, plus the options of the test.
  void serve(std::vector<std::string> options) {
    options.insert(options.end(),
                   {"10.64.64.1:10.64.64.77", "ms-dns", "9.9.9.9", "ms-dns", "149.112.112.112"});
    start_pppd(options, secrets);
  }
  void dial(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {
        "dial", "--modem", "none", "--device", peer().line(), "--dns", "file:" + resolv_conf()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    start_tunppp(arguments);
  }
  void dial_as_alice(const std::string& password, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--user", "alice", "--password-file",
                             files_.write_file("password", password + "\n")});
    dial(more);
  }
  void expect_a_wrong_password_is_refused() {
    dial_as_alice("wr0ng");
    EXPECT_EQ(tunppp().wait(), exited(exit_code::auth_refused));
    EXPECT_TRUE(find(tunppp().text(), "\ntunppp: .*refused.*alice")) << tunppp().text();
    EXPECT_TRUE(tunppp().wait_event("end", "\"reason\":\"auth_refused\""));
    EXPECT_EQ((tunppp().text() + tunppp().events()).find("wr0ng"), std::string::npos);
  }
  std::string resolv_conf() const { return files_.path() / "resolv.conf"; }
};

TEST_F(PppdServer, WithoutAuthenticationCarriesPacketsBothWays) {
  serve({"noauth"});
  dial();
  auto up = tunppp().wait_up();
  ASSERT_TRUE(up);
  EXPECT_EQ(up->interface, "ppp0");
  EXPECT_EQ(up->local, "10.64.64.77");
  EXPECT_EQ(up->remote, "10.64.64.1");
  EXPECT_EQ(up->mtu, 1500);

  auto address = tunppp().network().run({"ip", "-4", "address", "show", "dev", "ppp0"});
  EXPECT_TRUE(find(address.out, "inet 10\\.64\\.64\\.77 peer 10\\.64\\.64\\.1/32")) << address;
  auto route = tunppp().network().run({"ip", "route", "show", "default"});
  EXPECT_TRUE(find(route.out, "default .*dev ppp0 .*metric 700")) << route;

  ASSERT_TRUE(tunppp().wait_event("dns", "9\\.9\\.9\\.9.*149\\.112\\.112\\.112"));
  auto servers = read_file(resolv_conf());
  EXPECT_TRUE(find(servers, "nameserver 9\\.9\\.9\\.9\\n")) << servers;
  EXPECT_TRUE(find(servers, "nameserver 149\\.112\\.112\\.112\\n")) << servers;

  expect_pings_both_ways(*up);
}

TEST_F(PppdServer, SmallerMruOfPppdBecomesTheMtu) {
  serve({"noauth", "mru", "1400"});
  dial();
  auto up = tunppp().wait_up();
  ASSERT_TRUE(up);
  EXPECT_EQ(up->mtu, 1400);
  expect_pings_both_ways(*up);
}

/// pppd 2.4.9 knows the options and codes, but does none of them but the echo.
TEST_F(PppdServer, ExtensionsThatItHasNotAreDoneWithout) {
  serve({"noauth"});
  dial({"--fcs", "32", "--lqr", "0.5", "--identification", "a tunppp", "--echo-interval", "0.3"});
  auto up = tunppp().wait_up();
  ASSERT_TRUE(up);
  EXPECT_TRUE(pppd_says("sent \\[LCP ConfRej "));
  EXPECT_TRUE(pppd_says("rcvd \\[LCP Ident "));
  expect_pings_both_ways(*up);
  EXPECT_EQ(tunppp().interrupt(), exited(exit_code::requested));
  EXPECT_TRUE(tunppp().wait_event("counters", "\"round_trip\":\\{\"answers\":[1-9]"));
  EXPECT_FALSE(find(tunppp().text(), "quality")) << tunppp().text();
}

TEST_F(PppdServer, WhoeverIsSilentIsSpokenTo) {
  serve({"noauth", "silent"});
  dial();
  auto up = tunppp().wait_up();
  ASSERT_TRUE(up);
  expect_pings_both_ways(*up);
  EXPECT_EQ(tunppp().interrupt(), exited(exit_code::requested));

  serve({"noauth"});
  dial({"--silent"});
  up = tunppp().wait_up();
  ASSERT_TRUE(up);
  expect_pings_both_ways(*up);
}

// Linux takes IPv6 off an interface whose MTU is less than 1280 (RFC 8200 section 5).
TEST_F(PppdServer, BelowTheSmallestMtuOfIpv6ThereIsIpv4AloneAndThatIsSaid) {
  serve({"noauth", "mru", "1279", "+ipv6"});
  dial({"--ipv6"});
  auto up = tunppp().wait_up();
  ASSERT_TRUE(up);
  EXPECT_TRUE(tunppp().wait_event("network_failed", "\"ipv6\".*1280")) << tunppp().events();
  EXPECT_FALSE(tunppp().wait_event("ipv6", "", 0s));
  expect_pings_both_ways(*up);
}

TEST_F(PppdServer, PapThenCtrlCClosesInOrder) {
  serve({"auth", "require-pap"});
  dial_as_alice("s3cret");
  auto up = tunppp().wait_up();
  ASSERT_TRUE(up);
  EXPECT_TRUE(pppd_says("PAP peer authentication succeeded for alice"));
  expect_pings_both_ways(*up);

  EXPECT_EQ(tunppp().interrupt(), exited(exit_code::requested));
  EXPECT_TRUE(pppd_says("rcvd \\[LCP TermReq"));
  EXPECT_TRUE(pppd_says("LCP terminated by peer"));
  EXPECT_FALSE(tunppp().has_interface("ppp0"));
  EXPECT_EQ(read_file(resolv_conf()), "");
}

TEST_F(PppdServer, ChapThenPppdCloses) {
  serve({"auth", "require-chap", "name", "lns"});
  dial_as_alice("s3cret");
  auto up = tunppp().wait_up();
  ASSERT_TRUE(up);
  EXPECT_TRUE(pppd_says("rcvd \\[CHAP Response .*name = \"alice\"\\]\\s+sent \\[CHAP Success"));
  expect_pings_both_ways(*up);

  peer().guest("killall pppd");
  EXPECT_EQ(tunppp().wait(), exited(exit_code::peer_closed));
  EXPECT_TRUE(pppd_says("rcvd \\[LCP TermAck"));
  EXPECT_FALSE(tunppp().has_interface("ppp0"));
}

TEST_F(PppdServer, EchoesFindAPppdThatVanishedWithoutAWord) {
  serve({"noauth"});
  dial({"--echo-interval", "0.5", "--echo-failures", "3"});
  ASSERT_TRUE(tunppp().wait_up());
  peer().hold();
  // Three questions half a second apart, the last of them waited for as long, and before that the
  // rest of an interval: 2 s. Then two Terminate-Requests, 3 s each (RFC 1661 section 4.6).
  EXPECT_TRUE(tunppp().wait_event("phase", "\"closing\"", 3s));
  EXPECT_EQ(tunppp().wait(7s), exited(exit_code::peer_lost));
  EXPECT_FALSE(tunppp().has_interface("ppp0"));
}

TEST_F(PppdServer, RefusesAWrongPasswordByPap) {
  serve({"auth", "require-pap"});
  expect_a_wrong_password_is_refused();
  EXPECT_TRUE(pppd_says("PAP peer authentication failed for alice"));
}

TEST_F(PppdServer, RefusesAWrongPasswordByChap) {
  serve({"auth", "require-chap", "name", "lns"});
  expect_a_wrong_password_is_refused();
  EXPECT_TRUE(pppd_says("Peer alice failed CHAP authentication"));
}

}  // namespace
}  // namespace tunppp::test
