#include "session/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <string>

#include "session/world.h"
#include "support/temp_directory.h"

namespace tunppp::session {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

class SessionTest : public testing::Test {
 protected:
  void start(DialerOptions client, DialerOptions server) {
    server_.start(std::move(server));
    client_.start(std::move(client));
  }
  void start() { start(client_options(wire_.fds[0]), server_options(wire_.fds[1])); }
  bool both_up() {
    return world_.until([this] { return client_.up() && server_.up(); });
  }
  bool both_ended() {
    return world_.until([this] { return client_.end && server_.end; });
  }
  void end() {
    client_.stop();
    EXPECT_TRUE(both_ended());
  }

  World world_;
  Wire wire_;
  Party client_{world_};
  Party server_{world_};
};

TEST_F(SessionTest, ComesUpConfiguresTheInterfaceAndClosesInOrder) {
  DialerOptions client = client_options(wire_.fds[0]);
  client.link.lcp.mru = 1400;
  client.interface.name = "wan0";
  DialerOptions server = server_options(wire_.fds[1]);
  server.interface.name = "lns0";
  server.link.lcp.mru = 1300;
  start(std::move(client), std::move(server));
  ASSERT_TRUE(both_up());

  const AddressesSet at_client = client_.all<AddressesSet>().at(0);
  EXPECT_EQ(at_client.interface, "wan0");
  EXPECT_EQ(at_client.local, client_address);
  EXPECT_EQ(at_client.remote, server_address);
  EXPECT_EQ(at_client.mtu, 1300);  // the peer's MRU
  EXPECT_EQ(at_client.default_route_metric, 700u);
  EXPECT_EQ(server_.all<AddressesSet>().at(0).mtu, 1400);
  EXPECT_FALSE(server_.all<AddressesSet>().at(0).default_route_metric);

  EXPECT_THAT(ip("-o link show wan0"), HasSubstr("mtu 1300"));
  EXPECT_THAT(ip("-o link show wan0"), HasSubstr("LOWER_UP"));
  EXPECT_THAT(ip("-o -4 addr show wan0"), HasSubstr("10.64.0.2 peer 10.64.0.1/32"));
  EXPECT_EQ(ip("-o -6 addr show wan0"), "");
  EXPECT_THAT(ip("route show default"), HasSubstr("default dev wan0"));
  EXPECT_THAT(ip("route show default"), HasSubstr("metric 700"));
  EXPECT_THAT(ip("route show default"), Not(HasSubstr("lns0")));

  end();
  EXPECT_EQ(client_.reason(), EndReason::requested);
  EXPECT_EQ(server_.reason(), EndReason::peer_closed);
  EXPECT_EQ(ip("-o link show wan0"), "");
  EXPECT_TRUE(client_.reached("closing"));
  EXPECT_EQ(client_.all<Counters>().size(), 1u);
}

TEST_F(SessionTest, OwnMtuIsALimitAsWell) {
  DialerOptions client = client_options(wire_.fds[0]);
  client.interface.mtu = 1280;
  start(std::move(client), server_options(wire_.fds[1]));
  ASSERT_TRUE(both_up());
  EXPECT_EQ(client_.all<AddressesSet>().at(0).mtu, 1280);
  end();
}

TEST_F(SessionTest, NobodyElsesDefaultRouteIsTouched) {
  ip("tuntap add dev other mode tun");
  ip("link set other up");
  ip("route add default dev other metric 700");
  start();
  ASSERT_TRUE(both_up());
  const std::string routes = ip("route show default");
  EXPECT_THAT(routes, HasSubstr("dev other"));
  EXPECT_THAT(routes, HasSubstr("dev ppp"));
  EXPECT_LT(routes.find("dev other"), routes.find("dev ppp")) << routes;
  end();
  EXPECT_THAT(ip("route show default"), HasSubstr("dev other"));
  ip("link del other");
}

TEST_F(SessionTest, NameServersReachTheFileAndLeaveIt) {
  const test::TempDirectory directory;
  const std::string file = directory.write_file("resolv.conf", "before\n");
  DialerOptions client = client_options(wire_.fds[0]);
  client.dns = {DnsMethod::file, file};
  start(std::move(client), server_options(wire_.fds[1]));
  ASSERT_TRUE(world_.until([this] { return !client_.all<DnsSet>().empty(); }));
  EXPECT_THAT(test::read_file(file), HasSubstr("nameserver 9.9.9.9\nnameserver 1.1.1.1\n"));
  end();
  EXPECT_EQ(test::read_file(file), "before\n");
}

// --- Authentication ---

class Authentication : public SessionTest, public testing::WithParamInterface<AuthMethod> {};

TEST_P(Authentication, RightPassword) {
  DialerOptions server = server_options(wire_.fds[1]);
  server.link.auth.require = {GetParam()};
  start(client_options(wire_.fds[0]), std::move(server));
  ASSERT_TRUE(both_up());
  EXPECT_TRUE(client_.reached("auth"));
  EXPECT_TRUE(server_.reached("auth"));
  end();
}

TEST_P(Authentication, WrongPasswordIsToldApartOnBothSides) {
  DialerOptions client = client_options(wire_.fds[0]);
  client.link.auth.password = Secret("wrong");
  DialerOptions server = server_options(wire_.fds[1]);
  server.link.auth.require = {GetParam()};
  start(std::move(client), std::move(server));
  ASSERT_TRUE(both_ended());
  EXPECT_EQ(client_.reason(), EndReason::auth_refused);
  EXPECT_EQ(server_.reason(), EndReason::peer_auth_failed);
  EXPECT_FALSE(client_.up());
}

TEST_P(Authentication, AnUnknownNameIsRefused) {
  DialerOptions client = client_options(wire_.fds[0]);
  client.link.auth.user = "mallory";
  DialerOptions server = server_options(wire_.fds[1]);
  server.link.auth.require = {GetParam()};
  start(std::move(client), std::move(server));
  ASSERT_TRUE(both_ended());
  EXPECT_EQ(client_.reason(), EndReason::auth_refused);
  EXPECT_EQ(server_.reason(), EndReason::peer_auth_failed);
}

INSTANTIATE_TEST_SUITE_P(Session, Authentication,
                         testing::Values(AuthMethod::pap, AuthMethod::chap_md5),
                         [](const auto& method) {
                           return method.param == AuthMethod::pap ? "Pap" : "Chap";
                         });

// --- What is written down ---

class CaptureTest : public SessionTest {
 protected:
  void run(bool secrets) {
    DialerOptions client = client_options(wire_.fds[0]);
    client.capture = file();
    client.capture_secrets = secrets;
    client.dialogue = true;
    DialerOptions server = server_options(wire_.fds[1]);
    server.link.auth.require = {AuthMethod::pap};
    start(std::move(client), std::move(server));
    ASSERT_TRUE(both_up());
    end();
  }
  std::string file() const { return (directory_.path() / "session.pcapng").string(); }
  std::string tshark(const std::string& filter) const {
    const test::Completed completed = test::run({"tshark", "-r", file(), "-Y", filter});
    EXPECT_TRUE(completed.ok()) << completed;
    return completed.out;
  }
  test::TempDirectory directory_;
};

TEST_F(CaptureTest, HoldsBothDirectionsAndNoPassword) {
  run(false);
  EXPECT_THAT(test::read_file(file()), Not(HasSubstr("s3cret")));
  EXPECT_NE(tshark("pap && ppp.direction == 0"), "");
  EXPECT_NE(tshark("pap && ppp.direction == 1"), "");
  EXPECT_NE(tshark("ipcp.opt.ip_address == 10.64.0.2"), "");
  EXPECT_NE(tshark("lcp && ppp.code == 5"), "");  // up to our Terminate-Request
  EXPECT_EQ(tshark("_ws.malformed"), "");
  struct stat status {};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(CaptureTest, HoldsThePasswordWhenAsked) {
  run(true);
  EXPECT_THAT(test::read_file(file()), HasSubstr("s3cret"));
}

TEST_F(CaptureTest, AFileThatWasOpenToAllIsClosedToThem) {
  directory_.write_file("session.pcapng", "old");
  ASSERT_EQ(::chmod(file().c_str(), 0666), 0);
  run(false);
  struct stat status {};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(CaptureTest, TheDialogueMasksThePassword) {
  run(false);
  bool saw_pap = false;
  for (const Dialogue& it : client_.all<Dialogue>()) {
    EXPECT_THAT(it.text, Not(HasSubstr("s3cret")));
    saw_pap |= it.text.starts_with("PAP AuthReq");
  }
  EXPECT_TRUE(saw_pap);
}

TEST_F(CaptureTest, ThatCannotBeWrittenEndsBeforeAnythingIsDialled) {
  DialerOptions client = client_options(wire_.fds[0]);
  client.capture = "/no/such/folder/x.pcapng";
  client_.start(std::move(client));
  ASSERT_TRUE(world_.until([this] { return client_.end.has_value(); }));
  EXPECT_EQ(client_.reason(), EndReason::usage);
  EXPECT_FALSE(client_.reached("lcp"));
}

// --- Ends that nobody asked for ---

TEST_F(SessionTest, ThePeerEndsIt) {
  start();
  ASSERT_TRUE(both_up());
  server_.stop();
  ASSERT_TRUE(both_ended());
  EXPECT_EQ(client_.reason(), EndReason::peer_closed);
  EXPECT_EQ(server_.reason(), EndReason::requested);
}

TEST_F(SessionTest, TheLineIsHungUp) {
  Wire wire;
  client_.start(client_options(wire.fds[0]));
  ASSERT_TRUE(world_.until([this] { return client_.reached("lcp"); }));
  wire.cut(1);
  ASSERT_TRUE(world_.until([this] { return client_.end.has_value(); }));
  EXPECT_EQ(client_.reason(), EndReason::carrier_lost);
}

TEST_F(SessionTest, AModemSaysNoCarrierInTheStream) {
  start();
  ASSERT_TRUE(both_up());
  const std::string text = "\r\nNO CARRIER\r\n";
  ASSERT_EQ(::write(wire_.fds[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  ASSERT_TRUE(world_.until([this] { return client_.end.has_value(); }));
  EXPECT_EQ(client_.reason(), EndReason::carrier_lost);
  EXPECT_THAT(client_.end->text, HasSubstr("NO CARRIER"));
  server_.stop();
  EXPECT_TRUE(both_ended());
}

TEST_F(SessionTest, AModemSaysNoCarrierBeforeTheFirstFrame) {
  client_.start(client_options(wire_.fds[0]));
  ASSERT_TRUE(world_.until([this] { return client_.reached("lcp"); }));
  const std::string text = "\r\nNO CARRIER\r\n";
  ASSERT_EQ(::write(wire_.fds[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  ASSERT_TRUE(world_.until([this] { return client_.end.has_value(); }, seconds(4)));
  EXPECT_EQ(client_.reason(), EndReason::carrier_lost);
}

TEST_F(SessionTest, ASilentPeerIsFoundByEchoes) {
  DialerOptions client = client_options(wire_.fds[0]);
  client.link.lcp.echo_interval = milliseconds(50);
  client.link.lcp.echo_failures = 3;
  start(std::move(client), server_options(wire_.fds[1]));
  ASSERT_TRUE(both_up());
  server_.stop();
  server_.stop();  // at once, without a word
  ASSERT_TRUE(both_ended());
  EXPECT_EQ(server_.reason(), EndReason::interrupted);
  EXPECT_EQ(client_.reason(), EndReason::peer_lost);
}

TEST_F(SessionTest, OwnFramesComeBack) {
  // An echoing end: what a modem in command mode does.
  Wire wire;
  client_.start(client_options(wire.fds[0]));
  test::Process echo({"cat"}, {.input = true});
  FdPipe mirror(world_.loop(), wire.fds[1]);
  struct Mirror final : Pipe::Listener {
    explicit Mirror(FdPipe& its_pipe) : pipe(its_pipe) {
      pipe.listen(this);
      pipe.watch_read(true);
    }
    void pipe_readable() override {
      std::array<std::byte, 4096> buffer;
      const Pipe::Result result = pipe.read(buffer);
      pipe.write(Bytes(buffer).first(result.count));
      if (result.closed) pipe.watch_read(false);
    }
    void pipe_writable() override {}
    FdPipe& pipe;
  } echoing(mirror);
  ASSERT_TRUE(world_.until([this] { return client_.end.has_value(); }, seconds(60)));
  EXPECT_EQ(client_.reason(), EndReason::loopback);
}

TEST_F(SessionTest, NotUpInTimeSaysWhereItHung) {
  DialerOptions client = client_options(wire_.fds[0]);
  client.up_timeout = milliseconds(300);
  client.link.lcp.passive = true;
  client_.start(std::move(client));
  ASSERT_TRUE(world_.until([this] { return client_.end.has_value(); }));
  EXPECT_EQ(client_.reason(), EndReason::up_timeout);
  EXPECT_THAT(client_.end->text, HasSubstr("lcp"));
}

TEST_F(SessionTest, TheInterfaceIsRemovedBySomebody) {
  start();
  ASSERT_TRUE(both_up());
  ip("link del " + client_.all<AddressesSet>().at(0).interface);
  ASSERT_TRUE(both_ended());
  EXPECT_EQ(client_.reason(), EndReason::interface_failed);
}

TEST_F(SessionTest, ATakenNameNamesItsOwnerAndDialsNothing) {
  ip("tuntap add dev ppp7 mode tun");
  DialerOptions client = client_options(wire_.fds[0]);
  client.interface.name = "ppp7";
  client_.start(std::move(client));
  ASSERT_TRUE(world_.until([this] { return client_.end.has_value(); }));
  EXPECT_EQ(client_.reason(), EndReason::interface_taken);
  EXPECT_THAT(client_.end->text, HasSubstr("ppp7"));
  ip("link del ppp7");
}

// --- Ends that were asked for ---

TEST_F(SessionTest, StoppedWithASilentPeerItEndsInTime) {
  start();
  ASSERT_TRUE(both_up());
  server_.stop();
  server_.stop();
  const Instant begin = boot_time();
  client_.stop();
  ASSERT_TRUE(both_ended());
  EXPECT_EQ(client_.reason(), EndReason::requested);
  EXPECT_LT(boot_time() - begin, seconds(5));
}

TEST_F(SessionTest, StoppedBeforeItIsUp) {
  client_.start(client_options(wire_.fds[0]));
  ASSERT_TRUE(world_.until([this] { return client_.reached("lcp"); }));
  client_.stop();
  ASSERT_TRUE(world_.until([this] { return client_.end.has_value(); }));
  EXPECT_EQ(client_.reason(), EndReason::requested);
}

TEST_F(SessionTest, StoppedTwiceItEndsAtOnceAndLeavesNothing) {
  const test::TempDirectory directory;
  const std::string file = directory.write_file("resolv.conf", "before\n");
  DialerOptions client = client_options(wire_.fds[0]);
  client.dns = {DnsMethod::file, file};
  start(std::move(client), server_options(wire_.fds[1]));
  ASSERT_TRUE(world_.until([this] { return !client_.all<DnsSet>().empty(); }));
  client_.stop();
  client_.stop();
  EXPECT_EQ(client_.reason(), EndReason::interrupted);
  EXPECT_EQ(test::read_file(file), "before\n");
  server_.stop();
  ASSERT_TRUE(both_ended());
}

TEST_F(SessionTest, StoppedWhileTheLineTakesNothing) {
  DialerOptions client = client_options(wire_.fds[0]);
  client_.start(std::move(client));
  ASSERT_TRUE(world_.until([this] { return client_.reached("lcp"); }));
  const std::string block(65536, 'x');
  while (::send(wire_.fds[0], block.data(), block.size(), MSG_DONTWAIT) > 0) {
  }
  const Instant begin = boot_time();
  client_.stop();
  ASSERT_TRUE(world_.until([this] { return client_.end.has_value(); }));
  EXPECT_EQ(client_.reason(), EndReason::requested);
  EXPECT_LT(boot_time() - begin, seconds(5));
}

// --- Counters ---

TEST_F(SessionTest, CountsWhatItSendsAndReceives) {
  DialerOptions client = client_options(wire_.fds[0]);
  client.counters_interval = milliseconds(20);
  client.interface.name = "wan0";
  start(std::move(client), server_options(wire_.fds[1]));
  ASSERT_TRUE(both_up());
  // To an address that is nobody's here, so that it has to leave by the interface.
  test::Process ping({"ping", "-n", "-c", "5", "-i", "0.01", "-W", "1", "192.0.2.1"});
  ASSERT_TRUE(world_.until([this] {
    const auto counters = client_.all<Counters>();
    return !counters.empty() && counters.back().link.sent_packets >= 5;
  }));
  end();
  const Counters at_client = client_.all<Counters>().back();
  EXPECT_EQ(at_client.interface_read, at_client.link.sent_packets);
  EXPECT_EQ(at_client.link.sent_packet_octets, at_client.link.sent_packets * 84);
  const Counters at_server = server_.all<Counters>().back();
  EXPECT_EQ(at_server.link.received_packets, at_client.link.sent_packets);
  EXPECT_EQ(at_server.interface_written, at_client.link.sent_packets);
}

}  // namespace
}  // namespace tunppp::session
