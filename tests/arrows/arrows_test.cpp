// Reads the #include lines of the tree and holds them against the house rules: which folder may
// know which, and which may know the operating system. See docs/ARCHITECTURE.md.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

const fs::path tree = TUNPPP_SOURCE_DIR;

// What each folder may include besides itself. A folder that is not listed may not exist.
const std::map<std::string, Names> arrows = {
    {"base", {}},
    {"crypto", {"base"}},
    {"hdlc", {"base"}},
    {"cp", {"base"}},
    {"vj", {"base"}},
    {"ndp", {"base"}},
    {"trace", {"base"}},
    {"modem", {"base"}},
    {"lcp", {"base", "cp"}},
    {"auth", {"base", "cp", "crypto"}},
    {"ipcp", {"base", "cp"}},
    {"ipv6cp", {"base", "cp"}},
    {"ccp", {"base", "cp", "crypto"}},
    {"multilink", {"base", "cp"}},
    {"link",
     {"base", "cp", "hdlc", "crypto", "vj", "ndp", "lcp", "auth", "ipcp", "ipv6cp", "ccp",
      "multilink"}},
    // The ring around the pure part.
    {"tty", {"base"}},
    {"tun", {"base"}},
    {"detect", {"base", "tty", "modem"}},
    {"session", {"auth", "base", "crypto", "detect", "link", "modem", "tty", "tun", "trace"}},
    {"doctor", {"base", "detect", "tty", "modem"}},
    {"sim", {"base", "link", "modem", "session"}},
    {"daemon", {"base", "detect", "session", "modem", "tty", "doctor"}},
    {"cli", {"base", "crypto", "detect", "session", "modem", "tty", "doctor", "sim"}},
    {"pppd", {"base", "session", "modem", "tty"}},
};

const Names pure = {"base", "crypto", "hdlc", "cp",     "vj",  "ndp",       "trace", "modem",
                    "lcp",  "auth",   "ipcp", "ipv6cp", "ccp", "multilink", "link"};

// Public headers that stand for the folder which implements them; the others are common words.
const std::map<std::string, std::string> owners = {{"tunppp/link.h", "link"},
                                                   {"tunppp/dialer.h", "session"}};

// The standard library, less what reads clocks, draws randomness, prints, opens or runs threads.
const Names pure_standard = {
    "algorithm",   "array",        "bit",       "bitset",      "cassert",
    "cctype",      "charconv",     "chrono",    "climits",     "cmath",
    "compare",     "concepts",     "coroutine", "cstddef",     "cstdint",
    "cstdlib",     "cstring",      "deque",     "exception",   "functional",
    "initializer_list", "iterator", "limits",   "list",        "map",
    "memory",      "new",          "numeric",   "optional",    "ostream",
    "queue",       "ranges",       "set",       "span",        "stdexcept",
    "string",      "string_view",  "system_error", "tuple",    "type_traits",
    "unordered_map", "utility",    "variant",   "vector",      "version"};

// Instructions of single processors, for the kernels alone.
const Names intrinsics = {"arm_acle.h", "arm_neon.h", "cpuid.h", "immintrin.h"};

struct Include {
  fs::path file;  // relative to the tree
  std::string folder;
  std::string name;
  bool quoted = false;
  std::string where;  // for people: "src/link/link.cpp:3: link/link.h"
};

std::vector<Include> includes_of(const fs::path& file) {
  static const std::regex line_pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> found;
  std::ifstream in(file);
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    std::smatch match;
    if (!std::regex_search(line, match, line_pattern)) continue;
    fs::path relative = file.lexically_relative(tree);
    Include include{relative, std::next(relative.begin())->string(), match[2], match[1] == "\"",
                    ""};
    include.where = relative.string() + ":" + std::to_string(number) + ": " + include.name;
    found.push_back(include);
  }
  return found;
}

