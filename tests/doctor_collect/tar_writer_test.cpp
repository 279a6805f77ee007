#include "doctor/tar_writer.h"

#include <gtest/gtest.h>

#include <string>

#include "support/temp_directory.h"
#include "unpack.h"

namespace tunppp::doctor {
namespace {

namespace fs = std::filesystem;

TEST(TarWriter, TarUnpacksFilesDirectoriesAndLinks) {
  TarWriter writer(1'700'000'000);
  writer.directory("/sys");
  writer.directory("/sys/empty");
  writer.file("/sys/text", "2c7c\n");
  writer.file("/sys/nothing", "");
  writer.file("/sys/block", std::string(512, 'b'));
  writer.file("/sys/octets", std::string("\0\xff\n\0", 4));
  writer.link("/sys/link", "text");
  writer.link("/sys/dangling", "../../nowhere");
  const test::TempDirectory directory;
  unpack(writer.finish(), directory.path() / "out");
  const fs::path sys = directory.path() / "out/sys";
  EXPECT_TRUE(fs::is_directory(sys / "empty"));
  EXPECT_EQ(test::read_file(sys / "text"), "2c7c\n");
  EXPECT_EQ(fs::file_size(sys / "nothing"), 0u);
  EXPECT_EQ(test::read_file(sys / "block"), std::string(512, 'b'));
  EXPECT_EQ(test::read_file(sys / "octets"), std::string("\0\xff\n\0", 4));
  EXPECT_EQ(fs::read_symlink(sys / "link"), "text");
  EXPECT_EQ(fs::read_symlink(sys / "dangling"), "../../nowhere");
}

/// Lengths around those of the fields for names (100), prefixes (155) and links (100).
TEST(TarWriter, NamesAndTargetsOfAnyLengthComeBack) {
  const test::TempDirectory directory;
  for (const std::size_t length : {99u, 100u, 101u, 102u, 155u, 156u, 255u, 256u, 257u, 300u}) {
    for (const std::size_t part : {20u, 99u, 100u, 101u}) {
      std::string path = "/d";
      while (path.size() < length + 1)
        path += (path.size() % part == 0 ? '/' : static_cast<char>('a' + path.size() % 26));
      if (path.ends_with('/')) path.back() = 'x';
      const std::string target(length, 't');
      TarWriter writer(0);
      writer.file(path, "here");
      writer.link(path + ".l", target);
      writer.directory(path + ".d");
      const fs::path out = directory.path() / (std::to_string(length) + "-" + std::to_string(part));
      unpack(writer.finish(), out);
      EXPECT_EQ(test::read_file(out.string() + path), "here") << path;
      EXPECT_EQ(fs::read_symlink(out.string() + path + ".l"), target) << path;
      EXPECT_TRUE(fs::is_directory(out.string() + path + ".d")) << path;
    }
  }
}

TEST(TarWriter, ArchivesAreWholeBlocksThatEndWithTwoEmptyOnes) {
  TarWriter writer(0);
  writer.file("/a", "a");
  const std::string archive = writer.finish();
  EXPECT_EQ(archive.size(), 4 * 512u);
  EXPECT_EQ(archive.substr(2 * 512), std::string(2 * 512, '\0'));
  EXPECT_EQ(archive.substr(257, 8), std::string("ustar\00000", 8));
}

}  // namespace
}  // namespace tunppp::doctor
