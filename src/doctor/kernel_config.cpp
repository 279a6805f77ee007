#include "doctor/kernel_config.h"

#include <algorithm>

#include "doctor/text.h"

namespace tunppp::doctor {

KernelConfig::KernelConfig(std::string path, std::string text) : path_(std::move(path)) {
  if (text.find("CONFIG_") != text.npos) text_ = "\n" + std::move(text);
}

KernelConfig::Setting KernelConfig::of(std::string_view option) const {
  if (!is_known()) return Setting::unknown;
  const std::string key = "\n" + std::string(option) + "=";
  const std::size_t at = text_.find(key);
  if (at == text_.npos || at + key.size() >= text_.size()) return Setting::off;
  switch (text_[at + key.size()]) {
    case 'y':
      return Setting::built_in;
    case 'm':
      return Setting::module;
    default:
      return Setting::off;
  }
}

std::string KernelConfig::line(std::string_view option) const {
  switch (of(option)) {
    case Setting::built_in:
      return std::string(option) + "=y";
    case Setting::module:
      return std::string(option) + "=m";
    case Setting::off:
      return "# " + std::string(option) + " is not set";
    case Setting::unknown:
      break;
  }
  return "nothing is known of " + std::string(option);
}

}  // namespace tunppp::doctor
