#pragma once

#include <cstdint>
#include <string_view>

namespace tunppp::session {

/// Writes lines to a descriptor that somebody may have stopped reading. A line is written whole or
/// not at all, and the link never waits for a reader.
class LineOutput {
 public:
  explicit LineOutput(int fd) : fd_(fd) {}

  /// With its newline.
  void write(std::string_view line);
  /// Lines for which there was no room.
  std::uint64_t lost() const { return lost_; }

 private:
  int fd_;
  std::uint64_t lost_ = 0;
};

}  // namespace tunppp::session
