#pragma once

#include <tunppp/link.h>

#include <cassert>
#include <optional>
#include <vector>

#include "hdlc/deframer.h"

namespace tunppp::link {

/// Buffers into which frames are decoded, each with headroom and tailroom. One is always being
/// filled; up to `count` finished ones hold packets until they are polled. A packet's slot is used
/// again when the next receive() begins, so packets reach TUN without a copy.
class ReceiveSlots {
 public:
  /// What <tunppp/link.h> promises, and room for a header that was compressed to grow into.
  static constexpr std::size_t headroom = 64 + 128;

  ReceiveSlots(std::size_t count, std::size_t frame_limit)
      : slot_size_(headroom + frame_limit + hdlc::slack),
        count_(count),
        storage_(slot_size_ * (count + 1)) {
    packets_.reserve(count);
  }

  /// Where the deframer writes now.
  MutableBytes filling() {
    return MutableBytes(storage_).subspan(filling_ * slot_size_ + headroom,
                                          slot_size_ - headroom);
  }

  /// False if packets of the last receive() have not been polled yet.
  bool begin_receive() {
    if (polled_ < packets_.size()) return false;
    packets_.clear();
    polled_ = 0;
    return true;
  }

  /// Keeps a packet that lies in the slot being filled, and goes on to the next slot. Returns
  /// whether another packet can be kept after this one.
  bool keep(const Packet& packet) {
    assert(packets_.size() < count_);
    packets_.push_back(packet);
    filling_ = (filling_ + 1) % (count_ + 1);
    return packets_.size() < count_;
  }

  std::optional<Packet> poll() {
    if (polled_ == packets_.size()) return std::nullopt;
    return packets_[polled_++];
  }

 private:
  std::size_t slot_size_;
  std::size_t count_;
  std::vector<std::byte> storage_;
  std::vector<Packet> packets_;
  std::size_t polled_ = 0;
  std::size_t filling_ = 0;
};

}  // namespace tunppp::link
