// What stands on the interface for IPv6, and what the kernel itself does not do.
#include "tun/ipv6_interface.h"

#include "kernel_view.h"
#include "support/process.h"
#include "tun/interface.h"
#include "tun/tun_device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <fstream>

namespace tunppp::tun {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using std::chrono::seconds;

Ipv6Address ip(const char* text) {
  return *parse_ipv6(text);
}

class Ipv6InterfaceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ofstream("/proc/sys/net/ipv6/conf/all/disable_ipv6") << 0;
    ASSERT_FALSE(interface.disable_ipv6_address_generation());
    ASSERT_FALSE(tun.set_carrier(true));
    ASSERT_FALSE(interface.set_up(true));
    ASSERT_FALSE(ipv6.enable());
  }
  static std::string shown(std::vector<std::string> what) {
    what.insert(what.begin(), {"ip", "-6"});
    what.insert(what.end(), {"dev", "ppp0"});
    return test::run(what).out;
  }
  static std::string setting(const char* name) {
    std::string value;
    std::ifstream(std::string("/proc/sys/net/ipv6/conf/ppp0/") + name) >> value;
    return value;
  }

  TunDevice tun = std::move(*TunDevice::create({.name = "ppp0"}));
  Interface interface = std::move(*Interface::attach("ppp0"));
  Ipv6Interface ipv6 = std::move(*Ipv6Interface::attach("ppp0"));
};

TEST_F(Ipv6InterfaceTest, TheKernelActsOnNothingByItself) {
  EXPECT_EQ(setting("accept_ra"), "0");
  EXPECT_THAT(ipv6_addresses("ppp0"), IsEmpty()) << "no address of its own invention";
}

TEST_F(Ipv6InterfaceTest, AnAddressIsThereAtOnce) {
  ASSERT_FALSE(ipv6.add_address(ip("fe80::9"), 64, forever, forever));
  EXPECT_THAT(shown({"addr", "show"}), HasSubstr("inet6 fe80::9/64 scope link"));
  EXPECT_THAT(shown({"addr", "show"}), Not(HasSubstr("tentative"))) << "no detection of duplicates";
  ASSERT_FALSE(ipv6.remove_address(ip("fe80::9"), 64));
  ASSERT_FALSE(ipv6.remove_address(ip("fe80::9"), 64)) << "gone already";
  EXPECT_THAT(ipv6_addresses("ppp0"), IsEmpty());
}

TEST_F(Ipv6InterfaceTest, LifetimesAreTheKernelsToo) {
  ASSERT_FALSE(ipv6.add_address(ip("2001:db8::9"), 128, seconds(300), seconds(600)));
  EXPECT_THAT(shown({"addr", "show"}), HasSubstr("valid_lft 600sec preferred_lft 300sec"));
  ASSERT_FALSE(ipv6.add_address(ip("2001:db8::9"), 128, seconds(0), forever));
  EXPECT_THAT(shown({"addr", "show"}), HasSubstr("valid_lft forever preferred_lft 0sec"));
  EXPECT_THAT(shown({"addr", "show"}), HasSubstr("deprecated"));
}

TEST_F(Ipv6InterfaceTest, TheDefaultRouteHasItsMetricAndLeavesOthersAlone) {
  TunDevice other_tun = std::move(*TunDevice::create({.name = "ppp1"}));
  Interface other = std::move(*Interface::attach("ppp1"));
  ASSERT_FALSE(other_tun.set_carrier(true));
  ASSERT_FALSE(other.set_up(true));
  Ipv6Interface other_ipv6 = std::move(*Ipv6Interface::attach("ppp1"));
  ASSERT_FALSE(other_ipv6.enable());
  ASSERT_FALSE(other_ipv6.add_default_route(700));
  ASSERT_FALSE(ipv6.add_default_route(700)) << "the same metric on another interface";
  ASSERT_FALSE(ipv6.add_default_route(700)) << "there already";
  EXPECT_THAT(shown({"route", "show", "default"}), HasSubstr("proto 112 metric 700"));
  ASSERT_FALSE(ipv6.remove_default_route(700));
  ASSERT_FALSE(ipv6.remove_default_route(700)) << "gone already";
  EXPECT_EQ(shown({"route", "show", "default"}), "");
  EXPECT_THAT(test::run({"ip", "-6", "route", "show", "default"}).out, HasSubstr("dev ppp1"));
}

TEST_F(Ipv6InterfaceTest, ItsMtuIsItsOwn) {
  ASSERT_FALSE(ipv6.set_mtu(1400));
  EXPECT_EQ(setting("mtu"), "1400");
  EXPECT_EQ(interface.info()->mtu, 1500u);
}

TEST_F(Ipv6InterfaceTest, OffTakesEverythingAway) {
  ASSERT_FALSE(ipv6.add_address(ip("fe80::9"), 64, forever, forever));
  ASSERT_FALSE(ipv6.add_default_route(700));
  ipv6.disable();
  EXPECT_THAT(ipv6_addresses("ppp0"), IsEmpty());
  EXPECT_EQ(shown({"route", "show", "default"}), "");
}

TEST(Ipv6Interface, TellsWhatIsNotThere) {
  const Result<Ipv6Interface> interface = Ipv6Interface::attach("ppp4711");
  ASSERT_FALSE(interface);
  EXPECT_THAT(interface.failure().text, HasSubstr("ppp4711"));
}

}  // namespace
}  // namespace tunppp::tun
