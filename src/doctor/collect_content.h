#pragma once

#include "doctor/mask.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace tunppp::doctor {

/// What a collected file holds, by which is known what of it may leave the machine.
enum class Content : std::uint8_t {
  text,               ///< all, masked
  kernel_build,       ///< tables that come with a kernel: all, as it is
  kernel_log,         ///< what the kernel said, not what programs wrote there
  kernel_arguments,   ///< names, and the values of those that matter to modems
  process_arguments,  ///< the program's name, and names of ttys
  boot_settings,      ///< config.txt: settings that matter to modems, without remarks
  kernel_config,      ///< what is built: y, m or not at all
  packed_config,      ///< the same in gzip's form
  kernel_version,     ///< its release, not who built it
  modules,            ///< names, sizes and users, without addresses
  groups,             ///< names and numbers, without members
  name_only,          ///< nothing: that it is there is enough
};

/// The file as it may leave the machine. Twice gives the same as once.
std::string without_secrets(Content content, std::string_view text, Mask& mask);

/// Learns the values of kernel arguments that without_secrets() leaves out, so that they are masked
/// where others repeat them.
void learn_kernel_arguments(std::string_view text, Mask& mask);

}  // namespace tunppp::doctor
