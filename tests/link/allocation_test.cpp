// The data path allocates nothing: operator new is counted. A program of its own, because it
// replaces operator new for all of it.
#include <gtest/gtest.h>
#include <tunppp/link.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "link/pair.h"
#include "link/tcp_stream.h"

namespace {

std::atomic<std::uint64_t> allocations{0};

void* counted(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

void* counted(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  const auto align = static_cast<std::size_t>(alignment);
  if (void* memory = std::aligned_alloc(align, (size + align - 1) / align * align)) return memory;
  throw std::bad_alloc();
}

}  // namespace

// GCC 12 inlines these and then takes them for a mismatch.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void* operator new(std::size_t size, std::align_val_t align) { return counted(size, align); }
void* operator new[](std::size_t size, std::align_val_t align) { return counted(size, align); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace tunppp::test {
namespace {

TEST(Allocation, IsCounted) {
  const auto before = allocations.load();
  delete new int(1);
  EXPECT_EQ(allocations.load(), before + 1);
}

struct Wire {
  Link& from;
  Link& to;
  std::uint64_t packets = 0;
  std::uint64_t octets = 0;

  void carry(Instant now) {
    for (;;) {
      const Bytes pending = from.poll_transmit();
      if (pending.empty()) return;
      from.transmitted(to.receive(first_line, now, pending));
      while (to.poll_event()) {
      }
      while (const auto packet = to.poll_packet()) {
        ++packets;
        octets += packet->data.size();
      }
    }
  }
};

TEST(Allocation, AHundredThousandPacketsEachWayNeedNone) {
  LinkConfig client = client_config();
  LinkConfig server = server_config();
  client.lcp.echo_interval = server.lcp.echo_interval = seconds(1);
  Pair pair(client, server);
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(0)));
  Link& a = pair.a.link;
  Link& b = pair.b.link;
  a.set_tap(nullptr);
  b.set_tap(nullptr);

  Random random(1);
  const Octets random_data = random.octets(1500);
  const Octets escapes(1500, std::byte{0x7e});
  Wire there{a, b};
  Wire back{b, a};
  Instant now = pair.now;
  constexpr int count = 100000;
  const auto before = allocations.load();
  int echoes = 0;
  for (int i = 0; i < count; ++i) {
    const std::size_t size = 1 + static_cast<std::size_t>(i * 7919) % 1500;
    const Bytes packet = Bytes(i % 10 == 0 ? escapes : random_data).first(size);
    while (a.send(now, NetworkProtocol::ipv4, packet) != SendResult::accepted) there.carry(now);
    while (b.send(now, NetworkProtocol::ipv4, packet) != SendResult::accepted) back.carry(now);
    if (i % 5 == 0) {
      there.carry(now);
      back.carry(now);
    }
    now += milliseconds(1);
    for (Link* link : {&a, &b}) {
      if (const auto next = link->next_timeout(); next && *next <= now) {
        link->handle_timeout(now);
        ++echoes;
      }
    }
  }
  there.carry(now);
  back.carry(now);
  const auto after = allocations.load();
  EXPECT_EQ(after - before, 0U);
  EXPECT_EQ(there.packets, static_cast<std::uint64_t>(count));
  EXPECT_EQ(back.packets, static_cast<std::uint64_t>(count));
  EXPECT_GE(echoes, 180) << "with the keep-alive at work";
}

TEST(Allocation, CompressedHeadersNeedNone) {
  LinkConfig client = client_config();
  LinkConfig server = server_config();
  client.ipcp.vj = server.ipcp.vj = {.request = true, .accept = true};
  Pair pair(client, server);
  pair.start();
  ASSERT_TRUE(pair.run_until_up(seconds(0)));
  ASSERT_TRUE(pair.a.last<Ipv4Up>()->vj_send && pair.a.last<Ipv4Up>()->vj_receive);
  Link& a = pair.a.link;
  Link& b = pair.b.link;
  a.set_tap(nullptr);
  b.set_tap(nullptr);
  Stream stream(1024);
  std::vector<Octets> packets;
  for (int i = 0; i < 1000; ++i) packets.push_back(stream.next(static_cast<std::size_t>(i)));
  Wire there{a, b};
  Wire back{b, a};
  const auto before = allocations.load();
  for (const Octets& packet : packets) {
    while (a.send(pair.now, NetworkProtocol::ipv4, packet) != SendResult::accepted) {
      there.carry(pair.now);
    }
    while (b.send(pair.now, NetworkProtocol::ipv4, packet) != SendResult::accepted) {
      back.carry(pair.now);
    }
  }
  there.carry(pair.now);
  back.carry(pair.now);
  EXPECT_EQ(allocations.load() - before, 0U);
  EXPECT_EQ(there.packets, packets.size());
  EXPECT_EQ(there.octets, back.octets);
}

}  // namespace
}  // namespace tunppp::test
