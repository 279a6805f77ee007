// The kernel gives each interface that goes up a link-local address and talks from it. On a link
// without IPv6CP nobody may see that.

#include "kernel_view.h"
#include "tun/interface.h"
#include "tun/tun_device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <array>
#include <fstream>

namespace tunppp::tun {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

class Ipv6SilenceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ofstream("/proc/sys/net/ipv6/conf/all/disable_ipv6") << 0;
    std::ofstream("/proc/sys/net/ipv6/conf/default/disable_ipv6") << 0;
  }
  void TearDown() override { forward(false); }
  // A router joins one multicast group more, and reports that.
  static void forward(bool on) {
    std::ofstream("/proc/sys/net/ipv6/conf/all/forwarding") << on;
    std::ofstream("/proc/sys/net/ipv6/conf/default/forwarding") << on;
  }
  void go_up() {
    ASSERT_FALSE(tun.set_carrier(true));
    ASSERT_FALSE(interface.set_up(true));
  }
  /// Whether the kernel sends anything within the time; nobody asked it to.
  bool speaks(int milliseconds) { return readable(tun.fd(), milliseconds); }

  TunDevice tun = std::move(*TunDevice::create({.name = "ppp0"}));
  Interface interface = std::move(*Interface::attach("ppp0"));
};

// The first router solicitation is sent at random within a second (RFC 4861 section 6.3.7).
constexpr int longer_than_a_host_waits = 1500;

TEST_F(Ipv6SilenceTest, WithoutIt_TheKernelSpeaks) {
  go_up();
  EXPECT_TRUE(speaks(10'000));
  EXPECT_THAT(ipv6_addresses("ppp0"), Not(IsEmpty()));
}

TEST_F(Ipv6SilenceTest, NoAddressAndNoPacket) {
  ASSERT_FALSE(interface.disable_ipv6_address_generation());
  go_up();
  EXPECT_FALSE(speaks(longer_than_a_host_waits));
  EXPECT_THAT(ipv6_addresses("ppp0"), IsEmpty());
}

TEST_F(Ipv6SilenceTest, NoneOnARouter) {
  forward(true);
  ASSERT_FALSE(interface.disable_ipv6_address_generation());
  go_up();
  EXPECT_FALSE(speaks(longer_than_a_host_waits));
  EXPECT_THAT(ipv6_addresses("ppp0"), IsEmpty());
}

// Below 1280 the kernel takes IPv6 away from the interface, and begins anew above.
TEST_F(Ipv6SilenceTest, NoneAfterAnMtuTooSmallForIpv6) {
  ASSERT_FALSE(interface.disable_ipv6_address_generation());
  ASSERT_FALSE(interface.set_mtu(1000));
  ASSERT_FALSE(interface.set_up(true));
  ASSERT_FALSE(interface.set_mtu(1500));
  ASSERT_FALSE(tun.set_carrier(true));
  EXPECT_FALSE(speaks(longer_than_a_host_waits));
  EXPECT_THAT(ipv6_addresses("ppp0"), IsEmpty());
}

TEST_F(Ipv6SilenceTest, NoAddressStaysAfterARaiseOfTheMtuInUse) {
  ASSERT_FALSE(interface.disable_ipv6_address_generation());
  ASSERT_FALSE(interface.set_mtu(1000));
  go_up();
  ASSERT_FALSE(interface.set_mtu(1500));
  EXPECT_THAT(ipv6_addresses("ppp0"), IsEmpty());
}

TEST_F(Ipv6SilenceTest, IsTheStateOfAnInterfaceThatBeginsWithASmallMtu) {
  ASSERT_FALSE(interface.set_mtu(576));
  ASSERT_FALSE(interface.disable_ipv6_address_generation());
  ASSERT_FALSE(interface.set_mtu(1500));
  go_up();
  EXPECT_FALSE(speaks(longer_than_a_host_waits));
  EXPECT_THAT(ipv6_addresses("ppp0"), IsEmpty());
}

}  // namespace
}  // namespace tunppp::tun
