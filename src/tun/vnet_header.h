#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tunppp::tun {

/// struct virtio_net_hdr, which precedes each packet of a TUN with IFF_VNET_HDR: what is left to be
/// done to the packet, by us on the way out, by the kernel on the way in. Numbers are in the
/// machine's own order.
struct VnetHeader {
  static constexpr std::size_t size = 10;

  static constexpr std::uint8_t needs_checksum = 1;  // of flags
  enum GsoType : std::uint8_t {
    gso_none = 0,
    gso_tcp4 = 1,
    gso_tcp6 = 4,
    gso_udp = 5,     // Linux 6.2
    gso_ecn = 0x80,  // a bit beside the type: CWR is set
  };

  std::uint8_t flags = 0;
  std::uint8_t gso_type = gso_none;
  std::uint16_t header_size = 0;
  std::uint16_t segment_size = 0;     ///< octets of payload in each segment
  std::uint16_t checksum_start = 0;   ///< of what is summed
  std::uint16_t checksum_offset = 0;  ///< from there to where the checksum belongs

  static VnetHeader load(const std::byte* at) {
    VnetHeader header;
    std::memcpy(&header, at, size);
    return header;
  }
  void store(std::byte* at) const { std::memcpy(at, this, size); }

  bool is_super_packet() const { return gso_type != gso_none; }
};
static_assert(sizeof(VnetHeader) == VnetHeader::size);

}  // namespace tunppp::tun
