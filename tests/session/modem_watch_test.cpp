// A modem that comes and goes, in the files of a system and in what its kernel tells.
#include "session/modem_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <string>
#include <thread>

#include "session/world.h"
#include "support/sysfs_tree.h"

namespace tunppp::session {
namespace {

using namespace std::string_literals;
using std::chrono::hours;
using std::chrono::milliseconds;
using test::SysfsTree;
using testing::HasSubstr;

const std::string usb =
    "/sys/devices/platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1";

/// Pulled out of the Raspberry Pi of "ec25_pi4".
void pull_out(SysfsTree& tree) {
  tree.remove(usb + "/1-1/1-1.3");
  for (int number = 0; number <= 3; ++number) {
    tree.remove("/dev/ttyUSB" + std::to_string(number));
    tree.remove("/sys/class/tty/ttyUSB" + std::to_string(number));
  }
}

/// An EC25 whose ports have the numbers from there on.
void plug_in(SysfsTree& tree, const std::string& place, int first) {
  std::string text = "usb " + place + " 2c7c:0125 Quectel | EC25-AF\n";
  for (int port = 0; port <= 3; ++port)
    text += "interface " + std::to_string(port) + " ff/00/00 2i option ttyUSB" +
            std::to_string(first + port) + "\n";
  tree.add(text);
}

class ModemThatComesAndGoes : public testing::Test {
 protected:
  ModemWatch watch(std::string device, Duration interval = hours(1)) {
    return ModemWatch(
        world_.loop(), std::move(device),
        [this] {
          ++changes_;
          world_.changed();
        },
        tty::SystemTree(tree_.path()), interval);
  }

