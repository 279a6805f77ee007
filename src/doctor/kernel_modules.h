#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tunppp::doctor {

/// The name by which the kernel knows a module: "cdc_acm" of "kernel/.../cdc-acm.ko.xz".
std::string module_name(std::string_view path);

/// The names in /proc/modules.
std::set<std::string> parse_loaded_modules(std::string_view text);

/// modules.builtin: a path a line.
std::set<std::string> parse_builtin_modules(std::string_view text);

/// A module and what it needs, as modules.dep has it: paths below /lib/modules/RELEASE.
struct ModuleFile {
  std::string path;
  std::vector<std::string> needs;
};
using ModuleFiles = std::map<std::string, ModuleFile>;  ///< by name
ModuleFiles parse_module_dependencies(std::string_view text);

/// The modules that modules.alias has for a modalias ("usb:v2C7Cp0125..."), each once.
std::vector<std::string> modules_for(std::string_view alias_file, std::string_view modalias);

/// Whether a pattern of modules.alias, with * ? and [...], is that name. Takes no more time than
/// the product of both lengths, whatever the pattern.
bool matches(std::string_view pattern, std::string_view name);

}  // namespace tunppp::doctor
