// What has other remedies under the same id, and what must not be taken for what it is not.
#include "examined.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace tunppp::doctor {
namespace {

using test::SysfsTree;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(NoUsbHost, TheKernelMayHaveItAsAModule) {
  SysfsTree tree("doctor_no_usb_host");
  tree.add("/boot/config-6.6.30 = CONFIG_USB=m\n");
  EXPECT_THAT(steps(of_cause(examined(tree), Cause::usb_host_not_loaded)),
              HasSubstr("modprobe usbcore"));
  tree.remove("/boot");  // nothing is known of the kernel
  EXPECT_THAT(ids(examined(tree), Severity::error), ElementsAre("no-usb-host"));
}

TEST(NoUsbHost, ABusWithoutAController) {
  const Findings found = examined("nothing");
  EXPECT_TRUE(has(found, Cause::usb_no_controller));
  EXPECT_FALSE(has(found, Cause::no_modem)) << "it follows";
}

TEST(Gadget, BuiltForItByTheConfigurationAlone) {
  SysfsTree tree("doctor_zero_gadget_kernel");
  tree.add("/dev/kmsg =\n");  // the log has gone on
  EXPECT_THAT(ids(examined(tree), Severity::error), ElementsAre("usb-gadget-mode"));
  EXPECT_TRUE(has(examined(tree), Cause::gadget_by_kernel));
  tree.remove("/proc/config.gz").add("/proc/config.gz := \\x1f\\x8bdamaged\n");
  EXPECT_TRUE(has(examined(tree), Cause::gadget_by_overlay)) << "as far as one can see";
}

TEST(Gadget, APeripheralOnlyKernelThatHasNoSuchPortIsNone) {
  SysfsTree tree("ec25_pi4");
  tree.add("/boot/config-6.1.21-v8+ = CONFIG_USB_DWC2_PERIPHERAL=y\n");
  EXPECT_THAT(ids(examined(tree), Severity::error), IsEmpty());
  EXPECT_FALSE(has(examined(tree), Cause::gadget_other_port));
}

TEST(Gadget, OfAPortThatCanBeBoth) {
  SysfsTree tree("pi_zero");
  tree.add(R"(
usb /sys/devices/platform/soc/20980000.usb/usb1 1d6b:0002 Linux 6.1.21+ dwc2_hsotg | DWC OTG Controller
bDeviceClass = 09
interface 0 09/00/00 i hub
)");
  EXPECT_THAT(ids(examined(tree), Severity::error), ElementsAre("no-modem"));
  EXPECT_FALSE(has(examined(tree), Cause::gadget_bound));
  tree.add("/proc/modules = g_serial 16384 0 - Live 0xbf05c000\n");
  const Finding bound = of_cause(examined(tree), Cause::gadget_bound);
  EXPECT_THAT(steps(bound), HasSubstr("OTG cable"));
  EXPECT_THAT(evidence(bound), HasSubstr("g_serial is loaded"));
}

TEST(NoModem, NamesWhatElseIsThere) {
  SysfsTree tree("ftdi");
  const Findings found = examined(tree);
  const Finding& none = of_cause(found, Cause::no_modem);
  EXPECT_THAT(evidence(none), HasSubstr("0403:6001"));
  EXPECT_THAT(none.meaning, HasSubstr("/dev/ttyUSB"));
}

TEST(NoModem, DoesNotMatterToWhoNamesAUart) {
  const Findings found = examined("pi4", "/dev/ttyAMA0");
  EXPECT_FALSE(is_in_the_way(found));
  const Findings zero = examined("doctor_zero_gadget_kernel", "/dev/serial0");
  EXPECT_FALSE(is_in_the_way(zero));
}

TEST(Modes, OfASecondModemAreOnlyNotes) {
  SysfsTree tree("ec25_pi4");
  tree.add(R"(
usb /sys/devices/platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1/1-1/1-1.1 12d1:1f01 HUAWEI_MOBILE | HUAWEI_MOBILE
interface 0 08/06/50 2 usb-storage
)");
  const Findings found = examined(tree);
  EXPECT_FALSE(is_in_the_way(found));
  EXPECT_TRUE(has(found, Cause::modem_storage_mode));
}

TEST(Drivers, OneModuleOfTheChainIsMissing) {
  SysfsTree tree("doctor_not_loaded");
  tree.add(R"(
in /lib/modules/6.1.21-v8+/kernel/drivers/usb/serial
option.ko.xz = x
usbserial.ko.xz = x
)");
  const Finding missing = of_cause(examined(tree), Cause::driver_not_built);
  EXPECT_THAT(missing.meaning, HasSubstr("usb_wwan"));
  EXPECT_THAT(evidence(missing), HasSubstr("the file of usb_wwan is not there"));
  tree.add("/lib/modules/6.1.21-v8+/kernel/drivers/usb/serial/usb_wwan.ko.xz = x\n");
  EXPECT_TRUE(has(examined(tree), Cause::driver_not_loaded));
}

TEST(Drivers, WhatTheConfigurationSaysGoesFirst) {
  SysfsTree tree("doctor_not_loaded");
  tree.add("/boot/config-6.1.21-v8+ = CONFIG_USB_SERIAL=m\n");
  const Finding missing = of_cause(examined(tree), Cause::driver_not_built);
  EXPECT_THAT(evidence(missing), HasSubstr("# CONFIG_USB_SERIAL_OPTION is not set"));
}

TEST(Drivers, WithNothingKnownOfTheKernelModprobeIsTried) {
  SysfsTree tree("doctor_not_loaded");
  tree.remove("/lib").remove("/proc/modules");
  const Finding missing = of_cause(examined(tree), Cause::driver_not_loaded);
  EXPECT_THAT(steps(missing), HasSubstr("modprobe option"));
  EXPECT_THAT(steps(missing), HasSubstr("CONFIG_USB_SERIAL_OPTION=m"));
}

TEST(Drivers, OfCdcAcmAndOfSierra) {
  SysfsTree acm("pi4");
  acm.add(R"(
usb /sys/devices/platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1/1-1/1-1.2 1546:1146 u-blox AG | u-blox Modem
interface 0 02/02/01 i
interface 1 0a/00/00 2
)");
  EXPECT_THAT(steps(of_cause(examined(acm), Cause::driver_not_loaded)),
              HasSubstr("modprobe cdc_acm"));
  SysfsTree sierra("pi4");
  sierra.add(R"(
usb /sys/devices/platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1/1-1/1-1.2 1199:9071 Sierra Wireless | MC7455
interface 0 ff/ff/ff 2
interface 2 ff/00/00 2i
interface 3 ff/00/00 2i
)");
  EXPECT_THAT(steps(of_cause(examined(sierra), Cause::driver_not_loaded)),
              HasSubstr("modprobe qcserial"));
}

TEST(Ttys, OneWithoutANode) {
  SysfsTree tree("ec25_pi4");
  tree.remove("/dev/ttyUSB3").add("/sys/class/tty/ttyUSB3/dev = 188:3\n");
  const Findings found = examined(tree);
  EXPECT_THAT(ids(found, Severity::error), ElementsAre("tty-missing"));
  EXPECT_THAT(steps(found.front()), HasSubstr("mknod /dev/ttyUSB3 c 188 3"));
}

TEST(Ttys, ThatNoDriverMakesAreNoFindingOfTheirOwn) {
  const Findings found = examined("doctor_ec25_no_driver", "/dev/ttyUSB3");
  EXPECT_THAT(ids(found, Severity::error), ElementsAre("driver-missing"));
  EXPECT_TRUE(has(found, Cause::tty_named_missing));
}

TEST(Ttys, WhatIsThereAndNoTty) {
  SysfsTree tree("ec25_pi4");
  tree.add("/dev/null node c 1 3 0666\n/dev/sda node b 8 0 0660\n/dev/shm/\n");
  for (const char* device : {"/dev/null", "/dev/sda", "/dev/shm"}) {
    const Findings found = examined(tree, device);
    ASSERT_THAT(ids(found, Severity::error), ElementsAre("tty-missing")) << device;
    EXPECT_THAT(evidence(found.front()), HasSubstr(std::string(device) + ": is no "));
    EXPECT_THAT(found.front().meaning, HasSubstr("/dev/ttyUSB3")) << "what to take instead";
  }
}

// Whoever dials on a pty or a socket's tty does not care for USB.
TEST(Ttys, OfNoHardware) {
  SysfsTree tree("doctor_no_usb_host");
  tree.add("/dev/pts/3 =\n");
  EXPECT_FALSE(is_in_the_way(examined(tree, "/dev/pts/3")));
  EXPECT_TRUE(is_in_the_way(examined(tree, "/dev/pts/4")));
}

TEST(Ttys, ThatAreRootsAloneAreNotGotByItsGroup) {
  SysfsTree tree("ec25_pi4");
  tree.add("/tunppp-manifest.txt = character 0600 0 0 188 3 EACCES /dev/ttyUSB3\n");
  const Findings found = examined(tree);
  ASSERT_THAT(ids(found, Severity::error), ElementsAre("tty-permission"));
  EXPECT_THAT(steps(found.front(), "Linux"), HasSubstr("chmod 660 /dev/ttyUSB3"));
  EXPECT_THAT(steps(found.front()), Not(HasSubstr("-aG root")));
}

TEST(Busy, ByTwoOfAKindIsOneFinding) {
  SysfsTree tree("ec25_pi4");
  tree.add(
      "/proc/77/comm = minicom\n/proc/77/fd/4 => /dev/ttyUSB3\n"
      "/proc/78/comm = picocom\n/proc/78/fd/5 => /dev/ttyUSB3\n");
  const Findings found = examined(tree);
  EXPECT_THAT(ids(found, Severity::error), ElementsAre("tty-busy"));
  EXPECT_THAT(found.front().meaning, HasSubstr("minicom (process 77), picocom (process 78)"));
}

TEST(Ttys, ByANameThatLasts) {
  const Findings found =
      examined("ec25_pi4",
               "/dev/serial/by-path/platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1.3:1.1-port0");
  ASSERT_THAT(ids(found, Severity::error), ElementsAre("wrong-tty"));
  EXPECT_THAT(found.front().meaning, HasSubstr("/dev/ttyUSB1 is the GNSS port"));
}

TEST(Ttys, WithoutNamesByPathTheInterfaceIsOne) {
  EXPECT_THAT(steps(examined("ec25_rndis", "/dev/ttyUSB1").front()),
              HasSubstr("name that lasts when numbers change: 1-1.3:1.5\n"));
}

TEST(Ttys, OfCdcAcmTheInterfaceIsTheDevice) {
  // What is told as seen must be there to be seen, on either bus.
  for (const char* fixture : {"ublox_toby_l2", "ec25_pi4"}) {
    SysfsTree tree(fixture);
    const tty::SystemTree system(tree.path());
    const detect::Inventory inventory = detect::find_modems(system);
    ASSERT_TRUE(inventory.modems.at(0).at_port()) << fixture;
    const Findings found = examined(tree, inventory.modems[0].at_port()->device);
    for (const Evidence& seen : of_cause(found, Cause::tty_at_port).seen) {
      EXPECT_TRUE(system.exists(seen.path)) << seen.path;
    }
  }
}

TEST(Busy, ByWhomTellsWhatToDo) {
  struct Case {
    const char* program;
    Cause cause;
  };
  for (const auto& [program, cause] :
       {Case{"minicom", Cause::tty_busy}, Case{"agetty", Cause::tty_busy_getty},
        Case{"ModemManager", Cause::tty_busy_modem_manager}}) {
    SysfsTree tree("ec25_pi4");
    tree.add(std::string("/proc/77/comm = ") + program + "\n/proc/77/fd/4 => /dev/ttyUSB3\n");
    const Findings found = examined(tree);
    EXPECT_THAT(ids(found, Severity::error), ElementsAre("tty-busy")) << program;
    EXPECT_THAT(of_cause(found, cause).meaning, HasSubstr(std::string(program) + " (process 77)"));
  }
}

TEST(Busy, ByTunpppItselfIsANote) {
  SysfsTree tree("ec25_pi4");
  tree.add("/proc/77/comm = tunppp\n/proc/77/fd/4 => /dev/ttyUSB3\n");
  EXPECT_FALSE(is_in_the_way(examined(tree)));
  EXPECT_TRUE(has(examined(tree), Cause::tty_busy_tunppp));
}

TEST(Busy, ByALock) {
  SysfsTree tree("ec25_pi4");
  tree.add("/var/lock/LCK..ttyUSB3 =         77\n/proc/77/comm = gammu\n");
  const Findings found = examined(tree);
  EXPECT_THAT(ids(found, Severity::error), ElementsAre("tty-busy"));
  EXPECT_THAT(evidence(found.front()), HasSubstr("/var/lock/LCK..ttyUSB3: 77"));
  EXPECT_THAT(found.front().meaning, HasSubstr("gammu (process 77)"));

  tree.remove("/proc/77");
  EXPECT_FALSE(is_in_the_way(examined(tree))) << "its owner is dead";
  EXPECT_THAT(steps(of_cause(examined(tree), Cause::tty_lock_stale)),
              HasSubstr("rm /var/lock/LCK..ttyUSB3"));
}

TEST(Busy, ByWhoWantsItAlone) {
  SysfsTree tree("ec25_pi4");
  tree.add("/tunppp-manifest.txt = character 0660 0 20 188 3 EBUSY /dev/ttyUSB3\n");
  const Findings found = examined(tree);
  EXPECT_THAT(ids(found, Severity::error), ElementsAre("tty-busy"));
  EXPECT_THAT(found.front().meaning, HasSubstr("TIOCEXCL"));
}

TEST(Busy, GettyByItsCommandLine) {
  SysfsTree tree("pi4");
  tree.add(
      "/proc/512/comm = agetty\n"
      "/proc/512/cmdline := /sbin/agetty\\0-o\\0--keep-baud\\0ttyAMA0\\0vt220\\0\n");
  const Findings found = examined(tree, "/dev/serial0");
  ASSERT_THAT(ids(found, Severity::error), ElementsAre("tty-busy"));
  EXPECT_THAT(steps(found.front()), HasSubstr("serial-getty@ttyAMA0"));
}

TEST(UartConsole, WithAModemOnUsbItIsInNobodysWay) {
  SysfsTree tree("ec25_pi4");
  tree.add("/proc/cmdline = console=serial0,115200 root=/dev/mmcblk0p2\n");
  EXPECT_FALSE(is_in_the_way(examined(tree)));
  // Without one the UART may be where the modem is.
  SysfsTree pins("pi4");
  pins.add("/proc/cmdline = console=serial0,115200 root=/dev/mmcblk0p2\n");
  const Findings found = examined(pins);
  EXPECT_THAT(ids(found, Severity::warning), ElementsAre("uart-console"));
  EXPECT_THAT(steps(of_cause(found, Cause::uart_console)),
              HasSubstr("remove console=serial0,115200"));
}

TEST(UartConsole, TheMiniUartIsToldOf) {
  EXPECT_THAT(steps(of_cause(examined("pi_uart_console", "/dev/ttyS0"), Cause::uart_mini)),
              HasSubstr("miniuart-bt"));
}

TEST(Tun, LoadedOrNot) {
  SysfsTree tree("ec25_pi4");
  tree.remove("/dev/net/tun").remove("/sys/class/misc/tun");
  EXPECT_THAT(steps(of_cause(examined(tree), Cause::tun_not_loaded)), HasSubstr("modprobe tun"));
  tree.add("/lib/modules/6.1.21-v8+/modules.dep = kernel/drivers/net/tun.ko.xz:\n");
  EXPECT_THAT(evidence(of_cause(examined(tree), Cause::tun_not_loaded)),
              HasSubstr("kernel/drivers/net/tun.ko.xz"));
  tree.add("/lib/modules/6.1.21-v8+/modules.dep = kernel/drivers/net/tap.ko.xz:\n");
  EXPECT_TRUE(has(examined(tree), Cause::tun_not_built));
  tree.add("/lib/modules/6.1.21-v8+/modules.builtin = kernel/drivers/net/tun.ko\n");
  EXPECT_THAT(steps(of_cause(examined(tree), Cause::tun_node_missing)),
              HasSubstr("mknod /dev/net/tun c 10 200"));
}

TEST(Tun, ANodeWithNothingBehindIt) {
  SysfsTree tree("ec25_pi4");
  tree.remove("/sys/class/misc/tun").add("/boot/config-6.1.21-v8+ = # CONFIG_TUN is not set\n");
  EXPECT_TRUE(has(examined(tree), Cause::tun_not_built));
  SysfsTree wrong("ec25_pi4");
  wrong.remove("/dev/net/tun").add("/dev/net/tun node c 1 5 0666\n");
  EXPECT_TRUE(has(examined(wrong), Cause::tun_node_missing));
}

TEST(Power, TheFirmwaresFlags) {
  SysfsTree tree("ec25_pi4");
  const std::string flags = "/sys/devices/platform/soc/soc:firmware/get_throttled = ";
  tree.add(flags + "0\n");
  EXPECT_FALSE(is_in_the_way(examined(tree)));
  tree.add(flags + "20002\n");  // the clock was capped, which is no matter of the supply
  EXPECT_FALSE(is_in_the_way(examined(tree)));
  tree.add(flags + "50000\n");
  EXPECT_THAT(ids(examined(tree), Severity::warning), ElementsAre("power"));
}

TEST(Power, OverCurrentAndWhatDoesNotAnswer) {
  SysfsTree tree("pi4");
  tree.add(R"(/dev/kmsg << END
[    2.1] usb usb1-port2: over-current condition
[    9.5] usb 1-1-port3: unable to enumerate USB device
END
)");
  const Findings found = examined(tree);
  EXPECT_THAT(ids(found, Severity::warning), ElementsAre("power", "usb-reset-loop"));
  EXPECT_THAT(of_cause(found, Cause::usb_enumeration_failed).meaning, HasSubstr("1-1.3"));
}

TEST(UsbResetLoop, OfAnotherDeviceDoesNotMatterWhereAModemWorks) {
  SysfsTree tree("ec25_pi4");
  std::string log = "/dev/kmsg << END\n";
  for (const char* time : {"10.0", "20.0", "30.0"})
    log += std::string("[ ") + time + "] usb 1-1.4: USB disconnect, device number 9\n";
  tree.add(log + "END\n");
  EXPECT_FALSE(is_in_the_way(examined(tree)));
}

TEST(Examine, ACopyIsNeverAskedForThisMachinesRights) {
  for (const Finding& finding : examined("ec25_pi4"))
    EXPECT_NE(finding.cause, Cause::tun_capability);
}

TEST(Examine, ErrorsComeFirst) {
  const Findings found = examined("doctor_usb_reset_loop");
  EXPECT_TRUE(std::is_sorted(found.begin(), found.end(), [](const Finding& a, const Finding& b) {
    return a.severity < b.severity;
  }));
}

TEST(Examine, ThisMachineWhateverItIs) {
  const tty::SystemTree system;
  for (const Finding& finding : examine(system, detect::find_modems(system))) {
    EXPECT_FALSE(finding.seen.empty()) << finding.id;
    EXPECT_FALSE(finding.remedies.empty()) << finding.id;
  }
}

}  // namespace
}  // namespace tunppp::doctor
