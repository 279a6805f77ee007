#include "doctor/kernel_modules.h"

#include <algorithm>
#include <optional>

#include "doctor/text.h"

namespace tunppp::doctor {
namespace {

constexpr std::size_t most_modules = 20'000;

/// How many characters of the pattern stand for the first of the name; 0: none do.
std::size_t one_matches(std::string_view pattern, char c) {
  if (pattern.empty()) return 0;
  if (pattern[0] == '?') return 1;
  if (pattern[0] != '[') return pattern[0] == c ? 1 : 0;
  const std::size_t end = pattern.find(']', 1);
  if (end == pattern.npos) return c == '[' ? 1 : 0;
  const std::string_view set = pattern.substr(1, end - 1);
  for (std::size_t i = 0; i < set.size(); ++i) {
    const bool is_range = i + 2 < set.size() && set[i + 1] == '-';
    if (is_range ? set[i] <= c && c <= set[i + 2] : set[i] == c) return end + 1;
    if (is_range) i += 2;
  }
  return 0;
}

}  // namespace

bool matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  // Where to go on when the last * takes one character more.
  std::size_t after_star = pattern.npos;
  std::size_t star_name = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      star_name = n;
    } else if (const std::size_t taken = one_matches(pattern.substr(p), name[n]); taken > 0) {
      p += taken;
      ++n;
    } else if (after_star != pattern.npos) {
      p = after_star;
      n = ++star_name;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == pattern.npos;
}

std::string module_name(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);  // npos + 1 is 0
  std::string name(path.substr(0, std::min(path.find(".ko"), path.size())));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::set<std::string> parse_loaded_modules(std::string_view text) {
  std::set<std::string> names;
  for_each_line(text, [&](std::string_view line) {
    if (names.size() < most_modules) names.insert(module_name(take_until(line, ' ')));
  });
  return names;
}

std::set<std::string> parse_builtin_modules(std::string_view text) {
  std::set<std::string> names;
  for_each_line(text, [&](std::string_view line) {
    if (names.size() < most_modules) names.insert(module_name(trimmed(line)));
  });
  return names;
}

ModuleFiles parse_module_dependencies(std::string_view text) {
  ModuleFiles files;
  for_each_line(text, [&](std::string_view line) {
    if (line.find(':') == line.npos || files.size() >= most_modules) return;
    ModuleFile file{.path = std::string(trimmed(take_until(line, ':'))), .needs = {}};
    for (line = trimmed(line); !line.empty(); line = trimmed(line))
      file.needs.emplace_back(take_until(line, ' '));
    std::string name = module_name(file.path);
    files.insert_or_assign(std::move(name), std::move(file));
  });
  return files;
}

std::vector<std::string> modules_for(std::string_view alias_file, std::string_view modalias) {
  std::vector<std::string> found;
  for_each_line(alias_file, [&](std::string_view line) {
    if (take_until(line, ' ') != "alias") return;
    const std::string_view pattern = take_until(line, ' ');
    if (!matches(pattern, modalias)) return;
    std::string name = module_name(trimmed(line));
    if (!name.empty() && std::find(found.begin(), found.end(), name) == found.end())
      found.push_back(std::move(name));
  });
  return found;
}

}  // namespace tunppp::doctor
