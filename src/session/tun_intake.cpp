#include "session/tun_intake.h"

#include "tun/headers.h"
#include "tun/vnet_header.h"

#include <array>
#include <cassert>
#include <cstring>

namespace tunppp::session {
namespace {

using tun::VnetHeader;

constexpr std::size_t largest_super_packet = 65536;

}  // namespace

TunIntake::TunIntake(tun::TunDevice& tun, PacketPool& pool, FlowQueue& queue, Counters& counters)
    : tun_(tun),
      pool_(pool),
      queue_(queue),
      counters_(counters),
      header_size_(tun.offloads().vnet_header ? VnetHeader::size : 0),
      super_packet_(tun.offloads().tcp ? new std::byte[largest_super_packet] : nullptr) {}

TunIntake::Batch TunIntake::read(Instant now, std::size_t packets) {
  for (std::size_t taken = 0; taken < packets;) {
    PooledPacket* packet = pool_.take();
    assert(packet);
    // What the kernel says of the packet goes in front of it, into the headroom.
    std::array<iovec, 2> room{
        iovec{packet->storage() - header_size_, header_size_ + pool_.packet_size()}};
    std::size_t rooms = 1;
    if (super_packet_)
      room[rooms++] = {super_packet_.get() + pool_.packet_size(),
                       largest_super_packet - pool_.packet_size()};
    const tun::TunDevice::Transfer transfer = tun_.read(std::span(room).first(rooms));
    if (transfer.count <= header_size_) {
      pool_.give(packet);
      return {.error = transfer.error};
    }
    taken += take(now, packet, transfer.count - header_size_);
  }
  return {.more = true};
}

/// Returns how many packets went into the queue; at least 1, for it took its time.
std::size_t TunIntake::take(Instant now, PooledPacket* packet, std::size_t size) {
  ++counters_.interface_read;
  const unsigned version = tun::get_u8(packet->storage()) >> 4;
  const bool open = version == 4 ? ipv4_open_ : version == 6 && ipv6_open_;
  if (!open) {
    ++counters_.not_ipv4;
    pool_.give(packet);
    return 1;
  }
  VnetHeader header;
  if (header_size_ > 0) header = VnetHeader::load(packet->storage() - header_size_);
  if (header.is_super_packet()) return take_super_packet(now, packet, size);
  if (size > pool_.packet_size() ||
      !tun::finish_checksum(header, MutableBytes(packet->storage(), size))) {
    ++counters_.not_sent;
    pool_.give(packet);
    return 1;
  }
  packet->set_size(size);
  queue_.push(packet, now);
  return 1;
}

std::size_t TunIntake::take_super_packet(Instant now, PooledPacket* packet, std::size_t size) {
  const VnetHeader header = VnetHeader::load(packet->storage() - header_size_);
  std::memcpy(super_packet_.get(), packet->storage(), std::min(size, pool_.packet_size()));
  pool_.give(packet);
  if (!segmenter_.begin(header, Bytes(super_packet_.get(), size)) ||
      segmenter_.largest() > pool_.packet_size()) {
    ++counters_.not_sent;
    return 1;
  }
  std::size_t count = 0;
  for (;;) {
    packet = pool_.take();
    assert(packet);
    const std::size_t segment = segmenter_.next({packet->storage(), pool_.packet_size()});
    if (segment == 0) break;
    packet->set_size(segment);
    queue_.push(packet, now);
    ++count;
  }
  pool_.give(packet);
  counters_.interface_read += count - 1;
  ++counters_.super_packets_read;
  return count;
}

}  // namespace tunppp::session
