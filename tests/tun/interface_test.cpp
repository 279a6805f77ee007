#include "tun/interface.h"

#include "kernel_view.h"
#include "support/process.h"
#include "tun/tun_device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tunppp::tun {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A TUN that is up, with an address.
struct Link {
  Link(const std::string& name, const char* local, const char* remote)
      : tun(std::move(*TunDevice::create({.name = name}))),
        interface(std::move(*Interface::attach(name))) {
    EXPECT_FALSE(interface.disable_ipv6_address_generation());
    EXPECT_FALSE(interface.add_address(ipv4(local), ipv4(remote)));
    EXPECT_FALSE(tun.set_carrier(true));
    EXPECT_FALSE(interface.set_up(true));
  }
  TunDevice tun;
  Interface interface;
};

Link ppp0() {
  return {"ppp0", "10.0.0.1", "10.0.0.2"};
}

Route default_route(const std::string& interface, std::uint32_t metric) {
  return {interface, {}, {}, metric};
}

TEST(FindInterface, TellsWhatIsNotThere) {
  const auto found = find_interface("ppp4711");
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
  EXPECT_TRUE(*find_interface("lo"));
  const Result<Interface> interface = Interface::attach("ppp4711");
  ASSERT_FALSE(interface);
  EXPECT_EQ(interface.failure().reason, EndReason::interface_failed);
  EXPECT_THAT(interface.failure().text, HasSubstr("ppp4711"));
}

TEST(Interface, HasThePeersAddress) {
  Link link = ppp0();
  EXPECT_THAT(ipv4_addresses("ppp0"), ElementsAre(AddressPair{"10.0.0.1", "10.0.0.2"}));
  EXPECT_THAT(routes(), ElementsAre(Route{"ppp0", ipv4("10.0.0.2"), ipv4("255.255.255.255"), 0}));
  EXPECT_FALSE(link.interface.add_address(ipv4("10.0.0.1"), ipv4("10.0.0.2")));
  EXPECT_FALSE(link.interface.remove_address(ipv4("10.0.0.1"), ipv4("10.0.0.2")));
  EXPECT_FALSE(link.interface.remove_address(ipv4("10.0.0.1"), ipv4("10.0.0.2")));
  EXPECT_THAT(ipv4_addresses("ppp0"), IsEmpty());
  EXPECT_THAT(routes(), IsEmpty());
}

TEST(Interface, CanHaveAnAddressWithoutAPeers) {
  Link link("ppp0", "10.0.0.1", "0.0.0.0");
  EXPECT_THAT(ipv4_addresses("ppp0"), ElementsAre(AddressPair{"10.0.0.1", "10.0.0.1"}));
  EXPECT_FALSE(link.interface.remove_address(ipv4("10.0.0.1"), {}));
  EXPECT_THAT(ipv4_addresses("ppp0"), IsEmpty());
}

TEST(Interface, SetsMtuAndQueue) {
  Link link = ppp0();
  ASSERT_FALSE(link.interface.set_mtu(1430));
  ASSERT_FALSE(link.interface.set_transmit_queue_length(64));
  const Result<InterfaceInfo> info = link.interface.info();
  ASSERT_TRUE(info);
  EXPECT_EQ(info->mtu, 1430U);
  EXPECT_EQ(info->transmit_queue_length, 64U);
}

TEST(Interface, SaysWhatFailedAndWhy) {
  Link link = ppp0();
  const Status status = link.interface.set_mtu(10);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->reason, EndReason::interface_failed);
  EXPECT_EQ(status->code, std::errc::invalid_argument);
  EXPECT_THAT(status->text, HasSubstr("cannot set the MTU of ppp0 to 10: Invalid argument"));
}

TEST(Interface, NeedsPrivilege) {
  Link link = ppp0();
  EXPECT_EQ(in_a_process([&] {
              if (!drop_capabilities()) return 100;
              const Status status = link.interface.set_mtu(1400);
              return status ? static_cast<int>(status->reason) : 101;
            }),
            static_cast<int>(EndReason::no_privilege));
}

TEST(Interface, GoesUpAndDown) {
  Link link = ppp0();
  EXPECT_TRUE(link.interface.info()->up);
  ASSERT_FALSE(link.interface.set_up(false));
  EXPECT_FALSE(link.interface.info()->up);
  EXPECT_EQ(link.interface.info()->state, OperationalState::down);
}

