#pragma once

#include <tunppp/bytes.h>

/// Where things stand in the headers of IPv4 (RFC 791), IPv6 (RFC 8200), TCP (RFC 9293) and UDP
/// (RFC 768), as far as offloads and flows need it.
namespace tunppp::tun {

inline std::uint8_t get_u8(const std::byte* at) {
  return std::to_integer<std::uint8_t>(*at);
}
inline std::uint16_t get_u16(const std::byte* at) {
  return static_cast<std::uint16_t>(get_u8(at) << 8 | get_u8(at + 1));
}
inline std::uint32_t get_u32(const std::byte* at) {
  return static_cast<std::uint32_t>(get_u16(at)) << 16 | get_u16(at + 2);
}
inline void put_u8(std::byte* at, unsigned value) {
  *at = static_cast<std::byte>(value);
}
inline void put_u16(std::byte* at, std::size_t value) {
  put_u8(at, static_cast<unsigned>(value >> 8 & 0xff));
  put_u8(at + 1, static_cast<unsigned>(value & 0xff));
}
inline void put_u32(std::byte* at, std::uint32_t value) {
  put_u16(at, value >> 16);
  put_u16(at + 2, value & 0xffff);
}

/// 4, 6 or whatever stands there; 0 for nothing at all.
inline unsigned ip_version(Bytes packet) {
  return packet.empty() ? 0 : get_u8(packet.data()) >> 4;
}

namespace ipv4 {
inline constexpr std::size_t min_header = 20;
inline constexpr std::size_t type_of_service = 1;
inline constexpr std::size_t total_length = 2;
inline constexpr std::size_t identification = 4;
inline constexpr std::size_t fragment = 6;
inline constexpr std::size_t time_to_live = 8;
inline constexpr std::size_t protocol = 9;
inline constexpr std::size_t checksum = 10;
inline constexpr std::size_t addresses = 12;
inline constexpr std::size_t addresses_size = 8;
inline constexpr unsigned dont_fragment = 0x4000;  // of `fragment`
inline constexpr unsigned is_fragment = 0x3fff;    // more fragments, or an offset
inline std::size_t header_size(const std::byte* ip) {
  return (get_u8(ip) & 0xfu) * 4;
}
}  // namespace ipv4

namespace ipv6 {
inline constexpr std::size_t header = 40;
inline constexpr std::size_t payload_length = 4;
inline constexpr std::size_t next_header = 6;
inline constexpr std::size_t hop_limit = 7;
inline constexpr std::size_t addresses = 8;
inline constexpr std::size_t addresses_size = 32;
}  // namespace ipv6

namespace tcp {
inline constexpr std::uint8_t protocol = 6;
inline constexpr std::size_t min_header = 20;
inline constexpr std::size_t sequence = 4;
inline constexpr std::size_t acknowledgment = 8;
inline constexpr std::size_t flags = 13;
inline constexpr std::size_t window = 14;
inline constexpr std::size_t checksum = 16;
inline constexpr unsigned fin = 0x01, syn = 0x02, rst = 0x04, psh = 0x08, ack = 0x10, urg = 0x20,
                          ece = 0x40, cwr = 0x80;
inline std::size_t header_size(const std::byte* tcp) {
  return (get_u8(tcp + 12) >> 4) * 4u;
}
}  // namespace tcp

namespace udp {
inline constexpr std::uint8_t protocol = 17;
inline constexpr std::size_t header = 8;
inline constexpr std::size_t length = 4;
inline constexpr std::size_t checksum = 6;
}  // namespace udp

}  // namespace tunppp::tun
