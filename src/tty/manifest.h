#pragma once

#include "tty/node_facts.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace tunppp::tty {

class SystemTree;

/// Where the manifest lies in a copy of a machine's files.
inline constexpr std::string_view manifest_path = "/tunppp-manifest.txt";

/// What a copy of files cannot hold, as text. A line each:
///
///     character 0660 0 20 188 2 EACCES /dev/ttyUSB2
///
/// kind (missing, file, directory, character, block, other), permission bits, owner, group, major,
/// minor, the result of opening (ok, the name of an errno, or its number), path. What is not known
/// is "-"; blank lines and those that begin with # are remarks. The path goes to the line's end.
std::string write_manifest(const Manifest& manifest);

/// Lines that are malformed count as not there, of several for a path the first one counts, and of
/// a text beyond any manifest only the beginning is read.
Manifest parse_manifest(std::string_view text);
inline constexpr std::size_t manifest_limit = 4096;  ///< paths

/// Gives a copy the manifest that lies in it. The machine itself has none.
void load_manifest(SystemTree& system);

}  // namespace tunppp::tty
