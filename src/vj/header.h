#pragma once

#include <tunppp/bytes.h>

#include <array>
#include <cstdint>
#include <optional>

/// Van Jacobson header compression for TCP/IPv4, RFC 1144.
namespace tunppp::vj {

inline constexpr std::size_t slot_limit = 255;  ///< connections; RFC 1332 section 4 counts to 254
/// IPv4 and TCP headers with all options.
inline constexpr std::size_t header_limit = 120;
/// Change mask, connection, checksum, and five deltas of three octets (section 3.2.2).
inline constexpr std::size_t compressed_limit = 19;

/// Bits of the change mask (RFC 1144 section 3.2.2).
namespace change {
inline constexpr unsigned connection = 0x40;
inline constexpr unsigned id = 0x20;
inline constexpr unsigned push = 0x10;
inline constexpr unsigned sequence = 0x08;
inline constexpr unsigned acknowledgment = 0x04;
inline constexpr unsigned window = 0x02;
inline constexpr unsigned urgent = 0x01;
/// Reserved combinations: "echoed interactive traffic" and "unidirectional data".
inline constexpr unsigned special_interactive = sequence | window | urgent;
inline constexpr unsigned special_data = sequence | acknowledgment | window | urgent;
inline constexpr unsigned special_mask = special_data;
}  // namespace change

/// Octets of a TCP/IPv4 header, with its fields by name. Valid once parsed.
class Header {
 public:
  /// The headers at the front of an unfragmented TCP/IPv4 packet; nullopt for anything else.
  static std::optional<Header> parse(Bytes packet);

  std::size_t size() const { return ip_size_ + tcp_size_; }
  std::size_t ip_size() const { return ip_size_; }
  Bytes octets() const { return Bytes(octets_).first(size()); }

  std::uint16_t total_length() const { return u16(2); }
  std::uint16_t id() const { return u16(4); }
  std::uint32_t sequence() const { return u32(ip_size_ + 4); }
  std::uint32_t acknowledgment() const { return u32(ip_size_ + 8); }
  std::uint8_t flags() const { return u8(ip_size_ + 13); }
  std::uint16_t window() const { return u16(ip_size_ + 14); }
  std::uint16_t checksum() const { return u16(ip_size_ + 16); }
  std::uint16_t urgent_pointer() const { return u16(ip_size_ + 18); }

  void set_total_length(std::uint16_t value) { set_u16(2, value); }
  void set_id(std::uint16_t value) { set_u16(4, value); }
  void set_sequence(std::uint32_t value) { set_u32(ip_size_ + 4, value); }
  void set_acknowledgment(std::uint32_t value) { set_u32(ip_size_ + 8, value); }
  void set_flags(std::uint8_t value) { octets_[ip_size_ + 13] = std::byte{value}; }
  void set_window(std::uint16_t value) { set_u16(ip_size_ + 14, value); }
  void set_checksum(std::uint16_t value) { set_u16(ip_size_ + 16, value); }
  void set_urgent_pointer(std::uint16_t value) { set_u16(ip_size_ + 18, value); }
  /// Computes the IPv4 header's checksum anew (RFC 791 section 3.1).
  void set_ip_checksum();

  /// Same addresses and ports.
  bool same_connection(const Header& other) const;
  /// All that must not change from packet to packet for a compressed one to be possible: version,
  /// lengths, type of service, fragmentation, time to live, options (section 3.2.3).
  bool same_constants(const Header& other) const;

 private:
  std::uint8_t u8(std::size_t at) const { return std::to_integer<std::uint8_t>(octets_[at]); }
  std::uint16_t u16(std::size_t at) const {
    return static_cast<std::uint16_t>(u8(at) << 8 | u8(at + 1));
  }
  std::uint32_t u32(std::size_t at) const {
    return static_cast<std::uint32_t>(u16(at)) << 16 | u16(at + 2);
  }
  void set_u16(std::size_t at, std::uint16_t value) {
    octets_[at] = static_cast<std::byte>(value >> 8);
    octets_[at + 1] = static_cast<std::byte>(value & 0xff);
  }
  void set_u32(std::size_t at, std::uint32_t value) {
    set_u16(at, static_cast<std::uint16_t>(value >> 16));
    set_u16(at + 2, static_cast<std::uint16_t>(value & 0xffff));
  }
  bool same(const Header& other, std::size_t from, std::size_t to) const;

  std::array<std::byte, header_limit> octets_{};
  std::size_t ip_size_ = 0;
  std::size_t tcp_size_ = 0;
};

namespace tcp_flag {
inline constexpr unsigned fin = 0x01;
inline constexpr unsigned syn = 0x02;
inline constexpr unsigned rst = 0x04;
inline constexpr unsigned psh = 0x08;
inline constexpr unsigned ack = 0x10;
inline constexpr unsigned urg = 0x20;
}  // namespace tcp_flag

}  // namespace tunppp::vj
