#include "tty/uevent_socket.h"

#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace tunppp::tty {
namespace {

/// The kernel's own messages; udev's go to group 2.
constexpr unsigned kernel_group = 1;
/// A hub with modems that begins anew tells a hundred messages at once.
constexpr int receive_buffer = 256 * 1024;

}  // namespace

std::optional<UeventSocket> UeventSocket::open() {
  const int fd =
      ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
  if (fd < 0) return std::nullopt;
  UeventSocket socket(fd);
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = kernel_group;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return std::nullopt;
  return socket;
}

UeventSocket::~UeventSocket() {
  if (fd_ >= 0) ::close(fd_);
}

UeventSocket::UeventSocket(UeventSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

UeventSocket::Heard UeventSocket::read() {
  std::array<std::byte, 8192> buffer;  // the kernel's are at most 2048 octets and a path
  while (true) {
    sockaddr_nl sender{};
    socklen_t size = sizeof sender;
    const ssize_t count = ::recvfrom(fd_, buffer.data(), buffer.size(), MSG_TRUNC,
                                     reinterpret_cast<sockaddr*>(&sender), &size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return {.event = {}, .lost = errno == ENOBUFS};
    const auto octets = static_cast<std::size_t>(count);
    // Whoever may send to the group is not the kernel, whose port is 0.
    if (sender.nl_pid != 0 || octets > buffer.size()) continue;
    if (auto event = parse_uevent(Bytes(buffer).first(octets))) return {.event = std::move(event)};
  }
}

}  // namespace tunppp::tty
