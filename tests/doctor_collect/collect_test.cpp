#include "doctor/collect.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "detect/modems.h"
#include "doctor/examine.h"
#include "doctor/kernel_config.h"
#include "support/process.h"
#include "support/sysfs_tree.h"
#include "tty/manifest.h"
#include "unpack.h"

namespace tunppp::doctor {
namespace {

namespace fs = std::filesystem;
using tty::SystemTree;

std::vector<std::string> fixtures() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(TUNPPP_SOURCE_DIR "/tests/fixtures/sysfs"))
    if (entry.path().extension() == ".tree") names.push_back(entry.path().stem());
  return names;
}

SystemTree opened(const fs::path& root) {
  SystemTree system(root);
  tty::load_manifest(system);
  return system;
}

/// A finding as text, with what was seen.
std::vector<std::string> findings_in(const SystemTree& system) {
  std::vector<std::string> found;
  for (const Finding& finding : examine(system, detect::find_modems(system))) {
    std::string text =
        finding.id + " " + std::string(name_of(finding.severity)) + ": " + finding.meaning;
    for (const Evidence& seen : finding.seen) text += "\n  " + seen.path + ": " + seen.content;
    found.push_back(text);
  }
  return found;
}

/// What is to be known of its modems.
std::vector<std::string> modems_in(const SystemTree& system) {
  std::vector<std::string> found;
  const detect::Inventory inventory = detect::find_modems(system);
  for (const detect::ModemDevice& modem : inventory.modems) {
    std::string text = describe(modem) + " " + modem.composition + " " + modem.device_path;
    for (const detect::UsbInterface& interface : modem.interfaces)
      text += "\n  " + interface.path + " " + interface.driver + " " + interface.tty + " " +
              interface.modalias + " " + interface.role.why;
    for (const detect::Port& port : modem.ports) text += "\n  " + port.by_path() + port.driver;
    found.push_back(text);
  }
  for (const detect::Candidate& candidate : inventory.candidates)
    found.push_back(describe(candidate));
  return found;
}

TEST(Collect, ACopyShowsTheSameAsTheSystemItself) {
  const std::vector<std::string> names = fixtures();
  ASSERT_GE(names.size(), 20u);
  for (const std::string& name : names) {
    const test::SysfsTree tree(name);
    const SystemTree original = opened(tree.path());
    const Collection collection = collect(original, 0);
    EXPECT_TRUE(collection.complete);
    const test::TempDirectory directory;
    unpack(collection.archive, directory.path() / "copy");
    const SystemTree copy = opened(directory.path() / "copy");
    EXPECT_EQ(findings_in(copy), findings_in(original)) << name;
    EXPECT_EQ(modems_in(copy), modems_in(original)) << name;
    // And a copy of the copy is the copy.
    const Collection again = collect(copy, 0);
    EXPECT_EQ(again.archive, collection.archive) << name;
  }
}

// --- Secrets ---

