#pragma once

#include <optional>
#include <string>

#include "cli/demo/descriptor.h"
#include "cli/demo/patience.h"

namespace tunppp::cli::demo {

/// What a child prints, line by line.
class LineReader {
 public:
  explicit LineReader(Descriptor fd) : fd_(std::move(fd)) {}

  /// Without its newline; nothing at the end, or when patience is over.
  std::optional<std::string> next(const Patience& patience);

 private:
  Descriptor fd_;
  std::string text_;
};

/// The address of the far side, once `tunppp dial --events json` has told it; nothing if it ended
/// before.
std::optional<std::string> wait_for_remote_address(LineReader& events, const Patience& patience);

}  // namespace tunppp::cli::demo
