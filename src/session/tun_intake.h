#pragma once

#include <tunppp/dialer.h>

#include "session/flow_queue.h"
#include "session/packet_pool.h"
#include "tun/segmentation.h"
#include "tun/tun_device.h"

#include <cstddef>
#include <memory>
#include <system_error>

namespace tunppp::session {

/// From TUN into the queue: each packet is read into a buffer of the pool and stays there until it
/// is encoded; super-packets are cut on the way, so that what queues are the line's own packets.
class TunIntake {
 public:
  /// All must outlive the intake. The pool must have more packets than the queue may hold.
  TunIntake(tun::TunDevice& tun, PacketPool& pool, FlowQueue& queue, Counters& counters);

  /// Which kinds of packets the link takes; the others are counted and forgotten.
  void set_open(bool ipv4, bool ipv6) {
    ipv4_open_ = ipv4;
    ipv6_open_ = ipv6;
  }

  struct Batch {
    bool more = false;  ///< TUN was not seen empty
    std::error_code error{};
  };
  /// Reads until TUN is empty or so many packets are in the queue.
  Batch read(Instant now, std::size_t packets);

 private:
  std::size_t take(Instant now, PooledPacket* packet, std::size_t size);
  std::size_t take_super_packet(Instant now, PooledPacket* packet, std::size_t size);

  tun::TunDevice& tun_;
  PacketPool& pool_;
  FlowQueue& queue_;
  Counters& counters_;
  const std::size_t header_size_;
  bool ipv4_open_ = true;
  bool ipv6_open_ = false;
  /// What of a super-packet does not fit into a buffer of the pool; then all of it. Memory that no
  /// super-packet needed is never touched.
  std::unique_ptr<std::byte[]> super_packet_;
  tun::Segmenter segmenter_;
};

}  // namespace tunppp::session
