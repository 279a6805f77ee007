#pragma once

#include "session/packet_pool.h"

namespace tunppp::session {

/// What stands between TUN and a slower line: first in, first out. The only place that decides
/// which packet goes next; a queue discipline takes its place and keeps its methods.
class PacketQueue {
 public:
  bool empty() const { return first_ == nullptr; }
  std::size_t size() const { return size_; }

  void push(PooledPacket* packet) {
    packet->next_ = nullptr;
    (first_ ? last_->next_ : first_) = packet;
    last_ = packet;
    ++size_;
  }

  /// The packet that goes next; stays in the queue until pop().
  const PooledPacket& front() const { return *first_; }
  PooledPacket* pop() {
    PooledPacket* packet = first_;
    first_ = packet->next_;
    --size_;
    return packet;
  }

 private:
  PooledPacket* first_ = nullptr;
  PooledPacket* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace tunppp::session
