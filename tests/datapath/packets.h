#pragma once

#include <tunppp/bytes.h>

#include <cstdint>
#include <ostream>
#include <vector>

namespace tunppp::test {

using Octets = std::vector<std::byte>;

/// The usual options of TCP, RFC 7323 appendix A.
std::vector<std::uint8_t> timestamps();

/// What a TCP or UDP packet is made of, for building it octet by octet, with checksums that are
/// worked out slowly and apart from the code under test.
struct PacketSpec {
  bool ipv6 = false;
  bool udp = false;
  std::uint8_t source = 1;  // last octet of the address
  std::uint8_t destination = 2;
  std::uint16_t source_port = 40000;
  std::uint16_t destination_port = 443;
  std::uint8_t service = 0;  // type of service or traffic class
  std::uint8_t time_to_live = 64;
  std::uint16_t identification = 100;
  std::uint16_t fragment = 0x4000;  // DF
  std::uint32_t sequence = 1000;
  std::uint32_t acknowledgment = 7777;
  std::uint8_t flags = 0x10;  // ACK
  std::uint16_t window = 501;
  std::vector<std::uint8_t> options = timestamps();
  std::vector<std::uint8_t> ip_options{};
  std::size_t payload = 1000;
  std::uint8_t payload_seed = 0;  // first octet; they count up from there
};

Octets build(const PacketSpec& spec);

/// RFC 1071, 16 bits at a time.
std::uint16_t slow_checksum(Bytes octets, std::uint32_t sum = 0);
/// Whether IP and transport checksums of a packet without IPv6 extension headers are right.
bool checksums_right(Bytes packet);
/// The sum of the pseudo header, as the kernel leaves it in the checksum field.
std::uint32_t pseudo_header_sum(Bytes packet);
std::size_t transport_offset(Bytes packet);

std::uint16_t read_u16(Bytes octets, std::size_t at);
std::uint32_t read_u32(Bytes octets, std::size_t at);
void write_u16(MutableBytes octets, std::size_t at, std::uint16_t value);
void write_u32(MutableBytes octets, std::size_t at, std::uint32_t value);

/// Puts the right checksums into a packet that was changed.
void repair(MutableBytes packet);

}  // namespace tunppp::test
