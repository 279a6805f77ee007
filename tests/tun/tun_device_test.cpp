#include "tun/tun_device.h"

#include "kernel_view.h"
#include "support/deadline.h"
#include "support/process.h"
#include "support/temp_directory.h"
#include "tun/interface.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <array>
#include <cstring>

namespace tunppp::tun {
namespace {

using ::testing::HasSubstr;

Result<TunDevice> create(const std::string& name) {
  TunDevice::Options options;
  options.name = name;
  return TunDevice::create(options);
}

InterfaceInfo info_of(const std::string& name) {
  const auto found = find_interface(name);
  EXPECT_TRUE(found && *found) << name;
  return found && *found ? **found : InterfaceInfo{};
}

bool exists(const std::string& name) {
  const auto found = find_interface(name);
  return found && *found;
}

/// With 10.0.0.1 peer 10.0.0.2, carrier, and up: in this order packets pass at once.
void bring_up(TunDevice& tun) {
  Result<Interface> interface = Interface::attach(tun.name());
  ASSERT_TRUE(interface);
  ASSERT_FALSE(interface->disable_ipv6_address_generation());
  ASSERT_FALSE(interface->add_address(ipv4("10.0.0.1"), ipv4("10.0.0.2")));
  ASSERT_FALSE(tun.set_carrier(true));
  ASSERT_FALSE(interface->set_up(true));
}

TEST(TunDevice, BeginsDownAndWithoutCarrier) {
  const Result<TunDevice> tun = create("ppp0");
  ASSERT_TRUE(tun) << tun.failure().text;
  EXPECT_EQ(tun->name(), "ppp0");
  const InterfaceInfo info = info_of("ppp0");
  EXPECT_EQ(info.kind, "tun");
  EXPECT_FALSE(info.up);
  EXPECT_FALSE(info.carrier);
  EXPECT_EQ(info.mtu, 1500U);
}

TEST(TunDevice, HasCarrierWhenTold) {
  Result<TunDevice> tun = create("ppp0");
  ASSERT_TRUE(tun);
  bring_up(*tun);
  EXPECT_TRUE(info_of("ppp0").up);
  EXPECT_TRUE(info_of("ppp0").carrier);
  EXPECT_TRUE(test::eventually([] { return info_of("ppp0").state == OperationalState::up; }));
  ASSERT_FALSE(tun->set_carrier(false));
  EXPECT_FALSE(info_of("ppp0").carrier);
}

TEST(TunDevice, TakesTheInterfaceAlongWhenItCloses) {
  Result<TunDevice> tun = create("ppp0");
  ASSERT_TRUE(tun);
  TunDevice moved = std::move(*tun);
  tun->close();
  EXPECT_TRUE(exists("ppp0"));
  moved.close();
  moved.close();
  EXPECT_FALSE(exists("ppp0"));
}

TEST(TunDevice, TakesTheFirstFreeNumberOfAPattern) {
  Result<TunDevice> first = create("ppp%d");
  const Result<TunDevice> second = create("ppp%d");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->name(), "ppp0");
  EXPECT_EQ(second->name(), "ppp1");
  first->close();
  const Result<TunDevice> third = create("ppp%d");
  ASSERT_TRUE(third);
  EXPECT_EQ(third->name(), "ppp0");
}

TEST(TunDevice, RefusesNamesThatNoInterfaceCanHave) {
  for (const char* name : {"", ".", "..", "a/b", "a b", "a:b", "sixteen-is-too-l", "%", "p%s",
                           "p%d%d", "p%%d", "100%"}) {
    const Result<TunDevice> tun = create(name);
    ASSERT_FALSE(tun) << name;
    EXPECT_EQ(tun.failure().reason, EndReason::usage) << name;
  }
  EXPECT_TRUE(create("fifteen-letters"));
}

TEST(TunDevice, NamesTheProcessThatHasTheNameTaken) {
  const Result<TunDevice> first = create("ppp0");
  ASSERT_TRUE(first);
  const Result<TunDevice> second = create("ppp0");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.failure().reason, EndReason::interface_taken);
  EXPECT_THAT(second.failure().text, HasSubstr("ppp0 exists already"));
  EXPECT_THAT(second.failure().text,
              HasSubstr("tun_test (process " + std::to_string(::getpid()) + ")"));
}

TEST(TunDevice, NamesTheKindOfInterfaceThatHasTheNameTaken) {
  const Result<TunDevice> loopback = create("lo");
  ASSERT_FALSE(loopback);
  EXPECT_EQ(loopback.failure().reason, EndReason::interface_taken);
  EXPECT_THAT(loopback.failure().text, HasSubstr("a network device"));

  ASSERT_TRUE(test::shell("ip link add ppp0 type veth peer name ppp9").ok());
  const Result<TunDevice> veth = create("ppp0");
  ASSERT_FALSE(veth);
  EXPECT_THAT(veth.failure().text, HasSubstr("a veth interface"));
  ASSERT_TRUE(test::shell("ip link delete ppp0").ok());
}

TEST(TunDevice, NeverTakesOverAPersistentInterface) {
  {
    const Result<TunDevice> maker = create("ppp0");
    ASSERT_TRUE(maker);
    ASSERT_EQ(::ioctl(maker->fd(), TUNSETPERSIST, 1), 0);
  }
  const Result<TunDevice> tun = create("ppp0");
  ASSERT_FALSE(tun);
  EXPECT_EQ(tun.failure().reason, EndReason::interface_taken);
  EXPECT_THAT(tun.failure().text, HasSubstr("a tun interface that no process"));
  ASSERT_TRUE(test::shell("ip link delete ppp0").ok());
}

