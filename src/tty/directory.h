#pragma once

#include <filesystem>
#include <vector>

namespace tunppp::tty {

/// What is in a directory; as much as can be seen, for those in /proc vanish while one reads them.
inline std::vector<std::filesystem::path> entries(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> found;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error))
    found.push_back(entry->path());
  return found;
}

}  // namespace tunppp::tty
