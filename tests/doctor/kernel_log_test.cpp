#include "doctor/kernel_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tunppp::doctor {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(KernelLog, RecordsAndLinesOfDmesgAndOfALogDaemon) {
  const std::string message = "dwc2 20980000.usb: Configuration mismatch. dr_mode forced to device";
  for (const std::string prefix :
       {"4,272,3064803,-;", "4,272,3064803,c,caller=T1;", "[    3.064803] ", "",
        "Nov  4 11:02:03 raspberrypi kernel: [    3.064803] "})
    EXPECT_THAT(parse_kernel_log(prefix + message + "\n").forced_to_device, HasSubstr(message))
        << prefix;
  EXPECT_EQ(parse_kernel_log("4,2,3,-;" + message + "\n SUBSYSTEM=usb\n").forced_to_device,
            message);
  EXPECT_THAT(parse_kernel_log("x dr_mode forced to host\n").forced_to_device, IsEmpty());
  EXPECT_FALSE(parse_kernel_log("").is_there);
}

TEST(KernelLog, Power) {
  EXPECT_FALSE(
      parse_kernel_log("[ 1.0] Under-voltage detected! (0x00050005)").undervoltage.empty());
  EXPECT_FALSE(
      parse_kernel_log("6,1,2,-;hwmon hwmon1: Undervoltage detected!").undervoltage.empty());
  EXPECT_TRUE(parse_kernel_log("[ 1.0] hwmon hwmon1: Voltage normalised").undervoltage.empty());
  EXPECT_FALSE(
      parse_kernel_log("[ 1.0] usb 1-1-port2: over-current condition").over_current.empty());
}

std::string disconnects(std::initializer_list<int> seconds) {
  std::string log;
  for (const int second : seconds)
    log +=
        "6,1," + std::to_string(second) + "000000,-;usb 1-1.3: USB disconnect, device number 4\n";
  return log;
}

TEST(KernelLog, ALoopIsOftenWithinMinutes) {
  const KernelLog loop = parse_kernel_log(disconnects({10, 40, 100}));
  ASSERT_THAT(loop.usb_ports, SizeIs(1));
  EXPECT_EQ(loop.usb_ports[0].port, "1-1.3");
  EXPECT_TRUE(loop.usb_ports[0].is_loop);
  EXPECT_EQ(loop.usb_ports[0].disconnects, 3U);
  // Somebody who plugs it in each morning, and a modem that changes its mode.
  EXPECT_FALSE(parse_kernel_log(disconnects({0, 86'400, 172'800})).usb_ports[0].is_loop);
  EXPECT_FALSE(parse_kernel_log(disconnects({10, 20})).usb_ports[0].is_loop);
  // A loop that began late is one, too; and one that ended was one.
  EXPECT_TRUE(parse_kernel_log(disconnects({0, 5000, 5010, 5020, 9000})).usb_ports[0].is_loop);
}

TEST(KernelLog, PortsThatCannotBeEnumerated) {
  const KernelLog log = parse_kernel_log(
      "[ 1.0] usb usb1-port2: unable to enumerate USB device\n"
      "[ 2.0] usb 1-1-port3: unable to enumerate USB device\n");
  ASSERT_THAT(log.usb_ports, SizeIs(2));
  EXPECT_EQ(log.usb_ports[0].port, "1-2");
  EXPECT_EQ(log.usb_ports[1].port, "1-1.3");
  EXPECT_EQ(log.usb_ports[1].failures, 1U);
}

TEST(KernelLog, TakesBoundedRoom) {
  std::string log;
  for (int i = 0; i < 10'000; ++i)
    log +=
        "[ 1.0] usb 1-" + std::to_string(i) + ": USB disconnect " + std::string(1000, 'x') + "\n";
  const KernelLog found = parse_kernel_log(log);
  EXPECT_LE(found.usb_ports.size(), 64U);
  for (const UsbPortLog& port : found.usb_ports) EXPECT_LE(port.last_line.size(), 400U);
}

}  // namespace
}  // namespace tunppp::doctor
