#pragma once

#include <tunppp/bytes.h>
#include <tunppp/time.h>

#include <cassert>
#include <cstddef>
#include <memory>

namespace tunppp::session {

/// A packet in a buffer of the pool, with room before and behind it for headers, FCS and stores of
/// full width.
class PooledPacket {
 public:
  static constexpr std::size_t margin = 64;

  /// Where to put a packet; of at most PacketPool::packet_size() octets.
  std::byte* storage() { return octets_ + margin; }
  void set_size(std::size_t size) { size_ = size; }
  Bytes data() const { return {octets_ + margin, size_}; }
  MutableBytes data() { return {octets_ + margin, size_}; }

 private:
  friend class PacketPool;
  friend class FlowQueue;
  PooledPacket* next_ = nullptr;
  std::byte* octets_ = nullptr;
  std::size_t size_ = 0;
  Instant queued_at_{};  // by the queue it waits in
};

/// Buffers for packets that wait in process. All are made at the start, so that no packet
/// allocates; memory that was never used is never touched, and the one that was used last goes out
/// first.
class PacketPool {
 public:
  PacketPool(std::size_t packets, std::size_t packet_size)
      : packet_size_(packet_size),
        packets_(std::make_unique<PooledPacket[]>(packets)),
        octets_(new std::byte[packets * stride()]) {
    for (std::size_t i = packets; i > 0; --i) {
      packets_[i - 1].octets_ = octets_.get() + (i - 1) * stride();
      give(&packets_[i - 1]);
    }
  }

  std::size_t packet_size() const { return packet_size_; }

  /// nullptr when all are in use.
  PooledPacket* take() {
    PooledPacket* packet = free_;
    if (packet) free_ = packet->next_;
    return packet;
  }
  void give(PooledPacket* packet) {
    assert(packet);
    packet->next_ = free_;
    free_ = packet;
  }

 private:
  std::size_t stride() const { return packet_size_ + 2 * PooledPacket::margin; }

  std::size_t packet_size_;
  std::unique_ptr<PooledPacket[]> packets_;
  std::unique_ptr<std::byte[]> octets_;
  PooledPacket* free_ = nullptr;
};

}  // namespace tunppp::session
