#include "support/sandbox.h"

#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <string>

namespace tunppp::test {

namespace {

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "test sandbox: %s: %s (root or user namespaces are needed)\n", what,
               ::strerror(errno));
  ::_exit(1);
}

void check(int result, const char* what) {
  if (result < 0) fail(what);
}

void write_to(const char* path, const std::string& text) {
  std::ofstream out(path);
  out << text << std::flush;
  if (!out) fail(path);
}

void enter_namespaces() {
  auto user = ::geteuid();
  auto group = ::getegid();
  int flags = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS;
  if (user != 0) flags |= CLONE_NEWUSER;
  check(::unshare(flags), "unshare");
  if (user != 0) {
    write_to("/proc/self/setgroups", "deny");
    write_to("/proc/self/uid_map", "0 " + std::to_string(user) + " 1");
    write_to("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
  }
}

void furnish() {
  check(::mount("", "/", nullptr, MS_PRIVATE | MS_REC, nullptr), "mount /");
  check(::mount("proc", "/proc", "proc", 0, nullptr), "mount /proc");
  check(::mount("sysfs", "/sys", "sysfs", 0, nullptr), "mount /sys");
  check(::mount("tmpfs", "/run", "tmpfs", 0, "mode=755"), "mount /run");
  for (const char* folder : {"/run/lock", "/run/netns", "/run/tmp"}) {
    check(::mkdir(folder, 0755), folder);
    check(::chmod(folder, 01777), folder);
  }
  // What "ip netns" would otherwise do at its first use, as a lasting change.
  check(::mount("/run/netns", "/run/netns", nullptr, MS_BIND, nullptr), "mount /run/netns");
  check(::mount("", "/run/netns", nullptr, MS_SHARED | MS_REC, nullptr), "share /run/netns");
  ::setenv("TMPDIR", "/run/tmp", 1);

  ifreq loopback{};
  ::strcpy(loopback.ifr_name, "lo");
  loopback.ifr_flags = IFF_UP;
  int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  check(::ioctl(socket, SIOCSIFFLAGS, &loopback), "lo up");
  ::close(socket);
}

int status_code(int status) {
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  std::fprintf(stderr, "ended by signal %d (%s)\n", WTERMSIG(status),
               ::strsignal(WTERMSIG(status)));
  return 128 + WTERMSIG(status);
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status_code(status);
}

// The first process of the namespace: its end ends all others. The test is another one, because
// the first one is immune to signals such as abort's.
[[noreturn]] void be_init(const std::function<int()>& body) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  furnish();
  pid_t child = ::fork();
  check(child, "fork");
  if (child == 0) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::exit(body());
  }
  ::_exit(wait_for(child));
}

}  // namespace

int run_in_sandbox(const std::function<int()>& body) {
  pid_t child = ::fork();
  check(child, "fork");
  if (child == 0) {
    // In a process of its own: one that has left its process namespace can start no thread any
    // more, which the leak sanitizer needs at exit.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    enter_namespaces();
    pid_t init = ::fork();
    check(init, "fork");
    if (init == 0) be_init(body);
    ::_exit(wait_for(init));
  }
  return wait_for(child);
}

}  // namespace tunppp::test
