// tunppp dials pppd: IPv6 with a router in the guest, and TCP headers compressed by its kernel.
#include "interop/pppd_test.h"

namespace tunppp::test {
namespace {

class PppdIpv6 : public PppdTest {
 protected:
  static void SetUpTestSuite() {
    start_guest({{"/bin/router_advertiser", TUNPPP_ROUTER_ADVERTISER}});
  }
  void serve_and_dial(std::vector<std::string> pppd, std::vector<std::string> tunppp_options) {
    pppd.insert(pppd.end(), {"noauth", "10.64.64.1:10.64.64.77"});
    start_pppd(pppd);
    tunppp_options.insert(tunppp_options.begin(), {"dial", "--modem", "none", "--device",
                                                   peer().line(), "--dns", "none"});
    start_tunppp(tunppp_options);
  }
  /// Runs beside what follows, and ends with the guest's interface.
  void guest_in_background(const std::string& command) {
    auto done = peer().guest("(" + command + ") >/tmp/background 2>&1 &");
    ASSERT_TRUE(done.ok()) << done;
  }
};

TEST_F(PppdIpv6, ARouterBehindPppdGivesUsAnAddress) {
  serve_and_dial({"+ipv6"}, {"--ipv6-identifier", "0:0:0:77"});
  ASSERT_TRUE(tunppp().wait_up());
  EXPECT_TRUE(pppd_says("rcvd \\[IPV6CP ConfAck"));
  EXPECT_TRUE(pppd_says("\\[peer ipv6-up\\]"));
  ASSERT_TRUE(peer().guest("ip -6 addr add 2001:db8:9::1/64 dev ppp0").ok());
  guest_in_background("router_advertiser ppp0 2001:db8:9:: 2001:db8:9::53 600 1400");
  ASSERT_TRUE(tunppp().wait_event("ipv6", "2001:db8:9::77.*\"default_route_metric\":700"))
      << tunppp().events();
  EXPECT_TRUE(find(tunppp().events(), "\"mtu\":1400"));
  auto address = tunppp().network().run({"ip", "-6", "addr", "show", "dev", "ppp0"});
  EXPECT_TRUE(find(address.out, "2001:db8:9::77/64 scope global")) << address;
  auto out = tunppp().network().run(
      {"ping", "-6", "-n", "-c", "3", "-i", "0.2", "-W", "3", "-s", "1300", "2001:db8:9::1"});
  EXPECT_TRUE(out.ok()) << out;
  auto in = peer().guest("ping6 -c3 -W3 2001:db8:9::77");
  EXPECT_TRUE(in.out.find(" 0% packet loss") != std::string::npos) << in;
}

TEST_F(PppdIpv6, WithoutIpv6InPppdThereIsIpv4) {
  serve_and_dial({"noipv6"}, {});
  auto up = tunppp().wait_up();
  ASSERT_TRUE(up);
  EXPECT_TRUE(tunppp().wait_event("network_failed", "\"protocol\":\"ipv6\""));
  expect_pings_both_ways(*up);
}

TEST_F(PppdIpv6, Alone) {
  serve_and_dial({"+ipv6", "noip"}, {"--no-ipv4"});
  ASSERT_TRUE(tunppp().wait_event("ipv6", "fe80::")) << tunppp().events();
  EXPECT_TRUE(pppd_says("\\[peer ipv6-up\\]"));
}

/// The kernel's slhc in both directions, there and back again.
TEST_F(PppdIpv6, CompressedTcpHeadersCarryTheSameOctets) {
  serve_and_dial({}, {"--vj", "--no-ipv6"});
  auto up = tunppp().wait_up();
  ASSERT_TRUE(up);
  EXPECT_TRUE(pppd_says("rcvd \\[IPCP ConfAck .*<compress VJ 0f 01>"));
  EXPECT_TRUE(pppd_says("sent \\[IPCP ConfAck .*<compress VJ 0f 01>"));
  guest_in_background("nc -l -p 7000 >/tmp/got; touch /tmp/done");
  const char* const send =
      "use IO::Socket::IP; my $c;"
      "for (1 .. 100) { $c = IO::Socket::IP->new(PeerHost => '10.64.64.1', PeerPort => 7000)"
      "                 and last; select undef, undef, undef, 0.1; }"
      "die 'no connection' unless $c; my $b = join '', map { chr($_ * 7 % 251) } 1 .. 60000;"
      "while (length $b) { my $w = syswrite($c, $b) or die; substr($b, 0, $w) = ''; }";
  auto sent = tunppp().network().run({"perl", "-e", send});
  EXPECT_TRUE(sent.ok()) << sent;
  auto got = peer().guest("until [ -e /tmp/done ]; do sleep 0.1; done; md5sum </tmp/got");
  auto wanted = tunppp().network().run(
      {"sh", "-c", "perl -e 'print chr($_ * 7 % 251) for 1 .. 60000' | md5sum"});
  EXPECT_EQ(got.out, wanted.out);

  guest_in_background("nc -l -p 7001 </tmp/got");
  const char* const receive =
      "use IO::Socket::IP; my $c;"
      "for (1 .. 100) { $c = IO::Socket::IP->new(PeerHost => '10.64.64.1', PeerPort => 7001)"
      "                 and last; select undef, undef, undef, 0.1; }"
      "die 'no connection' unless $c; my $n = 0;"
      "while ($n < 60000 && sysread($c, my $b, 4096)) { $n += length $b; print $b; }";
  auto back = tunppp().network().run(
      {"sh", "-c", std::string("perl -e \"$0\" | md5sum"), receive});
  EXPECT_EQ(back.out, wanted.out);
}

}  // namespace
}  // namespace tunppp::test
