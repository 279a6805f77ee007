// IPv4 and IPv6 between tunppp dial and tunppp serve: each alone, both, and with TCP headers
// compressed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dial_serve.h"
#include "support/temp_directory.h"

namespace tunppp::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string router_prefix = "2001:db8:7::/64";

/// Sends what it got back, and ends.
const char* const echo_server =
    "use IO::Socket::IP; $| = 1;"
    "my $s = IO::Socket::IP->new(LocalHost => $ARGV[0], LocalPort => 7000, Listen => 1,"
    "                            V6Only => 1) or die $@;"
    "print \"listening\\n\"; my $c = $s->accept; my $n = 0;"
    "while (sysread($c, my $b, 4096)) { while (length $b) { my $w = syswrite($c, $b) or die;"
    "                                                       substr($b, 0, $w) = ''; } }";
const char* const echo_client =
    "use IO::Socket::IP;"
    "my $c = IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => 7000) or die $@;"
    "my $sent = join '', map { chr(($_ * 7 + $_ / 256) % 256) } 0 .. 99_999; my $got = '';"
    "if (!fork) { my $b = $sent;"
    "  while (length $b) { my $w = syswrite($c, $b) or die; substr($b, 0, $w) = ''; }"
    "  $c->shutdown(1); exit 0; }"
    "while (sysread($c, my $b, 4096)) { $got .= $b; } wait;"
    "print $got eq $sent ? \"same\\n\" : \"other\\n\";";

class DialServeNetwork : public DialServe {
 protected:
  DialServeNetwork() {
    for (const test::NetworkNamespace* side : {&client_, &server_}) {
      // Containers and CI switch it off.
      side->shell("for name in all default lo; do"
                  " echo 0 > /proc/sys/net/ipv6/conf/$name/disable_ipv6; done");
    }
  }

