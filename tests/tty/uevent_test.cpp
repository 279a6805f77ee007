#include "tty/uevent.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "support/deadline.h"
#include "tty/uevent_socket.h"

namespace tunppp::tty {
namespace {

using namespace std::string_literals;

std::optional<Uevent> parse(const std::string& message) {
  return parse_uevent(std::as_bytes(std::span(message)));
}

// What a kernel sent when an EC25 was plugged in.
const std::string added =
    "add@/devices/usb1/1-1/1-1.3/1-1.3:1.3/ttyUSB3/tty/ttyUSB3\0"
    "ACTION=add\0"
    "DEVPATH=/devices/usb1/1-1/1-1.3/1-1.3:1.3/ttyUSB3/tty/ttyUSB3\0"
    "SUBSYSTEM=tty\0MAJOR=188\0MINOR=3\0DEVNAME=ttyUSB3\0SEQNUM=4711\0"s;

TEST(Uevent, SaysWhatHappenedToWhichDevice) {
  EXPECT_EQ(parse(added), (Uevent{"add", "/devices/usb1/1-1/1-1.3/1-1.3:1.3/ttyUSB3/tty/ttyUSB3",
                                  "tty", "ttyUSB3"}));
  EXPECT_EQ(parse("bind@/devices/x\0"s), (Uevent{"bind", "/devices/x", "", ""}));
}

TEST(Uevent, WhatIsNotOfTheKernelsFormIsNone) {
  for (const std::string& message : {""s, "\0"s, "add"s, "add\0"s, "@/x\0"s, "add@x\0"s, "add@/x"s,
                                     "add@/x\0KEY"s, "add@/x\0KEY\0"s, "add@/x\0ACTION=remove\0"s,
                                     "add@/x\0DEVPATH=/y\0"s, "libudev\0\xfe\xed\xca\xfe"s + added})
    EXPECT_FALSE(parse(message)) << testing::PrintToString(message);
  for (std::size_t size = 1; size < added.size(); ++size) {
    const std::string cut = added.substr(0, size);
    if (cut.back() != '\0') {
      EXPECT_FALSE(parse(cut)) << size;
    }
  }
}

/// In a network namespace of its own, which is gone afterwards.
void in_own_network(const std::function<void()>& action) {
  std::thread([&] {
    ASSERT_EQ(::unshare(CLONE_NEWNET), 0) << std::strerror(errno);
    action();
  }).join();
}

int make_tun(const char* name) {
  const int fd = ::open("/dev/net/tun", O_RDWR | O_CLOEXEC);
  ifreq request{};
  std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  EXPECT_EQ(::ioctl(fd, TUNSETIFF, &request), 0) << std::strerror(errno);
  return fd;
}

/// The next that is told within 10 s.
std::optional<Uevent> hear(UeventSocket& socket) {
  const test::Deadline deadline(std::chrono::seconds(10));
  while (!deadline.passed()) {
    pollfd wait{socket.fd(), POLLIN, 0};
    ::poll(&wait, 1, deadline.poll_milliseconds());
    const UeventSocket::Heard heard = socket.read();
    EXPECT_FALSE(heard.lost);
    if (heard.event) return heard.event;
  }
  return std::nullopt;
}

/// The next about that interface: its queues are told of as well.
std::optional<Uevent> hear_of(UeventSocket& socket, std::string_view name) {
  while (auto event = hear(socket))
    if (event->device_path.ends_with(name)) return event;
  return std::nullopt;
}

TEST(UeventSocket, HearsTheKernelOfWhatComesAndGoes) {
  in_own_network([] {
    auto socket = UeventSocket::open();
    ASSERT_TRUE(socket);
    const int tun = make_tun("uevent0");
    const auto came = hear_of(*socket, "/net/uevent0");
    ::close(tun);
    ASSERT_TRUE(came);
    EXPECT_EQ(came->action, "add");
    EXPECT_EQ(came->subsystem, "net");
    std::optional<Uevent> went;
    do went = hear_of(*socket, "/net/uevent0");
    while (went && went->action != "remove");
    EXPECT_TRUE(went);
  });
}

TEST(UeventSocket, DoesNotListenToWhoPlaysTheKernel) {
  in_own_network([] {
    auto socket = UeventSocket::open();
    ASSERT_TRUE(socket);
    const int forger = ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
    ASSERT_GE(forger, 0);
    sockaddr_nl group{};
    group.nl_family = AF_NETLINK;
    group.nl_groups = 1;
    const std::string forged = "add@/devices/forged\0ACTION=add\0"s;
    EXPECT_EQ(::sendto(forger, forged.data(), forged.size(), 0,
                       reinterpret_cast<const sockaddr*>(&group), sizeof group),
              static_cast<ssize_t>(forged.size()))
        << std::strerror(errno);
    ::close(forger);
    const int tun = make_tun("uevent1");
    auto event = hear(*socket);
    while (event && !event->device_path.ends_with("/net/uevent1")) {
      EXPECT_NE(event->device_path, "/devices/forged");
      event = hear(*socket);
    }
    EXPECT_TRUE(event) << "what the kernel told after it";
    ::close(tun);
  });
}

}  // namespace
}  // namespace tunppp::tty