  SysfsTree tree_{"ec25_pi4"};
  World world_;
  int changes_ = 0;
};

class ModemOfAName : public ModemThatComesAndGoes,
                     public testing::WithParamInterface<const char*> {};

TEST_P(ModemOfAName, IsFollowedFromItsPlaceToAnotherNumber) {
  ModemWatch modem = watch(GetParam());
  ASSERT_EQ(*modem.look(), "/dev/ttyUSB3");
  pull_out(tree_);
  const auto away = modem.look();
  ASSERT_FALSE(away);
  EXPECT_EQ(away.failure().reason, EndReason::no_modem);
  EXPECT_EQ(modem.wanted(), "the modem at USB 1-1.3 (2c7c:0125)");
  plug_in(tree_, usb + "/1-1/1-1.3", 5);
  ASSERT_TRUE(modem.look());
  EXPECT_EQ(*modem.look(), "/dev/ttyUSB8");
}

INSTANTIATE_TEST_SUITE_P(By, ModemOfAName,
                         testing::Values("auto", "1-1.3", "/dev/ttyUSB3", "ttyUSB3"));

TEST_F(ModemThatComesAndGoes, SoIsItsPortForAt) {
  ModemWatch port = watch("/dev/ttyUSB2");
  ASSERT_EQ(*port.look(), "/dev/ttyUSB2");
  pull_out(tree_);
  plug_in(tree_, usb + "/1-1/1-1.3", 5);
  ASSERT_TRUE(port.look());
  EXPECT_EQ(*port.look(), "/dev/ttyUSB7");
}

TEST_F(ModemThatComesAndGoes, IsNotTakenForAnotherThatGotItsNumber) {
  ModemWatch modem = watch("/dev/ttyUSB3");
  ASSERT_TRUE(modem.look());
  pull_out(tree_);
  tree_.add("usb " + usb +
            "/1-1/1-1.2 1e0e:9001 SimTech, Incorporated | SimTech, Incorporated\n"
            "interface 3 ff/00/00 2i option ttyUSB3\n");
  EXPECT_FALSE(modem.look()) << "that is a SIM7600";
}

TEST_F(ModemThatComesAndGoes, OneOfTwoIsNotChosen) {
  plug_in(tree_, "/sys/devices/usb3/3-1", 5);
  ModemWatch modem = watch("auto");
  const auto device = modem.look();
  ASSERT_FALSE(device);
  EXPECT_EQ(device.failure().reason, EndReason::usage);
}

// Which of its ports speaks AT is a guess, until one has answered.
TEST_F(ModemThatComesAndGoes, OneThatNobodyKnowsIsTriedPortByPort) {
  const SysfsTree unknown("unknown_modem");
  for (const char* name : {"auto", "1-1.2"}) {
    ModemWatch modem(
        world_.loop(), name, [] {}, tty::SystemTree(unknown.path()));
    EXPECT_FALSE(modem.try_next_port()) << "nothing was found yet";
    for (int round = 0; round < 2; ++round) {
      for (const char* tty : {"/dev/ttyUSB2", "/dev/ttyUSB3", "/dev/ttyUSB0", "/dev/ttyUSB1"}) {
        ASSERT_TRUE(modem.look());
        EXPECT_EQ(*modem.look(), tty);
        EXPECT_EQ(modem.try_next_port(), std::string(tty) != "/dev/ttyUSB1");
      }
    }
  }
}

TEST_F(ModemThatComesAndGoes, APortThatWasNamedOrIsKnownIsNotChangedForAnother) {
  const SysfsTree unknown("unknown_modem");
  for (const char* name : {"/dev/ttyUSB2", "ttyUSB2", "1-1.2:1.2"}) {
    ModemWatch modem(
        world_.loop(), name, [] {}, tty::SystemTree(unknown.path()));
    EXPECT_EQ(*modem.look(), "/dev/ttyUSB2");
    EXPECT_FALSE(modem.try_next_port()) << name;
    EXPECT_EQ(*modem.look(), "/dev/ttyUSB2");
  }
  ModemWatch known = watch("auto");
  ASSERT_TRUE(known.look());
  EXPECT_FALSE(known.try_next_port());
  EXPECT_EQ(*known.look(), "/dev/ttyUSB3");
}

TEST_F(ModemThatComesAndGoes, ARelativePathIsOneFromHere) {
  const std::string here = std::filesystem::current_path();
  EXPECT_EQ(watch("some/tty").wanted(), here + "/some/tty");
  EXPECT_EQ(watch("./tty").wanted(), here + "/tty");
  EXPECT_EQ(watch("ttyUSB3").wanted(), "ttyUSB3") << "in /dev";
}

TEST_F(ModemThatComesAndGoes, IsWaitedForByWhatItWasCalled) {
  pull_out(tree_);
  EXPECT_EQ(watch("auto").wanted(), "a modem");
  EXPECT_EQ(watch("1-1.3").wanted(), "a modem at USB 1-1.3");
  EXPECT_EQ(watch("/dev/ttyUSB3").wanted(), "/dev/ttyUSB3");
  for (const char* name : {"auto", "1-1.3"})
    EXPECT_EQ(watch(name).look().failure().reason, EndReason::no_modem) << name;
  EXPECT_EQ(watch("/dev/ttyUSB3").look().failure().reason, EndReason::tty_missing);
}

TEST_F(ModemThatComesAndGoes, IsSeenWhereTheKernelTellsNothing) {
  ModemWatch modem = watch("auto", milliseconds(5));
  modem.watch(true);
  EXPECT_TRUE(world_.until([this] { return changes_ >= 2; })) << "again and again";
}

/// In a network namespace of its own, which is gone afterwards: what is told there, nobody else
/// hears.
void in_own_network(const std::function<void()>& action) {
  std::thread([&] {
    ASSERT_EQ(::unshare(CLONE_NEWNET), 0) << std::strerror(errno);
    action();
  }).join();
}

/// What a message to the kernel itself says, it tells in this network namespace as its own.
void tell(const std::string& action, const std::string& path) {
  const int fd = ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
  ASSERT_GE(fd, 0) << std::strerror(errno);
  const sockaddr_nl kernel{.nl_family = AF_NETLINK, .nl_pad = 0, .nl_pid = 0, .nl_groups = 0};
  const std::string text = action + "@" + path + "\0ACTION="s + action + "\0DEVPATH="s + path +
                           "\0SUBSYSTEM=tty\0DEVNAME="s + path.substr(path.rfind('/') + 1) + "\0"s;
  std::string message(NLMSG_LENGTH(text.size()), '\0');
  nlmsghdr header{};
  header.nlmsg_len = static_cast<std::uint32_t>(NLMSG_LENGTH(text.size()));
  header.nlmsg_flags = NLM_F_REQUEST;
  header.nlmsg_type = NLMSG_MIN_TYPE;
  std::memcpy(message.data(), &header, sizeof header);
  std::memcpy(message.data() + NLMSG_HDRLEN, text.data(), text.size());
  EXPECT_EQ(::sendto(fd, message.data(), message.size(), 0,
                     reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel),
            static_cast<ssize_t>(message.size()))
      << std::strerror(errno);
  ::close(fd);
}

TEST_F(ModemThatComesAndGoes, IsSeenAtOnceWhenTheKernelTells) {
  in_own_network([this] {
    ModemWatch modem = watch("auto");
    ASSERT_TRUE(modem.look());
    pull_out(tree_);
    modem.watch(true);
    plug_in(tree_, usb + "/1-1/1-1.3", 5);
    for (int number = 5; number <= 8; ++number)
      tell("add", "/devices/x/usb1/1-1/1-1.3/ttyUSB" + std::to_string(number));
    ASSERT_TRUE(world_.until([this] { return changes_ > 0; }));
    EXPECT_EQ(changes_, 1) << "once for all of its ports";
    EXPECT_EQ(*modem.look(), "/dev/ttyUSB8");

    modem.watch(false);
    tell("remove", "/devices/x/usb1/1-1/1-1.3/ttyUSB8");
    EXPECT_FALSE(world_.until([this] { return changes_ > 1; }, milliseconds(400)))
        << "nobody watches";
  });
}

}  // namespace
}  // namespace tunppp::session
