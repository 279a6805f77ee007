#pragma once

#include "base/result.h"
#include "tty/system_tree.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace tunppp::doctor {

/// A copy of what the doctor looks at, to be examined on another machine: an archive of files,
/// links and directories with a manifest (tty/manifest.h) of what they cannot hold. Devices stand
/// in it as empty files. Serial numbers, addresses, command lines and secrets are masked.
struct Collection {
  std::string archive;    ///< in tar's form
  std::size_t files = 0;  ///< with links
  bool complete = true;   ///< false: there was more than a copy may hold
};

/// `time` is that of the archive's files, in seconds since 1970. Of this machine the ttys that a
/// modem could be on and /dev/net/tun are opened for a moment, to see whether that works.
Collection collect(const tty::SystemTree& system, std::int64_t time);

/// Writes the archive into a file of its own, which only its owner may read. Fails with usage where
/// there is something of this name already, even a link, and where it cannot be written.
/// "-" is standard output, unless that is a terminal.
Result<Collection> collect_into(const std::filesystem::path& file, const tty::SystemTree& system);

}  // namespace tunppp::doctor
