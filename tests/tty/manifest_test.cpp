#include "tty/manifest.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "support/sysfs_tree.h"
#include "tty/system_tree.h"

namespace tunppp::tty {
namespace {

Manifest sample() {
  return {
      {"/dev/net/tun", {.kind = NodeKind::missing}},
      {"/dev/tty with blanks", {.kind = NodeKind::character_device, .mode = 0600u}},
      {"/dev/ttyS0",
       {.kind = NodeKind::character_device, .mode = 0u, .major = 4, .minor = 64, .opening = 9999}},
      {"/dev/ttyUSB2",
       {.kind = NodeKind::character_device,
        .mode = 04660u,
        .owner = 0,
        .group = 4'294'967'295u,
        .major = 188,
        .minor = 2,
        .opening = EACCES}},
      {"/etc/motd", {.kind = NodeKind::file, .opening = 0}},
  };
}

TEST(Manifest, ComesBackAsItWasWritten) {
  EXPECT_EQ(parse_manifest(write_manifest(sample())), sample());
}

TEST(Manifest, IsTextThatPeopleCanReadAndWrite) {
  const std::string text = write_manifest(sample());
  EXPECT_NE(text.find("\ncharacter 4660 0 4294967295 188 2 EACCES /dev/ttyUSB2\n"), text.npos);
  EXPECT_NE(text.find("\nmissing - - - - - - /dev/net/tun\n"), text.npos);
  EXPECT_NE(text.find("\nfile - - - - - ok /etc/motd\n"), text.npos);
  const Manifest by_hand =
      parse_manifest("# mine\r\n\r\ncharacter 660 - - - - EBUSY /dev/ttyX\r\n");
  ASSERT_EQ(by_hand.size(), 1u);
  EXPECT_EQ(by_hand.at("/dev/ttyX").mode, 0660u);
  EXPECT_EQ(by_hand.at("/dev/ttyX").opening, EBUSY);
}

TEST(Manifest, MalformedLinesCountAsNotThere) {
  for (const char* line :
       {"", "character", "character 660 0 0 188 2 ok", "character 660 0 0 188 2 ok dev/ttyUSB2",
        "device 660 0 0 188 2 ok /dev/x", "character 999 0 0 188 2 ok /dev/x",
        "character 10000 0 0 188 2 ok /dev/x", "character 660 -1 0 188 2 ok /dev/x",
        "character 660 0 0 188 2 fine /dev/x", "character 660 0 0 188 2 -5 /dev/x",
        "character 660 0 0 99999999999 2 ok /dev/x", "character 660 0 0 188 2x ok /dev/x",
        "character 660 0  0 188 2 ok /dev/x", "character 660 0 0 188 2 ok /dev/\x1b[2J"})
    EXPECT_TRUE(parse_manifest(line).empty()) << line;
}

TEST(Manifest, TheFirstLineForAPathCounts) {
  const Manifest manifest =
      parse_manifest("file - - - - - ok /x\nmissing - - - - - - /x\nfile - - - - - - /y");
  EXPECT_EQ(manifest.size(), 2u);
  EXPECT_EQ(manifest.at("/x").kind, NodeKind::file);
}

TEST(Manifest, IsBounded) {
  std::string text;
  for (std::size_t i = 0; i < 2 * manifest_limit; ++i)
    text += "missing - - - - - - /dev/x" + std::to_string(i) + "\n";
  EXPECT_EQ(parse_manifest(text).size(), manifest_limit);
}

TEST(Manifest, GoesBeforeWhatTheCopyShows) {
  test::SysfsTree tree("ec25_pi4");
  tree.add("/tunppp-manifest.txt = character 0660 0 20 188 2 EBUSY /dev/ttyUSB2\n");
  SystemTree system(tree.path());
  EXPECT_EQ(system.node("/dev/ttyUSB2").opening, std::nullopt);
  load_manifest(system);
  EXPECT_EQ(system.node("/dev/ttyUSB2").opening, EBUSY);
  EXPECT_EQ(system.node("/dev/ttyUSB2").group, 20u);
  EXPECT_EQ(system.node("/dev/ttyUSB3").kind, NodeKind::character_device);
}

TEST(Manifest, TheMachineItselfHasNone) {
  SystemTree machine;
  load_manifest(machine);
  EXPECT_TRUE(machine.manifest().empty());
}

}  // namespace
}  // namespace tunppp::tty