constexpr const char* planted_tree = R"(include ec25_pi4
/proc/cmdline = console=ttyAMA0,115200 wifi.psk=hunter22hunter dwc_otg.lpm_enable=0 smsc95xx.macaddr=b8:27:eb:11:22:33 ip=10.64.99.7 -- --pin 73919377
/proc/cpuinfo << END
processor	: 0
Hardware	: BCM2711
Serial		: 100000009f8e7d6c
END
/sys/firmware/devicetree/base/serial-number := 100000009f8e7d6c\0
/sys/firmware/devicetree/base/chosen/rpi-boardrev-ext := 9f8e7d6c\0
/sys/firmware/devicetree/base/model := Raspberry Pi 4 of 867962041234567\0
/sys/devices/platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1/1-1/1-1.3/serial = QX7351AB90
/sys/devices/platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1/1-1/1-1.3/product = EC25-AF 867962041234567 QX7351AB90
/sys/devices/platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1/1-1/1-1.3/manufacturer = Quectel 8949020000012345678F
/dev/serial/by-path/usb-QX7351AB90-if00 => ../../ttyUSB0
/dev/kmsg << END
5,0,1,-;Kernel command line: console=ttyAMA0,115200 wifi.psk=hunter22hunter
6,1,2,-;usb 1-1.3: SerialNumber: QX7351AB90
6,2,3,-;usb 1-1.4: SerialNumber: SN42
6,3,4,-;smsc95xx 1-1.1:1.0 eth0: register, smsc95xx USB 2.0 Ethernet, b8:27:eb:11:22:33
6,4,5,-;random: 9f8e7d6c and hunter22hunter and 10.64.99.7 and fe80::ba27:ebff:fe11:2233
30,5,6,-;NetworkManager[501]: secretprogramtext
6,6,7,-;audit: type=1327 proctitle=73656372657470726f63
6,7,8,-;IMSI 262011234567890 seen
END
/proc/version = Linux version 6.1.21-v8+ (secretuser@secrethost) #1642 SMP
/proc/modules << END
option 45056 2 - Live 0xffffffffc0a1b000
END
/boot/config-6.1.21-v8+ << END
CONFIG_USB=y
CONFIG_CMDLINE="psk=secretinconfig"
CONFIG_TUN=m
END
/boot/config.txt << END
# secretremark 867962041234567
dtoverlay=dwc2,dr_mode=host
dtparam=watchdog=on
license=secretlicense
[0x9f8e7d6c]
enable_uart=1
END
/boot/cmdline.txt = wifi.psk=hunter22hunter
/etc/group << END
dialout:x:20:secretmember
secretperson:x:1001:
END
/etc/os-release = HOME_URL=http://10.64.99.7/
/proc/812/comm = ModemManager
/proc/812/cmdline := /usr/sbin/ModemManager\0--secretargument=1\0
/proc/812/environ := SECRETENVIRONMENT=1\0
/proc/812/fd/7 => /dev/ttyUSB2
/proc/900/comm = secretprogram
/proc/900/cmdline := secretprogram\0
/proc/900/fd/1 => /home/secretperson/file
/var/lock/LCK..ttyUSB2 =        812
/sys/class/net/enxb827eb112233/type = 1
/sys/class/net/enxb827eb112233/address = b8:27:eb:11:22:33
/lib/modules/6.1.21-v8+/modules.dep << END
kernel/drivers/usb/serial/option.ko:
END
/home/secretperson/file = secretfile
)";

constexpr const char* secrets[] = {"867962041234567",
                                   "262011234567890",
                                   "8949020000012345678",
                                   "QX7351AB90",
                                   "9f8e7d6c",
                                   "SN42",
                                   "b8:27:eb:11:22:33",
                                   "b827eb112233",
                                   "10.64.99.7",
                                   "fe80::ba27",
                                   "hunter22",
                                   "73919377",
                                   "secret",
                                   "SECRET",
                                   "73656372657470726f63",
                                   "0xffffffffc0a1b000"};

TEST(Collect, NoPlantedSecretIsInTheCopy) {
  test::SysfsTree tree("nothing");
  tree.add(planted_tree);
  const Collection collection = collect(SystemTree(tree.path()), 0);
  for (const char* secret : secrets)
    EXPECT_EQ(collection.archive.find(secret), std::string::npos) << secret;

  // That says something only if all of it was taken.
  const test::TempDirectory directory;
  const fs::path copy = directory.path() / "copy";
  unpack(collection.archive, copy);
  for (const char* path :
       {"proc/cmdline", "proc/device-tree", "sys/firmware/devicetree/base/model", "dev/kmsg",
        "proc/version", "proc/modules", "boot/config-6.1.21-v8+", "boot/config.txt",
        "boot/cmdline.txt", "etc/group", "etc/os-release", "proc/812/comm", "proc/812/cmdline",
        "lib/modules/6.1.21-v8+/modules.dep", "var/lock/LCK..ttyUSB2"})
    EXPECT_TRUE(fs::exists(copy / path)) << path;
  EXPECT_EQ(fs::read_symlink(copy / "proc/812/fd/7"), "/dev/ttyUSB2");
  EXPECT_FALSE(fs::exists(copy / "proc/900"));
  const std::string device = "sys/bus/usb/devices/1-1.3/";
  EXPECT_EQ(test::read_file(copy / (device + "idVendor")), "2c7c\n");
  EXPECT_EQ(test::read_file(copy / (device + "idProduct")), "0125\n");
  const std::string log = test::read_file(copy / "dev/kmsg");
  EXPECT_NE(log.find("usb 1-1.3: SerialNumber: MASKED-SERIAL-"), log.npos) << log;
  const std::string arguments = test::read_file(copy / "proc/cmdline");
  EXPECT_TRUE(arguments.starts_with("console=ttyAMA0,115200 wifi.psk=MASKED-")) << arguments;
  EXPECT_NE(arguments.find("dwc_otg.lpm_enable=0"), arguments.npos);
  EXPECT_NE(test::read_file(copy / "boot/config.txt").find("dtoverlay=dwc2,dr_mode=host"),
            std::string::npos);
}

