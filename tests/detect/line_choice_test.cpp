#include "detect/line_choice.h"

#include "inventory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tunppp::detect {
namespace {

using test::SysfsTree;
using testing::HasSubstr;
using testing::Not;

std::optional<LineChoice> find(const SysfsTree& tree, std::string_view device) {
  const tty::SystemTree system(tree.path());
  return find_line(system, find_modems(system), device);
}

TEST(LineChoice, TheOneModemIsTaken) {
  const auto line = choose_line(inventory("ec25_pi4"));
  ASSERT_TRUE(line);
  EXPECT_EQ(line->device, "/dev/ttyUSB3");
  EXPECT_EQ(line->at_device, "/dev/ttyUSB2");
  EXPECT_EQ(line->profile->name, "quectel-ec25");
  EXPECT_EQ(line->identity, (PortIdentity{"1-1.3", 0x2c7c, 0x0125, 3}));
  EXPECT_THAT(line->why, HasSubstr("/dev/ttyUSB3 of Quectel EC25-AF (2c7c:0125) at USB 1-1.3"));
}

TEST(LineChoice, NoneNamesWhatAModemCouldBeWiredTo) {
  const auto nothing = choose_line(inventory("nothing"));
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.failure().reason, EndReason::no_modem);
  EXPECT_THAT(nothing.failure().text, Not(HasSubstr("--device")));

  const auto uarts = choose_line(inventory("pi_uart_console"));
  ASSERT_FALSE(uarts);
  EXPECT_EQ(uarts.failure().reason, EndReason::no_modem);
  EXPECT_THAT(uarts.failure().text, HasSubstr("/dev/ttyAMA0, a UART (uart-pl011)\n"));
  EXPECT_THAT(uarts.failure().text, HasSubstr("/dev/ttyS0, a UART (bcm2835-aux-uart), but the"));
}

TEST(LineChoice, AModemWithoutATtyIsNamedToo) {
  const auto line = choose_line(inventory("huawei_storage"));
  ASSERT_FALSE(line);
  EXPECT_EQ(line.failure().reason, EndReason::no_modem);
  EXPECT_THAT(line.failure().text, HasSubstr("12d1:1f01"));
  EXPECT_THAT(line.failure().text, HasSubstr("storage"));
}

TEST(LineChoice, SeveralAreListedWithWhatToType) {
  const auto line = choose_line(inventory("two_modems"));
  ASSERT_FALSE(line);
  EXPECT_EQ(line.failure().reason, EndReason::usage);
  EXPECT_THAT(line.failure().text, HasSubstr("--device 1-1.2"));
  EXPECT_THAT(line.failure().text, HasSubstr("--device 1-1.3"));
}

TEST(LineChoice, NextToAKnownModemAnUnknownDeviceIsNone) {
  SysfsTree tree("ec25_pi4");
  tree.add(
      "usb /sys/devices/usb3/3-1 0483:5740 STMicroelectronics | Board\n"
      "interface 0 02/02/01 i cdc_acm ttyACM0");
  EXPECT_EQ(choose_line(inventory(tree))->device, "/dev/ttyUSB3");
}

TEST(LineChoice, AGuessIsCalledOne) {
  const auto line = choose_line(inventory("unknown_modem"));
  ASSERT_TRUE(line);
  EXPECT_EQ(line->device, "/dev/ttyUSB2");
  EXPECT_EQ(line->profile, nullptr);
  EXPECT_THAT(line->why, HasSubstr("guess"));
}

TEST(LineChoice, AGuessThatWasWrongIsFollowedByTheNextLikely) {
  const Inventory found = inventory("unknown_modem");
  std::vector<int> tried;
  for (PortIdentity port = *choose_line(found)->identity; tried.size() < 5;
       port = *next_guess(found, port))
    tried.push_back(port.interface);
  EXPECT_THAT(tried, testing::ElementsAre(2, 3, 0, 1, 2)) << "3 has an interrupt endpoint, too";
}

TEST(LineChoice, WhatIsKnownIsNotGuessed) {
  for (const char* name : {"ec25_pi4", "huawei_stick", "ublox_toby_l2"}) {
    const Inventory found = inventory(name);
    EXPECT_EQ(next_guess(found, *choose_line(found)->identity), std::nullopt) << name;
  }
  EXPECT_EQ(next_guess(inventory("nothing"), {"1-1.2", 0x305a, 0x1415, 2}), std::nullopt);
}

