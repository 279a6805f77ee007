#include "session/helper.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace tunppp::session {
namespace {

/// A file without a name that holds `input`: whoever reads it cannot keep us waiting.
int file_with(std::string_view input) {
  const int fd = ::memfd_create("input", MFD_CLOEXEC);
  if (fd < 0) return -1;
  if (::write(fd, input.data(), input.size()) != static_cast<ssize_t>(input.size()) ||
      ::lseek(fd, 0, SEEK_SET) != 0) {
    ::close(fd);
    return -1;
  }
  return fd;
}

/// Starts `command` with `input` to read, its output thrown away and no signal blocked or ignored.
/// The process id, or minus the error.
pid_t spawn(const std::vector<std::string>& command, std::string_view input) {
  const std::string program = find_program(command.front());
  if (program.empty()) return -ENOENT;
  const int input_fd = file_with(input);
  if (input_fd < 0) return -errno;

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input_fd, STDIN_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  // A group of its own: ctrl-c on the terminal is meant for us, and we still need it then.
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

  std::vector<char*> arguments;
  for (const std::string& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = -1;
  const int error =
      ::posix_spawn(&pid, program.c_str(), &actions, &attributes, arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(input_fd);
  return error == 0 ? pid : -error;
}

std::string verdict(int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  if (WIFEXITED(status)) return fmt::format("exit code {}", WEXITSTATUS(status));
  return fmt::format("signal {}", WTERMSIG(status));
}

}  // namespace

std::string find_program(std::string_view program) {
  const char* path = std::getenv("PATH");
  std::string places = fmt::format("{}:/usr/sbin:/usr/bin:/sbin:/bin", path ? path : "");
  for (std::size_t start = 0; start < places.size();) {
    const std::size_t end = std::min(places.find(':', start), places.size());
    const std::string file = fmt::format("{}/{}", places.substr(start, end - start), program);
    if (end > start && ::access(file.c_str(), X_OK) == 0) return file;
    start = end + 1;
  }
  return {};
}

Helper::Helper(Loop& loop, std::vector<std::string> command, std::string_view input, Done done)
    : shown_(fmt::format("{}", fmt::join(command, " "))),
      done_(std::move(done)),
      timer_(loop, [this] { finish(fmt::format("{} did not end in time", shown_)); }),
      wakeup_(loop, [this] { finish(problem_); }) {
  pid_ = spawn(command, input);
  if (pid_ < 0) {
    problem_ = fmt::format("{} could not be started: {}", shown_, std::strerror(-pid_));
    wakeup_.notify();
    return;
  }
  pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (pidfd_ < 0) {
    problem_ = fmt::format("{} cannot be waited for: {}", shown_, std::strerror(errno));
    wakeup_.notify();
    return;
  }
  watch_.emplace(loop, pidfd_, static_cast<FdWatch::Listener&>(*this));
  watch_->watch_read(true);
  timer_.set(boot_time() + patience);
}

Helper::~Helper() {
  reap();
}

void Helper::fd_readable() {
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return;
  pid_ = -1;
  const std::string problem = verdict(status);
  finish(problem.empty() ? problem : fmt::format("{} failed ({})", shown_, problem));
}

void Helper::finish(std::string problem) {
  reap();
  timer_.set(std::nullopt);
  // The callback may destroy us.
  const Done done = std::move(done_);
  if (done) done(problem);
}

void Helper::reap() {
  watch_.reset();
  if (pidfd_ >= 0) ::close(pidfd_);
  pidfd_ = -1;
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace tunppp::session
