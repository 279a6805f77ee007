#include "sim/line.h"

#include "sim/seeded_entropy.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <string>

namespace tunppp::sim {
namespace {

using namespace std::chrono_literals;
using Octets = std::vector<std::byte>;

constexpr Instant start{1h};

Octets octets(std::string_view text) {
  Octets out;
  for (char c : text) out.push_back(static_cast<std::byte>(c));
  return out;
}

// `count` frames of `length` octets between flags; octets 0x20 to 0x5f.
Octets frames(std::size_t count, std::size_t length) {
  Octets out{std::byte{0x7e}};
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < length; ++j)
      out.push_back(static_cast<std::byte>(0x20 + (i * 7 + j) % 64));
    out.push_back(std::byte{0x7e});
  }
  return out;
}

// What arrives at the other end in the long run.
Octets carry(LineChannel& channel, Bytes in, std::size_t piece = SIZE_MAX) {
  Octets out;
  std::array<std::byte, 1000> buffer;
  Instant now = start;
  auto drain = [&] {
    while (auto next = channel.next_arrival()) {
      now = std::max(now, *next);
      std::size_t count = channel.pull(now, buffer);
      out.insert(out.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count));
    }
  };
  while (!in.empty()) {
    in = in.subspan(channel.push(now, in.first(std::min(piece, in.size()))));
    drain();
  }
  return out;
}

std::vector<Octets> split(const Octets& stream) {
  std::vector<Octets> out;
  Octets frame;
  for (std::byte octet : stream) {
    if (octet != std::byte{0x7e}) {
      frame.push_back(octet);
      continue;
    }
    if (!frame.empty()) out.push_back(frame);
    frame.clear();
  }
  return out;
}

// A binomial count lies within five standard deviations of its mean (but once in two million).
void expect_share(std::uint64_t hits, std::uint64_t trials, double probability) {
  double n = static_cast<double>(trials);
  double deviation = std::sqrt(n * probability * (1 - probability));
  EXPECT_NEAR(static_cast<double>(hits), n * probability, 5 * deviation);
}

TEST(Line, PerfectLineCarriesEverythingAtOnce) {
  LineChannel channel({}, 1);
  EXPECT_EQ(channel.next_arrival(), std::nullopt);
  Octets in = frames(20, 100);
  ASSERT_EQ(channel.push(start, in), in.size());
  EXPECT_EQ(channel.next_arrival(), start);
  Octets out(5000);
  ASSERT_EQ(channel.pull(start, out), in.size());
  out.resize(in.size());
  EXPECT_EQ(out, in);
  EXPECT_EQ(channel.next_arrival(), std::nullopt);
}

TEST(Line, LatencyDelaysEachOctet) {
  LineChannel channel({.latency = 40ms}, 1);
  Octets out(16);
  channel.push(start, octets("one"));
  channel.push(start + 15ms, octets("two"));
  EXPECT_EQ(channel.next_arrival(), start + 40ms);
  EXPECT_EQ(channel.pull(start + 40ms - 1ns, out), 0u);
  EXPECT_EQ(channel.pull(start + 40ms, out), 3u);
  EXPECT_EQ(channel.next_arrival(), start + 55ms);
  EXPECT_EQ(channel.pull(start + 55ms, out), 3u);
  EXPECT_EQ(out[0], std::byte{'t'});
}

TEST(Line, BaudGivesTenBitTimesToAnOctet) {
  LineChannel channel({.latency = 5ms, .baud = 9600}, 1);
  constexpr Duration octet = Duration{10s} / 9600;
  Octets in = octets("0123456789");
  ASSERT_EQ(channel.push(start, in), 10u);
  EXPECT_EQ(channel.next_arrival(), start + octet + 5ms);
  Octets out(16);
  EXPECT_EQ(channel.pull(start + 5ms + 4 * octet, out), 4u);
  EXPECT_EQ(channel.next_arrival(), start + 5ms + 5 * octet);
  // Sent while the line is still busy: queued behind; sent later: its own time.
  channel.push(start + 6 * octet, octets("ab"));
  EXPECT_EQ(channel.pull(start + 5ms + 12 * octet - 1ns, out), 7u);
  EXPECT_EQ(channel.pull(start + 5ms + 12 * octet, out), 1u);
  channel.push(start + 1s, octets("c"));
  EXPECT_EQ(channel.next_arrival(), start + 1s + octet + 5ms);
}

TEST(Line, WhatDoesNotFitIsRefused) {
  LineChannel channel({.capacity = 100}, 1);
  EXPECT_EQ(channel.push(start, Octets(70)), 70u);
  EXPECT_EQ(channel.room(), 30u);
  EXPECT_EQ(channel.push(start, Octets(70)), 30u);
  EXPECT_EQ(channel.push(start, Octets(70)), 0u);
  Octets out(20);
  EXPECT_EQ(channel.pull(start, out), 20u);
  EXPECT_EQ(channel.room(), 20u);
}

TEST(Line, OctetLossHitsItsShare) {
  LineChannel channel({.octet_loss = 0.01}, 7);
  Octets in(1'000'000, std::byte{'x'});
  Octets out = carry(channel, in);
  EXPECT_EQ(in.size() - out.size(), channel.statistics().octets_lost);
  expect_share(channel.statistics().octets_lost, in.size(), 0.01);
}

TEST(Line, BitErrorsHitTheirShare) {
  LineChannel channel({.bit_errors = 1e-4}, 7);
  Octets in(1'000'000);
  Octets out = carry(channel, in);
  ASSERT_EQ(out.size(), in.size());
  std::uint64_t flipped = 0;
  for (std::byte octet : out)
    flipped += static_cast<std::uint64_t>(std::popcount(static_cast<unsigned char>(octet)));
  EXPECT_EQ(flipped, channel.statistics().bits_flipped);
  expect_share(flipped, in.size() * 8, 1e-4);
}

