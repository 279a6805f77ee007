#pragma once

#include "session/line_output.h"
#include "session/loop.h"
#include "sim/line.h"

#include <cstdint>
#include <string>

#include "cli/command.h"

namespace tunppp::cli {

/// What a simulated line does, as it is written on the command line.
struct LineArguments {
  double latency_milliseconds = 0;
  std::uint64_t seed = 1;
  sim::LineOptions options;
};

void add_line_options(CLI::App& command, LineArguments& arguments);
sim::LineOptions line_options(const LineArguments& arguments);
/// What happened in one direction.
std::string to_text(const sim::LineStatistics& statistics);

/// Lines on standard output, each with the time since the start.
class TimedLines {
 public:
  TimedLines() : start_(session::boot_time()) {}
  void write(const std::string& text);
  /// Without the time, for programs to read: "LINE=/dev/pts/7".
  void write_bare(const std::string& text) { output_.write(text + '\n'); }

 private:
  Instant start_;
  session::LineOutput output_{1};
};

}  // namespace tunppp::cli
