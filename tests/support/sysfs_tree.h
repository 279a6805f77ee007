#pragma once

#include "support/temp_directory.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace tunppp::test {

/// Makes files of the text of a tree: what a system shows of itself, in the form that
/// tests/fixtures/sysfs/README.md explains. Throws std::runtime_error with the line's number.
void expand_tree(std::string_view text, const std::filesystem::path& root);

/// A tree from tests/fixtures/sysfs, or one that the test itself writes, in a directory of its own.
class SysfsTree {
 public:
  /// Of tests/fixtures/sysfs/NAME.tree.
  explicit SysfsTree(std::string_view name);
  static std::string fixture(std::string_view name);

  /// Adds to it, and changes what is there.
  SysfsTree& add(std::string_view text);
  /// Takes a path of the tree away, with all below it.
  SysfsTree& remove(std::string_view path);

  const std::filesystem::path& path() const { return directory_.path(); }

 private:
  TempDirectory directory_;
};

}  // namespace tunppp::test
