#include "session/flow_queue.h"

#include "session/ecn.h"
#include "session/flow_hash.h"

#include <algorithm>
#include <cassert>

namespace tunppp::session {

FlowQueue::FlowQueue(PacketPool& pool, const Options& options)
    : pool_(pool),
      options_(options),
      flows_(options.discipline ? options.flows : 1),
      backlog_(flows_.size()) {
  assert((flows_.size() & (flows_.size() - 1)) == 0 && flows_.size() < none);
}

void FlowQueue::set_line_rate(std::uint64_t octets_per_second) {
  if (octets_per_second == line_rate_) return;
  line_rate_ = octets_per_second;
  if (line_rate_ == 0) {
    parameters_ = {};
    return;
  }
  const CodelParameters defaults;
  const std::uint64_t packet_time =
      options_.quantum * std::uint64_t{1'000'000'000} / octets_per_second;
  parameters_.target =
      std::max(defaults.target, Duration(static_cast<Duration::rep>(packet_time * 3 / 2)));
  // The interval is for a round trip, which holds the line's own delay as well.
  parameters_.interval = defaults.interval + (parameters_.target - defaults.target);
}

void FlowQueue::push(PooledPacket* packet, Instant now) {
  const std::size_t packet_size = packet->size_;
  const bool fits = size_ < options_.packets && octets_ + packet_size <= options_.octets;
  if (!fits && !options_.discipline) {
    ++counters_.overflowed;
    pool_.give(packet);
    return;
  }
  const auto index = static_cast<Index>(
      flows_.size() == 1 ? 0 : flow_hash(packet->data(), options_.hash_seed) & (flows_.size() - 1));
  Flow& flow = flows_[index];
  packet->queued_at_ = now;
  packet->next_ = nullptr;
  (flow.first ? flow.last->next_ : flow.first) = packet;
  flow.last = packet;
  backlog_[index] += static_cast<std::uint32_t>(packet_size);
  ++size_;
  octets_ += packet_size;

  if (!flow.active) {
    flow.active = true;
    flow.credit = static_cast<std::int32_t>(options_.quantum);
    append(new_flows_, index);
  }
  while (size_ > options_.packets || octets_ > options_.octets) drop_from_fattest();
}

/// "the scheduler" of RFC 8290 section 4.2: deficit round robin, new flows before old ones.
PooledPacket* FlowQueue::pop(Instant now) {
  for (;;) {
    List& list = new_flows_.first != none ? new_flows_ : old_flows_;
    const Index index = list.first;
    if (index == none) return nullptr;
    Flow& flow = flows_[index];
    if (flow.credit <= 0) {
      flow.credit += static_cast<std::int32_t>(options_.quantum);
      remove_first(list);
      append(old_flows_, index);
      continue;
    }
    if (PooledPacket* packet = take_judged(index, now)) {
      flow.credit -= static_cast<std::int32_t>(packet->size_);
      return packet;
    }
    // "if the queue is empty ... move it to the end of the list of old flows, to prevent
    // starvation", so that a flow that sends one packet at a time is not new each time.
    const bool was_new = &list == &new_flows_;
    remove_first(list);
    if (was_new && old_flows_.first != none)
      append(old_flows_, index);
    else
      flow.active = false;
  }
}

PooledPacket* FlowQueue::take_judged(Index index, Instant now) {
  Codel& codel = flows_[index].codel;
  while (PooledPacket* packet = take_first(index)) {
    if (!options_.discipline) return packet;
    const bool nothing_behind = octets_ < options_.quantum;
    if (!codel.drops(now, now - packet->queued_at_, nothing_behind, parameters_)) return packet;
    if (mark_congestion(packet->data())) {
      ++counters_.marked;
      return packet;
    }
    ++counters_.overstayed;
    pool_.give(packet);
  }
  codel.emptied();
  return nullptr;
}

PooledPacket* FlowQueue::take_first(Index index) {
  Flow& flow = flows_[index];
  PooledPacket* packet = flow.first;
  if (!packet) return nullptr;
  flow.first = packet->next_;
  backlog_[index] -= static_cast<std::uint32_t>(packet->size_);
  octets_ -= packet->size_;
  --size_;
  return packet;
}

void FlowQueue::drop_from_fattest() {
  const auto fattest = std::max_element(backlog_.begin(), backlog_.end()) - backlog_.begin();
  ++counters_.overflowed;
  pool_.give(take_first(static_cast<Index>(fattest)));
}

std::size_t FlowQueue::clear() {
  const std::size_t count = size_;
  for (std::size_t i = 0; i < flows_.size(); ++i) {
    while (PooledPacket* packet = take_first(static_cast<Index>(i))) pool_.give(packet);
    flows_[i] = {};
  }
  new_flows_ = old_flows_ = {};
  return count;
}

void FlowQueue::append(List& list, Index index) {
  flows_[index].next = none;
  (list.first != none ? flows_[list.last].next : list.first) = index;
  list.last = index;
}

void FlowQueue::remove_first(List& list) {
  list.first = flows_[list.first].next;
}

}  // namespace tunppp::session
