#include "tun/segmentation.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "tun/headers.h"

namespace tunppp::tun {

bool finish_checksum(const VnetHeader& header, MutableBytes packet) {
  if (!(header.flags & VnetHeader::needs_checksum)) return true;
  const std::size_t field = std::size_t{header.checksum_start} + header.checksum_offset;
  if (field + 2 > packet.size()) return false;
  // The field holds the sum of the pseudo header, which thereby is summed as well.
  InternetChecksum checksum;
  checksum.add(packet.subspan(header.checksum_start));
  store_nonzero_checksum(checksum, packet.data() + field);
  return true;
}

bool Segmenter::begin(const VnetHeader& header, Bytes packet) {
  packet_ = packet;
  at_ = 0;
  number_ = 0;
  transport_ = header.checksum_start;
  segment_size_ = header.segment_size;
  if (segment_size_ == 0 || !(header.flags & VnetHeader::needs_checksum)) return false;

  const unsigned version = ip_version(packet);
  is_ipv4_ = version == 4;
  if (is_ipv4_ ? !begin_ipv4(header) : version != 6 || transport_ < ipv6::header) return false;

  switch (header.gso_type & ~VnetHeader::gso_ecn) {
    case VnetHeader::gso_tcp4:
      return is_ipv4_ && begin_tcp(header);
    case VnetHeader::gso_tcp6:
      return !is_ipv4_ && begin_tcp(header);
    case VnetHeader::gso_udp:
      return begin_udp(header);
    default:
      return false;
  }
}

bool Segmenter::begin_ipv4(const VnetHeader& header) {
  if (packet_.size() < ipv4::min_header) return false;
  const std::byte* ip = packet_.data();
  const std::size_t size = ipv4::header_size(ip);
  const bool is_udp = header.gso_type == VnetHeader::gso_udp;
  return size >= ipv4::min_header && transport_ == size &&
         get_u8(ip + ipv4::protocol) == (is_udp ? udp::protocol : tcp::protocol) &&
         !(get_u16(ip + ipv4::fragment) & ipv4::is_fragment);
}

bool Segmenter::begin_tcp(const VnetHeader& header) {
  is_tcp_ = true;
  if (header.checksum_offset != tcp::checksum) return false;
  if (packet_.size() < transport_ + tcp::min_header) return false;
  const std::byte* transport = packet_.data() + transport_;
  const std::size_t size = tcp::header_size(transport);
  header_size_ = transport_ + size;
  if (size < tcp::min_header || header_size_ >= packet_.size()) return false;
  pseudo_ = {};
  pseudo_.add(Bytes(transport + tcp::checksum, 2));
  pseudo_.remove_number(static_cast<std::uint16_t>(packet_.size() - transport_));
  return true;
}

bool Segmenter::begin_udp(const VnetHeader& header) {
  is_tcp_ = false;
  if (header.checksum_offset != udp::checksum) return false;
  header_size_ = transport_ + udp::header;
  if (header_size_ >= packet_.size()) return false;
  pseudo_ = {};
  pseudo_.add(packet_.subspan(transport_ + udp::checksum, 2));
  pseudo_.remove_number(static_cast<std::uint16_t>(packet_.size() - transport_));
  return true;
}

std::size_t Segmenter::next(MutableBytes out) {
  const Bytes payload = packet_.subspan(header_size_).subspan(at_);
  if (payload.empty()) return 0;
  const std::size_t count = std::min(segment_size_, payload.size());
  const std::size_t size = header_size_ + count;
  assert(out.size() >= size);
  std::memcpy(out.data(), packet_.data(), header_size_);
  std::memcpy(out.data() + header_size_, payload.data(), count);

  finish_ip(out.data(), size);
  std::byte* transport = out.data() + transport_;
  std::byte* field = transport + (is_tcp_ ? tcp::checksum : udp::checksum);
  at_ += count;
  if (is_tcp_)
    finish_tcp(transport);
  else
    put_u16(transport + udp::length, size - transport_);
  ++number_;

  put_u16(field, 0);
  InternetChecksum checksum = pseudo_;
  checksum.add_number(static_cast<std::uint16_t>(size - transport_));
  checksum.add(out.subspan(transport_, size - transport_));
  if (is_tcp_)
    store_checksum(checksum, field);
  else
    store_nonzero_checksum(checksum, field);
  return size;
}

void Segmenter::finish_ip(std::byte* ip, std::size_t size) const {
  if (!is_ipv4_) return put_u16(ip + ipv6::payload_length, size - ipv6::header);
  put_u16(ip + ipv4::total_length, size);
  put_u16(ip + ipv4::identification, (get_u16(ip + ipv4::identification) + number_) & 0xffff);
  put_u16(ip + ipv4::checksum, 0);
  InternetChecksum checksum;
  checksum.add(Bytes(ip, transport_));
  store_checksum(checksum, ip + ipv4::checksum);
}

/// FIN and PSH belong to the last octet, CWR (RFC 3168 section 6.1.2) to the first segment.
void Segmenter::finish_tcp(std::byte* tcp) const {
  const bool first = number_ == 0;
  const bool last = header_size_ + at_ == packet_.size();
  const auto done = static_cast<std::uint32_t>(number_ * segment_size_);
  put_u32(tcp + tcp::sequence, get_u32(tcp + tcp::sequence) + done);
  unsigned flags = get_u8(tcp + tcp::flags);
  if (!first) flags &= ~tcp::cwr;
  if (!last) flags &= ~(tcp::fin | tcp::psh);
  put_u8(tcp + tcp::flags, flags);
}

}  // namespace tunppp::tun
