#include "cli/demo/namespaces.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include "cli/demo/descriptor.h"

namespace tunppp::cli::demo {
namespace {

constexpr const char* tun_device = "/dev/net/tun";

Failure failed(EndReason reason, int error, std::string text) {
  return {reason, std::error_code(error, std::generic_category()), std::move(text)};
}

std::string number_in(const char* file) {
  std::ifstream in(file);
  std::string number;
  in >> number;
  return number;
}

/// Which of the switches that there are for it is off.
std::string why_no_user_namespace(int error) {
  constexpr const char* debian = "/proc/sys/kernel/unprivileged_userns_clone";
  constexpr const char* apparmor = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";
  constexpr const char* limit = "/proc/sys/user/max_user_namespaces";
  if (number_in(debian) == "0")
    return "they are switched off (sysctl kernel.unprivileged_userns_clone=1 switches them on)";
  if (number_in(limit) == "0") return "none are allowed (sysctl user.max_user_namespaces is 0)";
  if (number_in(apparmor) == "1")
    return "AppArmor restricts them (sysctl kernel.apparmor_restrict_unprivileged_userns=0 lifts "
           "it)";
  return fmt::format("the kernel says: {}", std::strerror(error));
}

bool write_file(const char* path, const std::string& text) {
  const Descriptor file(::open(path, O_WRONLY | O_CLOEXEC));
  return file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

/// Ourselves as its root.
bool enter_user_namespace() {
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  if (::unshare(CLONE_NEWUSER) != 0) return false;
  write_file("/proc/self/setgroups", "deny");
  return write_file("/proc/self/uid_map", fmt::format("0 {} 1", user)) &&
         write_file("/proc/self/gid_map", fmt::format("0 {} 1", group));
}

void bring_loopback_up() {
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ::ioctl(socket.get(), SIOCSIFFLAGS, &request);
}

}  // namespace

Status check_tun() {
  const Descriptor device(::open(tun_device, O_RDWR | O_CLOEXEC));
  if (device) return {};
  const int error = errno;
  struct stat status {};
  if (::stat(tun_device, &status) != 0 || error == ENODEV || error == ENXIO)
    return failed(EndReason::tun_missing, error, fmt::format("there is no {}", tun_device));
  return failed(EndReason::no_privilege, error,
                fmt::format("{} is closed to you (its mode is {:04o}; usual is 0666, which lets "
                            "ordinary users make interfaces in namespaces of their own)",
                            tun_device, status.st_mode & 07777u));
}

Status enter_new_network() {
  if (::unshare(CLONE_NEWNET) != 0) {
    if (errno != EPERM)
      return failed(EndReason::no_privilege, errno,
                    fmt::format("cannot make a network namespace: {}", std::strerror(errno)));
    if (!enter_user_namespace() || ::unshare(CLONE_NEWNET) != 0) {
      const int error = errno;
      return failed(EndReason::no_privilege, error,
                    fmt::format("an ordinary user needs user namespaces for the demo, but {}",
                                why_no_user_namespace(error)));
    }
  }
  bring_loopback_up();
  return {};
}

}  // namespace tunppp::cli::demo