std::vector<Include> includes_below(const std::string& root) {
  std::vector<Include> found;
  for (const auto& entry : fs::recursive_directory_iterator(tree / root)) {
    auto extension = entry.path().extension();
    if (extension != ".h" && extension != ".cpp" && extension != ".inc") continue;
    auto more = includes_of(entry.path());
    found.insert(found.end(), more.begin(), more.end());
  }
  EXPECT_FALSE(found.empty()) << "nothing read below " << root;
  return found;
}

std::string first_part(const std::string& name) {
  return name.substr(0, name.find('/'));
}

bool is_standard(const std::string& name) {
  return name.find_first_of("./") == std::string::npos;
}

TEST(Arrows, EveryFolderHasItsPlace) {
  for (const auto& entry : fs::directory_iterator(tree / "src")) {
    if (!entry.is_directory()) continue;
    EXPECT_TRUE(arrows.contains(entry.path().filename())) << entry.path();
  }
}

TEST(Arrows, PointOneWay) {
  for (const auto& include : includes_below("src")) {
    std::string target;
    if (include.quoted) target = first_part(include.name);
    if (owners.contains(include.name)) target = owners.at(include.name);
    if (target.empty() || target == include.folder) continue;
    EXPECT_TRUE(arrows.at(include.folder).contains(target)) << include.where;
  }
}

TEST(Arrows, NameTheFolderInQuotesAndPublicHeadersInBrackets) {
  for (const auto& include : includes_below("src")) {
    if (include.quoted) {
      EXPECT_TRUE(fs::exists(tree / "src" / include.name)) << include.where;
    } else {
      EXPECT_FALSE(arrows.contains(first_part(include.name)) && !is_standard(include.name))
          << include.where;
    }
  }
}

TEST(Arrows, PublicHeadersStandOnTheStandardLibraryAlone) {
  for (const auto& include : includes_below("include")) {
    EXPECT_FALSE(include.quoted) << include.where;
    EXPECT_TRUE(is_standard(include.name) || include.name.starts_with("tunppp/")) << include.where;
  }
}

TEST(Arrows, BotanIsKnownToCryptoAlone) {
  for (const char* root : {"src", "include", "tests", "fuzz", "bench", "examples"}) {
    for (const auto& include : includes_below(root)) {
      if (!include.name.starts_with("botan")) continue;
      EXPECT_EQ(include.file.parent_path(), "src/crypto") << include.where;
    }
  }
}

bool is_pure(const Include& include) {
  if (pure.contains(include.folder)) return true;
  // The simulated line and the emulated modem live among what puts them on a pty.
  auto name = include.file.stem().string();
  return include.folder == "sim" &&
         (name == "line" || name == "modem_models" || name.starts_with("modem_emulator"));
}

bool allowed_in_pure_part(const Include& include) {
  if (include.quoted || include.name.starts_with("tunppp/")) return true;
  if (include.name.starts_with("fmt/")) return true;
  if (include.name.starts_with("botan/")) return include.folder == "crypto";
  if (intrinsics.contains(include.name)) return include.folder == "hdlc";
  // No ARM instruction tells a program what the CPU has: there the auxiliary vector does.
  if (include.name == "sys/auxv.h" || include.name == "asm/hwcap.h") {
    return include.file == "src/hdlc/kernels/neon_pmull.cpp";
  }
  return pure_standard.contains(include.name);
}

TEST(Arrows, ThePurePartKnowsNoOperatingSystem) {
  for (const auto& include : includes_below("src")) {
    if (!is_pure(include)) continue;
    EXPECT_TRUE(allowed_in_pure_part(include)) << include.where;
  }
}

// Time comes in as an argument (RFC 1661 timers run on virtual time in the tests).
TEST(Arrows, ThePurePartReadsNoClock) {
  static const std::regex clock(R"(_clock::now\s*\()");
  for (const auto& folder : pure) {
    if (!fs::exists(tree / "src" / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(tree / "src" / folder)) {
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) {
        EXPECT_FALSE(std::regex_search(line, clock)) << entry.path() << ": " << line;
      }
    }
  }
}

}  // namespace
