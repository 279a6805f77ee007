// Trees that somebody sends us need not be well-meant.
#include "inventory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tunppp::detect {
namespace {

using test::SysfsTree;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Malformed, IdentitiesThatAreNoNumbers) {
  for (const char* id : {"", "2c7", "zzzz", "-001", "12345", "0x2c", " 2c7c", "2c7c\\0junk"}) {
    SysfsTree tree("nothing");
    tree.add("in /sys/devices/usb1/1-1\n<- /sys/bus/usb/devices/1-1\nidVendor := " +
             std::string(id) + "\nidProduct = 0125\n");
    for (const ModemDevice& modem : inventory(tree).modems)
      EXPECT_EQ(modem.vendor, 0x02c7) << id;  // "2c7" is a number
  }
}

TEST(Malformed, LinksInACircle) {
  SysfsTree tree("nothing");
  tree.add(R"(
/sys/bus/usb/devices/1-1 -> /sys/bus/usb/devices/1-2
/sys/bus/usb/devices/1-2 -> /sys/bus/usb/devices/1-1
/sys/class/tty/ttyUSB0 -> /sys/class/tty/ttyUSB0
/dev/serial/by-path/a => a
/dev/ttyUSB0 => serial/by-path/a
)");
  const Inventory found = inventory(tree);
  EXPECT_THAT(found.modems, IsEmpty());
  for (const Candidate& candidate : found.candidates) EXPECT_EQ(candidate.tty, "ttyUSB0");
}

TEST(Malformed, ADeviceThatIsItsOwnInterface) {
  SysfsTree tree("nothing");
  tree.add(R"(
usb /sys/devices/usb1/1-1 2c7c:0125 Quectel | EC25
/sys/bus/usb/devices/1-1:1.0 -> /sys/devices/usb1/1-1
/sys/devices/usb1/1-1/bInterfaceNumber = 03
/sys/devices/usb1/1-1/device -> /sys/devices/usb1/1-1
)");
  EXPECT_THAT(inventory(tree).modems, SizeIs(testing::Le(1U)));
}

TEST(Malformed, NamesWithControlCharactersAreNotShown) {
  SysfsTree tree("nothing");
  tree.add(
      "usb /sys/devices/usb1/1-1 2c7c:0125\n"
      "manufacturer := Quec\\x1b[31mtel\\n\nproduct := EC25\\x07\\x9b\\n\n"
      "interface 3 ff/00/00 2i option ttyUSB\x1b[2J\n");
  const Inventory found = inventory(tree);
  ASSERT_THAT(found.modems, SizeIs(1));
  std::string shown = describe(found.modems[0]);
  for (const Port& port : found.modems[0].ports) shown += port.device + port.by_path();
  for (const char c : shown) EXPECT_FALSE(static_cast<unsigned char>(c) < 0x20 || c == 0x7f);
}

TEST(Malformed, TheSameInterfaceNumberTwice) {
  SysfsTree tree("nothing");
  tree.add(R"(
usb /sys/devices/usb1/1-1 2c7c:0125 Quectel | EC25
interface 3 ff/00/00 2i option ttyUSB0
interface 4 ff/00/00 2i option ttyUSB1
bInterfaceNumber = 03
)");
  const Inventory found = inventory(tree);
  ASSERT_THAT(found.modems, SizeIs(1));
  EXPECT_THAT(found.modems[0].ports, SizeIs(2));
  EXPECT_EQ(ppp_tty(found.modems[0]), "ttyUSB0");
}

TEST(Malformed, TwoInterfacesThatClaimOneTty) {
  SysfsTree tree("ec25_pi4");
  tree.add(
      "usb /sys/devices/usb3/3-1 1e0e:9001 SimTech\ninterface 3 ff/00/00 2i option\n"
      "ttyUSB3/\n");
  // Where it really belongs stands in its own link.
  const Inventory found = inventory(tree);
  ASSERT_THAT(found.modems, SizeIs(2));
  EXPECT_EQ(ppp_tty(found.modems[0]), "ttyUSB3");
  EXPECT_THAT(found.modems[1].ports, IsEmpty());
}

TEST(Malformed, AttributesAsLargeAsOneLikes) {
  SysfsTree tree("nothing");
  tree.add("usb /sys/devices/usb1/1-1 2c7c:0125 Quectel | " + std::string(1'000'000, 'x') +
           "\ninterface 3 ff/00/00 2i option ttyUSB0");
  const Inventory found = inventory(tree);
  ASSERT_THAT(found.modems, SizeIs(1));
  EXPECT_LE(found.modems[0].product_name.size(), 4096U);
}

// Links make much of little: each of many names leads to the same large directory.
TEST(Malformed, ManyNamesOfOneLargeDirectory) {
  SysfsTree tree("nothing");
  std::string text =
      "usb /sys/devices/usb1/1-1 2c7c:0125 Quectel | EC25\n"
      "interface 3 ff/00/00 2 option ttyUSB0\n";
  for (int i = 0; i < 2000; ++i) text += "ep_" + std::to_string(i) + "/type = Bulk\n";
  for (int i = 2; i < 500; ++i) {
    const std::string name = "1." + std::to_string(i);
    text += "<- /sys/bus/usb/devices/1-1:" + name + "\n/dev/serial/by-path/" + name +
            " => ttyUSB0\n/sys/class/tty/ttyUSB" + name + " -> /sys/class/tty/ttyUSB0\n";
  }
  tree.add(text);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_THAT(inventory(tree).modems, SizeIs(1));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(30));
}

TEST(Malformed, AttributesThatAreDirectoriesOrNodes) {
  SysfsTree tree("nothing");
  tree.add(R"(
in /sys/devices/usb1/1-1
<- /sys/bus/usb/devices/1-1
idVendor/
idProduct node c 1 5 0666
)");
  EXPECT_TRUE(inventory(tree).empty());
}

}  // namespace
}  // namespace tunppp::detect
