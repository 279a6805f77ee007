#include "support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ostream>
#include <regex>
#include <system_error>

namespace tunppp::test {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void make_pipe(int (&ends)[2]) {
  if (::pipe2(ends, O_CLOEXEC) < 0) fail("pipe");
}

void close_if_open(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

// Everything the child needs, made before fork: between fork and exec only system calls are
// allowed, because this process may have threads.
struct Launch {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  int namespace_descriptor = -1;
  const char* working_directory = nullptr;
  std::vector<std::pair<int, int>> descriptors;
  int standard[3] = {-1, -1, -1};
};

// Returns only when something failed; errno says what.
void become(const Launch& launch) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (int i = 0; i < 3; ++i) {
    if (::dup2(launch.standard[i], i) < 0) return;
  }
  for (auto [from, to] : launch.descriptors) {
    if (from == to ? ::fcntl(from, F_SETFD, 0) < 0 : ::dup2(from, to) < 0) return;
  }
  if (launch.namespace_descriptor >= 0) {
    if (::setns(launch.namespace_descriptor, CLONE_NEWNET) < 0) return;
    if (::unshare(CLONE_NEWNS) < 0) return;
    if (::mount("", "/", nullptr, MS_SLAVE | MS_REC, nullptr) < 0) return;
    if (::mount("sysfs", "/sys", "sysfs", 0, nullptr) < 0) return;  // shows its interfaces
  }
  if (launch.working_directory && ::chdir(launch.working_directory) < 0) return;
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execvpe(launch.arguments[0], launch.arguments.data(), launch.environment.data());
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

ExitStatus ExitStatus::from_wait(int status) {
  if (WIFSIGNALED(status)) return {-1, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

std::ostream& operator<<(std::ostream& out, const ExitStatus& status) {
  if (status.signal) return out << "ended by signal " << status.signal;
  return out << "exit code " << status.code;
}

Process::Process(std::vector<std::string> arguments, ProcessOptions options)
    : name_(arguments.at(0)) {
  Launch launch;
  launch.arguments = pointers(arguments);
  for (char** entry = ::environ; *entry; ++entry) launch.environment.push_back(*entry);
  for (auto& entry : options.environment)
    launch.environment.insert(launch.environment.begin(), entry.data());
  launch.environment.push_back(nullptr);
  if (!options.working_directory.empty()) {
    launch.working_directory = options.working_directory.c_str();
  }
  launch.descriptors = options.descriptors;
  if (!options.network_namespace.empty()) {
    std::string path = "/run/netns/" + options.network_namespace;
    launch.namespace_descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (launch.namespace_descriptor < 0) fail(path);
  }

  int in[2], out[2], err[2], report[2];
  make_pipe(in);
  make_pipe(out);
  make_pipe(err);
  make_pipe(report);
  make_pipe(stop_);
  int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  launch.standard[0] = options.input ? in[0] : null;
  launch.standard[1] = out[1];
  launch.standard[2] = err[1];

  pid_ = ::fork();
  if (pid_ < 0) fail("fork");
  if (pid_ == 0) {
    become(launch);
    int error = errno;
    [[maybe_unused]] auto written = ::write(report[1], &error, sizeof error);
    ::_exit(127);
  }
  ::setpgid(pid_, pid_);
  for (int descriptor : {in[0], out[1], err[1], report[1], null, launch.namespace_descriptor}) {
    if (descriptor >= 0) ::close(descriptor);
  }
  input_ = in[1];
  if (!options.input) close_if_open(input_);
  outputs_[0] = out[0];
  outputs_[1] = err[0];
  pid_descriptor_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));

  int error = 0;
  auto got = ::read(report[0], &error, sizeof error);  // end of file once exec has succeeded
  ::close(report[0]);
  collector_ = std::thread([this] { collect(); });
  if (got == sizeof error) {
    kill();
    errno = error;
    // The destructor does not run for an object that was never made.
    close_if_open(stop_[1]);
    collector_.join();
    for (int* descriptor : {&stop_[0], &outputs_[0], &outputs_[1], &input_, &pid_descriptor_}) {
      close_if_open(*descriptor);
    }
    errno = error;
    fail(name_);
  }
}

Process::~Process() {
  kill();
  close_if_open(stop_[1]);
  collector_.join();
  for (int* descriptor : {&stop_[0], &outputs_[0], &outputs_[1], &input_, &pid_descriptor_}) {
    close_if_open(*descriptor);
  }
}

// The collector's thread: until both outputs are closed, or the owner says stop.
void Process::collect() {
  std::array<pollfd, 3> files = {
      {{outputs_[0], POLLIN, 0}, {outputs_[1], POLLIN, 0}, {stop_[0], POLLIN, 0}}};
  std::array<char, 65536> buffer;
  while (files[0].fd >= 0 || files[1].fd >= 0) {
    if (::poll(files.data(), files.size(), -1) < 0) continue;
    for (std::size_t i = 0; i < 2; ++i) {
      if (files[i].fd < 0 || !files[i].revents) continue;
      auto count = ::read(files[i].fd, buffer.data(), buffer.size());
      if (count <= 0) {
        files[i].fd = -1;
        continue;
      }
      std::lock_guard lock(mutex_);
      texts_[i].append(buffer.data(), static_cast<std::size_t>(count));
      changed_.notify_all();
    }
    if (files[2].revents && !files[0].revents && !files[1].revents) break;
  }
  std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

std::string Process::out() const {
  std::lock_guard lock(mutex_);
  return texts_[0];
}

std::string Process::err() const {
  std::lock_guard lock(mutex_);
  return texts_[1];
}

std::optional<std::vector<std::string>> Process::wait_for_output(const std::string& pattern,
                                                                 Timeout timeout, Output output) {
  Deadline deadline(timeout);
  std::unique_lock lock(mutex_);
  while (true) {
    if (output != Output::error) {
      if (auto match = find(texts_[0], pattern)) return match;
    }
    if (output != Output::standard) {
      if (auto match = find(texts_[1], pattern)) return match;
    }
    if (closed_ || deadline.passed()) return std::nullopt;
    changed_.wait_until(lock, deadline.time_point());
  }
}

bool Process::reap(bool block) {
  if (status_) return true;
  int status = 0;
  if (::waitpid(pid_, &status, block ? 0 : WNOHANG) != pid_) return false;
  status_ = ExitStatus::from_wait(status);
  return true;
}

std::optional<ExitStatus> Process::wait(Timeout timeout) {
  Deadline deadline(timeout);
  while (!reap(false)) {
    if (deadline.passed()) return std::nullopt;
    pollfd file{pid_descriptor_, POLLIN, 0};
    ::poll(&file, 1, deadline.poll_milliseconds());
  }
  // What it printed last is on its way through the pipes; a child of its own may hold them open.
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, Clock::now() + std::chrono::milliseconds(500),
                      [this] { return closed_; });
  return status_;
}

bool Process::running() {
  return !reap(false);
}

void Process::write(std::string_view text) {
  while (!text.empty()) {
    auto count = ::write(input_, text.data(), text.size());
    if (count < 0) fail("write to " + name_);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

void Process::close_input() {
  close_if_open(input_);
}

void Process::signal(int number) const {
  if (!status_) ::kill(pid_, number);
}

ExitStatus Process::terminate(Timeout timeout) {
  signal(SIGTERM);
  if (auto status = wait(timeout)) return *status;
  return kill();
}

ExitStatus Process::kill() {
  ::kill(-pid_, SIGKILL);
  reap(true);
  return status_.value_or(ExitStatus{});
}

std::ostream& operator<<(std::ostream& out, const Completed& completed) {
  if (completed.status) {
    out << *completed.status;
  } else {
    out << "did not end in time";
  }
  return out << "\n--- standard output\n"
             << completed.out << "--- standard error\n"
             << completed.err;
}

Completed run(std::vector<std::string> arguments, ProcessOptions options, Timeout timeout) {
  Process process(std::move(arguments), std::move(options));
  process.close_input();
  auto status = process.wait(timeout);
  return {status, process.out(), process.err()};
}

Completed shell(std::string command, ProcessOptions options, Timeout timeout) {
  return run({"/bin/sh", "-c", std::move(command)}, std::move(options), timeout);
}

std::optional<std::vector<std::string>> find(const std::string& text, const std::string& pattern) {
  std::smatch match;
  if (!std::regex_search(text, match, std::regex(pattern))) return std::nullopt;
  return std::vector<std::string>(match.begin(), match.end());
}

}  // namespace tunppp::test
