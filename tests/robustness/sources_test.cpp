// Defects that come from a call which should not have been made: shown by the sources.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>

namespace tunppp::test {
namespace {

/// "file:line: text" of each line of src/ and include/ that matches, comments left out.
std::vector<std::string> lines_with(const std::string& pattern) {
  const std::regex wanted(pattern);
  std::vector<std::string> found;
  int read = 0;
  for (const char* root : {"src", "include"}) {
    const auto folder = std::filesystem::path(TUNPPP_SOURCE_DIR) / root;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path());
      int number = 0;
      for (std::string line; std::getline(in, line); ++read) {
        ++number;
        const std::string code = line.substr(0, line.find("//"));
        if (std::regex_search(code, wanted)) {
          found.push_back(entry.path().string() + ":" + std::to_string(number) + ": " + line);
        }
      }
    }
  }
  EXPECT_GT(read, 10000);
  return found;
}

// CVE-2006-2194: the winbind plugin did not look whether setuid() had worked, and ran a helper with
// root's rights. We never take on another user: whoever starts tunppp decides.
TEST(Pppd, Cve_2006_2194_NobodyBecomesAnotherUser) {
  EXPECT_EQ(lines_with(R"(\bset(e|re|res|fs)?[ug]id\s*\()"), std::vector<std::string>{});
}

// CVE-2024-58250: the passprompt plugin ran a program that the user named, with pppd's rights and
// descriptors. Programs are run by src/session/helper.cpp alone, never through a shell.
TEST(Pppd, Cve_2024_58250_NothingRunsThroughAShell) {
  EXPECT_EQ(lines_with(R"(\b(system|popen|wordexp)\()"), std::vector<std::string>{});
  EXPECT_EQ(lines_with(R"("/bin/(ba|da)?sh")"), std::vector<std::string>{});
}

}  // namespace
}  // namespace tunppp::test
