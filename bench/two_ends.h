#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tunppp::bench {

/// Closes what it holds.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  int get() const { return fd_; }
  int release();

 private:
  int fd_;
};

/// A pseudo terminal in raw mode.
struct Pty {
  Pty();
  Descriptor master;
  Descriptor slave;  // kept open, so that the line outlives its users
  std::string path;
};

/// A network namespace of its own, gone with this object and the processes in it.
class Namespace {
 public:
  Namespace();
  int fd() const { return fd_.get(); }

 private:
  Descriptor fd_;
};

/// This thread is in the namespace as long as the object lives; sockets made meanwhile stay there.
class Inside {
 public:
  explicit Inside(const Namespace& where);
  ~Inside();
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  Descriptor home_;
};

/// A program in a namespace, ended with this object.
class Program {
 public:
  /// `line` becomes its standard input and output, if it is a descriptor.
  Program(const Namespace& where, std::vector<std::string> arguments, int line = -1,
          const std::vector<std::string>& environment = {});
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }
  bool running();
  /// Time on a processor so far.
  double cpu_seconds() const;

 private:
  pid_t pid_ = -1;
};

/// `tunppp dial` on the slave and `tunppp serve` on the master of a pty, or of two with a line
/// between them, each in a namespace of its own.
class TwoEnds {
 public:
  static constexpr const char* dial_address = "10.98.0.2";
  static constexpr const char* serve_address = "10.98.0.1";

  struct Options {
    std::string tunppp;
    std::vector<std::string> arguments{};    // for both
    std::vector<std::string> environment{};  // NAME=VALUE, for both
    std::uint32_t baud = 0;                  // of a line that is paced; 0: a bare pty
  };
  /// Returns when packets flow; throws std::runtime_error when they do not.
  explicit TwoEnds(const Options& options);
  ~TwoEnds();

  const Namespace& dial_side() const { return dial_side_; }
  const Namespace& serve_side() const { return serve_side_; }
  Program& dial() { return *dial_; }
  Program& serve() { return *serve_; }

 private:
  void wait_until_up();

  Namespace dial_side_;
  Namespace serve_side_;
  Pty pty_;
  std::unique_ptr<Pty> far_pty_;
  pid_t line_ = -1;
  std::unique_ptr<Program> dial_;
  std::unique_ptr<Program> serve_;
};

/// Ends with a message, for what cannot go on: not root, no TUN.
[[noreturn]] void give_up(const std::string& what);
void require_root();

}  // namespace tunppp::bench
