#pragma once

#include "session/loop.h"

#include <sys/types.h>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tunppp::session {

/// A short-lived program that does something for us: started without a shell, waited for without
/// blocking, and killed when it takes too long.
class Helper final : private FdWatch::Listener {
 public:
  static constexpr Duration patience = std::chrono::seconds(5);

  /// Empty when it left with 0; else a sentence: "resolvectl dns ppp0 9.9.9.9 failed (exit code
  /// 1)".
  using Done = std::function<void(const std::string& problem)>;

  /// `done` is called from the loop, never from here. `input` is what the program reads.
  Helper(Loop& loop, std::vector<std::string> command, std::string_view input, Done done);
  /// Kills it if it still runs.
  ~Helper();
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;

 private:
  void fd_readable() override;
  void fd_writable() override {}
  void finish(std::string problem);
  void reap();

  std::string shown_;
  Done done_;
  pid_t pid_ = -1;
  int pidfd_ = -1;
  std::string problem_;
  std::optional<FdWatch> watch_;
  Timer timer_;
  Wakeup wakeup_;
};

/// Where `program` is found along PATH and the places where administration programs are; empty if
/// nowhere.
std::string find_program(std::string_view program);

}  // namespace tunppp::session
