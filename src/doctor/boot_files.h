#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tunppp::doctor {

/// One of the kernel's arguments: "console=ttyS0,115200"; value is empty when there is no '='.
struct KernelArgument {
  std::string text;
  std::string name;
  std::string value;
};
/// Of /proc/cmdline; quotes keep blanks together, as the kernel has it.
std::vector<KernelArgument> parse_kernel_arguments(std::string_view text);

/// A line of a Raspberry Pi's config.txt.
struct BootSetting {
  std::string section;  ///< "pi4" of [pi4]; empty, or "all": for every board
  std::string name;     ///< "dtoverlay"
  std::string value;    ///< "dwc2,dr_mode=host"
  std::string text;     ///< the line as it stands there
};
/// Without remarks, and without what stands below [none].
std::vector<BootSetting> parse_boot_config(std::string_view text);

}  // namespace tunppp::doctor
