#include "doctor/mask.h"

#include <gtest/gtest.h>

#include "doctor/collect_content.h"

namespace tunppp::doctor {
namespace {

std::string masked(std::string_view text) {
  return Mask().text(text);
}

TEST(Mask, LeavesAloneWhatNamesDevicesAndPlaces) {
  for (const char* text :
       {"2c7c:0125",
        "usb 1-1.3: New USB device found, idVendor=2c7c, idProduct=0125",
        "usb 1-1: New USB device strings: Mfr=1, Product=2, SerialNumber=3",
        "../../../devices/platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1",
        "platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1.3:1.0-port0",
        "usb 1-1.2.3.4: new high-speed USB device number 5",
        "1-1.2.3.4:1.0",
        "pci-0000:01:00.0-usb-0:1.2.3.4:1.0-port0",
        "option 1-1.2.3.4.1:1.0",
        "Linux 6.1.21-v8+",
        "usb:v2C7Cp0125d0318dc00dsc00dp00icFFiscFFipFFin00",
        "ttyAMA0 at MMIO 0xfe201000 (irq = 36)",
        "[mem 0x0000000000000000-0x000000003b3fffff]",
        "6,1234,9876543210123,-;text",
        "EC25EFAR06A06M4G",
        "12:34:56",
        "std::vector",
        "::",
        "c 10 200",
        "1.2.3",
        "256.1.1.1",
        "1.2.3.4.5"})
    EXPECT_EQ(masked(text), text);
}

TEST(Mask, TakesOutNumbersOfModemsAndSims) {
  EXPECT_EQ(masked("IMEI: 867962041234567"), "IMEI: MASKED-NUMBER-1");
  EXPECT_EQ(masked("imei867962041234567"), "imeiMASKED-NUMBER-1");
  EXPECT_EQ(masked("+QCCID: 8949020000012345678F"), "+QCCID: MASKED-NUMBER-1");
  EXPECT_EQ(masked("262011234567890,x"), "MASKED-NUMBER-1,x");
  EXPECT_EQ(masked("IMEI 86 796204 123456 7 of it"), "IMEI MASKED-NUMBER-1 of it");
  EXPECT_EQ(masked("imei: 86-796204-123456-7"), "imei: MASKED-NUMBER-1");
  EXPECT_EQ(masked("0x867962041234567"), "0xMASKED-NUMBER-1");
}

TEST(Mask, TakesOutAddresses) {
  for (const char* address :
       {"00:1e:10:1f:00:aa", "00-1E-10-1F-00-AA", "10.64.1.2", "192.168.178.1", "2001:db8::1",
        "fe80::21e:10ff:fe1f:aa", "2001:db8:1:2:3:4:5:6", "::1"})
    for (const char* around : {"%", "addr %", "[%]:80", "addr=%,", "%/64 x", "%.", "a\n%\nb"}) {
      std::string text = around;
      text.replace(text.find('%'), 1, address);
      const std::string result = masked(text);
      EXPECT_EQ(result.find(address), result.npos) << text << ": " << result;
      EXPECT_NE(result.find("MASKED-"), result.npos) << text;
    }
  EXPECT_EQ(masked("from 10.0.0.1-10.0.0.2"), "from MASKED-IP-1-MASKED-IP-2");
  EXPECT_EQ(masked("enx001e101f00aa"), "enxMASKED-MAC-1");
  EXPECT_EQ(masked("addr b827eb123456"), "addr MASKED-MAC-1");
}

TEST(Mask, TheSameValueIsTheSameWord) {
  Mask mask;
  EXPECT_EQ(mask.text("10.0.0.1 10.0.0.2 10.0.0.1"), "MASKED-IP-1 MASKED-IP-2 MASKED-IP-1");
  EXPECT_EQ(mask.text("10.0.0.2"), "MASKED-IP-2");
  EXPECT_EQ(mask.text("00:1E:10:1F:00:AA"), mask.text("00:1e:10:1f:00:aa"));
}

TEST(Mask, KnowsAgainWhatItLearned) {
  Mask mask;
  mask.learn(Mask::Kind::serial, "A1B2C3D4E5");
  mask.learn(Mask::Kind::serial, "X9Y8Z7");
  EXPECT_EQ(mask.path("/dev/serial/by-id/usb-Quectel_EC25_A1B2C3D4E5-if00"),
            "/dev/serial/by-id/usb-Quectel_EC25_MASKED-SERIAL-1-if00");
  EXPECT_EQ(mask.text("xxa1b2c3d4e5xx"), "xxMASKED-SERIAL-1xx");
  EXPECT_EQ(mask.text("(x9y8z7)"), "(MASKED-SERIAL-2)");
  EXPECT_EQ(mask.text("ax9y8z7"), "ax9y8z7") << "a short one counts as a whole word only";
}

TEST(Mask, WhatIsTooPlainIsNoSerialNumber) {
  for (const char* plain : {"Android", "00000000", "1-1.3", "0001"}) {
    Mask mask;
    mask.learn(Mask::Kind::serial, plain);
    const std::string text = std::string("usb ") + plain + " there";
    EXPECT_EQ(mask.text(text), text);
  }
}

TEST(Mask, WhatIsMaskedStaysAsItIs) {
  Mask mask;
  mask.learn(Mask::Kind::serial, "A1B2C3D4E5");
  const std::string once =
      mask.text("A1B2C3D4E5 867962041234567 10.0.0.1 00:1e:10:1f:00:aa 2001:db8::1");
  EXPECT_EQ(Mask().text(once), once);
}

struct ContentCase {
  Content content;
  std::string in;
  std::string out;
};

TEST(CollectContent, KeepsWhatMattersAndNothingElse) {
  using namespace std::string_literals;
  const std::vector<ContentCase> cases{
      {Content::kernel_arguments,
       "console=ttyS0,115200 modules-load=dwc2,g_ether dwc_otg.lpm_enable=0 quiet "
       "wifi.psk=hunter22 root=PARTUUID=4c4e106f-02 -- --token abcdef\n",
       "console=ttyS0,115200 modules-load=dwc2,g_ether dwc_otg.lpm_enable=0 quiet "
       "wifi.psk=MASKED-VALUE-1 root=MASKED-VALUE-2\n"},
      {Content::process_arguments, "/sbin/agetty\0--autologin\0alice\0ttyAMA0\0"s,
       "agetty\0MASKED\0MASKED\0ttyAMA0\0"s},
      {Content::process_arguments, "sshd: alice@pts/0\0"s, "sshd\0"s},
      {Content::boot_settings,
       "# my password is hunter22\n[0x1234abcd]\ndtoverlay=dwc2,dr_mode=host\nhdmi_edid=hunter22\n"
       "[all]\nenable_uart=1\n",
       "[MASKED-SERIAL-1]\ndtoverlay=dwc2,dr_mode=host\nhdmi_edid=MASKED-VALUE-1\n[all]\n"
       "enable_uart=1\n"},
      {Content::kernel_config,
       "# by alice\nCONFIG_USB=y\nCONFIG_TUN=m\n# CONFIG_PPP is not set\nCONFIG_CMDLINE=\"k=s\"\n",
       "CONFIG_USB=y\nCONFIG_TUN=m\n# CONFIG_PPP is not set\n"},
      {Content::modules, "option 45056 2 - Live 0xffffffffc0a1b000 (O)\n",
       "option 45056 2 - Live\n"},
      {Content::kernel_version, "Linux version 6.1.21-v8+ (alice@laptop) #1 SMP\n",
       "Linux version 6.1.21-v8+\n"},
      {Content::groups, "root:x:0:\ndialout:x:20:alice,bob\nalice:x:1000:\n",
       "root:x:0:\ndialout:x:20:\n"},
      {Content::kernel_log,
       "6,1,100,-;usb 1-1: SerialNumber: 0042\n SUBSYSTEM=usb\n30,2,200,-;systemd[1]: hello alice\n"
       " SUBSYSTEM=x\n5,3,300,-;Kernel command line: k=s\n6,4,400,-;audit: type=1327 x\n"
       "6,5,500,-;dwc2 3f980000.usb: dr_mode forced to device\n[ 1.5] usb 1-1: SerialNumber=3\n",
       "6,1,100,-;usb 1-1: SerialNumber: MASKED-SERIAL-1\n SUBSYSTEM=usb\n"
       "6,5,500,-;dwc2 3f980000.usb: dr_mode forced to device\n[ 1.5] usb 1-1: SerialNumber=3\n"},
      {Content::name_only, "anything", ""},
  };
  for (const ContentCase& row : cases) {
    Mask mask;
    EXPECT_EQ(without_secrets(row.content, row.in, mask), row.out);
    EXPECT_EQ(without_secrets(row.content, row.out, mask), row.out) << "twice";
  }
}

TEST(CollectContent, NamesThatOthersNeedAreNotLearned) {
  for (const char* name : {"option", "usbserial", "ttyUSB2", "fe980000.usb", "0000:01:00.0",
                           "1-1.3.4.1", "/dev/mmcblk0p2", "deadline"}) {
    Mask mask;
    learn_kernel_arguments(std::string("something=") + name, mask);
    EXPECT_EQ(mask.text(name), name);
  }
}

TEST(CollectContent, LearnsTheValuesOfArgumentsThatItLeavesOut) {
  Mask mask;
  learn_kernel_arguments("console=ttyS0 wifi.psk=hunter22 root=/dev/mmcblk0p2 quiet", mask);
  EXPECT_EQ(mask.text("the key hunter22 for ttyS0 on /dev/mmcblk0p2"),
            "the key MASKED-VALUE-1 for ttyS0 on /dev/mmcblk0p2");
}

}  // namespace
}  // namespace tunppp::doctor
