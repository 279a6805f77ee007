#pragma once

#include <cstdint>

#include "base/octets.h"

namespace tunppp::test {

inline void put16(Octets& out, std::size_t at, std::size_t value) {
  out[at] = static_cast<std::byte>(value >> 8 & 0xff);
  out[at + 1] = static_cast<std::byte>(value & 0xff);
}
inline void put32(Octets& out, std::size_t at, std::uint32_t value) {
  put16(out, at, value >> 16);
  put16(out, at + 2, value & 0xffff);
}

/// RFC 1071, with the pseudo-header of RFC 793 for TCP.
inline std::size_t checksum(const Octets& packet, std::size_t from, std::size_t to, std::size_t sum) {
  for (std::size_t i = from; i < to; ++i) sum += at(packet, i) << ((i - from) % 2 == 0 ? 8 : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}
inline std::size_t tcp_checksum(const Octets& packet) {
  std::size_t sum = 6 + packet.size() - 20;
  for (std::size_t i = 12; i < 20; ++i) sum += at(packet, i) << (i % 2 == 0 ? 8 : 0);
  return checksum(packet, 20, packet.size(), sum);
}

/// One direction of a TCP connection.
class Stream {
 public:
  explicit Stream(std::size_t port) : port_(port) {}
  Octets next(std::size_t data) {
    Octets packet(40 + data);
    packet[0] = std::byte{0x45};
    put16(packet, 2, packet.size());
    put16(packet, 4, ++id_);
    packet[8] = std::byte{64};
    packet[9] = std::byte{6};
    put32(packet, 12, 0x0a000002);
    put32(packet, 16, 0x0a000001);
    put16(packet, 10, checksum(packet, 0, 20, 0));
    put16(packet, 20, port_);
    put16(packet, 22, 80);
    put32(packet, 24, sequence_);
    put32(packet, 28, 5000);
    packet[32] = std::byte{0x50};
    packet[33] = std::byte{0x10};
    put16(packet, 34, 8192);
    for (std::size_t i = 40; i < packet.size(); ++i) {
      packet[i] = static_cast<std::byte>(i * 7 + sequence_ + port_);
    }
    put16(packet, 36, tcp_checksum(packet));
    sequence_ += static_cast<std::uint32_t>(data);
    return packet;
  }

 private:
  std::size_t port_;
  std::size_t id_ = 0;
  std::uint32_t sequence_ = 1000;
};

}  // namespace tunppp::test
