#pragma once

#include <sys/uio.h>
#include <tunppp/bytes.h>

#include <array>
#include <cstdint>
#include <span>

#include "tun/vnet_header.h"

namespace tunppp::tun {

/// Joins received TCP segments that follow each other to super-packets, by the rules of the
/// kernel's own GRO, so that TUN is written to once for many. Anything else passes as it is, and
/// within a flow nothing overtakes. No payload is copied: a super-packet is a list of pieces of the
/// packets, which must stay where they are until flush(), and need `headroom` writable octets
/// before them.
///
///   for (packet of a batch) coalescer.add(packet, write);
///   coalescer.flush(write);             // write(std::span<const iovec>), the vnet header first
class Coalescer {
 public:
  static constexpr std::size_t headroom = VnetHeader::size;
  /// Packets in a super-packet, and flows that are held at a time.
  static constexpr std::size_t max_packets = 64;
  static constexpr std::size_t max_flows = 4;

  template <class Write>
  void add(MutableBytes packet, Write&& write);
  template <class Write>
  void flush(Write&& write) {
    for (Held& held : held_) release(held, write);
  }

 private:
  /// A TCP segment, and whether others may follow it in a super-packet or it may follow others.
  struct Segment {
    MutableBytes packet{};
    bool is_ipv4 = false;
    bool can_start = false;
    bool can_join = false;
    std::size_t transport = 0;
    std::size_t header_size = 0;
    std::size_t payload_size() const { return packet.size() - header_size; }
    std::byte* ip() const { return packet.data(); }
    std::byte* tcp() const { return packet.data() + transport; }
  };
  /// A flow's segments so far, the first whole, then only payload.
  struct Held {
    Segment first{};
    std::array<iovec, max_packets> pieces;
    std::size_t count = 0;
    std::size_t size = 0;  // of the super-packet
    std::uint32_t next_sequence = 0;
    std::uint16_t last_identification = 0;
    bool first_verified = false;
  };

  enum class Kind { segment, other, opaque };
  static Kind parse(MutableBytes packet, Segment& segment);
  static bool same_flow(const Segment& a, const Segment& b);
  static bool follows(Held& held, const Segment& segment);
  static void hold(Held& held, const Segment& segment);
  static void join(Held& held, const Segment& segment);
  static bool ends(const Held& held, const Segment& segment);
  static std::span<const iovec> finish(Held& held);
  static iovec unchanged(MutableBytes packet);

  Held* find(const Segment& segment);
  Held& free_place();

  template <class Write>
  void release(Held& held, Write& write) {
    if (held.count == 0) return;
    write(finish(held));
    held.count = 0;
  }

  std::array<Held, max_flows> held_{};
  std::size_t oldest_ = 0;
};

template <class Write>
void Coalescer::add(MutableBytes packet, Write&& write) {
  Segment segment;
  const Kind kind = parse(packet, segment);
  if (kind == Kind::opaque) flush(write);
  Held* held = kind == Kind::segment ? find(segment) : nullptr;
  if (held && follows(*held, segment)) {
    join(*held, segment);
    if (ends(*held, segment)) release(*held, write);
    return;
  }
  if (held) release(*held, write);
  if (!segment.can_start) {
    const iovec piece = unchanged(packet);
    write(std::span(&piece, 1));
    return;
  }
  Held& place = held ? *held : free_place();
  release(place, write);
  hold(place, segment);
}

}  // namespace tunppp::tun
