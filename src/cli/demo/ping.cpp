#include "cli/demo/ping.h"

#include <tunppp/bytes.h>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <vector>

namespace tunppp::cli::demo {
namespace {

constexpr std::size_t ip_header = 20;
constexpr std::size_t icmp_header = 8;
constexpr std::uint8_t echo_reply = 0;
constexpr std::uint8_t echo_request = 8;
constexpr auto answer_time = std::chrono::seconds(2);

/// RFC 1071.
std::uint16_t checksum(Bytes octets) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < octets.size(); ++i)
    sum += std::to_integer<std::uint32_t>(octets[i]) << (i % 2 == 0 ? 8 : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

sockaddr_in socket_address(Ipv4Address address) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  std::memcpy(&result.sin_addr, address.octets.data(), address.octets.size());
  return result;
}

}  // namespace

Pinger::Pinger()
    : socket_(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMP)),
      identifier_(static_cast<std::uint16_t>(::getpid())) {
  if (!socket_) throw std::system_error(errno, std::generic_category(), "cannot ping");
}

Pinger::Outcome Pinger::ping(Ipv4Address address, unsigned count, std::size_t size,
                             Patience patience) {
  Outcome outcome;
  const sockaddr_in to = socket_address(address);
  for (unsigned i = 0; i < count && !patience.over(); ++i) {
    std::vector<std::byte> packet(size - ip_header);
    for (std::size_t j = icmp_header; j < packet.size(); ++j)
      packet[j] = static_cast<std::byte>(j);  // flags, escapes and control characters among them
    ++sequence_;
    packet[0] = std::byte{echo_request};
    const auto put = [&packet](std::size_t at, std::uint16_t value) {
      packet[at] = static_cast<std::byte>(value >> 8);
      packet[at + 1] = static_cast<std::byte>(value & 0xff);
    };
    put(4, identifier_);
    put(6, sequence_);
    put(2, checksum(packet));

    const Clock::time_point start = Clock::now();
    ++outcome.sent;
    if (::sendto(socket_.get(), packet.data(), packet.size(), 0,
                 reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0)
      continue;
    if (!answer(address, size, patience.at_most(answer_time))) continue;
    const Clock::duration took = Clock::now() - start;
    outcome.fastest = outcome.answered == 0 ? took : std::min(outcome.fastest, took);
    outcome.slowest = std::max(outcome.slowest, took);
    ++outcome.answered;
  }
  return outcome;
}

/// Ours, and as long as what was sent.
bool Pinger::answer(Ipv4Address from, std::size_t size, const Patience& patience) {
  std::array<std::byte, 2048> packet;
  while (patience.wait(socket_.get(), POLLIN)) {
    const ssize_t count = ::recv(socket_.get(), packet.data(), packet.size(), 0);
    if (count != static_cast<ssize_t>(size)) continue;
    const auto octet = [&packet](std::size_t at) { return std::to_integer<unsigned>(packet[at]); };
    const std::size_t icmp = (octet(0) & 0x0f) * 4;
    if (icmp + icmp_header > size || octet(icmp) != echo_reply) continue;
    const bool its_address = std::equal(
        from.octets.begin(), from.octets.end(), packet.begin() + 12,
        [](std::uint8_t a, std::byte b) { return a == std::to_integer<std::uint8_t>(b); });
    const unsigned identifier = octet(icmp + 4) << 8 | octet(icmp + 5);
    const unsigned sequence = octet(icmp + 6) << 8 | octet(icmp + 7);
    if (its_address && identifier == identifier_ && sequence == sequence_) return true;
  }
  return false;
}

std::string to_text(Ipv4Address address, std::size_t size, const Pinger::Outcome& outcome) {
  const auto milliseconds = [](Clock::duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
  };
  std::string text = fmt::format("ping {}: {} of {} packets of {} octets answered",
                                 to_string(address), outcome.answered, outcome.sent, size);
  if (outcome.answered > 0)
    text += fmt::format(", {:.2f} to {:.2f} ms", milliseconds(outcome.fastest),
                        milliseconds(outcome.slowest));
  return text;
}

}  // namespace tunppp::cli::demo
