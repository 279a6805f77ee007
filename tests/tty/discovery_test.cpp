#include "tty/discovery.h"

#include "support/temp_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <fstream>

namespace tunppp::tty {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A tree laid out as the kernel lays out sysfs.
class DiscoveryTest : public ::testing::Test {
 protected:
  const fs::path& root() const { return root_.path(); }

  void attribute(const fs::path& file, std::string_view value) const {
    fs::create_directories((root() / file).parent_path());
    std::ofstream(root() / file) << value << '\n';
  }
  void link(const fs::path& name, const fs::path& target) const {
    fs::create_directories((root() / name).parent_path());
    fs::create_directory_symlink(
        fs::relative(root() / target, fs::canonical((root() / name).parent_path())), root() / name);
  }
  void driver(const fs::path& device, const fs::path& name) const {
    fs::create_directories(root() / "sys/bus" / name);
    link(device / "driver", "sys/bus" / name);
  }
  /// The tty under the device that it belongs to, as a class device.
  fs::path tty(const fs::path& device, const std::string& name) const {
    const fs::path directory = device / "tty" / name;
    fs::create_directories(root() / directory);
    link(directory / "device", device);
    link("sys/class/tty/" + name, directory);
    return directory;
  }
  fs::path modem(const std::string& port = "1-1") const {
    const fs::path device = "sys/devices/pci0000:00/0000:00:14.0/usb1/" + port;
    attribute(device / "idVendor", "2c7c");
    attribute(device / "idProduct", "0125");
    attribute(device / "manufacturer", "Quectel");
    attribute(device / "product", "EC25-E");
    return device;
  }
  void usb_serial(const fs::path& modem, const std::string& number, const std::string& name) const {
    const fs::path interface =
        modem / (modem.filename().string() + ":1." + std::to_string(std::stoi(number)));
    attribute(interface / "bInterfaceNumber", number);
    driver(interface, "usb/drivers/option");
    fs::create_directories(root() / interface / name);
    driver(interface / name, "usb-serial/drivers/option1");
    tty(interface / name, name);
  }
  void uart(const fs::path& device, const std::string& name, const std::string& type) const {
    const fs::path directory = tty(device, name);
    attribute(directory / "line", "0");
    attribute(directory / "type", type);
    attribute(directory / "console", "N");
  }

  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const TtyInfo& tty : discover(SystemTree(root()))) found.push_back(tty.name);
    return found;
  }

 private:
  test::TempDirectory root_;
};

TEST_F(DiscoveryTest, FindsNothingWhereThereIsNothing) {
  EXPECT_THAT(discover(SystemTree(root())), IsEmpty());
}

TEST_F(DiscoveryTest, KnowsWhatAUsbTtyBelongsTo) {
  usb_serial(modem(), "02", "ttyUSB2");
  const std::vector<TtyInfo> found = discover(SystemTree(root()));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].device, "/dev/ttyUSB2");
  EXPECT_EQ(found[0].kind, TtyInfo::Kind::usb_serial);
  EXPECT_EQ(found[0].driver, "option1");
  EXPECT_EQ(found[0].hardware, "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.2/ttyUSB2");
}

TEST_F(DiscoveryTest, KnowsAModemOfTheCommunicationsClass) {
  const fs::path interface = modem("1-2") / "1-2:1.0";
  attribute(interface / "bInterfaceNumber", "00");
  driver(interface, "usb/drivers/cdc_acm");
  tty(interface, "ttyACM0");
  const std::vector<TtyInfo> found = discover(SystemTree(root()));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, TtyInfo::Kind::usb_acm);
  EXPECT_EQ(found[0].driver, "cdc_acm");
  EXPECT_EQ(found[0].hardware, "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0");
}

TEST_F(DiscoveryTest, OrdersByNumber) {
  for (const char* number : {"10", "2", "9"})
    usb_serial(modem(), number, std::string("ttyUSB") + number);
  EXPECT_THAT(names(), ElementsAre("ttyUSB2", "ttyUSB9", "ttyUSB10"));
}

