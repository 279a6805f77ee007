// Some modems start IPCP again in the middle of a session (u-blox SARA-R4, Qualcomm). The interface
// must not notice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "session/system_entropy.h"
#include "session/world.h"

namespace tunppp::session {
namespace {

using testing::HasSubstr;

/// A PPP peer without an interface, whose line one can put octets on.
class BarePeer final : private Pump::Owner {
 public:
  BarePeer(World& world, int fd, Ipv4Address gives)
      : world_(world),
        pipe_(world.loop(), fd),
        link_(config(gives), entropy_),
        pump_(world.loop(), pipe_, link_, nullptr, 1500, *this) {
    pump_.start();
  }
  int ups = 0;

 private:
  static LinkConfig config(Ipv4Address gives) {
    LinkConfig config = server_options(-1).link;
    config.ipcp.remote = gives;
    return config;
  }
  void link_event(const Event& event) override {
    if (std::holds_alternative<Ipv4Up>(event)) ++ups;
    world_.changed();
  }
  void line_closed(std::error_code) override {}
  void line_quiet(Bytes) override {}
  void tun_failed(std::error_code) override {}

  World& world_;
  SystemEntropy entropy_;
  FdPipe pipe_;
  Link link_;
  Pump pump_;
};

/// IPCP Configure-Request, identifier 77, address 10.64.0.1, as a whole frame with FCS.
constexpr unsigned char request_again[] = {0x7e, 0xff, 0x03, 0x80, 0x21, 0x01, 0x4d, 0x00, 0x0a,
                                           0x03, 0x06, 0x0a, 0x40, 0x00, 0x01, 0x00, 0x00, 0x7e};

/// The same with its FCS (RFC 1662 appendix C.2) and escapes in place.
std::string frame() {
  std::string raw(reinterpret_cast<const char*>(request_again) + 1, 14);
  unsigned fcs = 0xffff;
  for (const char c : raw) {
    fcs ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) fcs = fcs & 1 ? fcs >> 1 ^ 0x8408 : fcs >> 1;
  }
  fcs ^= 0xffff;
  raw += static_cast<char>(fcs & 0xff);
  raw += static_cast<char>(fcs >> 8);
  std::string escaped = "\x7e";
  for (const char c : raw) {
    if (c == '\x7e' || c == '\x7d' || static_cast<unsigned char>(c) < 0x20) {
      escaped += '\x7d';
      escaped += static_cast<char>(c ^ 0x20);
    } else {
      escaped += c;
    }
  }
  return escaped + '\x7e';
}

TEST(Renegotiation, OfTheSameAddressesLeavesTheInterfaceAlone) {
  World world;
  Wire wire;
  Party client(world);
  BarePeer peer(world, wire.fds[1], client_address);
  client.start(client_options(wire.fds[0]));
  ASSERT_TRUE(world.until([&] { return client.up() && peer.ups == 1; }));

  test::Process monitor({"ip", "-o", "monitor", "link", "address", "route"});
  // It says nothing when it is ready; a route of ours in another table tells.
  ip("link add marker type dummy");
  ASSERT_TRUE(monitor.wait_for_output("marker"));
  const std::string before = monitor.out();

  const std::string octets = frame();
  ASSERT_EQ(::write(wire.fds[1], octets.data(), octets.size()),
            static_cast<ssize_t>(octets.size()));
  ASSERT_TRUE(world.until([&] { return peer.ups == 2; }));

  ip("link del marker");
  ASSERT_TRUE(monitor.wait_for_output("Deleted.*marker"));
  EXPECT_EQ(monitor.out().find("ppp", before.size()), std::string::npos) << monitor.out();
  EXPECT_EQ(client.all<AddressesSet>().size(), 1u);
  EXPECT_FALSE(client.end);
  client.stop();
  ASSERT_TRUE(world.until([&] { return client.end.has_value(); }));
}

TEST(Renegotiation, OfAnotherAddressChangesOnlyThat) {
  const InterfaceOptions options{.name = "ppp3"};
  Result<NetworkInterface> interface = NetworkInterface::create(options);
  ASSERT_TRUE(interface) << interface.failure().text;
  ASSERT_FALSE(interface->configure({client_address, server_address, {}, 1500}));
  ip("route add 192.0.2.0/24 dev ppp3");
  ASSERT_FALSE(interface->configure({{{10, 64, 0, 9}}, server_address, {}, 1400}));
  EXPECT_THAT(ip("-o -4 addr show ppp3"), HasSubstr("10.64.0.9 peer 10.64.0.1/32"));
  EXPECT_EQ(ip("-o -4 addr show ppp3").find("10.64.0.2"), std::string::npos);
  EXPECT_THAT(ip("-o link show ppp3"), HasSubstr("mtu 1400"));
  EXPECT_THAT(ip("route"), HasSubstr("default dev ppp3"));
}

}  // namespace
}  // namespace tunppp::session
