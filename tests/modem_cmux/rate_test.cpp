#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "two_muxers.h"

namespace {
std::size_t allocations = 0;
}

// GCC 12 inlines these and then takes them for a mismatch.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace tunppp::modem::cmux {
namespace {

/// Full-sized packets as PPP has them on the line.
constexpr std::size_t packet = 1508;

struct Share {
  std::size_t payload = 0;
  std::size_t line = 0;
  std::size_t allocations = 0;
  double value() const { return static_cast<double>(payload) / static_cast<double>(line); }
};

/// What share of the line's octets is payload, from the first data frame on.
Share share(Option option, std::size_t frame_size) {
  const MuxerOptions options{.option = option, .frame_size = frame_size};
  TwoMuxers two(options);
  two.open(1);
  EXPECT_EQ(two.modem.state(1), Muxer::State::open);
  // ASCII and small numbers, as the most of what goes over such a line; what must be escaped is a
  // matter of the payload.
  Octets octets(packet);
  for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = static_cast<std::byte>(i % 120);

  Share result;
  const std::size_t before = allocations;
  for (int i = 0; i < 200; ++i) {
    result.payload += two.us.write(1, octets);
    while (!two.us.poll_transmit().empty()) {
      const Bytes out = two.us.poll_transmit();
      result.line += out.size();
      two.modem.receive(two.now, out);
      two.us.transmitted(out.size());
    }
    two.modem.consumed(two.now, 1, two.modem.received(1).size());
  }
  result.allocations = allocations - before;
  EXPECT_EQ(result.payload, 200 * packet);
  return result;
}

TEST(CmuxRate, NineTenthsAtFramesOf127AndMore) {
  for (const Option option : {Option::basic, Option::advanced})
    for (const std::size_t size : {127, 128, 256, 1500})
      EXPECT_GE(share(option, size).value(), 0.90) << size;
}

TEST(CmuxRate, EightTenthsAtFramesOf31) {
  EXPECT_GE(share(Option::basic, 31).value(), 0.80);
  EXPECT_GE(share(Option::advanced, 31).value(), 0.80);
}

TEST(CmuxRate, NothingIsAllocatedForAFrame) {
  EXPECT_EQ(share(Option::basic, 31).allocations, 0U);
  EXPECT_EQ(share(Option::advanced, 127).allocations, 0U);
}

}  // namespace
}  // namespace tunppp::modem::cmux
