#pragma once

#include "support/deadline.h"

#include <sys/types.h>

#include <condition_variable>
#include <iosfwd>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tunppp::test {

/// How a process ended: by itself with an exit code, or by a signal.
struct ExitStatus {
  int code = -1;   ///< -1 when a signal ended it
  int signal = 0;  ///< 0 when it ended by itself

  static ExitStatus from_wait(int status);
  friend bool operator==(const ExitStatus&, const ExitStatus&) = default;
  friend std::ostream& operator<<(std::ostream& out, const ExitStatus& status);
};

inline ExitStatus exited(int code) {
  return {code, 0};
}

struct ProcessOptions {
  /// Added to the environment, as NAME=VALUE.
  std::vector<std::string> environment{};
  /// The name of a network namespace (see NetworkNamespace) to run in; with a /sys of its own.
  std::string network_namespace{};
  std::string working_directory{};
  /// Standard input stays open for write(); otherwise it is /dev/null.
  bool input = false;
  /// Descriptors of this process, and what they are to be in the child (3 or more).
  std::vector<std::pair<int, int>> descriptors{};
};

/// A program that runs beside the test, in a process group of its own. What it prints is collected
/// all the time, so that it never blocks on a full pipe. The destructor kills the whole group.
/// Throws std::system_error when the program cannot be started.
class Process {
 public:
  enum class Output { standard, error, any };

  explicit Process(std::vector<std::string> arguments, ProcessOptions options = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  /// What it printed so far on standard output and on standard error.
  std::string out() const;
  std::string err() const;

  /// Waits until `pattern` (ECMAScript; . does not match a newline) is found in what the program
  /// printed, and returns the match and its groups. nullopt when the time is over, or the program
  /// closed its outputs without having printed such a thing. Output::any looks at each by itself.
  std::optional<std::vector<std::string>> wait_for_output(
      const std::string& pattern, Timeout timeout = std::chrono::seconds(10),
      Output output = Output::any);

  /// Waits for its end; nullopt when the time is over.
  std::optional<ExitStatus> wait(Timeout timeout = std::chrono::seconds(10));
  bool running();

  void write(std::string_view text);
  void close_input();
  void signal(int number) const;
  /// SIGTERM to the process; SIGKILL to its group when it does not end in time.
  ExitStatus terminate(Timeout timeout = std::chrono::seconds(10));
  /// SIGKILL to its group.
  ExitStatus kill();

 private:
  void collect();
  bool reap(bool block);

  std::string name_;
  pid_t pid_ = -1;
  int pid_descriptor_ = -1;
  int input_ = -1;
  int outputs_[2] = {-1, -1};
  int stop_[2] = {-1, -1};
  std::optional<ExitStatus> status_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string texts_[2];
  bool closed_ = false;
  std::thread collector_;
};

/// What a program that was run to its end left.
struct Completed {
  std::optional<ExitStatus> status;  ///< nullopt: killed because the time was over
  std::string out;
  std::string err;

  bool ok() const { return status == exited(0); }
  friend std::ostream& operator<<(std::ostream& out, const Completed& completed);
};

Completed run(std::vector<std::string> arguments, ProcessOptions options = {},
              Timeout timeout = std::chrono::seconds(30));
/// The same by /bin/sh -c.
Completed shell(std::string command, ProcessOptions options = {},
                Timeout timeout = std::chrono::seconds(30));

/// The first match of a regular expression in a text, with its groups.
std::optional<std::vector<std::string>> find(const std::string& text, const std::string& pattern);

}  // namespace tunppp::test