TEST(LineChoice, AllNamesOfATtyMeanIt) {
  const SysfsTree tree("ec25_pi4");
  for (const char* name :
       {"/dev/ttyUSB3", "ttyUSB3", "1-1.3", "1-1.3:1.3",
        "/dev/serial/by-path/platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1.3:1.3-port0"}) {
    const auto line = find(tree, name);
    ASSERT_TRUE(line) << name;
    EXPECT_EQ(line->device, "/dev/ttyUSB3") << name;
    EXPECT_EQ(line->at_device, "/dev/ttyUSB2") << name;
    EXPECT_EQ(line->profile->name, "quectel-ec25") << name;
    EXPECT_EQ(line->identity, (PortIdentity{"1-1.3", 0x2c7c, 0x0125, 3})) << name;
  }
}

TEST(LineChoice, ATtyIsTakenAsItWasNamedAndTheModemPortWatchesThen) {
  const auto line = find(SysfsTree("ec25_pi4"), "/dev/ttyUSB2");
  EXPECT_EQ(line->device, "/dev/ttyUSB2");
  EXPECT_EQ(line->at_device, "/dev/ttyUSB3");
}

TEST(LineChoice, ASierraHasNoOtherPort) {
  EXPECT_EQ(find(SysfsTree("sierra_em7455"), "1-1.2")->at_device, "");
}

TEST(LineChoice, WhatIsNoPortOfAModemStaysAsItIs) {
  const SysfsTree tree("ftdi");
  for (const char* name : {"/dev/ttyUSB0", "/dev/ttyAMA0", "/dev/pts/7", "/tmp/line"}) {
    const auto line = find(tree, name);
    ASSERT_TRUE(line) << name;
    EXPECT_EQ(line->device, name);
    EXPECT_EQ(line->profile, nullptr) << name;
    EXPECT_FALSE(line->identity) << name;
    EXPECT_EQ(line->at_device, "") << name;
  }
  EXPECT_EQ(find(tree, "/dev/serial0")->device, "/dev/ttyAMA0");
}

TEST(LineChoice, NothingIsAtAPlaceOnUsbWithoutAModem) {
  EXPECT_FALSE(find(SysfsTree("ec25_pi4"), "1-1.4"));
  EXPECT_FALSE(find(SysfsTree("ec25_pi4"), "1-1.3:1.4"));  // QMI
  EXPECT_FALSE(find(SysfsTree("huawei_storage"), "1-1.1"));
}

TEST(LineChoice, PlacesOnUsbLookLikeThat) {
  for (const char* text : {"1-1", "1-1.3", "2-4.1.2", "1-1.3:1.2"}) EXPECT_TRUE(is_usb_path(text));
  for (const char* text :
       {"", "1", "-", "1-", "-1", "1-1-1", "ttyUSB3", "/dev/1-1", "usb1", "1-1 "})
    EXPECT_FALSE(is_usb_path(text)) << text;
}

// --- Found again ---

const PortIdentity ec25{"1-1.3", 0x2c7c, 0x0125, 3};

TEST(FoundAgain, UnderAnotherNumber) {
  SysfsTree tree("pi4");
  tree.add(R"(
usb /sys/devices/platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1/1-1/1-1.3 2c7c:0125 Quectel | EC25-AF
interface 0 ff/ff/ff 2 option ttyUSB4
interface 2 ff/00/00 2i option ttyUSB6
interface 3 ff/00/00 2i option ttyUSB7
)");
  const auto line = find_again(inventory(tree), ec25);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->device, "/dev/ttyUSB7");
  EXPECT_EQ(line->at_device, "/dev/ttyUSB6");
  EXPECT_EQ(line->identity, ec25);
}

TEST(FoundAgain, NotWhileItIsAway) {
  EXPECT_FALSE(find_again(inventory("pi4"), ec25));
  EXPECT_FALSE(find_again(inventory("sim7600_9001"), ec25));
  // It is back, but not yet this port.
  SysfsTree tree("pi4");
  tree.add(
      "usb /sys/devices/usb1/1-1/1-1.3 2c7c:0125 Quectel | EC25-AF\n"
      "interface 0 ff/ff/ff 2 option ttyUSB0");
  EXPECT_FALSE(find_again(inventory(tree), ec25));
}

TEST(FoundAgain, AtAnotherPlaceIfThereIsOnlyOneOfItsKind) {
  const PortIdentity moved{"2-1", 0x2c7c, 0x0125, 3};
  const auto line = find_again(inventory("ec25_pi4"), moved);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->identity, ec25);

  SysfsTree two("ec25_pi4");
  two.add(
      "usb /sys/devices/usb3/3-1 2c7c:0125 Quectel | EC25-AF\n"
      "interface 3 ff/00/00 2i option ttyUSB7");
  EXPECT_FALSE(find_again(inventory(two), moved));
  EXPECT_EQ(find_again(inventory(two), ec25)->device, "/dev/ttyUSB3");
}

}  // namespace
}  // namespace tunppp::detect
