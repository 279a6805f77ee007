#include "cli/demo/transfer.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "sim/random.h"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <thread>
#include <vector>

namespace tunppp::cli::demo {
namespace {

constexpr std::size_t block = 64 * 1024;
/// Without any progress.
constexpr auto stall_time = std::chrono::seconds(60);

/// One end of a connection: how many octets went through, and their hash.
struct End {
  std::uint64_t octets = 0;
  crypto::Sha256Digest digest{};
  std::string problem;
};

std::string in_words(std::string_view what, const Patience& patience) {
  if (patience.interrupted()) return fmt::format("{}: interrupted", what);
  if (patience.over()) return fmt::format("{}: the time is over", what);
  return fmt::format("{}: nothing moved for {} s", what, stall_time.count());
}

std::string in_words(std::string_view what, int error) {
  return fmt::format("{}: {}", what, std::strerror(error));
}

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

End send_random(int socket, std::uint64_t octets, const Patience& patience) {
  End end;
  crypto::Sha256 hash;
  sim::Random random(static_cast<std::uint64_t>(Clock::now().time_since_epoch().count()));
  std::vector<std::uint64_t> words(block / sizeof(std::uint64_t));
  while (end.octets < octets) {
    for (std::uint64_t& word : words) word = random.next();
    Bytes left = std::as_bytes(std::span(words));
    left = left.first(std::min<std::uint64_t>(left.size(), octets - end.octets));
    hash.update(left);
    end.octets += left.size();
    while (!left.empty()) {
      const ssize_t count = ::send(socket, left.data(), left.size(), MSG_NOSIGNAL);
      if (count > 0) {
        left = left.subspan(static_cast<std::size_t>(count));
        continue;
      }
      if (!would_block()) return {0, {}, in_words("sending", errno)};
      if (!patience.at_most(stall_time).wait(socket, POLLOUT))
        return {0, {}, in_words("sending", patience)};
    }
  }
  ::shutdown(socket, SHUT_WR);
  end.digest = hash.finish();
  return end;
}

End receive_all(int socket, const Patience& patience) {
  End end;
  crypto::Sha256 hash;
  std::vector<std::byte> buffer(block);
  for (;;) {
    const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (count == 0) break;
    if (count > 0) {
      hash.update(Bytes(buffer).first(static_cast<std::size_t>(count)));
      end.octets += static_cast<std::uint64_t>(count);
      continue;
    }
    if (!would_block()) return {0, {}, in_words("receiving", errno)};
    if (!patience.at_most(stall_time).wait(socket, POLLIN))
      return {0, {}, in_words("receiving", patience)};
  }
  end.digest = hash.finish();
  return end;
}

Descriptor connect_to(Ipv4Address address, std::uint16_t port, const Patience& patience,
                      std::string& problem) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  std::memcpy(&to.sin_addr, address.octets.data(), address.octets.size());
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0)
    return socket;
  int error = errno;
  if (error == EINPROGRESS) {
    if (!patience.at_most(stall_time).wait(socket.get(), POLLOUT)) {
      problem = in_words("connecting", patience);
      return Descriptor();
    }
    socklen_t size = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  }
  if (error == 0) return socket;
  problem = in_words("connecting", error);
  return Descriptor();
}

/// The far end, in a thread of its own.
End serve(const TransferServer& server, Way way, std::uint64_t octets, const Patience& patience) {
  if (!patience.at_most(stall_time).wait(server.fd(), POLLIN))
    return {0, {}, in_words("accepting", patience)};
  const Descriptor socket(::accept4(server.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket) return {0, {}, in_words("accepting", errno)};
  return way == Way::to_server ? receive_all(socket.get(), patience)
                               : send_random(socket.get(), octets, patience);
}

End call(const TransferServer& server, Ipv4Address address, Way way, std::uint64_t octets,
         const Patience& patience) {
  End end;
  const Descriptor socket = connect_to(address, server.port(), patience, end.problem);
  if (!socket) return end;
  if (way == Way::from_server) return receive_all(socket.get(), patience);
  end = send_random(socket.get(), octets, patience);
  // Until the other end has read it all and closed; else it would be reset.
  if (end.problem.empty()) patience.at_most(stall_time).wait(socket.get(), POLLIN);
  return end;
}

std::string hexadecimal(const crypto::Sha256Digest& digest) {
  std::string text;
  for (const std::byte octet : digest) text += fmt::format("{:02x}", std::to_integer<int>(octet));
  return text;
}

}  // namespace

TransferServer::TransferServer()
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  sockaddr_in any{};
  any.sin_family = AF_INET;
  socklen_t size = sizeof any;
  if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&any), size) != 0 ||
      ::listen(socket_.get(), 1) != 0 ||
      ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&any), &size) != 0)
    throw std::system_error(errno, std::generic_category(), "no TCP port");
  port_ = ntohs(any.sin_port);
}

TransferOutcome transfer(const TransferServer& server, Ipv4Address address, Way way,
                         std::uint64_t octets, const Patience& patience) {
  const Clock::time_point start = Clock::now();
  End far;
  std::atomic<bool> caller_failed{false};
  std::thread server_thread(
      [&] { far = serve(server, way, octets, patience.given_up_by(caller_failed)); });
  const End near = call(server, address, way, octets, patience);
  caller_failed = !near.problem.empty();
  server_thread.join();

  const End& from = way == Way::to_server ? near : far;
  const End& to = way == Way::to_server ? far : near;
  return {.sent = from.octets,
          .received = to.octets,
          .sent_digest = from.digest,
          .received_digest = to.digest,
          .took = Clock::now() - start,
          .problem = near.problem.empty() ? far.problem : near.problem};
}

std::string to_text(Way way, const TransferOutcome& outcome) {
  const std::string_view where = way == Way::to_server ? "to the far side" : "from the far side";
  if (!outcome.problem.empty()) return fmt::format("TCP {}: {}", where, outcome.problem);
  const double seconds = std::chrono::duration<double>(outcome.took).count();
  return fmt::format("TCP {}: {} octets in {:.2f} s, {:.1f} Mbit/s; SHA-256 {} {}", where,
                     outcome.received, seconds,
                     static_cast<double>(outcome.received) * 8e-6 / seconds,
                     hexadecimal(outcome.received_digest),
                     outcome.whole() ? "at both ends" : "is not what was sent");
}

}  // namespace tunppp::cli::demo
