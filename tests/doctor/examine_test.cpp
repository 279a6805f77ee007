// The three stories that this began with, then one system for each id that a system itself shows.
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

// "The EC25 is stuck in 'retrying'": two modules of the kernel were missing.
TEST(Stories, Ec25OnAPi4WithoutItsDrivers) {
  const Findings found = examined("doctor_ec25_no_driver");
  ASSERT_THAT(ids(found, Severity::error), ElementsAre("driver-missing"));
  const Finding& first = found.front();
  EXPECT_THAT(
      evidence(first),
      HasSubstr("/sys/bus/usb/devices/1-1.3:1.3/driver: is not there (interface ff/00/00)"));
  EXPECT_THAT(evidence(first),
              HasSubstr("/lib/modules/4.19.118-v7l/modules.dep: does not have option"));
  EXPECT_THAT(evidence(first), HasSubstr("missing: option, usb_wwan"));
  EXPECT_THAT(first.meaning, HasSubstr("option, usb_wwan"));
  for (const char* system : {"Raspberry Pi OS", "Nerves/Buildroot", "Linux"})
    EXPECT_THAT(steps(first, system), HasSubstr("CONFIG_USB_SERIAL=m CONFIG_USB_SERIAL_WWAN=m "
                                                "CONFIG_USB_SERIAL_OPTION=m"))
        << system;
  EXPECT_THAT(ids(found, Severity::warning), IsEmpty());
}

TEST(Stories, Ec25WithTheWrongTty) {
  // That of satellites, and that for diagnosis: nothing can be dialled there.
  const Findings gnss = examined("doctor_ec25_wrong_tty", "/dev/ttyUSB2");
  ASSERT_THAT(ids(gnss, Severity::error), ElementsAre("wrong-tty"));
  const Finding& first = gnss.front();
  EXPECT_THAT(evidence(first), HasSubstr("/sys/class/tty/ttyUSB2/device/../bInterfaceNumber: 01"));
  EXPECT_THAT(evidence(first), HasSubstr("/sys/class/tty/ttyUSB4/device/../bInterfaceNumber: 03"));
  EXPECT_THAT(first.meaning, HasSubstr("/dev/ttyUSB2 is the GNSS port"));
  EXPECT_THAT(steps(first), HasSubstr("Use /dev/ttyUSB4"));
  EXPECT_THAT(steps(first),
              HasSubstr("/dev/serial/by-path/"
                        "platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1.3:1.3-port0"));
  EXPECT_THAT(ids(examined("doctor_ec25_wrong_tty", "ttyUSB1"), Severity::error),
              ElementsAre("wrong-tty"));

  // On that for AT most would connect, too; but it is not the one to dial on.
  const Findings at = examined("doctor_ec25_wrong_tty", "/dev/ttyUSB3");
  EXPECT_THAT(ids(at, Severity::error), IsEmpty());
  EXPECT_THAT(ids(at, Severity::warning), ElementsAre("wrong-tty"));
  EXPECT_THAT(steps(at.front()), HasSubstr("/dev/ttyUSB4"));

  // What is no modem's at all.
  const Findings other = examined("doctor_ec25_wrong_tty", "/dev/ttyUSB0");
  EXPECT_THAT(ids(other, Severity::warning), ElementsAre("wrong-tty"));
  EXPECT_THAT(other.front().meaning, HasSubstr("067b:2303"));
  EXPECT_THAT(steps(other.front()), HasSubstr("Use /dev/ttyUSB4"));

  EXPECT_FALSE(is_in_the_way(examined("doctor_ec25_wrong_tty", "/dev/ttyUSB4")));
  EXPECT_FALSE(is_in_the_way(examined("doctor_ec25_wrong_tty")));
}

// "dwc2 20980000.usb: Configuration mismatch. dr_mode forced to device"
TEST(Stories, Sim7080OnAPiZeroInGadgetMode) {
  const Findings found = examined("doctor_zero_gadget_kernel");
  ASSERT_THAT(ids(found, Severity::error), ElementsAre("usb-gadget-mode"));
  const Finding& first = found.front();
  EXPECT_THAT(evidence(first), HasSubstr("/dev/kmsg: dwc2 20980000.usb: Configuration mismatch. "
                                         "dr_mode forced to device\n"));
  EXPECT_THAT(evidence(first), HasSubstr("/proc/config.gz: CONFIG_USB_DWC2_PERIPHERAL=y\n"));
  EXPECT_THAT(steps(first, "Nerves/Buildroot"), HasSubstr("nerves_system_rpi "));
  EXPECT_THAT(steps(first, "Nerves/Buildroot"), HasSubstr("CONFIG_USB_DWC2_DUAL_ROLE=y"));
  EXPECT_THAT(ids(found, Severity::warning), IsEmpty());
}

