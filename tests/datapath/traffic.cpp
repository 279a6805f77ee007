#include "traffic.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "live_ends.h"

namespace tunppp::test {
namespace {

/// Octet `i` of what is sent: goes through all values, flags and escapes included, and has no
/// period that a segment could have.
unsigned char octet(std::uint64_t i) {
  return static_cast<unsigned char>((i * 2654435761u >> 13) ^ i);
}

sockaddr_in address(const char* host, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  ::inet_pton(AF_INET, host, &result.sin_addr);
  return result;
}

int make_socket(const NetworkNamespace& where, int type, const char* host, std::uint16_t port) {
  const Inside inside(where);
  const int socket = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  const sockaddr_in at = address(host, port);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
    throw std::runtime_error("bind");
  return socket;
}

}  // namespace

TcpTransfer::TcpTransfer(const NetworkNamespace& from, const NetworkNamespace& to,
                         const char* to_address, std::uint16_t port, std::uint64_t octets)
    : octets_(octets),
      sender_(make_socket(from, SOCK_STREAM, "0.0.0.0", 0)),
      listener_(make_socket(to, SOCK_STREAM, "0.0.0.0", port)),
      to_address_(to_address),
      port_(port) {
  ::listen(listener_, 1);
  receiving_ = std::thread([this] { receive(); });
  sending_ = std::thread([this] { send(); });
}

TcpTransfer::~TcpTransfer() {
  ::shutdown(sender_, SHUT_RDWR);
  ::shutdown(listener_, SHUT_RDWR);
  sending_.join();
  receiving_.join();
  ::close(sender_);
  ::close(listener_);
}

void TcpTransfer::send() {
  const sockaddr_in to = address(to_address_.c_str(), port_);
  if (::connect(sender_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return;
  std::vector<unsigned char> buffer(100'000);
  for (std::uint64_t sent = 0; sent < octets_;) {
    const std::size_t size = std::min<std::uint64_t>(buffer.size(), octets_ - sent);
    for (std::size_t i = 0; i < size; ++i) buffer[i] = octet(sent + i);
    const ssize_t count = ::send(sender_, buffer.data(), size, MSG_NOSIGNAL);
    if (count <= 0) return;
    sent += static_cast<std::uint64_t>(count);
  }
}

void TcpTransfer::receive() {
  const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (socket < 0) return;
  std::vector<unsigned char> buffer(100'000);
  while (received_ < octets_) {
    pollfd wait[2]{{socket, POLLIN, 0}, {listener_, 0, 0}};
    ::poll(wait, 2, -1);
    if (wait[1].revents) break;  // shut down: the test is over
    const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count <= 0) break;
    for (ssize_t i = 0; i < count; ++i)
      if (buffer[static_cast<std::size_t>(i)] != octet(received_ + static_cast<std::uint64_t>(i)))
        intact_ = false;
    received_ += static_cast<std::uint64_t>(count);
  }
  ::close(socket);
}

UdpTransfer::UdpTransfer(const NetworkNamespace& from, const NetworkNamespace& to,
                         const char* to_address, std::uint16_t port, std::size_t datagram,
                         std::uint64_t count)
    : datagram_(datagram),
      count_(count),
      sender_(make_socket(from, SOCK_DGRAM, "0.0.0.0", 0)),
      receiver_(make_socket(to, SOCK_DGRAM, "0.0.0.0", port)) {
  const int size = 4 << 20;
  ::setsockopt(receiver_, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  const int segment = static_cast<int>(datagram);
  ::setsockopt(sender_, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof segment);
  const sockaddr_in at = address(to_address, port);
  if (::connect(sender_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
    throw std::runtime_error("connect");
  receiving_ = std::thread([this] { receive(); });
  sending_ = std::thread([this] { send(); });
}

UdpTransfer::~UdpTransfer() {
  ending_ = true;
  sending_.join();
  receiving_.join();
  ::close(sender_);
  ::close(receiver_);
}

/// Each datagram begins with its own number, by which the rest is known.
void UdpTransfer::send() {
  constexpr std::size_t at_once = 20;
  std::vector<unsigned char> buffer(at_once * datagram_);
  for (std::uint64_t number = 0; !ending_ && !done(); number += at_once) {
    for (std::size_t i = 0; i < at_once; ++i) {
      unsigned char* begin = buffer.data() + i * datagram_;
      for (std::size_t j = 0; j < datagram_; ++j) begin[j] = octet((number + i) * 10'000 + j);
      for (std::size_t j = 0; j < 8; ++j)
        begin[j] = static_cast<unsigned char>((number + i) >> 8 * j);
    }
    (void)!::send(sender_, buffer.data(), buffer.size(), 0);
    // Not more than the queue takes, so that most arrive.
    for (int i = 0; i < 100 && !ending_ && number > received_ + 100; ++i)
      std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
}

void UdpTransfer::receive() {
  std::vector<unsigned char> buffer(65536);
  while (!ending_ && !done()) {
    pollfd wait{receiver_, POLLIN, 0};
    if (::poll(&wait, 1, 50) != 1) continue;
    const ssize_t count = ::recv(receiver_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0) continue;
    if (static_cast<std::size_t>(count) != datagram_) intact_ = false;
    std::uint64_t number = 0;
    for (std::size_t j = 0; j < 8; ++j) number |= static_cast<std::uint64_t>(buffer[j]) << 8 * j;
    for (std::size_t j = 8; j < datagram_; ++j)
      if (buffer[j] != octet(number * 10'000 + j)) intact_ = false;
    ++received_;
  }
}

}  // namespace tunppp::test
