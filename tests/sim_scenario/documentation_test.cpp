// docs/SIM.md against the program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "sim/scenario_toml.h"
#include "support/process.h"

namespace tunppp::sim {
namespace {

using testing::HasSubstr;

const std::string& page() {
  static const std::string text = [] {
    std::ifstream file(TUNPPP_SOURCE_DIR "/docs/SIM.md");
    return std::string(std::istreambuf_iterator<char>(file), {});
  }();
  return text;
}

std::string between(const std::string& begin, const std::string& end) {
  const std::size_t from = page().find(begin);
  const std::size_t to = page().find(end, from + begin.size());
  EXPECT_NE(to, std::string::npos) << begin;
  return to == std::string::npos ? ""
                                 : page().substr(from + begin.size(), to - from - begin.size());
}

/// What `pattern` catches, everywhere in `text`.
std::set<std::string> all(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end; ++it)
    found.insert((*it)[1].str());
  return found;
}

TEST(SimPage, EveryScenarioOnItIsOne) {
  const std::string fence = "```toml\n";
  int count = 0;
  for (std::size_t at = page().find(fence); at != std::string::npos;
       at = page().find(fence, at + 1), ++count) {
    const std::size_t begin = at + fence.size();
    const std::string text = page().substr(begin, page().find("```", begin) - begin);
    const auto options = parse_scenario(text, "docs/SIM.md");
    ASSERT_TRUE(options) << options.failure().text << "\n" << text;
    EXPECT_FALSE(options->scenario.empty()) << text;
  }
  EXPECT_EQ(count, 4);
}

std::string keys_of(const ScenarioKind& kind) {
  const auto listed = [](const std::vector<ScenarioKey>& keys) {
    std::string text;
    for (const ScenarioKey key : keys)
      text += (text.empty() ? "`" : ", `") + std::string(name_of(key)) + "`";
    return text;
  };
  std::string text = listed(kind.wanted);
  if (kind.optional.empty()) return text;
  return text + (text.empty() ? "[" : " [") + listed(kind.optional) + "]";
}

TEST(SimPage, ShowsEachEvent) {
  std::string table = "\n| Event | Keys | What happens |\n|---|---|---|\n";
  for (const ScenarioKind& kind : scenario_kinds())
    table += "| `" + std::string(kind.name) + "` | " + keys_of(kind) + " | " +
             std::string(kind.meaning) + " |\n";
  EXPECT_EQ(between("<!-- events -->", "<!-- end of events -->"), table);
}

TEST(SimPage, ShowsEachKeyOfTheModem) {
  const std::string table = between("### `[modem]`", "### `[[event]]`");
  std::set<std::string> shown;
  for (const std::string& row : all(table, "\n(\\| `[^|]*)")) shown.merge(all(row, "`([a-z_]+)`"));

  const auto wrong = parse_scenario("[modem]\nno_such_key = 1", "f");
  ASSERT_FALSE(wrong);
  const std::string& text = wrong.failure().text;
  const std::string list = text.substr(text.find("[modem] has"));
  std::set<std::string> known = all(list, "[ ]([a-z_]+)(?=,|$)");
  known.erase("has");
  EXPECT_EQ(shown, known);
}

TEST(SimPage, ShowsEachOption) {
  const auto help = test::run({TUNPPP_PROGRAM, "sim", "--help"});
  std::set<std::string> options = all(help.out, "(--[a-z][a-z-]*)");
  for (const char* common : {"--help", "--help-all"}) options.erase(common);
  const std::set<std::string> shown = all(page(), "`(?:-v`, `)?(--[a-z][a-z-]*)");
  for (const std::string& option : options) EXPECT_TRUE(shown.contains(option)) << option;
  for (const std::string& option : shown) EXPECT_THAT(help.out, HasSubstr(option));
}

}  // namespace
}  // namespace tunppp::sim
