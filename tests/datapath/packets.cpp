#include "packets.h"

namespace tunppp::test {
namespace {

unsigned octet(Bytes octets, std::size_t at) {
  return std::to_integer<unsigned>(octets[at]);
}
bool is_ipv6(Bytes packet) {
  return octet(packet, 0) >> 4 == 6;
}
unsigned protocol_of(Bytes packet) {
  return octet(packet, is_ipv6(packet) ? 6 : 9);
}
std::size_t checksum_at(Bytes packet) {
  return transport_offset(packet) + (protocol_of(packet) == 17 ? 6 : 16);
}

struct Builder {
  Octets octets{};
  void u8(unsigned value) { octets.push_back(static_cast<std::byte>(value)); }
  void u16(std::size_t value) {
    u8(static_cast<unsigned>(value >> 8 & 0xff));
    u8(static_cast<unsigned>(value & 0xff));
  }
  void u32(std::uint32_t value) {
    u16(value >> 16);
    u16(value & 0xffff);
  }
};

void add_ip(Builder& out, const PacketSpec& spec, std::size_t transport_size) {
  const unsigned protocol = spec.udp ? 17 : 6;
  if (spec.ipv6) {
    out.u32(6u << 28 | std::uint32_t{spec.service} << 20 | 0x12345);
    out.u16(transport_size);
    out.u8(protocol);
    out.u8(spec.time_to_live);
    for (const unsigned last : {spec.source, spec.destination}) {
      for (int i = 0; i < 15; ++i) out.u8(i == 0 ? 0xfd : 0);
      out.u8(last);
    }
    return;
  }
  const std::size_t header = 20 + spec.ip_options.size();
  out.u8(static_cast<unsigned>(0x40 | header / 4));
  out.u8(spec.service);
  out.u16(header + transport_size);
  out.u16(spec.identification);
  out.u16(spec.fragment);
  out.u8(spec.time_to_live);
  out.u8(protocol);
  out.u16(0);
  out.u32(0x0a000000u | spec.source);
  out.u32(0x0a000000u | spec.destination);
  for (const std::uint8_t option : spec.ip_options) out.u8(option);
}

}  // namespace

std::vector<std::uint8_t> timestamps() {
  return {1, 1, 8, 10, 0, 0, 1, 2, 0, 0, 3, 4};
}

Octets build(const PacketSpec& spec) {
  Builder out;
  const std::size_t header = spec.udp ? 8 : 20 + spec.options.size();
  add_ip(out, spec, header + spec.payload);
  out.u16(spec.source_port);
  out.u16(spec.destination_port);
  if (spec.udp) {
    out.u16(8 + spec.payload);
    out.u16(0);
  } else {
    out.u32(spec.sequence);
    out.u32(spec.acknowledgment);
    out.u8(static_cast<unsigned>(header / 4 << 4));
    out.u8(spec.flags);
    out.u16(spec.window);
    out.u32(0);
    for (const std::uint8_t option : spec.options) out.u8(option);
  }
  for (std::size_t i = 0; i < spec.payload; ++i)
    out.u8(static_cast<unsigned>(spec.payload_seed + i * 7) & 0xff);
  repair(out.octets);
  return out.octets;
}

std::uint16_t slow_checksum(Bytes octets, std::uint32_t sum) {
  for (std::size_t i = 0; i < octets.size(); i += 2) {
    sum += octet(octets, i) << 8;
    if (i + 1 < octets.size()) sum += octet(octets, i + 1);
    sum = (sum & 0xffff) + (sum >> 16);
  }
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

std::size_t transport_offset(Bytes packet) {
  return is_ipv6(packet) ? 40 : (octet(packet, 0) & 15) * 4;
}

std::uint32_t pseudo_header_sum(Bytes packet) {
  const Bytes addresses = is_ipv6(packet) ? packet.subspan(8, 32) : packet.subspan(12, 8);
  std::uint32_t sum = static_cast<std::uint16_t>(~slow_checksum(addresses));
  sum += protocol_of(packet);
  sum += static_cast<std::uint32_t>(packet.size() - transport_offset(packet));
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

bool checksums_right(Bytes packet) {
  const std::size_t transport = transport_offset(packet);
  if (!is_ipv6(packet)) {
    if (slow_checksum(packet.first(transport)) != 0) return false;
    if (read_u16(packet, 2) != packet.size()) return false;
  } else if (read_u16(packet, 4) + 40u != packet.size()) {
    return false;
  }
  if (protocol_of(packet) == 17) {
    if (read_u16(packet, transport + 4) != packet.size() - transport) return false;
    if (read_u16(packet, transport + 6) == 0) return false;
  }
  return slow_checksum(packet.subspan(transport), pseudo_header_sum(packet)) == 0;
}

std::uint16_t read_u16(Bytes octets, std::size_t at) {
  return static_cast<std::uint16_t>(octet(octets, at) << 8 | octet(octets, at + 1));
}
std::uint32_t read_u32(Bytes octets, std::size_t at) {
  return std::uint32_t{read_u16(octets, at)} << 16 | read_u16(octets, at + 2);
}
void write_u16(MutableBytes octets, std::size_t at, std::uint16_t value) {
  octets[at] = static_cast<std::byte>(value >> 8);
  octets[at + 1] = static_cast<std::byte>(value & 0xff);
}
void write_u32(MutableBytes octets, std::size_t at, std::uint32_t value) {
  write_u16(octets, at, static_cast<std::uint16_t>(value >> 16));
  write_u16(octets, at + 2, static_cast<std::uint16_t>(value & 0xffff));
}

void repair(MutableBytes packet) {
  const std::size_t transport = transport_offset(packet);
  if (!is_ipv6(packet)) {
    write_u16(packet, 10, 0);
    write_u16(packet, 10, slow_checksum(packet.first(transport)));
  }
  write_u16(packet, checksum_at(packet), 0);
  const std::uint16_t sum = slow_checksum(packet.subspan(transport), pseudo_header_sum(packet));
  write_u16(packet, checksum_at(packet), sum == 0 ? 0xffff : sum);
}

}  // namespace tunppp::test
