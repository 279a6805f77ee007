// From TUN to the line and from the line to TUN, the pump allocates nothing.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "live_ends.h"
#include "traffic.h"

namespace {

/// On for the thread that runs the pumps, not for those that make traffic.
thread_local bool counting = false;
thread_local std::uint64_t allocations = 0;

}  // namespace

// GCC 12 inlines these and then takes them for a mismatch.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

void* operator new(std::size_t size) {
  if (counting) ++allocations;
  if (void* memory = std::malloc(size ? size : 1)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace tunppp::test {
namespace {

using namespace std::chrono_literals;

TEST(Allocations, ThereAreNoneInAHundredThousandPacketsEachWay) {
  constexpr std::uint64_t packets = 100'000;
  constexpr std::uint16_t mtu = 576;
  LivePair pair({.mtu = mtu});
  const NetworkNamespace& a = pair.a().where();
  const NetworkNamespace& b = pair.b().where();
  constexpr std::uint64_t octets = (packets + 5000) * mtu;
  TcpTransfer up(a, b, LivePair::address_b, 5001, octets);
  TcpTransfer down(b, a, LivePair::address_a, 5002, octets);
  // First everything that is made once: Asio keeps what it has used.
  ASSERT_TRUE(pair.run_until(
      [&] { return up.received() > 1000 * mtu && down.received() > 1000 * mtu; }, 20s));

  const auto moved = [&] {
    return std::min(pair.a().counters().link.sent_packets, pair.b().counters().link.sent_packets);
  };
  const std::uint64_t before = moved();
  std::uint64_t counted = 0;
  bool first = true;
  const bool done = pair.run_until(
      [&] {
        if (std::exchange(first, false)) {
          allocations = 0;
          counting = true;
        }
        counted = allocations;
        return moved() >= before + packets || (up.done() && down.done());
      },
      120s);
  counting = false;
  EXPECT_TRUE(done);
  EXPECT_GE(moved() - before, packets);
  EXPECT_EQ(counted, 0u);
  EXPECT_TRUE(up.intact());
  EXPECT_TRUE(down.intact());
}

}  // namespace
}  // namespace tunppp::test
