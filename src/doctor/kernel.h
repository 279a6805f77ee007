#pragma once

#include "doctor/boot_files.h"
#include "doctor/finding.h"
#include "doctor/kernel_config.h"
#include "doctor/kernel_log.h"
#include "doctor/kernel_modules.h"
#include "tty/system_tree.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tunppp::doctor {

/// What is known of a module, or of the same code built into the kernel.
enum class ModuleState : std::uint8_t {
  running,     ///< loaded or built in
  not_loaded,  ///< its file is there, with all that it needs
  absent,      ///< the kernel was built without it, or the file is not there
  unknown,
};

/// What one kernel is and was told, read once.
class Kernel {
 public:
  explicit Kernel(const tty::SystemTree& system);

  const std::string& release() const { return release_; }  ///< "6.1.21-v8+"; empty: not known
  const KernelConfig& config() const { return config_; }
  const KernelLog& log() const { return log_; }
  const std::vector<KernelArgument>& arguments() const { return arguments_; }
  bool is_loaded(std::string_view module) const { return loaded_.contains(std::string(module)); }
  const std::set<std::string>& loaded() const { return loaded_; }

  /// `option` is the one that builds it: "CONFIG_TUN".
  ModuleState state_of(const std::string& module, std::string_view option) const;
  /// What is missing of it and of what it needs, itself included: {"option", "usb_wwan"}.
  std::vector<std::string> missing_of(const std::string& module) const;
  /// What tells of the state.
  std::vector<Evidence> evidence_of(const std::string& module, std::string_view option) const;

  /// Whether there are tables of aliases; without, modules_for() knows nothing.
  bool knows_aliases() const { return !aliases_.empty(); }
  std::vector<std::string> modules_for(std::string_view modalias) const;
  std::string modules_directory() const { return "/lib/modules/" + release_; }

 private:
  void read_modules();
  bool has_file(const std::string& path) const;

  const tty::SystemTree& system_;
  std::string release_;
  KernelConfig config_;
  KernelLog log_;
  std::vector<KernelArgument> arguments_;
  std::set<std::string> loaded_;
  std::set<std::string> built_in_;
  std::string aliases_;
  bool knows_files_ = false;  ///< there is a modules.dep
  bool holds_files_ = false;  ///< the modules themselves are there, not only the tables
  ModuleFiles files_;
};

}  // namespace tunppp::doctor
