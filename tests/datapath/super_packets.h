#pragma once

#include <vector>

#include "packets.h"
#include "tun/coalescing.h"
#include "tun/segmentation.h"
#include "tun/vnet_header.h"

namespace tunppp::test {

/// A packet with its virtio_net_hdr.
struct SuperPacket {
  tun::VnetHeader header;
  Octets packet;
};

/// As the kernel gives it: only the pseudo header is in the checksum.
inline SuperPacket super_packet(const PacketSpec& spec, std::size_t segment_size) {
  SuperPacket result;
  result.packet = build(spec);
  tun::VnetHeader& header = result.header;
  const std::size_t transport = transport_offset(result.packet);
  header.flags = tun::VnetHeader::needs_checksum;
  header.gso_type = spec.udp    ? tun::VnetHeader::gso_udp
                    : spec.ipv6 ? tun::VnetHeader::gso_tcp6
                                : tun::VnetHeader::gso_tcp4;
  header.segment_size = static_cast<std::uint16_t>(segment_size);
  header.checksum_start = static_cast<std::uint16_t>(transport);
  header.checksum_offset = spec.udp ? 6 : 16;
  header.header_size =
      static_cast<std::uint16_t>(transport + (spec.udp ? 8 : 20 + spec.options.size()));
  write_u16(result.packet, transport + header.checksum_offset,
            static_cast<std::uint16_t>(pseudo_header_sum(result.packet)));
  return result;
}

inline std::vector<Octets> segments_of(const SuperPacket& super) {
  std::vector<Octets> segments;
  tun::Segmenter segmenter;
  if (!segmenter.begin(super.header, super.packet)) return segments;
  for (;;) {
    Octets segment(segmenter.largest());
    const std::size_t size = segmenter.next(segment);
    if (size == 0) return segments;
    segment.resize(size);
    segments.push_back(segment);
  }
}

/// What a coalescer writes for a batch of packets.
inline std::vector<SuperPacket> coalesced(const std::vector<Octets>& batch) {
  // Each packet in a buffer of its own, with no more room than it was promised.
  std::vector<Octets> slots;
  for (const Octets& packet : batch) {
    Octets slot(tun::Coalescer::headroom);
    slot.insert(slot.end(), packet.begin(), packet.end());
    slots.push_back(slot);
  }
  std::vector<SuperPacket> written;
  const auto write = [&](std::span<const iovec> pieces) {
    Octets whole;
    for (const iovec& piece : pieces) {
      const auto* begin = static_cast<const std::byte*>(piece.iov_base);
      whole.insert(whole.end(), begin, begin + piece.iov_len);
    }
    written.push_back({tun::VnetHeader::load(whole.data()),
                       Octets(whole.begin() + tun::VnetHeader::size, whole.end())});
  };
  tun::Coalescer coalescer;
  for (Octets& slot : slots)
    coalescer.add(MutableBytes(slot).subspan(tun::Coalescer::headroom), write);
  coalescer.flush(write);
  return written;
}

}  // namespace tunppp::test