TEST(DefaultRoute, ComesAndGoes) {
  Link link = ppp0();
  ASSERT_FALSE(link.interface.add_default_route(700));
  EXPECT_FALSE(link.interface.add_default_route(700));
  EXPECT_THAT(default_routes(), ElementsAre(default_route("ppp0", 700)));
  EXPECT_EQ(source_towards("192.0.2.1"), "10.0.0.1");
  const test::Completed shown = test::shell("ip route show default");
  EXPECT_THAT(shown.out, HasSubstr("dev ppp0 proto 112 scope link metric 700"));
  ASSERT_FALSE(link.interface.remove_default_route(700));
  EXPECT_FALSE(link.interface.remove_default_route(700));
  EXPECT_THAT(default_routes(), IsEmpty());
}

TEST(DefaultRoute, GoesWithTheInterface) {
  Link link = ppp0();
  ASSERT_FALSE(link.interface.add_default_route(700));
  link.tun.close();
  EXPECT_THAT(routes(), IsEmpty());
}

TEST(DefaultRoute, LosesAgainstALowerMetricAndLeavesItAlone) {
  Link wired("lan0", "192.168.1.2", "192.168.1.1");
  add_foreign_default_route(wired.interface.index(), 100);
  {
    Link link = ppp0();
    ASSERT_FALSE(link.interface.add_default_route(700));
    EXPECT_THAT(default_routes(),
                ElementsAre(default_route("lan0", 100), default_route("ppp0", 700)));
    EXPECT_EQ(source_towards("192.0.2.1"), "192.168.1.2");
    ASSERT_FALSE(link.interface.remove_default_route(700));
    EXPECT_THAT(default_routes(), ElementsAre(default_route("lan0", 100)));
    ASSERT_FALSE(link.interface.add_default_route(700));
  }
  EXPECT_THAT(default_routes(), ElementsAre(default_route("lan0", 100)));
}

TEST(DefaultRoute, WinsWithALowerMetric) {
  Link wired("lan0", "192.168.1.2", "192.168.1.1");
  add_foreign_default_route(wired.interface.index(), 1000);
  Link link = ppp0();
  ASSERT_FALSE(link.interface.add_default_route(700));
  EXPECT_EQ(source_towards("192.0.2.1"), "10.0.0.1");
}

TEST(DefaultRoute, StandsBehindOneOfTheSameMetric) {
  Link wired("lan0", "192.168.1.2", "192.168.1.1");
  add_foreign_default_route(wired.interface.index(), 700);
  Link link = ppp0();
  ASSERT_FALSE(link.interface.add_default_route(700));
  EXPECT_THAT(default_routes(),
              ElementsAre(default_route("lan0", 700), default_route("ppp0", 700)));
  EXPECT_EQ(source_towards("192.0.2.1"), "192.168.1.2");
  ASSERT_FALSE(link.interface.remove_default_route(700));
  EXPECT_THAT(default_routes(), ElementsAre(default_route("lan0", 700)));
}

TEST(DefaultRoute, RemovesNoneThatSomebodyElseLaidThroughOurInterface) {
  Link link = ppp0();
  add_foreign_default_route(link.interface.index(), 700);
  ASSERT_FALSE(link.interface.remove_default_route(700));
  EXPECT_THAT(default_routes(), ElementsAre(default_route("ppp0", 700)));
}

TEST(DefaultRoute, CannotBeAddedWhileTheInterfaceIsDown) {
  Link link = ppp0();
  ASSERT_FALSE(link.interface.set_up(false));
  const Status status = link.interface.add_default_route(700);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->reason, EndReason::interface_failed);
  EXPECT_THAT(status->text, HasSubstr("the default route with metric 700 through ppp0"));
}

TEST(HostRoute, ComesAndGoes) {
  Link link = ppp0();
  const Route wanted{"ppp0", ipv4("9.9.9.9"), ipv4("255.255.255.255"), 700};
  ASSERT_FALSE(link.interface.add_host_route(ipv4("9.9.9.9"), 700));
  EXPECT_THAT(routes(), ::testing::Contains(wanted));
  EXPECT_EQ(source_towards("9.9.9.9"), "10.0.0.1");
  ASSERT_FALSE(link.interface.remove_host_route(ipv4("9.9.9.9"), 700));
  EXPECT_THAT(routes(), ::testing::Not(::testing::Contains(wanted)));
}

TEST(Interface, FailsInOrderWhenTheDeviceIsGone) {
  Link link = ppp0();
  ASSERT_FALSE(link.interface.add_default_route(700));
  link.tun.close();
  EXPECT_FALSE(link.interface.info());
  EXPECT_TRUE(link.interface.set_mtu(1400));
  EXPECT_TRUE(link.interface.set_up(false));
  EXPECT_FALSE(link.interface.remove_default_route(700));
  EXPECT_FALSE(link.interface.remove_host_route(ipv4("9.9.9.9"), 700));
  EXPECT_FALSE(link.interface.remove_address(ipv4("10.0.0.1"), ipv4("10.0.0.2")));
}

}  // namespace
}  // namespace tunppp::tun
