#pragma once

#include "support/deadline.h"

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tunppp::test {

/// A log file that another process writes.
class ConsoleLog {
 public:
  ConsoleLog(std::filesystem::path path) : path_(std::move(path)) {}

  std::string text() const;
  /// Waits until `pattern` is found behind the first `from` octets. nullopt when the time is over
  /// or the process `writer` has ended without having written such a thing.
  std::optional<std::vector<std::string>> wait_for(const std::string& pattern, pid_t writer,
                                                   Timeout timeout, std::size_t from = 0) const;

 private:
  std::filesystem::path path_;
};

}  // namespace tunppp::test
