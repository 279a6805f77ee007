#include "session/at_socket.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace tunppp::session::at {
namespace {

constexpr int backlog = 8;

Failure failed(const std::string& path, int error, EndReason reason = EndReason::usage) {
  const std::error_code code(error, std::system_category());
  return {reason, code, fmt::format("the socket {}: {}", path, code.message())};
}

std::optional<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return std::nullopt;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

/// Nobody listens there any more.
bool is_dead_socket(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) < 0 || !S_ISSOCK(status.st_mode)) return false;
  const Result<Descriptor> connection = connect_to(path);
  return !connection && connection.failure().code.value() == ECONNREFUSED;
}

Descriptor new_socket() {
  return Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

}  // namespace

std::string socket_path(std::string_view directory, std::string_view interface) {
  return fmt::format("{}/{}.at", directory, interface);
}

Result<Descriptor> listen_at(const std::string& path) {
  const auto address = address_of(path);
  if (!address) return failed(path, ENAMETOOLONG);
  Descriptor socket = new_socket();
  if (socket.fd() < 0) return failed(path, errno);
  // Linux gives the mode of the socket to the file that bind() makes.
  ::fchmod(socket.fd(), S_IRUSR | S_IWUSR);
  if (is_dead_socket(path)) ::unlink(path.c_str());
  if (::bind(socket.fd(), generic(*address), sizeof *address) < 0)
    return failed(path, errno, errno == EADDRINUSE ? EndReason::tty_busy : EndReason::usage);
  if (::listen(socket.fd(), backlog) < 0) return failed(path, errno);
  return socket;
}

Result<Descriptor> connect_to(const std::string& path) {
  const auto address = address_of(path);
  if (!address) return failed(path, ENAMETOOLONG);
  Descriptor socket = new_socket();
  if (socket.fd() < 0) return failed(path, errno);
  if (::connect(socket.fd(), generic(*address), sizeof *address) < 0)
    return failed(path, errno, EndReason::tty_missing);
  return socket;
}

}  // namespace tunppp::session::at
