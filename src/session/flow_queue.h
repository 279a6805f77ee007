#pragma once

#include "session/codel.h"
#include "session/packet_pool.h"

#include <cstdint>
#include <vector>

namespace tunppp::session {

/// What stands between TUN and a slower line: FlowQueue-CoDel, RFC 8290. Flows take turns, so that
/// a ping does not wait behind an upload; and each flow's own queue is kept short by CoDel. A TUN
/// device gives no back-pressure, and no queue discipline of the kernel works on one, so it stands
/// here. Allocates nothing after its construction.
class FlowQueue {
 public:
  struct Options {
    std::size_t packets = 512;        ///< at most; the pool has at least one more
    std::size_t octets = 768 * 1024;  ///< at most
    std::size_t flows = 256;          ///< a power of two
    std::size_t quantum = 1500;       ///< octets a flow may send at its turn: a full packet
    std::uint32_t hash_seed = 0;      ///< secret
    /// Off: first in, first out, and what does not fit is dropped.
    bool discipline = true;
  };
  struct Counters {
    std::uint64_t overflowed = 0;  ///< dropped because there was no room
    std::uint64_t overstayed = 0;  ///< dropped by CoDel
    std::uint64_t marked = 0;      ///< by CoDel, with Congestion Experienced instead
  };

  /// The pool must outlive the queue and get all of its packets back.
  FlowQueue(PacketPool& pool, const Options& options);
  ~FlowQueue() { clear(); }
  FlowQueue(const FlowQueue&) = delete;
  FlowQueue& operator=(const FlowQueue&) = delete;

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  std::size_t octets() const { return octets_; }
  const Counters& counters() const { return counters_; }

  /// How fast the line is, in octets a second; 0: not known. CoDel's target must not be less than
  /// what a packet needs on the line, or the line would idle (RFC 8290 section 5.2.2).
  void set_line_rate(std::uint64_t octets_per_second);
  const CodelParameters& parameters() const { return parameters_; }

  /// Takes a packet of the pool. Where the queue gets too large, the flow that has most loses its
  /// oldest packet, which is where its sender learns of it soonest.
  void push(PooledPacket* packet, Instant now);
  /// The packet that goes next, to be given back to the pool; nullptr when none is left.
  PooledPacket* pop(Instant now);
  /// Gives all back to the pool; returns how many those were.
  std::size_t clear();

 private:
  using Index = std::uint16_t;
  static constexpr Index none = 0xffff;

  struct Flow {
    PooledPacket* first = nullptr;
    PooledPacket* last = nullptr;
    std::int32_t credit = 0;
    Index next = none;
    bool active = false;  // in one of the lists
    Codel codel;
  };
  struct List {
    Index first = none;
    Index last = none;
  };

  void append(List& list, Index index);
  void remove_first(List& list);
  PooledPacket* take_first(Index index);
  PooledPacket* take_judged(Index index, Instant now);
  void drop_from_fattest();

  PacketPool& pool_;
  const Options options_;
  CodelParameters parameters_;
  std::uint64_t line_rate_ = 0;
  std::vector<Flow> flows_;
  /// Octets of each flow; beside the flows, so that finding the most is a walk over one array.
  std::vector<std::uint32_t> backlog_;
  List new_flows_;
  List old_flows_;
  std::size_t size_ = 0;
  std::size_t octets_ = 0;
  Counters counters_;
};

}  // namespace tunppp::session
