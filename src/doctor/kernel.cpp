#include "doctor/kernel.h"

#include <algorithm>

#include "doctor/text.h"

namespace tunppp::doctor {
namespace {

constexpr std::size_t megabyte = 1024 * 1024;
constexpr std::size_t config_limit = megabyte;
constexpr std::size_t table_limit = 8 * megabyte;
constexpr std::size_t log_limit = 4 * megabyte;

/// "Linux version 6.1.21-v8+ (...": where there is no /proc/sys.
std::string release_of(const tty::SystemTree& system) {
  if (std::string release = system.line("/proc/sys/kernel/osrelease"); !release.empty())
    return release;
  const std::string version = system.line("/proc/version");
  std::string_view rest = version;
  if (take_until(rest, ' ') != "Linux" || take_until(rest, ' ') != "version") return {};
  return std::string(take_until(rest, ' '));
}

KernelConfig config_of(const tty::SystemTree& system, const std::string& release) {
  if (const auto packed = system.read("/proc/config.gz", config_limit))
    if (std::optional<std::string> text = gunzip(*packed, config_limit))
      return {"/proc/config.gz", std::move(*text)};
  const std::string path = "/boot/config-" + release;
  if (std::optional<std::string> text = system.read(path, config_limit))
    return {path, std::move(*text)};
  return {};
}

}  // namespace

Kernel::Kernel(const tty::SystemTree& system)
    : system_(system),
      release_(release_of(system)),
      config_(config_of(system, release_)),
      log_(parse_kernel_log(system.read("/dev/kmsg", log_limit).value_or(""))),
      arguments_(parse_kernel_arguments(system.read("/proc/cmdline").value_or(""))),
      loaded_(parse_loaded_modules(system.read("/proc/modules", megabyte).value_or(""))) {
  // A release with a slash would look elsewhere.
  if (!release_.empty() && release_.find('/') == release_.npos) read_modules();
}

void Kernel::read_modules() {
  const std::string directory = modules_directory();
  built_in_ =
      parse_builtin_modules(system_.read(directory + "/modules.builtin", table_limit).value_or(""));
  aliases_ = system_.read(directory + "/modules.alias", table_limit).value_or("");
  if (const auto text = system_.read(directory + "/modules.dep", table_limit)) {
    files_ = parse_module_dependencies(*text);
    knows_files_ = true;
  }
  holds_files_ = system_.exists(directory + "/kernel");
}

bool Kernel::has_file(const std::string& path) const {
  return !holds_files_ || !path.starts_with("kernel/") ||
         system_.exists(modules_directory() + "/" + path);
}

std::vector<std::string> Kernel::missing_of(const std::string& module) const {
  if (!knows_files_ || built_in_.contains(module)) return {};
  const auto known = files_.find(module);
  if (known == files_.end()) return {module};
  std::vector<std::string> missing;
  if (!has_file(known->second.path)) missing.push_back(module);
  for (const std::string& need : known->second.needs)
    if (!has_file(need)) missing.push_back(module_name(need));
  return missing;
}

ModuleState Kernel::state_of(const std::string& module, std::string_view option) const {
  if (is_loaded(module) || built_in_.contains(module) ||
      config_.of(option) == KernelConfig::Setting::built_in)
    return ModuleState::running;
  if (config_.is_off(option)) return ModuleState::absent;
  if (!knows_files_) return ModuleState::unknown;
  return missing_of(module).empty() ? ModuleState::not_loaded : ModuleState::absent;
}

std::vector<Evidence> Kernel::evidence_of(const std::string& module,
                                          std::string_view option) const {
  std::vector<Evidence> seen;
  if (config_.is_known()) seen.push_back({config_.path(), config_.line(option)});
  if (system_.exists("/proc/modules"))
    seen.push_back(
        {"/proc/modules", module + (is_loaded(module) ? " is loaded" : " is not loaded")});
  if (!knows_files_) return seen;
  const std::string table = modules_directory() + "/modules.dep";
  const auto known = files_.find(module);
  if (known == files_.end())
    seen.push_back({table, "does not have " + module});
  else if (missing_of(module).empty())
    seen.push_back({table, known->second.path});
  for (const std::string& missing : missing_of(module))
    if (known != files_.end())
      seen.push_back({modules_directory(), "the file of " + missing + " is not there"});
  return seen;
}

std::vector<std::string> Kernel::modules_for(std::string_view modalias) const {
  return doctor::modules_for(aliases_, modalias);
}

}  // namespace tunppp::doctor