TEST(Collect, TheConfigurationOfAKernelIsPackedAgainWithoutItsTexts) {
  test::SysfsTree tree("nothing");
  tree.add(
      "/config << END\nCONFIG_USB=y\nCONFIG_CMDLINE=\"psk=hunter22\"\nEND\n/proc/version = x\n");
  test::Process gzip({"gzip", (tree.path() / "config").string()});
  ASSERT_EQ(gzip.wait(), test::exited(0));
  fs::rename(tree.path() / "config.gz", tree.path() / "proc/config.gz");
  const test::TempDirectory directory;
  unpack(collect(SystemTree(tree.path()), 0).archive, directory.path() / "copy");
  const auto config = gunzip(test::read_file(directory.path() / "copy/proc/config.gz"), 10'000);
  EXPECT_EQ(config, "CONFIG_USB=y\n");
}

// --- The manifest ---

TEST(Collect, TheManifestTellsWhatACopyCannotHold) {
  test::SysfsTree tree("nothing");
  tree.add("include ec25_pi4\n/dev/ttyUSB2 node c 188 2 0660\n/dev/net/tun node c 10 200 0600\n");
  const test::TempDirectory directory;
  unpack(collect(SystemTree(tree.path()), 0).archive, directory.path() / "copy");
  EXPECT_TRUE(fs::is_regular_file(directory.path() / "copy/dev/ttyUSB2"));
  const SystemTree copy = opened(directory.path() / "copy");
  const tty::NodeFacts facts = copy.node("/dev/ttyUSB2");
  EXPECT_EQ(facts.kind, tty::NodeKind::character_device);
  EXPECT_EQ(facts.mode, 0660u);
  EXPECT_EQ(facts.owner, 0u);
  EXPECT_EQ(facts.group, 0u);
  EXPECT_EQ(facts.major, 188u);
  EXPECT_EQ(facts.minor, 2u);
  EXPECT_EQ(copy.node("/dev/net/tun").minor, 200u);
}

TEST(Collect, OfThisMachineTheTunNodeIsOpened) {
  const SystemTree machine;
  const test::TempDirectory directory;
  unpack(collect(machine, 0).archive, directory.path() / "copy");
  const SystemTree copy = opened(directory.path() / "copy");
  const tty::NodeFacts tun = copy.node("/dev/net/tun");
  EXPECT_EQ(tun.kind, tty::NodeKind::character_device);
  EXPECT_EQ(tun.major, 10u);
  EXPECT_EQ(tun.minor, 200u);
  EXPECT_EQ(tun.opening, 0);
  EXPECT_EQ(copy.line("/proc/sys/kernel/osrelease"), machine.line("/proc/sys/kernel/osrelease"));
}

// --- The file ---

TEST(CollectInto, TheFileIsItsOwnersAlone) {
  const test::SysfsTree tree("ec25_pi4");
  const test::TempDirectory directory;
  const fs::path file = directory.path() / "copy.tar";
  const auto collection = collect_into(file, SystemTree(tree.path()));
  ASSERT_TRUE(collection);
  EXPECT_GT(collection->files, 50u);
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
  EXPECT_EQ(fs::file_size(file), collection->archive.size());
}

TEST(CollectInto, WhatIsThereIsNeitherReplacedNorFollowed) {
  const test::SysfsTree tree("ec25_pi4");
  const test::TempDirectory directory;
  const std::string there = directory.write_file("there.tar", "mine");
  fs::create_symlink("elsewhere.tar", directory.path() / "link.tar");
  for (const char* name : {"there.tar", "link.tar"}) {
    const auto collection = collect_into(directory.path() / name, SystemTree(tree.path()));
    ASSERT_FALSE(collection);
    EXPECT_EQ(collection.failure().reason, EndReason::usage);
    EXPECT_NE(collection.failure().text.find("is there already"), std::string::npos);
  }
  EXPECT_EQ(test::read_file(there), "mine");
  EXPECT_FALSE(fs::exists(directory.path() / "elsewhere.tar"));
}

TEST(CollectInto, WhereNothingCanBeWrittenItSaysSo) {
  const test::SysfsTree tree("ec25_pi4");
  const auto collection = collect_into("/nowhere/at/all.tar", SystemTree(tree.path()));
  ASSERT_FALSE(collection);
  EXPECT_EQ(collection.failure().code.value(), ENOENT);
}

TEST(CollectInto, ADiskThatIsFullLeavesNoFile) {
  const test::SysfsTree tree("ec25_pi4");
  const auto collection = collect_into("/dev/full", SystemTree(tree.path()));
  EXPECT_FALSE(collection) << "/dev/full is there already";
  EXPECT_TRUE(fs::exists("/dev/full"));
}

}  // namespace
}  // namespace tunppp::doctor