  /// Without an IPv4 address of its own.
  std::vector<std::string> serve_with(std::vector<std::string> more) const {
    std::vector<std::string> arguments{TUNPPP_COMMAND, "serve", "--device", cable_.end(1)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  static std::string addresses(const test::NetworkNamespace& side) {
    return side.run({"ip", "-6", "addr", "show", "dev", "ppp0"}).out;
  }
  /// The address of a side, once the output of its process has told it.
  static std::string told(Process& process, const std::string& pattern) {
    const auto found = process.wait_for_output(pattern);
    return found && found->size() > 1 ? (*found)[1] : std::string();
  }
  static testing::AssertionResult pings(const test::NetworkNamespace& from, const std::string& to) {
    const test::Completed ping =
        from.run({"ping", "-n", "-c", "3", "-i", "0.05", "-W", "5", "-s", "1000", to});
    return ping.ok() ? testing::AssertionSuccess() : testing::AssertionFailure() << ping;
  }
  /// 100,000 octets there and back.
  static void carry_tcp(const test::NetworkNamespace& from, const test::NetworkNamespace& to,
                        const std::string& address) {
    Process listener({"perl", "-e", echo_server, address}, to.options());
    ASSERT_TRUE(listener.wait_for_output("listening")) << listener.err();
    const test::Completed client = from.run({"perl", "-e", echo_client, address});
    EXPECT_THAT(client.out, HasSubstr("same")) << client;
    EXPECT_EQ(listener.wait(), exited(0));
  }
};

TEST_F(DialServeNetwork, BothKindsOfPacketsPassBothWays) {
  test::TempDirectory files;
  Process server(serve({"--ipv6-prefix", router_prefix, "--dns", "2001:db8::53"}), at_server());
  Process client(dial({"--dns", "file:" + (files.path() / "resolv.conf").string()}), at_client());
  ASSERT_TRUE(client.wait_for_output("up: ppp0, 10\\.64\\.0\\.2 to 10\\.64\\.0\\.1"))
      << client.out() << client.err();
  const std::string ours =
      told(client, "ipv6: ppp0, fe80::[0-9a-f:]+ to fe80::[0-9a-f:]+, (2001:db8:7:[0-9a-f:]+), "
                   "MTU 1500, default route \\(metric 700\\)");
  const std::string theirs =
      told(server, "ipv6: ppp0, fe80::[0-9a-f:]+ to fe80::[0-9a-f:]+, (2001:db8:7:[0-9a-f:]+)");
  ASSERT_NE(ours, "") << client.out() << client.err();
  ASSERT_NE(theirs, "") << server.out() << server.err();
  EXPECT_TRUE(client.wait_for_output("dns: 10.64.0.53, 2001:db8::53"));

  EXPECT_TRUE(pings(client_, "10.64.0.1"));
  EXPECT_TRUE(pings(client_, theirs));
  EXPECT_TRUE(pings(server_, ours));
  carry_tcp(client_, server_, theirs);
  carry_tcp(server_, client_, ours);
  EXPECT_THAT(client_.run({"ip", "-6", "route", "show", "default"}).out,
              HasSubstr("dev ppp0 proto 112 metric 700"));
  // The kernel itself has no say.
  const std::string conf = "/proc/sys/net/ipv6/conf/ppp0/";
  EXPECT_EQ(client_.run({"cat", conf + "accept_ra"}).out, "0\n");
  close(client, server);
}

TEST_F(DialServeNetwork, Ipv6Alone) {
  Process server(serve_with({"--no-ipv4", "--ipv6-prefix", router_prefix}), at_server());
  Process client(dial({"--no-ipv4"}), at_client());
  ASSERT_TRUE(client.wait_for_output("up: ppp0, fe80::[0-9a-f:]+ to fe80::"))
      << client.out() << client.err();
  const std::string theirs = told(server, "ipv6: ppp0, .*, (2001:db8:7:[0-9a-f:]+)");
  ASSERT_TRUE(client.wait_for_output("ipv6: ppp0, .*, 2001:db8:7:.*default route"));
  EXPECT_TRUE(pings(client_, theirs));
  EXPECT_EQ(client_.run({"ip", "-4", "addr", "show", "dev", "ppp0"}).out, "");
  close(client, server);
}

TEST_F(DialServeNetwork, APeerWithoutIpv4LeavesUsIpv6) {
  Process server(serve_with({"--no-ipv4"}), at_server());
  Process client(dial(), at_client());
  EXPECT_TRUE(client.wait_for_output("no IPv4: the peer does not speak IPCP")) << client.out();
  EXPECT_TRUE(client.wait_for_output("up: ppp0, fe80::"));
  close(client, server);
}

TEST_F(DialServeNetwork, APeerWithoutIpv6LeavesUsIpv4) {
  Process server(serve({"--no-ipv6"}), at_server());
  Process client(dial(), at_client());
  EXPECT_TRUE(client.wait_for_output("no IPv6: the peer does not speak IPV6CP")) << client.out();
  EXPECT_TRUE(client.wait_for_output("up: ppp0, 10\\.64\\.0\\.2"));
  EXPECT_EQ(addresses(client_), "");
  close(client, server);
}

TEST_F(DialServeNetwork, WithNeitherInCommonItEnds) {
  Process server(serve({"--no-ipv6"}), at_server());
  Process client(dial({"--no-ipv4"}), at_client());
  EXPECT_EQ(client.wait(), exited(exit_code(EndReason::no_network_protocol))) << client.out();
  EXPECT_THAT(client.err(), HasSubstr("IPV6CP"));
  server.terminate();
}

/// Linux removes IPv6 from an interface with an MTU below 1280.
TEST_F(DialServeNetwork, ASmallMtuLeavesIpv6Closed) {
  Process server(serve({"--mru", "1279"}), at_server());
  Process client(dial(), at_client());
  EXPECT_TRUE(client.wait_for_output("no IPv6: IPv6 needs packets of 1280 octets")) << client.out();
  EXPECT_TRUE(client.wait_for_output("up: ppp0, 10\\.64\\.0\\.2"));
  EXPECT_TRUE(pings(client_, "10.64.0.1"));
  close(client, server);
}

TEST_F(DialServeNetwork, AnAddressGoesWhenItsLifetimeEnds) {
  Process server(serve({"--ipv6-prefix", router_prefix, "--ipv6-lifetime", "2"}), at_server());
  Process client(dial({"--ipv6-identifier", "0:0:0:9"}), at_client());
  ASSERT_TRUE(client.wait_for_output("ipv6: ppp0, fe80::9 to .*, 2001:db8:7::9, MTU"))
      << client.out() << client.err();
  // It is told anew without the address, and with the default route that stays.
  ASSERT_TRUE(client.wait_for_output("ipv6: ppp0, fe80::9 to fe80::[0-9a-f:]+, MTU 1500, default"))
      << client.out();
  EXPECT_THAT(addresses(client_), Not(HasSubstr("2001:db8:7::9")));
  EXPECT_THAT(addresses(client_), HasSubstr("fe80::9"));
  close(client, server);
}

TEST_F(DialServeNetwork, AStableIdentifierIsTheSameNextTime) {
  std::string first;
  for (int i = 0; i < 2; ++i) {
    Process server(serve(), at_server());
    Process client(dial({"--ipv6-identifier", "stable"}), at_client());
    const std::string now = told(client, "ipv6: ppp0, (fe80::[0-9a-f:]+) to ");
    EXPECT_NE(now, "") << client.out() << client.err();
    if (i > 0) {
      EXPECT_EQ(now, first);
    }
    first = now;
    close(client, server);
  }
}

// --- IPv4 ---------------------------------------------------------------------------------------

TEST_F(DialServeNetwork, CompressedTcpHeadersCarryTheSameOctets) {
  Process server(serve({"--vj", "--no-ipv6"}), at_server());
  Process client(dial({"--vj", "--vj-slots", "8", "--no-ipv6"}), at_client());
  ASSERT_TRUE(client.wait_for_output("up: ppp0, .*TCP headers compressed")) << client.out();
  Process listener({"perl", "-e", echo_server, "10.64.0.1"}, at_server());
  ASSERT_TRUE(listener.wait_for_output("listening")) << listener.err();
  const test::Completed transfer = client_.run({"perl", "-e", echo_client, "10.64.0.1"});
  EXPECT_THAT(transfer.out, HasSubstr("same")) << transfer;
  listener.wait();
  close(client, server);
}

TEST_F(DialServeNetwork, AWishThatIsFreeIsHonoured) {
  const std::vector<std::string> pool{"--local", "10.64.0.1", "--pool", "10.64.0.0/28"};
  {
    Process server(serve_with(pool), at_server());
    Process client(dial(), at_client());
    EXPECT_TRUE(client.wait_for_output("up: ppp0, 10\\.64\\.0\\.2 to 10\\.64\\.0\\.1"))
        << client.out() << client.err() << server.err();
    close(client, server);
  }
  Process server(serve_with(pool), at_server());
  Process client(dial({"--local", "10.64.0.7"}), at_client());
  EXPECT_TRUE(client.wait_for_output("up: ppp0, 10\\.64\\.0\\.7 to 10\\.64\\.0\\.1"))
      << client.out() << client.err();
  close(client, server);
}

TEST_F(DialServeNetwork, AnAddressThatThisMachineHasAlreadyIsAConflict) {
  ASSERT_TRUE(client_.run({"ip", "addr", "add", "10.64.0.2/32", "dev", "lo"}).ok());
  Process server(serve(), at_server());
  Process client(dial(), at_client());
  EXPECT_EQ(client.wait(), exited(exit_code(EndReason::address_conflict))) << client.out();
  EXPECT_THAT(client.err(), HasSubstr("10.64.0.2"));
  EXPECT_THAT(client.err(), HasSubstr("lo has already"));
  server.wait();
}

TEST_F(DialServeNetwork, BothInsistingOnOneAddressIsAConflict) {
  Process server(serve(), at_server());
  Process client(dial({"--local", "10.64.0.1", "--no-ipv6"}), at_client());
  EXPECT_EQ(client.wait(), exited(exit_code(EndReason::address_conflict)))
      << client.out() << client.err();
  EXPECT_THAT(client.err(), HasSubstr("10.64.0.1"));
  server.wait();
}

}  // namespace
}  // namespace tunppp::cli
