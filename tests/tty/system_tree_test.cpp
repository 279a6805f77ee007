#include "tty/system_tree.h"

#include "support/sysfs_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <fstream>

namespace tunppp::tty {
namespace {

using test::SysfsTree;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

class SystemTreeTest : public ::testing::Test {
 protected:
  SystemTree with(std::string_view text) {
    files_.add(text);
    return SystemTree(files_.path());
  }
  /// Something outside, which nothing in the tree may reach.
  std::string secret() const { return outside_.write_file("secret", "not for you\n"); }

  SysfsTree files_{"nothing"};
  test::TempDirectory outside_;
};

TEST_F(SystemTreeTest, ReadsFiles) {
  const SystemTree tree = with("/sys/a = text\n/sys/empty :=");
  EXPECT_THAT(tree.read("/sys/a"), Optional(std::string("text\n")));
  EXPECT_THAT(tree.read("sys//./a"), Optional(std::string("text\n")));
  EXPECT_THAT(tree.read("/sys/empty"), Optional(std::string()));
  EXPECT_EQ(tree.read("/sys/none"), std::nullopt);
  EXPECT_EQ(tree.read("/sys"), std::nullopt);
  EXPECT_EQ(tree.read("/sys/a/b"), std::nullopt);
  EXPECT_FALSE(tree.is_machine());
  EXPECT_TRUE(tree.is_there());
  EXPECT_FALSE(SystemTree("/no/such/directory").is_there());
}

TEST_F(SystemTreeTest, CutsWhatIsTooLarge) {
  const SystemTree tree = with("/proc/large = " + std::string(200'000, 'x'));
  EXPECT_THAT(tree.read("/proc/large"), Optional(SizeIs(SystemTree::default_limit)));
  EXPECT_THAT(tree.read("/proc/large", 10), Optional(std::string(10, 'x')));
  EXPECT_LE(tree.line("/proc/large").size(), 4096U);
}

TEST_F(SystemTreeTest, ALineCanBeShown) {
  const SystemTree tree = with(
      "/a = otg \n/b := host\\0\n/c := Quec\\x1b[2Jtel\\nsecond\n/d := \\xc3\\xa4\n/e := \\0\\0\n");
  EXPECT_EQ(tree.line("/a"), "otg");
  EXPECT_EQ(tree.line("/b"), "host");
  EXPECT_EQ(tree.line("/c"), "Quec?[2Jtel");
  EXPECT_EQ(tree.line("/d"), "??");
  EXPECT_EQ(tree.line("/e"), "");
  EXPECT_EQ(tree.line("/none"), "");
}

TEST_F(SystemTreeTest, ListsOfTheDeviceTree) {
  const SystemTree tree = with("/c := raspberrypi,4-model-b\\0brcm,bcm2711\\0\n");
  EXPECT_THAT(tree.strings("/c"), ElementsAre("raspberrypi,4-model-b", "brcm,bcm2711"));
  EXPECT_THAT(tree.strings("/none"), IsEmpty());
}

TEST_F(SystemTreeTest, ListsDirectories) {
  const SystemTree tree = with("/d/b = 1\n/d/a = 1\n/d/c/\n/d/l => nowhere\n");
  EXPECT_THAT(tree.list("/d"), ElementsAre("a", "b", "c", "l"));
  EXPECT_THAT(tree.list("/d", 2), SizeIs(2));
  EXPECT_THAT(tree.list("/d/a"), IsEmpty());
  EXPECT_THAT(tree.list("/none"), IsEmpty());
}

TEST_F(SystemTreeTest, LeavesOutNamesThatCannotBeShown) {
  std::filesystem::create_directories(files_.path() / "d");
  std::ofstream(files_.path() / "d" / "a\033[2Jb") << "x";
  std::ofstream(files_.path() / "d" / "a\nb") << "x";
  std::ofstream(files_.path() / "d" / "plain") << "x";
  const SystemTree tree(files_.path());
  EXPECT_THAT(tree.list("/d"), ElementsAre("plain"));
  EXPECT_EQ(tree.read("/d/a\nb"), std::nullopt);
}

TEST_F(SystemTreeTest, FindsFilesBelow) {
  const SystemTree tree = with(
      "/soc/usb@7e980000/dr_mode := host\\0\n/soc/a/b/dr_mode := otg\\0\n"
      "/soc/loop => ..\n/soc/dr_mode => a/b/dr_mode\n/base -> /soc\n");
  EXPECT_THAT(tree.find("/soc", "dr_mode"),
              ElementsAre("/soc/a/b/dr_mode", "/soc/usb@7e980000/dr_mode"));
  EXPECT_THAT(tree.find("/base", "dr_mode"), SizeIs(2));
  EXPECT_THAT(tree.find("/soc", "dr_mode", 1), ElementsAre("/soc/usb@7e980000/dr_mode"));
  EXPECT_THAT(tree.find("/none", "dr_mode"), IsEmpty());
}

TEST_F(SystemTreeTest, FollowsLinksWithin) {
  const SystemTree tree = with(
      "/sys/devices/x/value = 7\n/sys/bus/x => ../devices/x\n/absolute => /sys/devices/x\n"
      "/two => absolute/value\n");
  EXPECT_EQ(tree.line("/sys/bus/x/value"), "7");
  EXPECT_EQ(tree.line("/absolute/value"), "7");
  EXPECT_EQ(tree.line("/two"), "7");
  EXPECT_EQ(tree.line("/sys/bus/x/../x/value"), "7");  // ".." is that of the target
  EXPECT_THAT(tree.resolve("/two"), Optional(std::string("/sys/devices/x/value")));
  EXPECT_THAT(tree.resolve("/"), Optional(std::string("/")));
  EXPECT_THAT(tree.link_target("/sys/bus/x"), Optional(std::string("../devices/x")));
  EXPECT_EQ(tree.link_name("/absolute"), "x");
  EXPECT_EQ(tree.link_target("/sys/devices"), std::nullopt);
  EXPECT_EQ(tree.link_name("/sys/devices"), "");
}

TEST_F(SystemTreeTest, NoLinkLeadsOut) {
  const std::string outside = secret();
  std::string up;
  for (int i = 0; i < 40; ++i) up += "../";
  const SystemTree tree = with("/absolute => " + outside + "\n/up => " + up + outside.substr(1) +
                               "\n/d => " + outside_.path().string() + "\n/proc/1/root => /\n");
  for (const std::string& path :
       {std::string("/absolute"), std::string("/up"), std::string("/d/secret"), up + outside,
        "/proc/1/root" + outside, "/proc/1/root/" + up + outside})
    EXPECT_EQ(tree.read(path), std::nullopt) << path;
  EXPECT_EQ(tree.resolve("/d"), std::nullopt);
  EXPECT_THAT(tree.resolve("/../../.."), Optional(std::string("/")));
  EXPECT_THAT(tree.list("/d"), IsEmpty());
}

TEST_F(SystemTreeTest, CirclesEnd) {
  const SystemTree tree =
      with("/a => b\n/b => a\n/self => self\n/deep => deep/deep\n/d/up => ..\n");
  for (const char* path : {"/a", "/b/c", "/self", "/deep"})
    EXPECT_EQ(tree.resolve(path), std::nullopt) << path;
  EXPECT_THAT(tree.resolve("/d/up/d/up/d"), Optional(std::string("/d")));
  EXPECT_EQ(tree.resolve(std::string(1'000'000, '/') + "d"), std::nullopt);
}

// To open a FIFO would wait for ever, to open a watchdog's node would arm it.
TEST_F(SystemTreeTest, OpensNothingButFiles) {
  ASSERT_EQ(::mkfifo((files_.path() / "fifo").c_str(), 0600), 0);
  const SystemTree tree = with("/dev/zero node c 1 5 0666\n/dev/kmsg node c 1 11 0644\n");
  EXPECT_EQ(tree.read("/fifo"), std::nullopt);
  EXPECT_EQ(tree.read("/dev/zero"), std::nullopt);
  EXPECT_EQ(tree.read("/dev/kmsg"), std::nullopt);
  EXPECT_EQ(tree.node("/fifo").kind, NodeKind::other);
}

TEST_F(SystemTreeTest, TheLogOfACopyIsText) {
  const SystemTree tree = with("/dev/kmsg = 6,1,100,-;usb 1-1: new device\n");
  EXPECT_EQ(tree.line("/dev/kmsg"), "6,1,100,-;usb 1-1: new device");
  EXPECT_EQ(tree.node("/dev/kmsg").kind, NodeKind::file);
}

TEST_F(SystemTreeTest, WhatANodeIs) {
  const SystemTree tree =
      with("/dev/ttyUSB0 node c 188 3 0660\n/dev/ttyUSB1 =\n/dev/serial0 => ttyUSB1\n/sys/x = 1");
  const NodeFacts node = tree.node("/dev/ttyUSB0");
  EXPECT_EQ(node.kind, NodeKind::character_device);
  EXPECT_EQ(node.mode, 0660U);
  EXPECT_EQ(node.owner, ::getuid());
  EXPECT_EQ(node.major, 188U);
  EXPECT_EQ(node.minor, 3U);
  EXPECT_EQ(node.opening, std::nullopt);
  // A plain file stands for a device of which nothing more is known.
  EXPECT_EQ(tree.node("/dev/ttyUSB1"), NodeFacts{.kind = NodeKind::character_device});
  EXPECT_EQ(tree.node("/dev/serial0"), NodeFacts{.kind = NodeKind::character_device});
  EXPECT_EQ(tree.node("/sys/x").kind, NodeKind::file);
  EXPECT_EQ(tree.node("/sys").kind, NodeKind::directory);
  EXPECT_FALSE(tree.node("/dev/ttyUSB2").is_there());
}

TEST_F(SystemTreeTest, TheManifestKnowsBetter) {
  SystemTree tree = with("/dev/ttyUSB0 =\n/dev/serial0 => ttyUSB0\n");
  const NodeFacts known{.kind = NodeKind::character_device,
                        .mode = 0660,
                        .owner = 0,
                        .group = 20,
                        .major = 188,
                        .minor = 0,
                        .opening = EACCES};
  tree.set_manifest({{"/dev/ttyUSB0", known}, {"/dev/net/tun", {}}});
  EXPECT_EQ(tree.node("/dev/ttyUSB0"), known);
  EXPECT_EQ(tree.node("/dev/serial0"), known);
  EXPECT_FALSE(tree.node("/dev/net/tun").is_there());
}

TEST(SystemTree, OfThisMachine) {
  const SystemTree machine;
  EXPECT_TRUE(machine.is_machine());
  EXPECT_TRUE(SystemTree("/./").is_machine());
  EXPECT_FALSE(SystemTree("").is_machine());
  EXPECT_EQ(machine.line("/proc/sys/kernel/ostype"), "Linux");
  const NodeFacts null = machine.node("/dev/null");
  EXPECT_EQ(null.kind, NodeKind::character_device);
  EXPECT_EQ(null.major, 1U);
  EXPECT_EQ(null.minor, 3U);
  EXPECT_EQ(null.opening, 0);
  EXPECT_FALSE(machine.node("/dev/no-such-node").is_there());
  EXPECT_EQ(machine.read("/dev/zero"), std::nullopt);
}

// Whether there is anything in it, or it may be read, is up to the machine; that it ends is not.
TEST(SystemTree, ReadsTheLogOfThisMachineWithoutWaitingForMore) {
  const std::optional<std::string> log = SystemTree().read("/dev/kmsg", 100'000);
  EXPECT_LE(log.value_or("").size(), 100'000U);
}

}  // namespace
}  // namespace tunppp::tty