TEST_F(DiscoveryTest, LeavesOutUartsThatAreNotThere) {
  driver("sys/devices/platform/serial8250", "platform/drivers/serial8250");
  uart("sys/devices/platform/serial8250", "ttyS0", "4");
  uart("sys/devices/platform/serial8250", "ttyS1", "0");
  EXPECT_THAT(names(), ElementsAre("ttyS0"));
  EXPECT_EQ(discover(SystemTree(root()))[0].driver, "serial8250");
}

// Linux 6.8 and later put two devices of their own between the tty and the hardware.
TEST_F(DiscoveryTest, LooksThroughTheSerialBus) {
  const fs::path hardware = "sys/devices/pnp0/00:00";
  driver(hardware, "pnp/drivers/serial");
  driver(hardware / "00:00:0", "serial-base/drivers/ctrl");
  driver(hardware / "00:00:0/00:00:0.0", "serial-base/drivers/port");
  uart(hardware / "00:00:0/00:00:0.0", "ttyS0", "4");
  EXPECT_EQ(discover(SystemTree(root()))[0].driver, "serial");
}

TEST_F(DiscoveryTest, KnowsTheUartOfARaspberryPi) {
  const fs::path device = "sys/devices/platform/soc/fe201000.serial";
  driver(device, "amba/drivers/uart-pl011");
  uart(device, "ttyAMA0", "32");
  attribute("sys/class/tty/ttyAMA0/console", "Y");
  fs::create_directories(root() / "dev");
  fs::create_symlink("ttyAMA0", root() / "dev/serial0");
  const std::vector<TtyInfo> found = discover(SystemTree(root()));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, TtyInfo::Kind::uart);
  EXPECT_EQ(found[0].driver, "uart-pl011");
  EXPECT_TRUE(found[0].console);
  EXPECT_THAT(found[0].lasting_names, ElementsAre("/dev/serial0"));
}

// Kernels before 5.7 have no such attribute; the command line may name it by an alias.
TEST_F(DiscoveryTest, KnowsTheConsoleByTheCommandLine) {
  uart("sys/devices/platform/soc/3f215040.serial", "ttyS0", "32");
  fs::create_directories(root() / "dev");
  fs::create_symlink("ttyS0", root() / "dev/serial0");
  attribute("proc/cmdline", "console=serial0,115200 console=tty1 root=/dev/mmcblk0p2");
  EXPECT_TRUE(discover(SystemTree(root()))[0].console);
  attribute("proc/cmdline", "console=tty1 root=/dev/mmcblk0p2");
  EXPECT_FALSE(discover(SystemTree(root()))[0].console);
  attribute("sys/class/tty/console/active", "tty0 ttyS0");
  EXPECT_TRUE(discover(SystemTree(root()))[0].console);
}

TEST_F(DiscoveryTest, LeavesOutConsolesOfTheScreenAndPtys) {
  for (const char* name : {"tty", "tty0", "tty1", "console", "ptmx"})
    fs::create_directories(root() / "sys/class/tty" / name);
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(DiscoveryTest, FindsTheNamesThatLast) {
  usb_serial(modem(), "03", "ttyUSB3");
  fs::create_directories(root() / "dev/serial/by-path");
  fs::create_symlink("../../ttyUSB3",
                     root() / "dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.3-port0");
  fs::create_symlink("../../ttyUSB2",
                     root() / "dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.2-port0");
  EXPECT_THAT(discover(SystemTree(root()))[0].lasting_names,
              ElementsAre("/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.3-port0"));
}

TEST_F(DiscoveryTest, ToleratesAModemThatVanishesMeanwhile) {
  usb_serial(modem(), "02", "ttyUSB2");
  fs::remove_all(root() / "sys/devices");
  const std::vector<TtyInfo> found = discover(SystemTree(root()));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].hardware, "");
}

TEST(Discovery, ReadsTheSysfsOfThisMachine) {
  for (const TtyInfo& tty : discover(SystemTree())) EXPECT_FALSE(tty.name.empty());
}

}  // namespace
}  // namespace tunppp::tty
