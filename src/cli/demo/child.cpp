#include "cli/demo/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "cli/demo/descriptor.h"

namespace tunppp::cli::demo {
namespace {

/// It closes in order within 5 s.
constexpr auto orderly = std::chrono::seconds(8);

[[noreturn]] void become(char* const* arguments, pid_t parent,
                         const std::vector<std::pair<int, int>>& descriptors) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(127);
  ::setpgid(0, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nowhere = ::open("/dev/null", O_RDONLY);
  ::dup2(nowhere, STDIN_FILENO);
  for (const auto& [ours, there] : descriptors) {
    if (ours == there)
      ::fcntl(ours, F_SETFD, 0);  // dup2() would leave close-on-exec in place
    else
      ::dup2(ours, there);
  }
  ::execv("/proc/self/exe", arguments);
  ::_exit(127);
}

}  // namespace

Child::Child(std::vector<std::string> arguments,
             const std::vector<std::pair<int, int>>& descriptors) {
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid_ == 0) become(pointers.data(), parent, descriptors);
}

Child::~Child() {
  end(SIGTERM);
}

bool Child::running() {
  reap(Clock::duration::zero());
  return !status_;
}

int Child::end(int signal) {
  if (running()) ::kill(pid_, signal);
  if (!reap(orderly)) {
    ::kill(pid_, SIGKILL);
    reap(orderly);
  }
  const int status = status_.value_or(0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool Child::reap(Clock::duration patience) {
  if (status_) return true;
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  const std::atomic<bool> never{false};
  if (patience > Clock::duration::zero()) Patience(patience, never).wait(process.get(), POLLIN);
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  return status_.has_value();
}

}  // namespace tunppp::cli::demo
