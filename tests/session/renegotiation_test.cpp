// Some modems start IPCP again in the middle of a session (u-blox SARA-R4, Qualcomm). The interface
// must not notice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "session/bare_peer.h"
#include "session/world.h"

namespace tunppp::session {
namespace {

using testing::HasSubstr;

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
  FdPipe pipe(world.loop(), wire.fds[1]);
  BarePeer peer(world, pipe, server_options(-1).link);
  client.start(client_options(wire.fds[0]));
  ASSERT_TRUE(world.until([&] { return client.up() && peer.ups == 1; }));

  test::Process monitor({"ip", "-o", "monitor", "link", "address", "route"});
  // It says nothing when it is ready.
  ASSERT_TRUE(test::eventually([&] {
    ip("tuntap add dev marker mode tun");
    ip("link del marker");
    return monitor.out().find("marker") != std::string::npos;
  }));
  const std::string before = monitor.out();

  const std::string octets = frame();
  ASSERT_EQ(::write(wire.fds[1], octets.data(), octets.size()),
            static_cast<ssize_t>(octets.size()));
  ASSERT_TRUE(world.until([&] { return peer.ups == 2; }));

  ip("tuntap add dev last mode tun");
  ip("link del last");
  ASSERT_TRUE(monitor.wait_for_output("Deleted.*last"));
  // (The kernel tells of the carrier, which came with the first time, when it pleases.)
  const std::string after = monitor.out().substr(before.size());
  EXPECT_FALSE(test::find(after, "Deleted.*ppp")) << after;
  EXPECT_FALSE(test::find(after, "inet |default dev")) << after;
  EXPECT_FALSE(test::find(after, "ppp.*DOWN")) << after;
  EXPECT_EQ(client.all<AddressesSet>().size(), 1u);
  EXPECT_FALSE(client.end);
  client.stop();
  ASSERT_TRUE(world.until([&] { return client.end.has_value(); }));
}

TEST(Renegotiation, OfAnotherAddressChangesOnlyThat) {
  const InterfaceOptions options{.name = "ppp3"};
  Result<NetworkInterface> interface = NetworkInterface::create(options, false);
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