// The same symptom, but the kernel is well: config.txt is to be changed, not the kernel.
TEST(Stories, APiZeroThatAnOverlayMadeAGadget) {
  const Findings found = examined("doctor_zero_gadget_overlay");
  ASSERT_THAT(ids(found, Severity::error), ElementsAre("usb-gadget-mode"));
  const Finding& first = found.front();
  for (const char* seen :
       {"/sys/class/udc/20980000.usb: configured\n",
        "/proc/device-tree/soc/usb@7e980000/dr_mode: peripheral\n",
        "/boot/config.txt: dtoverlay=dwc2,dr_mode=peripheral\n",
        "/proc/cmdline: modules-load=dwc2,g_ether\n", "/proc/modules: g_ether is loaded\n",
        "/sys/kernel/config/usb_gadget/g1/UDC: 20980000.usb\n",
        "/sys/bus/platform/devices/20980000.usb/usb*: is not there"})
    EXPECT_THAT(evidence(first), HasSubstr(seen));
  EXPECT_THAT(steps(first, "Raspberry Pi OS"), HasSubstr("dtoverlay=dwc2,dr_mode=host"));
  EXPECT_THAT(steps(first, "Raspberry Pi OS"), HasSubstr("modules-load=dwc2,g_ether"));
  EXPECT_THAT(steps(first), Not(HasSubstr("CONFIG_USB_DWC2")));
}

struct Row {
  const char* tree;
  const char* id;
  Severity severity;
  const char* path;                ///< of the evidence
  std::vector<const char*> words;  ///< of the remedies
  const char* device = "";
};

class Shown : public testing::TestWithParam<Row> {};

TEST_P(Shown, IsFoundAndNothingElse) {
  const Row& row = GetParam();
  const SysfsTree tree(row.tree);
  const Findings found = examined(tree, row.device);
  std::vector<std::string> expected_errors;
  if (row.severity == Severity::error) expected_errors.emplace_back(row.id);
  EXPECT_EQ(ids(found, Severity::error), expected_errors);
  const auto finding = std::find_if(found.begin(), found.end(), [&](const Finding& it) {
    return it.id == row.id && it.severity == row.severity;
  });
  ASSERT_NE(finding, found.end());
  EXPECT_THAT(evidence(*finding), HasSubstr(std::string(row.path) + ": "));
  for (const char* word : row.words) EXPECT_THAT(steps(*finding), HasSubstr(word));
  EXPECT_FALSE(finding->meaning.empty());
  EXPECT_TRUE(finding->meaning.ends_with('.')) << finding->meaning;
  EXPECT_EQ(is_in_the_way(found), row.severity != Severity::note);
}