class FrameDamage : public testing::TestWithParam<std::size_t> {};

TEST_P(FrameDamage, HitsItsShareAndNothingElse) {
  LineChannel channel({.frame_damage = 0.02}, 3);
  constexpr std::size_t count = 5'000;
  Octets in = frames(count, GetParam());
  Octets out = carry(channel, in);
  const LineStatistics& statistics = channel.statistics();
  EXPECT_EQ(statistics.frames, count);
  expect_share(statistics.frames_damaged, count, 0.02);
  if (GetParam() > 16) {
    EXPECT_GT(statistics.bits_flipped, 0u);
    EXPECT_GT(statistics.octets_lost, 0u);
  }

  // Each frame that is not damaged arrives as it was, in its order.
  std::vector<Octets> sent = split(in), arrived = split(out);
  std::size_t whole = 0, next = 0;
  for (const Octets& frame : arrived) {
    std::size_t i = next;
    while (i < sent.size() && i < next + 20 && sent[i] != frame) ++i;
    if (i == sent.size() || i == next + 20) continue;
    ++whole;
    next = i + 1;
  }
  EXPECT_EQ(whole, count - statistics.frames_damaged);
}
INSTANTIATE_TEST_SUITE_P(Line, FrameDamage, testing::Values(4u, 60u, 1500u));

TEST(Line, TextBeforeTheFirstFlagIsNoFrame) {
  LineChannel channel({.frame_damage = 1, .frame_loss = 1}, 3);
  Octets in = octets("AT+CGDCONT?\rCONNECT 150000000\r\n");
  EXPECT_EQ(carry(channel, in), in);
  EXPECT_EQ(channel.statistics().frames, 0u);
}

TEST(Line, LostFramesLeaveTheirFlags) {
  LineChannel channel({.frame_loss = 0.1}, 11);
  Octets in = frames(10'000, 50);
  Octets out = carry(channel, in);
  expect_share(channel.statistics().frames_lost, 10'000, 0.1);
  EXPECT_EQ(split(out).size(), 10'000 - channel.statistics().frames_lost);
  EXPECT_EQ(in.size() - out.size(), 50 * channel.statistics().frames_lost);
}

TEST(Line, DuplicatesFollowTheirFrameAndTakeTheirTime) {
  LineChannel channel({.baud = 9600, .frame_duplication = 1}, 11);
  Octets in = frames(1, 10);
  channel.push(start, in);
  Octets out(100);
  constexpr Duration octet = Duration{10s} / 9600;
  EXPECT_EQ(channel.pull(start + 23 * octet - 1ns, out), 22u);
  EXPECT_EQ(channel.pull(start + 23 * octet, out), 1u);
  LineChannel again({.frame_duplication = 1}, 11);
  std::vector<Octets> arrived = split(carry(again, in));
  ASSERT_EQ(arrived.size(), 2u);
  EXPECT_EQ(arrived[0], arrived[1]);
}

TEST(Line, TheSameSeedGivesTheSameFateHoweverTheOctetsAreCut) {
  LineOptions options{.octet_loss = 1e-3,
                      .bit_errors = 1e-4,
                      .frame_damage = 0.1,
                      .frame_loss = 0.05,
                      .frame_duplication = 0.05};
  Octets in = frames(500, 200);
  LineChannel first(options, 42), second(options, 42), other_seed(options, 43);
  Octets out = carry(first, in);
  EXPECT_NE(out, in);
  EXPECT_EQ(carry(second, in, 13), out);
  EXPECT_NE(carry(other_seed, in), out);
}

TEST(Line, NoiseCanBeSwitchedOff) {
  LineChannel channel({.octet_loss = 0.5, .frame_damage = 1}, 5);
  channel.set_noise(LineChannel::Noise::off);
  Octets in = frames(100, 100);
  EXPECT_EQ(carry(channel, in), in);
  channel.set_noise(LineChannel::Noise::on);
  EXPECT_NE(carry(channel, in), in);
}

TEST(Line, NoiseCanBeginWithTheFirstFrame) {
  LineChannel channel({.octet_loss = 1}, 5);
  channel.set_noise(LineChannel::Noise::from_next_flag);
  Octets in = octets("CONNECT\r\n");
  Octets text = in;
  for (std::byte octet : frames(1, 10)) in.push_back(octet);
  EXPECT_EQ(carry(channel, in), text);
}

TEST(Line, DirectionsAreApart) {
  Line line({.latency = 1ms}, {.latency = 2ms}, 5);
  line.push(start, LineEnd::a, octets("to b"));
  line.push(start, LineEnd::b, octets("b to a"));
  EXPECT_EQ(line.next_timeout(), start + 1ms);
  Octets out(10);
  EXPECT_EQ(line.pull(start + 1ms, LineEnd::a, out), 0u);
  EXPECT_EQ(line.pull(start + 1ms, LineEnd::b, out), 4u);
  EXPECT_EQ(line.next_timeout(), start + 2ms);
  line.clear();
  EXPECT_EQ(line.next_timeout(), std::nullopt);
}

TEST(SeededEntropy, IsTheSameForTheSameSeed) {
  std::array<std::byte, 32> a, b, c;
  SeededEntropy(1).fill(a);
  SeededEntropy(1).fill(b);
  SeededEntropy(2).fill(c);
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
}

}  // namespace
}  // namespace tunppp::sim
