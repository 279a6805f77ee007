#include "two_ends.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "paced_line.h"

namespace tunppp::bench {
namespace {

std::runtime_error failed(const char* what) {
  return std::runtime_error(fmt::format("{}: {}", what, std::strerror(errno)));
}

void end(pid_t& pid) {
  if (pid <= 0) return;
  ::kill(pid, SIGTERM);
  for (int i = 0; i < 600; ++i) {
    if (::waitpid(pid, nullptr, WNOHANG) != 0) return void(pid = -1);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  pid = -1;
}

}  // namespace

void give_up(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(2);
}

void require_root() {
  if (::geteuid() != 0)
    give_up("This needs root, for network namespaces and TUN interfaces of its own.");
  if (::access("/dev/net/tun", R_OK | W_OK) != 0) give_up("This needs /dev/net/tun.");
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}
Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}
int Descriptor::release() {
  return std::exchange(fd_, -1);
}

Pty::Pty() : master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
  if (master.get() < 0 || ::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0)
    throw failed("pty");
  path = ::ptsname(master.get());
  slave = Descriptor(::open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  termios settings{};
  ::tcgetattr(slave.get(), &settings);
  ::cfmakeraw(&settings);
  ::tcsetattr(slave.get(), TCSANOW, &settings);
}

Namespace::Namespace() {
  const Descriptor home(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  if (::unshare(CLONE_NEWNET) != 0) throw failed("a network namespace");
  fd_ = Descriptor(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  if (::setns(home.get(), CLONE_NEWNET) != 0) throw failed("setns");
}

Inside::Inside(const Namespace& where)
    : home_(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) {
  if (::setns(where.fd(), CLONE_NEWNET) != 0) throw failed("setns");
}
Inside::~Inside() {
  (void)!::setns(home_.get(), CLONE_NEWNET);
}

Program::Program(const Namespace& where, std::vector<std::string> arguments, int line,
                 const std::vector<std::string>& environment) {
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ < 0) throw failed("fork");
  if (pid_ > 0) return;

  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setns(where.fd(), CLONE_NEWNET);
  const int nothing = ::open("/dev/null", O_RDWR);
  ::dup2(line >= 0 ? line : nothing, STDIN_FILENO);
  ::dup2(line >= 0 ? line : nothing, STDOUT_FILENO);
  if (!::getenv("TUNPPP_BENCH_VERBOSE")) ::dup2(nothing, STDERR_FILENO);
  for (const std::string& setting : environment) {
    const std::size_t equals = setting.find('=');
    ::setenv(setting.substr(0, equals).c_str(), setting.substr(equals + 1).c_str(), 1);
  }
  ::execvp(pointers[0], pointers.data());
  ::_exit(127);
}

Program::~Program() {
  end(pid_);
}

bool Program::running() {
  if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
  return pid_ > 0;
}

double Program::cpu_seconds() const {
  double nanoseconds = 0;
  std::ifstream(fmt::format("/proc/{}/schedstat", pid_)) >> nanoseconds;
  return nanoseconds / 1e9;
}

TwoEnds::TwoEnds(const Options& options) {
  int line = pty_.master.get();
  if (options.baud > 0) {
    far_pty_ = std::make_unique<Pty>();
    line_ = start_paced_line(pty_.master.get(), far_pty_->slave.get(), options.baud);
    line = far_pty_->master.get();
  }
  std::vector<std::string> serve{options.tunppp, "serve",    "--stdio",   "--local",
                                 serve_address,  "--remote", dial_address};
  std::vector<std::string> dial{options.tunppp, "dial",     "--modem",
                                "none",         "--device", pty_.path,
                                "--dns",        "none",     "--no-default-route"};
  serve.insert(serve.end(), options.arguments.begin(), options.arguments.end());
  dial.insert(dial.end(), options.arguments.begin(), options.arguments.end());
  serve_ = std::make_unique<Program>(serve_side_, serve, line, options.environment);
  dial_ = std::make_unique<Program>(dial_side_, dial, -1, options.environment);
  wait_until_up();
}

TwoEnds::~TwoEnds() {
  dial_.reset();
  serve_.reset();
  end(line_);
}

/// Until a datagram comes back: refused, for nobody listens there.
void TwoEnds::wait_until_up() {
  const Inside inside(dial_side_);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(9);
  ::inet_pton(AF_INET, serve_address, &to.sin_addr);
  for (int i = 0; i < 300; ++i) {
    if (!dial_->running() || !serve_->running())
      throw std::runtime_error("tunppp ended; TUNPPP_BENCH_VERBOSE=1 shows what it said");
    const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) == 0 &&
        ::send(socket.get(), "", 0, 0) == 0) {
      pollfd wait{socket.get(), POLLIN, 0};
      char octet = 0;
      if (::poll(&wait, 1, 100) == 1 && ::recv(socket.get(), &octet, 1, 0) < 0 &&
          errno == ECONNREFUSED)
        return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  throw std::runtime_error("no packet got through");
}

}  // namespace tunppp::bench
