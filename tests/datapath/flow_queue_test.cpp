#include "session/flow_queue.h"

#include <gtest/gtest.h>

#include <map>

#include "packets.h"

namespace tunppp::session {
namespace {

using namespace std::chrono_literals;
using test::PacketSpec;

constexpr std::size_t pool_size = 257;

/// A queue in virtual time.
struct FlowQueueTest : testing::Test {
  PacketPool pool{pool_size, 1500};
  Instant now{1s};
  FlowQueue::Options options{.hash_seed = 4711};
  std::optional<FlowQueue> queue;

  FlowQueue& make() { return queue.emplace(pool, options); }

  void push(const PacketSpec& spec) { push(test::build(spec)); }
  void push(const test::Octets& octets) {
    PooledPacket* packet = pool.take();
    ASSERT_NE(packet, nullptr);
    std::copy(octets.begin(), octets.end(), packet->storage());
    packet->set_size(octets.size());
    queue->push(packet, now);
  }
  /// A packet of flow `flow`, numbered.
  void push_flow(std::uint16_t flow, std::uint16_t number, std::size_t payload = 1448) {
    PacketSpec spec;
    spec.source_port = flow;
    spec.identification = number;
    spec.payload = payload;
    push(spec);
  }
  struct Popped {
    std::uint16_t flow = 0;
    std::uint16_t number = 0;
    unsigned service = 0;
    auto operator<=>(const Popped&) const = default;
  };
  std::optional<Popped> pop() {
    PooledPacket* packet = queue->pop(now);
    if (!packet) return std::nullopt;
    const Bytes data = packet->data();
    EXPECT_TRUE(test::checksums_right(data));
    const Popped popped{test::read_u16(data, 20), test::read_u16(data, 4),
                        std::to_integer<unsigned>(data[1])};
    pool.give(packet);
    return popped;
  }
  /// The pool has all of its packets back.
  void expect_whole_pool() {
    std::vector<PooledPacket*> taken;
    while (PooledPacket* packet = pool.take()) taken.push_back(packet);
    EXPECT_EQ(taken.size(), pool_size);
    for (PooledPacket* packet : taken) pool.give(packet);
  }
};

TEST_F(FlowQueueTest, OneFlowIsFirstInFirstOut) {
  make();
  for (std::uint16_t i = 0; i < 20; ++i) push_flow(1, i);
  EXPECT_EQ(queue->size(), 20u);
  EXPECT_EQ(queue->octets(), 20u * 1500);
  for (std::uint16_t i = 0; i < 20; ++i) EXPECT_EQ(pop()->number, i);
  EXPECT_FALSE(pop());
  EXPECT_TRUE(queue->empty());
  EXPECT_EQ(queue->octets(), 0u);
  expect_whole_pool();
}

TEST_F(FlowQueueTest, ANewFlowGoesBeforeAnUpload) {
  make();
  for (std::uint16_t i = 0; i < 50; ++i) push_flow(1, i);
  EXPECT_EQ(pop()->flow, 1);
  EXPECT_EQ(pop()->flow, 1);
  push_flow(2, 0, 32);
  EXPECT_EQ(pop()->flow, 2);
  EXPECT_EQ(pop()->flow, 1);
}

TEST_F(FlowQueueTest, AFlowThatSendsOnePacketAtATimeIsNotNewEachTime) {
  make();
  for (std::uint16_t i = 0; i < 50; ++i) push_flow(1, i);
  EXPECT_EQ(pop()->flow, 1);
  std::size_t of_upload = 0;
  for (std::uint16_t i = 0; i < 20; ++i) {
    push_flow(2, i);  // full packets, as fast as they are taken
    if (pop()->flow == 1) ++of_upload;
  }
  EXPECT_GE(of_upload, 9u);
}

TEST_F(FlowQueueTest, FlowsShareByOctets) {
  options.packets = 255;
  make();
  for (std::uint16_t i = 0; i < 200; ++i) push_flow(1, i, 148);  // 200 octets
  for (std::uint16_t i = 0; i < 40; ++i) push_flow(2, i, 1448);  // 1500
  std::map<std::uint16_t, std::size_t> octets;
  for (int i = 0; i < 100; ++i) {
    const auto popped = pop();
    octets[popped->flow] += popped->flow == 1 ? 200 : 1500;
  }
  EXPECT_LT(std::max(octets[1], octets[2]) - std::min(octets[1], octets[2]), 3200u);
}

TEST_F(FlowQueueTest, TheFattestFlowLosesItsOldest) {
  options.packets = 30;
  make();
  for (std::uint16_t i = 0; i < 29; ++i) push_flow(1, i);
  push_flow(2, 0, 32);
  EXPECT_EQ(queue->counters().overflowed, 0u);
  push_flow(2, 1, 32);
  push_flow(3, 0, 32);
  EXPECT_EQ(queue->counters().overflowed, 2u);
  EXPECT_EQ(queue->size(), 30u);
  std::map<std::uint16_t, std::vector<std::uint16_t>> got;
  while (const auto popped = pop()) got[popped->flow].push_back(popped->number);
  EXPECT_EQ(got[1].size(), 27u);
  EXPECT_EQ(got[1].front(), 2);
  EXPECT_EQ(got[2], (std::vector<std::uint16_t>{0, 1}));
  EXPECT_EQ(got[3], (std::vector<std::uint16_t>{0}));
  expect_whole_pool();
}

TEST_F(FlowQueueTest, IsBoundedInOctets) {
  options.octets = 15000;
  make();
  for (std::uint16_t i = 0; i < 50; ++i) push_flow(1, i);
  EXPECT_EQ(queue->octets(), 15000u);
  EXPECT_EQ(queue->counters().overflowed, 40u);
  EXPECT_EQ(pop()->number, 40);
}

TEST_F(FlowQueueTest, FragmentsOfAPacketStayTogether) {
  make();
  PacketSpec upload;
  upload.source_port = 9;
  for (int i = 0; i < 10; ++i) push(upload);
  PacketSpec fragment{.udp = true};
  fragment.fragment = 0x2000;
  push(fragment);
  fragment.fragment = 0x00b9;
  fragment.source_port = 1234;  // no port here: payload
  push(fragment);
  // Both in one flow, so that the second has to wait for its turn, and in order.
  std::vector<std::uint16_t> ports;
  while (const auto popped = pop())
    if (popped->flow != 9) ports.push_back(popped->flow);
  EXPECT_EQ(ports, (std::vector<std::uint16_t>{40000, 1234}));
}

TEST_F(FlowQueueTest, GivesAllBackWhenCleared) {
  make();
  for (std::uint16_t i = 0; i < 100; ++i) push_flow(static_cast<std::uint16_t>(i % 7), i);
  EXPECT_EQ(queue->clear(), 100u);
  EXPECT_TRUE(queue->empty());
  EXPECT_FALSE(pop());
  expect_whole_pool();
  push_flow(1, 5);
  EXPECT_EQ(pop()->number, 5);
}

// --- CoDel -----------------------------------------------------------------------------------

TEST_F(FlowQueueTest, NothingIsDroppedThatWaitsLessThanTheTarget) {
  make();
  for (int round = 0; round < 2000; ++round) {
    push_flow(1, 0);
    push_flow(1, 1);
    now += 4ms;
    pop();
    pop();
  }
  EXPECT_EQ(queue->counters().overstayed, 0u);
}

TEST_F(FlowQueueTest, AShortBurstIsPutUpWith) {
  make();
  for (std::uint16_t i = 0; i < 90; ++i) push_flow(1, i);
  for (int i = 0; i < 90; ++i) {
    now += 1ms;  // the last one waits 90 ms, the queue stands less than an interval
    ASSERT_TRUE(pop());
  }
  EXPECT_EQ(queue->counters().overstayed, 0u);
}

/// RFC 8289 section 5: the first drop an interval after the target was passed, the next after
/// interval / sqrt(2), then / sqrt(3), and so on.
TEST_F(FlowQueueTest, AStandingQueueLosesPacketsByTheControlLaw) {
  make();
  std::vector<Instant> drops;
  std::uint16_t number = 0;
  for (int i = 0; i < 40; ++i) push_flow(1, number++);
  const Instant begin = now;
  std::uint64_t before = 0;
  for (int i = 0; i < 1000; ++i) {
    now += 1ms;
    while (queue->size() < 40) push_flow(1, number++);
    pop();
    if (queue->counters().overstayed > before) drops.push_back(now);
    before = queue->counters().overstayed;
  }
  ASSERT_GE(drops.size(), 5u);
  EXPECT_EQ(drops[0] - begin, 105ms);
  EXPECT_NEAR(static_cast<double>((drops[1] - drops[0]).count()), 100e6, 1.1e6);
  EXPECT_NEAR(static_cast<double>((drops[2] - drops[1]).count()), 100e6 / std::sqrt(2), 1.1e6);
  EXPECT_NEAR(static_cast<double>((drops[3] - drops[2]).count()), 100e6 / std::sqrt(3), 1.1e6);
  EXPECT_NEAR(static_cast<double>((drops[4] - drops[3]).count()), 100e6 / std::sqrt(4), 1.1e6);
}

TEST_F(FlowQueueTest, MarksInsteadOfDroppingWhereTheSenderUnderstands) {
  make();
  for (const bool ipv6 : {false, true}) {
    PacketSpec spec{.ipv6 = ipv6};
    spec.service = 2;  // ECT(0)
    const std::uint64_t before = queue->counters().marked;
    std::size_t experienced = 0;
    std::size_t pushed = 0;
    std::size_t popped = 0;
    for (int i = 0; i < 400; ++i) {
      while (queue->size() < 40) {
        push(spec);
        ++pushed;
      }
      now += 1ms;
      PooledPacket* packet = queue->pop(now);
      ASSERT_TRUE(packet);
      ++popped;
      ASSERT_TRUE(test::checksums_right(packet->data()));
      const std::uint32_t word = test::read_u32(packet->data(), 0);
      if ((word >> (ipv6 ? 20 : 16) & 3) == 3) ++experienced;
      pool.give(packet);
    }
    EXPECT_GE(experienced, 3u);
    EXPECT_EQ(queue->counters().marked - before, experienced);
    EXPECT_EQ(pushed, popped + queue->size());
    queue->clear();
  }
  EXPECT_EQ(queue->counters().overstayed, 0u);
}

TEST_F(FlowQueueTest, ASlowLineGetsATargetThatItCanReach) {
  make();
  queue->set_line_rate(11520);  // 115200 baud: a full packet takes 130 ms
  EXPECT_GE(queue->parameters().target, 195ms);
  EXPECT_GE(queue->parameters().interval, 100ms + queue->parameters().target - 5ms);
  queue->set_line_rate(10'000'000);
  EXPECT_EQ(queue->parameters().target, 5ms);
  EXPECT_EQ(queue->parameters().interval, 100ms);
}

TEST_F(FlowQueueTest, WithoutDisciplineItIsAPlainQueue) {
  options.discipline = false;
  options.packets = 10;
  make();
  for (std::uint16_t i = 0; i < 12; ++i) push_flow(i, i);
  EXPECT_EQ(queue->counters().overflowed, 2u);
  now += 10s;
  for (std::uint16_t i = 0; i < 10; ++i) EXPECT_EQ(pop()->number, i);
  EXPECT_FALSE(pop());
  EXPECT_EQ(queue->counters().overstayed, 0u);
  expect_whole_pool();
}

/// An upload whose sender fills any queue, over 921600 baud, and a ping each 100 ms.
TEST_F(FlowQueueTest, PingsDoNotWaitBehindAnUpload) {
  make();
  const std::uint64_t rate = 92160;
  queue->set_line_rate(rate);
  const Duration packet_time = 1500 * Duration(1s) / rate;
  Duration worst{0};
  bool ping_waits = false;
  Instant ping_sent = now;
  Instant next_ping = now + 100ms;
  const Instant end = now + 20s;
  const test::Octets full_packet = test::build({.source_port = 1, .payload = 1448});
  while (now < end) {
    while (queue->size() < 100) push(full_packet);
    if (!ping_waits && now >= next_ping) {
      push_flow(2, 1, 32);
      ping_sent = now;
      ping_waits = true;
      next_ping += 100ms;
    }
    const auto popped = pop();
    ASSERT_TRUE(popped);
    if (popped->flow == 2) {
      worst = std::max(worst, now - ping_sent);
      ping_waits = false;
    } else {
      now += packet_time;
    }
  }
  EXPECT_LE(worst, packet_time);
}

}  // namespace
}  // namespace tunppp::session
