#pragma once

#include "doctor/examine.h"
#include "support/sysfs_tree.h"
#include "tty/manifest.h"

#include <string>
#include <string_view>
#include <vector>

namespace tunppp::doctor {

using Findings = std::vector<Finding>;

inline Findings examined(const test::SysfsTree& tree, const std::string& device = {}) {
  tty::SystemTree system(tree.path());
  tty::load_manifest(system);
  return examine(system, detect::find_modems(system), {.device = device});
}
inline Findings examined(std::string_view fixture, const std::string& device = {}) {
  return examined(test::SysfsTree(fixture), device);
}

/// The ids of one severity, in their order.
inline std::vector<std::string> ids(const Findings& findings, Severity severity) {
  std::vector<std::string> found;
  for (const Finding& finding : findings)
    if (finding.severity == severity) found.push_back(finding.id);
  return found;
}

/// The first of that cause; a test that wants it fails by the exception when there is none.
inline const Finding& of_cause(const Findings& findings, Cause cause) {
  for (const Finding& finding : findings)
    if (finding.cause == cause) return finding;
  throw std::runtime_error("it is not among what was found");
}
inline bool has(const Findings& findings, Cause cause) {
  for (const Finding& finding : findings)
    if (finding.cause == cause) return true;
  return false;
}

/// All of it as one text, "path: content" a line.
inline std::string evidence(const Finding& finding) {
  std::string text;
  for (const Evidence& seen : finding.seen) text += seen.path + ": " + seen.content + "\n";
  return text;
}

/// The steps on one kind of system; for all, where none is named.
inline std::string steps(const Finding& finding, std::string_view system = {}) {
  std::string text;
  for (const Remedy& remedy : finding.remedies)
    if (system.empty() || remedy.system == system)
      for (const std::string& step : remedy.steps) text += step + "\n";
  return text;
}

}  // namespace tunppp::doctor
