// The tables of modules (modules.alias, modules.dep, modules.builtin, /proc/modules). The first
// line is the modalias that is looked for, the rest the table.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "doctor/kernel_modules.h"

using namespace tunppp;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_name(const std::string& name) {
  check(name.find('/') == name.npos && name.find('-') == name.npos);
  check(name.find(".ko") == name.npos && name.find('\n') == name.npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 64 * 1024) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string_view modalias = input.substr(0, end);
  const std::string_view table = input.substr(std::min(end + 1, input.size()));

  check(doctor::matches("*", modalias));
  if (modalias.find_first_of("*?[") == modalias.npos) check(doctor::matches(modalias, modalias));
  std::vector<std::string> modules = doctor::modules_for(table, modalias);
  for (const std::string& name : modules) {
    check(!name.empty());
    check_name(name);
  }
  std::sort(modules.begin(), modules.end());
  check(std::adjacent_find(modules.begin(), modules.end()) == modules.end());

  for (const auto& [name, file] : doctor::parse_module_dependencies(table)) {
    check(name == doctor::module_name(file.path));
    for (const std::string& need : file.needs) check(!need.empty());
  }
  for (const std::string& name : doctor::parse_builtin_modules(table)) check_name(name);
  for (const std::string& name : doctor::parse_loaded_modules(table)) check_name(name);
  return 0;
}
