// Copies of others' files may be damaged, or not well-meant: whatever they are, there is an answer.
#include "examined.h"
#include "support/temp_directory.h"

#include <gtest/gtest.h>

#include <random>
#include <stdexcept>

namespace tunppp::doctor {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> entries_of(const fs::path& root) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(root)) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

class Damage {
 public:
  explicit Damage(unsigned seed) : random_(seed) {}

  void once(const fs::path& root) {
    const std::vector<fs::path> entries = entries_of(root);
    if (entries.empty()) return;
    const fs::path victim = entries[below(entries.size())];
    const fs::path other = entries[below(entries.size())];
    switch (below(6)) {
      case 0:
        fs::remove_all(victim);
        break;
      case 1:  // a link to anything, itself or what it lies in among that
        fs::remove_all(victim);
        fs::create_symlink(other.lexically_relative(victim.parent_path()), victim);
        break;
      case 2:
        fs::remove_all(victim);
        fs::create_directory(victim);
        break;
      case 3:
        write(victim, noise(below(300)));
        break;
      case 4:
        if (fs::is_regular_file(fs::symlink_status(victim))) flip(victim);
        break;
      case 5:
        if (fs::is_regular_file(fs::symlink_status(other))) write(victim, test::read_file(other));
        break;
    }
  }

 private:
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }
  std::string noise(std::size_t size) {
    std::string text(size, '\0');
    for (char& c : text) c = static_cast<char>(below(256));
    return text;
  }
  static void write(const fs::path& file, const std::string& content) {
    fs::remove_all(file);
    std::ofstream(file, std::ios::binary) << content;
  }
  void flip(const fs::path& file) {
    std::string content = test::read_file(file);
    if (content.empty()) return;
    for (int i = 0; i < 4; ++i) content[below(content.size())] = static_cast<char>(below(256));
    write(file, content);
  }

  std::mt19937 random_;
};

void expect_an_answer(const Findings& findings) {
  for (const Finding& finding : findings) {
    EXPECT_FALSE(finding.seen.empty()) << finding.id;
    EXPECT_FALSE(finding.remedies.empty()) << finding.id;
    std::string shown = finding.title + finding.meaning + evidence(finding) + steps(finding);
    std::erase(shown, '\n');
    for (const char c : shown) ASSERT_FALSE(static_cast<unsigned char>(c) < 0x20 || c == 0x7f);
  }
}

std::vector<std::string> fixtures() {
  std::vector<std::string> names;
  for (const auto& file : fs::directory_iterator(TUNPPP_SOURCE_DIR "/tests/fixtures/sysfs"))
    if (file.path().extension() == ".tree") names.push_back(file.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

TEST(Malformed, DamagedCopiesOfEveryTree) {
  unsigned seed = 1;
  for (const std::string& name : fixtures()) {
    SCOPED_TRACE(name + ", seed " + std::to_string(seed));
    test::SysfsTree tree(name);
    Damage damage(seed++);
    for (int round = 0; round < 12; ++round) {
      for (int i = 0; i < 3; ++i) damage.once(tree.path());
      expect_an_answer(examined(tree, round % 2 == 0 ? "" : "/dev/ttyUSB3"));
    }
  }
}

TEST(Malformed, ReleasesThatWouldLeadElsewhere) {
  for (const char* release : {"../../../../etc", "/etc", "", "..", "a/b"}) {
    test::SysfsTree tree("doctor_not_loaded");
    tree.add("/proc/sys/kernel/osrelease = " + std::string(release) + "\n");
    expect_an_answer(examined(tree));
  }
}

TEST(Malformed, NamesOfTtysThatAreNone) {
  for (const char* device :
       {"/", "..", "../../etc/passwd", "/dev", "\x1b[2J", " ", "/dev/", "/dev/ttyUSB3/x"})
    expect_an_answer(examined("ec25_pi4", device));
}

}  // namespace
}  // namespace tunppp::doctor
