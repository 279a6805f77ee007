#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/demo/patience.h"

namespace tunppp::cli::demo {

/// This program itself with other arguments, as a process that does not outlive us. It gets no
/// ctrl-c from the terminal: we end it when its time has come.
class Child {
 public:
  /// `descriptors`: ours, and what they are to be there.
  Child(std::vector<std::string> arguments, const std::vector<std::pair<int, int>>& descriptors);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Sends the signal and waits for the end; SIGKILL when it takes too long. The exit code, or
  /// 128 + the signal that ended it.
  int end(int signal);
  bool running();

 private:
  bool reap(Clock::duration patience);

  pid_t pid_ = -1;
  std::optional<int> status_;
};

}  // namespace tunppp::cli::demo