INSTANTIATE_TEST_SUITE_P(
    Systems, Shown,
    testing::Values(
        Row{"doctor_no_usb_host", "no-usb-host", Severity::error, "/sys/bus/usb", {"CONFIG_USB"}},
        Row{"doctor_pi4_gadget_port",
            "usb-gadget-mode",
            Severity::note,
            "/sys/class/udc/fe980000.usb",
            {"other ports"}},
        Row{"pi4", "no-modem", Severity::error, "/sys/bus/usb/devices", {"PWRKEY", "powered hub"}},
        Row{"huawei_storage",
            "modem-storage-mode",
            Severity::error,
            "/sys/bus/usb/devices/1-1.1/idVendor",
            {"usb_modeswitch -v 12d1 -p 1f01 --huawei-new-mode", "apt install usb-modeswitch"}},
        Row{"huawei_hilink",
            "modem-hilink",
            Severity::error,
            "/sys/bus/usb/devices/1-1.1/idProduct",
            {"192.168.8.1", "VintageNetEthernet"}},
        Row{"doctor_network_mode",
            "modem-not-serial-mode",
            Severity::error,
            "/sys/bus/usb/devices/1-1.2:1.0/bInterfaceClass",
            {"AT+CUSBPIDSWITCH=9001,1,1"}},
        Row{"doctor_not_loaded",
            "driver-missing",
            Severity::error,
            "/lib/modules/6.1.21-v8+/modules.dep",
            {"sudo modprobe option", "modules-load.d"}},
        Row{"doctor_unknown_id",
            "driver-missing",
            Severity::error,
            "/lib/modules/6.1.21-v8+/modules.alias",
            {"echo \"2c7c 0a99\" > /sys/bus/usb-serial/drivers/option1/new_id"}},
        Row{"doctor_not_bound",
            "driver-not-bound",
            Severity::error,
            "/sys/bus/usb/devices/1-1.2:1.3/driver",
            {"echo 1-1.2:1.3 > /sys/bus/usb/drivers/option/bind"}},
        Row{"doctor_tty_missing",
            "tty-missing",
            Severity::warning,
            "/sys/bus/usb/devices/1-1.3:1.3/driver",
            {"tunppp dial --device /dev/ttyUSB2"}},
        Row{"ec25_pi4",
            "tty-missing",
            Severity::error,
            "/dev/ttyUSB7",
            {"tunppp detect"},
            "/dev/ttyUSB7"},
        Row{"doctor_tty_permission",
            "tty-permission",
            Severity::error,
            "/dev/ttyUSB3",
            {"usermod -aG dialout"},
            "/dev/ttyUSB3"},
        Row{"doctor_tty_busy",
            "tty-busy",
            Severity::error,
            "/proc/812/fd/9",
            {"systemctl disable --now ModemManager", "ENV{ID_MM_DEVICE_IGNORE}=\"1\"",
             "ATTRS{idVendor}==\"2c7c\", ATTRS{idProduct}==\"0125\""}},
        Row{"pi_uart_console",
            "uart-console",
            Severity::error,
            "/proc/cmdline",
            {"raspi-config", "remove console=ttyS0,115200", "enable_uart=1", "serial-getty@ttyS0"},
            "/dev/serial0"},
        Row{"doctor_tun_missing",
            "tun-missing",
            Severity::error,
            "/boot/config-6.1.21-v8+",
            {"CONFIG_TUN=m"}},
        Row{"doctor_tun_permission",
            "tun-permission",
            Severity::error,
            "/dev/net/tun",
            {"--cap-add NET_ADMIN"}},
        Row{"doctor_power",
            "power",
            Severity::warning,
            "/sys/class/hwmon/hwmon1/in0_lcrit_alarm",
            {"powered hub"}},
        Row{"ec25_pi4", "not-needed", Severity::note, "/dev/ppp", {"Nothing"}}),
    [](const auto& row) {
      std::string name = std::string(row.param.id) + "_in_" + row.param.tree;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

TEST(UsbResetLoop, OfAModemIsWhyThereIsNone) {
  const Findings found = examined("doctor_usb_reset_loop");
  ASSERT_THAT(ids(found, Severity::error), ElementsAre("usb-reset-loop"));
  EXPECT_THAT(ids(found, Severity::warning), IsEmpty());
  const Finding& loop = found.front();
  EXPECT_THAT(evidence(loop), HasSubstr("/dev/kmsg: 3 times: usb 1-1.3: USB disconnect"));
  EXPECT_THAT(loop.meaning, HasSubstr("1-1.3 (2c7c:0125)"));
  EXPECT_THAT(steps(loop), HasSubstr("powered hub"));

  // Of a modem that is here at the moment it is a warning.
  SysfsTree here("ec25_pi4");
  here.add(R"(/dev/kmsg << END
6,422,21058396,-;usb 1-1.3: USB disconnect, device number 3
6,430,36058396,-;usb 1-1.3: USB disconnect, device number 4
6,440,52058396,-;usb 1-1.3: USB disconnect, device number 5
END
)");
  EXPECT_THAT(ids(examined(here), Severity::error), IsEmpty());
  EXPECT_THAT(ids(examined(here), Severity::warning), ElementsAre("usb-reset-loop"));
}

TEST(UsbResetLoop, OfWhatIsNoModemDoesNotExplainThatThereIsNone) {
  SysfsTree tree("pi4");
  std::string log = "/dev/kmsg << END\n";
  for (const char* time : {"10.0", "20.0", "30.0"})
    log += std::string("[ ") + time +
           "] usb 1-1.2: New USB device found, idVendor=046d, idProduct=c077, bcdDevice=72.00\n[ " +
           time + "] usb 1-1.2: USB disconnect, device number 9\n";
  tree.add(log + "END\n");
  const Findings found = examined(tree);
  EXPECT_THAT(ids(found, Severity::error), ElementsAre("no-modem"));
  EXPECT_THAT(ids(found, Severity::warning), ElementsAre("usb-reset-loop"));
}

TEST(NotNeeded, KernelPppQmiAndWwan0) {
  const Findings found = examined("ec25_pi4");
  EXPECT_FALSE(is_in_the_way(found));
  EXPECT_THAT(of_cause(found, Cause::ppp_not_needed).meaning, HasSubstr("/dev/ppp"));
  const Finding& network = of_cause(found, Cause::network_not_needed);
  EXPECT_THAT(network.title, HasSubstr("QMI, MBIM and wwan0"));
  EXPECT_THAT(evidence(network), HasSubstr("/sys/bus/usb/devices/1-1.3:1.4/driver: qmi_wwan"));

  SysfsTree with_wwan("sim7080_9206");
  with_wwan.add("/sys/class/net/wwan0/");
  EXPECT_THAT(evidence(of_cause(examined(with_wwan), Cause::network_not_needed)),
              HasSubstr("/sys/class/net/wwan0: is there"));
}

// With every modem whose ports are all there nothing may be in the way.
TEST(Examine, ModemsThatAreWellAreWell) {
  for (const char* tree : {"ec25_pi4", "ec25_rndis", "huawei_e3372", "huawei_stick",
                           "sierra_em7455", "sim7080_9205", "sim7080_9206", "sim7600_9001",
                           "sim7600_9011", "telit_le910c1", "two_modems", "ublox_toby_l2"})
    for (const Finding& finding : examined(tree))
      EXPECT_EQ(finding.severity, Severity::note)
          << tree << ": " << finding.id << ": " << finding.meaning << "\n"
          << evidence(finding);
}

}  // namespace
}  // namespace tunppp::doctor
