#include "tun/coalescing.h"

#include <algorithm>
#include <cstring>

#include "tun/checksum.h"
#include "tun/headers.h"

namespace tunppp::tun {
namespace {

constexpr std::size_t max_ip_packet = 65535;

bool same_octets(const std::byte* a, const std::byte* b, std::size_t size) {
  return std::memcmp(a, b, size) == 0;
}

InternetChecksum pseudo_header(const std::byte* ip, bool is_ipv4, std::size_t tcp_size) {
  InternetChecksum checksum;
  checksum.add(is_ipv4 ? Bytes(ip + ipv4::addresses, ipv4::addresses_size)
                       : Bytes(ip + ipv6::addresses, ipv6::addresses_size));
  checksum.add_number(tcp::protocol);
  checksum.add_number(static_cast<std::uint16_t>(tcp_size));
  return checksum;
}

/// Flags that change nothing about whether segments belong together: those of an end.
constexpr unsigned ending = tcp::fin | tcp::psh;

}  // namespace

/// Opaque is what may belong to any flow: fragments, and what has other headers than the usual
/// ones. A pure acknowledgment and what carries other flags than ACK, ECE, PSH and FIN is a
/// segment, but cannot join.
Coalescer::Kind Coalescer::parse(MutableBytes packet, Segment& segment) {
  const std::byte* ip = packet.data();
  const unsigned version = ip_version(packet);
  segment.packet = packet;
  segment.is_ipv4 = version == 4;
  if (version == 4) {
    if (packet.size() < ipv4::min_header) return Kind::other;
    if (get_u8(ip + ipv4::protocol) != tcp::protocol) return Kind::other;
    if (ipv4::header_size(ip) != ipv4::min_header) return Kind::opaque;
    if (get_u16(ip + ipv4::fragment) & ipv4::is_fragment) return Kind::opaque;
    if (get_u16(ip + ipv4::total_length) != packet.size()) return Kind::opaque;
    segment.transport = ipv4::min_header;
  } else if (version == 6) {
    if (packet.size() < ipv6::header) return Kind::other;
    const unsigned next_header = get_u8(ip + ipv6::next_header);
    if (next_header == udp::protocol) return Kind::other;
    if (next_header != tcp::protocol) return Kind::opaque;
    if (get_u16(ip + ipv6::payload_length) + ipv6::header != packet.size()) return Kind::opaque;
    segment.transport = ipv6::header;
  } else {
    return Kind::other;
  }
  if (packet.size() < segment.transport + tcp::min_header) return Kind::opaque;
  const std::size_t size = tcp::header_size(segment.tcp());
  segment.header_size = segment.transport + size;
  if (size < tcp::min_header || segment.header_size > packet.size()) return Kind::opaque;
  const unsigned flags = get_u8(segment.tcp() + tcp::flags);
  segment.can_join = segment.payload_size() > 0 && (flags & tcp::ack) &&
                     !(flags & (tcp::syn | tcp::rst | tcp::urg | tcp::cwr));
  segment.can_start = segment.can_join && !(flags & ending);
  return Kind::segment;
}

/// Addresses and ports.
bool Coalescer::same_flow(const Segment& a, const Segment& b) {
  if (a.is_ipv4 != b.is_ipv4 || !same_octets(a.tcp(), b.tcp(), 4)) return false;
  return a.is_ipv4
             ? same_octets(a.ip() + ipv4::addresses, b.ip() + ipv4::addresses, ipv4::addresses_size)
             : same_octets(a.ip() + ipv6::addresses, b.ip() + ipv6::addresses,
                           ipv6::addresses_size);
}

namespace {

bool verified(const std::byte* ip, bool is_ipv4, Bytes tcp) {
  if (is_ipv4) {
    InternetChecksum header;
    header.add(Bytes(ip, ipv4::min_header));
    if (!verifies(header)) return false;
  }
  InternetChecksum checksum = pseudo_header(ip, is_ipv4, tcp.size());
  checksum.add(tcp);
  return verifies(checksum);
}

/// Service (with its ECN bits), time to live and DF as in the packet before, and an identification
/// that goes up by one; or, where nothing is ever fragmented, one that means nothing (RFC 6864
/// section 4.1).
bool ip_continues(const std::byte* first, std::uint16_t last_identification, const std::byte* ip) {
  if (get_u8(first + ipv4::type_of_service) != get_u8(ip + ipv4::type_of_service)) return false;
  if (get_u8(first + ipv4::time_to_live) != get_u8(ip + ipv4::time_to_live)) return false;
  const unsigned fragment = get_u16(ip + ipv4::fragment);
  if (get_u16(first + ipv4::fragment) != fragment) return false;
  const std::uint16_t identification = get_u16(ip + ipv4::identification);
  if (identification == static_cast<std::uint16_t>(last_identification + 1)) return true;
  return (fragment & ipv4::dont_fragment) && identification == last_identification;
}

/// The sequence number apart, the TCP headers are the same but for PSH and FIN.
bool tcp_continues(const std::byte* first, const std::byte* tcp) {
  const std::size_t size = tcp::header_size(tcp);
  if (tcp::header_size(first) != size) return false;
  if (!same_octets(first + tcp::acknowledgment, tcp + tcp::acknowledgment, 4)) return false;
  if (get_u8(first + 12) != get_u8(tcp + 12)) return false;
  if ((get_u8(first + tcp::flags) ^ get_u8(tcp + tcp::flags)) & ~ending) return false;
  if (!same_octets(first + tcp::window, tcp + tcp::window, 2)) return false;
  return same_octets(first + tcp::min_header, tcp + tcp::min_header, size - tcp::min_header);
}

}  // namespace

bool Coalescer::follows(Held& held, const Segment& segment) {
  const Segment& first = held.first;
  if (!segment.can_join || held.count == max_packets) return false;
  if (segment.payload_size() > first.payload_size()) return false;
  if (held.size + segment.payload_size() > max_ip_packet) return false;
  if (get_u32(segment.tcp() + tcp::sequence) != held.next_sequence) return false;
  if (!tcp_continues(first.tcp(), segment.tcp())) return false;
  // Version, class and flow label of IPv6, and the hop limit.
  const bool continues =
      first.is_ipv4
          ? ip_continues(first.ip(), held.last_identification, segment.ip())
          : same_octets(first.ip(), segment.ip(), 4) &&
                get_u8(first.ip() + ipv6::hop_limit) == get_u8(segment.ip() + ipv6::hop_limit);
  if (!continues) return false;
  // The kernel believes what is in a super-packet, so nothing goes in that is damaged.
  if (!held.first_verified &&
      !verified(first.ip(), first.is_ipv4, first.packet.subspan(first.transport)))
    return false;
  held.first_verified = true;
  return verified(segment.ip(), segment.is_ipv4, segment.packet.subspan(segment.transport));
}

void Coalescer::hold(Held& held, const Segment& segment) {
  held.first = segment;
  held.count = 1;
  held.size = segment.packet.size();
  held.next_sequence =
      get_u32(segment.tcp() + tcp::sequence) + static_cast<std::uint32_t>(segment.payload_size());
  held.last_identification = segment.is_ipv4 ? get_u16(segment.ip() + ipv4::identification) : 0;
  held.first_verified = false;
}

void Coalescer::join(Held& held, const Segment& segment) {
  held.pieces[held.count++] = {segment.ip() + segment.header_size, segment.payload_size()};
  held.size += segment.payload_size();
  held.next_sequence += static_cast<std::uint32_t>(segment.payload_size());
  if (segment.is_ipv4) held.last_identification = get_u16(segment.ip() + ipv4::identification);
  const unsigned end = get_u8(segment.tcp() + tcp::flags) & ending;
  std::byte* flags = held.first.tcp() + tcp::flags;
  put_u8(flags, get_u8(flags) | end);
}

/// After a segment that is not full, or that says so itself, nothing can be joined.
bool Coalescer::ends(const Held& held, const Segment& segment) {
  return segment.payload_size() < held.first.payload_size() ||
         (get_u8(segment.tcp() + tcp::flags) & ending);
}

iovec Coalescer::unchanged(MutableBytes packet) {
  std::byte* begin = packet.data() - VnetHeader::size;
  VnetHeader{}.store(begin);
  return {begin, VnetHeader::size + packet.size()};
}

/// Makes the first packet's headers those of the whole.
std::span<const iovec> Coalescer::finish(Held& held) {
  const Segment& first = held.first;
  held.pieces[0] = unchanged(first.packet);
  if (held.count == 1) return std::span(held.pieces).first(1);

  std::byte* ip = first.ip();
  if (first.is_ipv4) {
    put_u16(ip + ipv4::total_length, held.size);
    put_u16(ip + ipv4::checksum, 0);
    InternetChecksum checksum;
    checksum.add(Bytes(ip, ipv4::min_header));
    store_checksum(checksum, ip + ipv4::checksum);
  } else {
    put_u16(ip + ipv6::payload_length, held.size - ipv6::header);
  }
  store_partial_checksum(pseudo_header(ip, first.is_ipv4, held.size - first.transport),
                         first.tcp() + tcp::checksum);

  VnetHeader header;
  header.flags = VnetHeader::needs_checksum;
  header.gso_type = first.is_ipv4 ? VnetHeader::gso_tcp4 : VnetHeader::gso_tcp6;
  header.header_size = static_cast<std::uint16_t>(first.header_size);
  header.segment_size = static_cast<std::uint16_t>(first.payload_size());
  header.checksum_start = static_cast<std::uint16_t>(first.transport);
  header.checksum_offset = tcp::checksum;
  header.store(ip - VnetHeader::size);
  return std::span(held.pieces).first(held.count);
}

Coalescer::Held* Coalescer::find(const Segment& segment) {
  for (Held& held : held_)
    if (held.count > 0 && same_flow(held.first, segment)) return &held;
  return nullptr;
}

Coalescer::Held& Coalescer::free_place() {
  for (Held& held : held_)
    if (held.count == 0) return held;
  oldest_ = (oldest_ + 1) % max_flows;
  return held_[oldest_];
}

}  // namespace tunppp::tun
