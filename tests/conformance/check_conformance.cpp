// check_conformance [--unfinished] TREE DOCUMENT
// Reads the tables of docs/CONFORMANCE.md and says, as file:line, which row names a file or a test
// that is not there, or no test at all. --unfinished: a standard may still be without rows.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

constexpr std::array standards = {"RFC 1661", "RFC 1662", "RFC 1570", "RFC 1989", "RFC 1332",
                                  "RFC 1877", "RFC 1144", "RFC 5072", "RFC 1334", "RFC 1994",
                                  "RFC 2433", "RFC 2759", "RFC 3748", "RFC 5216", "RFC 4861",
                                  "RFC 4862", "RFC 8106", "TS 27.010"};

std::string read(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

void add_matches(Names& names, const std::string& text, const std::regex& pattern,
                 const std::string& format) {
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
    names.insert(at->format(format));
  }
}

/// The names as gtest and ctest print them; of parametrized tests without their parameters.
Names tests_of(const fs::path& tree) {
  static const std::regex gtest(R"((?:^|\n)TEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\))");
  static const std::regex ctest(R"(add_test\(\s*NAME\s+([\w.]+))");
  static const std::regex interop(R"(tunppp_interop_test\(\s*(\w+))");
  static const std::regex fuzz(R"(tunppp_fuzz\(\s*(\w+))");
  Names names;
  for (const char* root : {"tests", "fuzz", "examples"}) {
    for (const auto& entry : fs::recursive_directory_iterator(tree / root)) {
      const fs::path& file = entry.path();
      if (file.extension() == ".cpp") {
        add_matches(names, read(file), gtest, "$1.$2");
      } else if (file.filename() == "CMakeLists.txt") {
        const std::string text = read(file);
        add_matches(names, text, ctest, "$1");
        add_matches(names, text, interop, "interop.$1");
        add_matches(names, text, fuzz, "fuzz_corpus.$1");
      }
    }
  }
  return names;
}

/// A row's cells, without the blanks around them; empty if the line is no row of a table.
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  if (!line.starts_with('|')) return cells;
  std::size_t begin = 1;
  for (std::size_t end; (end = line.find('|', begin)) != std::string::npos; begin = end + 1) {
    std::string cell = line.substr(begin, end - begin);
    cell.erase(0, cell.find_first_not_of(' '));
    cell.erase(cell.find_last_not_of(' ') + 1);
    cells.push_back(cell);
  }
  return cells;
}

/// What stands between blanks, commas and backticks.
std::vector<std::string> words_of(const std::string& cell) {
  static const std::regex word(R"([^\s,`]+)");
  return {std::sregex_token_iterator(cell.begin(), cell.end(), word), {}};
}

class Check {
 public:
  Check(const fs::path& tree, std::string document)
      : tree_(tree), document_(std::move(document)), tests_(tests_of(tree)) {}

  /// Returns how many mistakes there are.
  int run(bool finished) {
    std::ifstream in(document_);
    std::string standard;
    for (std::string line; std::getline(in, line);) {
      ++number_;
      static const std::regex section(R"(## ((?:RFC|TS) [\d.]+): .+)");
      std::smatch match;
      if (std::regex_match(line, match, section)) {
        standard = match[1];
        rows_[standard];
      } else if (line.starts_with("## ")) {
        standard.clear();
      } else if (!standard.empty() && is_row(line)) {
        ++rows_[standard];
        row(cells_of(line));
      }
    }
    ++number_;
    for (const std::string each : standards) {
      const auto found = rows_.find(each);
      if (found == rows_.end()) {
        mistake("no section for " + each);
      } else if (found->second == 0 && finished) {
        mistake("no row for " + each);
      }
    }
    return mistakes_;
  }

  int rows() const {
    int sum = 0;
    for (const auto& [standard, count] : rows_) sum += count;
    return sum;
  }

 private:
  static bool is_row(const std::string& line) {
    return line.starts_with('|') && !line.starts_with("| section") && !line.starts_with("|--");
  }

  void row(const std::vector<std::string>& cells) {
    static const std::regex strength("(MUST|SHOULD|MAY)\\b.*");
    if (cells.size() != 4) return mistake("a row has four cells");
    if (cells[0].empty()) mistake("a row without a section of the standard");
    if (!std::regex_match(cells[1], strength)) {
      mistake("a requirement begins with MUST, SHOULD or MAY");
    }
    const auto files = words_of(cells[2]);
    if (files.empty()) mistake("a row without a file");
    for (const std::string& file : files) {
      if (!fs::is_regular_file(tree_ / file)) mistake("no such file: " + file);
    }
    const auto tests = words_of(cells[3]);
    if (tests.empty()) mistake("a row without a test");
    for (const std::string& test : tests) {
      if (!tests_.contains(test)) mistake("no such test: " + test);
    }
  }

  void mistake(const std::string& what) {
    std::fprintf(stderr, "%s:%d: %s\n", document_.c_str(), number_, what.c_str());
    ++mistakes_;
  }

  const fs::path tree_;
  const std::string document_;
  const Names tests_;
  std::map<std::string, int> rows_;
  int number_ = 0;
  int mistakes_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  const bool unfinished = std::erase(arguments, "--unfinished") > 0;
  if (arguments.size() != 2 || !fs::is_regular_file(arguments[1])) {
    std::fprintf(stderr, "check_conformance [--unfinished] TREE DOCUMENT\n");
    return 2;
  }
  Check check(arguments[0], arguments[1]);
  if (check.run(!unfinished) > 0) return 1;
  std::printf("%d requirements, each with a file and a test\n", check.rows());
}
