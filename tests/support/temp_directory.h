#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tunppp::test {

/// A folder of the test's own under $TMPDIR, removed with everything in it at the end.
class TempDirectory {
 public:
  TempDirectory();
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Writes a file readable by its owner only, as secrets are, and returns its path.
  std::string write_file(std::string_view name, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

/// The whole content of a file; empty when there is none.
std::string read_file(const std::filesystem::path& path);

}  // namespace tunppp::test