TEST(TunDevice, MayBeMissing) {
  for (const char* path : {"/nonexistent/net/tun", "/dev/null"}) {
    TunDevice::Options options;
    options.device = path;
    const Result<TunDevice> tun = TunDevice::create(options);
    ASSERT_FALSE(tun) << path;
    EXPECT_EQ(tun.failure().reason, EndReason::tun_missing) << path;
    EXPECT_THAT(tun.failure().text, HasSubstr(path));
  }
}

int reason_without_capabilities(const TunDevice::Options& options) {
  return in_a_process([&] {
    if (!drop_capabilities()) return 100;
    const Result<TunDevice> tun = TunDevice::create(options);
    return tun ? 101 : static_cast<int>(tun.failure().reason);
  });
}

TEST(TunDevice, NeedsPrivilegeToCreateAnInterface) {
  EXPECT_EQ(reason_without_capabilities({}), static_cast<int>(EndReason::no_privilege));
}

TEST(TunDevice, NeedsPermissionToOpenTheDevice) {
  const test::TempDirectory directory;
  const std::string device = directory.write_file("tun", "");
  std::filesystem::permissions(device, std::filesystem::perms::none);
  TunDevice::Options options;
  options.device = device;
  EXPECT_EQ(reason_without_capabilities(options), static_cast<int>(EndReason::no_privilege));
}

TEST(TunDevice, CarriesPacketsBothWays) {
  Result<TunDevice> tun = create("ppp0");
  ASSERT_TRUE(tun);
  bring_up(*tun);

  const Datagrams socket;
  ASSERT_TRUE(socket.bind(4000));
  ASSERT_TRUE(socket.send("10.0.0.2", 7, "out"));
  ASSERT_TRUE(readable(tun->fd()));
  std::array<std::byte, 2048> packet{};
  const TunDevice::Transfer read = tun->read(packet);
  ASSERT_FALSE(read.error);
  ASSERT_EQ(read.count, 31U);
  EXPECT_EQ(packet[0], std::byte{0x45});
  EXPECT_EQ(std::memcmp(&packet[28], "out", 3), 0);

  const auto in = udp_packet(ipv4("10.0.0.2"), ipv4("10.0.0.1"), 4000, "in");
  const TunDevice::Transfer written = tun->write(in);
  EXPECT_FALSE(written.error);
  EXPECT_EQ(written.count, in.size());
  ASSERT_TRUE(readable(socket.fd()));
  char text[16];
  ASSERT_EQ(::read(socket.fd(), text, sizeof text), 2);
  EXPECT_EQ(std::string(text, 2), "in");

  EXPECT_EQ(info_of("ppp0").counters.tx_packets, 1U);
  EXPECT_EQ(info_of("ppp0").counters.rx_packets, 1U);
}

TEST(TunDevice, ReturnsAtOnceWhenNothingIsThere) {
  Result<TunDevice> tun = create("ppp0");
  ASSERT_TRUE(tun);
  std::array<std::byte, 2048> packet{};
  const TunDevice::Transfer read = tun->read(packet);
  EXPECT_EQ(read.count, 0U);
  EXPECT_FALSE(read.error);
  const TunDevice::Transfer written =
      tun->write(udp_packet(ipv4("10.0.0.2"), ipv4("10.0.0.1"), 4000, "in"));
  EXPECT_EQ(written.error, std::errc::io_error);  // it is down
}

TEST(TunDevice, RefusesWhatIsNoPacket) {
  Result<TunDevice> tun = create("ppp0");
  ASSERT_TRUE(tun);
  bring_up(*tun);
  const std::array<std::byte, 20> zeros{};
  EXPECT_TRUE(tun->write(zeros).error);
}

TEST(TunDevice, PrependsAVirtioHeaderIfWanted) {
  TunDevice::Options options;
  options.offload = true;
  Result<TunDevice> tun = TunDevice::create(options);
  ASSERT_TRUE(tun);
  bring_up(*tun);
  const Datagrams socket;
  ASSERT_TRUE(socket.send("10.0.0.2", 7, "out"));
  ASSERT_TRUE(readable(tun->fd()));
  std::array<std::byte, 2048> packet{};
  EXPECT_EQ(tun->read(packet).count, 10U + 31U);
  EXPECT_EQ(packet[10], std::byte{0x45});
}

TEST(TunDevice, WhatNobodyReadsInTimeIsCounted) {
  Result<TunDevice> tun = create("ppp0");
  ASSERT_TRUE(tun);
  Result<Interface> interface = Interface::attach("ppp0");
  ASSERT_TRUE(interface);
  ASSERT_FALSE(interface->set_transmit_queue_length(10));
  bring_up(*tun);
  const Datagrams socket;
  constexpr unsigned sent = 50;
  for (unsigned i = 0; i < sent; ++i) socket.send("10.0.0.2", 7, "x");
  unsigned received = 0;
  std::array<std::byte, 2048> packet{};
  while (tun->read(packet).count > 0) ++received;
  EXPECT_GT(received, 0U);
  EXPECT_LT(received, sent);
  EXPECT_EQ(interface->info()->counters.tx_dropped, sent - received);
}

}  // namespace
}  // namespace tunppp::tun
