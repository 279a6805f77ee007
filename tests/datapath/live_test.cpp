// Two pumps over a pty, against the kernel: what the kernel hands over as super-packets travels as
// packets that are right in each octet, and what is joined for it on the other side is taken as
// what was sent.
#include <gtest/gtest.h>

#include <deque>
#include <sstream>

#include "live_ends.h"
#include "packets.h"
#include "traffic.h"

namespace tunppp::test {
namespace {

using namespace std::chrono_literals;

/// Sees each packet that goes over the line.
struct Capture final : FrameTap {
  std::deque<Octets> sent;
  std::deque<Octets> received;
  std::size_t wrong = 0;
  std::size_t largest = 0;
  std::uint64_t packets = 0;

  void frame(Instant, LineId, Direction direction, Bytes frame) override {
    constexpr std::size_t header = 4;  // address, control, protocol
    if (frame.size() < header || read_u16(frame, 2) != 0x0021) return;
    const Bytes packet = frame.subspan(header);
    ++packets;
    largest = std::max(largest, packet.size());
    if (!checksums_right(packet)) ++wrong;
    (direction == Direction::sent ? sent : received).emplace_back(packet.begin(), packet.end());
  }
};

/// What one side sent is what the other received, in this order.
void expect_same(Capture& from, Capture& to) {
  while (!to.received.empty()) {
    ASSERT_FALSE(from.sent.empty());
    ASSERT_EQ(to.received.front(), from.sent.front());
    to.received.pop_front();
    from.sent.pop_front();
  }
}

/// A counter of /proc/net/snmp.
std::uint64_t kernel_counter(const NetworkNamespace& where, const std::string& protocol,
                             const std::string& name) {
  std::istringstream lines(where.run({"cat", "/proc/net/snmp"}).out);
  std::string names;
  std::string values;
  while (std::getline(lines, names) && std::getline(lines, values)) {
    std::istringstream name_words(names);
    std::istringstream value_words(values);
    std::string word;
    std::string value;
    name_words >> word;
    value_words >> value;
    if (word != protocol + ":") continue;
    while (name_words >> word && value_words >> value)
      if (word == name) return std::stoull(value);
  }
  ADD_FAILURE() << "no " << name << " of " << protocol;
  return 0;
}

class DataPath : public testing::TestWithParam<bool> {};

TEST_P(DataPath, CarriesTcpBothWaysOctetByOctet) {
  constexpr std::uint64_t octets = 6 << 20;
  Capture capture_a;
  Capture capture_b;
  LivePair pair({.offload = GetParam(), .tap_a = &capture_a, .tap_b = &capture_b});
  const NetworkNamespace& a = pair.a().where();
  const NetworkNamespace& b = pair.b().where();
  TcpTransfer up(a, b, LivePair::address_b, 5001, octets);
  TcpTransfer down(b, a, LivePair::address_a, 5002, octets);
  EXPECT_TRUE(pair.run_until([&] { return up.done() && down.done(); }, 60s))
      << up.received() << " and " << down.received();
  EXPECT_TRUE(up.intact());
  EXPECT_TRUE(down.intact());

  for (Capture* capture : {&capture_a, &capture_b}) {
    EXPECT_EQ(capture->wrong, 0u);
    EXPECT_LE(capture->largest, 1500u);
    EXPECT_GT(capture->packets, 2 * octets / 1500);
  }
  expect_same(capture_a, capture_b);
  expect_same(capture_b, capture_a);
  for (const NetworkNamespace* side : {&a, &b}) {
    EXPECT_EQ(kernel_counter(*side, "Tcp", "InCsumErrors"), 0u);
    EXPECT_EQ(kernel_counter(*side, "Tcp", "InErrs"), 0u);
    EXPECT_EQ(kernel_counter(*side, "Ip", "InHdrErrors"), 0u);
  }
  // On this kernel super-packets are there both ways; without offload there is none.
  for (LiveEnd* end : {&pair.a(), &pair.b()}) {
    const Counters counters = end->counters();
    EXPECT_EQ(end->offloads().vnet_header, GetParam());
    EXPECT_EQ(counters.super_packets_read > 0, GetParam());
    EXPECT_EQ(counters.super_packets_written > 0, GetParam());
    EXPECT_EQ(counters.write_failed, 0u);
    EXPECT_EQ(counters.not_sent, 0u);
    // Whatever was read has gone, or it was dropped on purpose, or it waits.
    const std::uint64_t gone =
        counters.link.sent_packets + counters.queue_dropped + counters.delay_dropped;
    EXPECT_LE(gone, counters.interface_read);
    EXPECT_LE(counters.interface_read - gone, 256u);
  }
}

TEST_P(DataPath, CarriesDatagramsThatTheKernelJoined) {
  Capture capture_a;
  Capture capture_b;
  LivePair pair({.offload = GetParam(), .tap_a = &capture_a, .tap_b = &capture_b});
  UdpTransfer transfer(pair.a().where(), pair.b().where(), LivePair::address_b, 5003, 1200, 2000);
  EXPECT_TRUE(pair.run_until([&] { return transfer.done(); }, 60s)) << transfer.received();
  EXPECT_TRUE(transfer.intact());
  EXPECT_EQ(capture_a.wrong, 0u);
  EXPECT_EQ(capture_b.wrong, 0u);
  expect_same(capture_a, capture_b);
  EXPECT_EQ(kernel_counter(pair.b().where(), "Udp", "InCsumErrors"), 0u);
  if (pair.a().offloads().udp) {
    EXPECT_GT(pair.a().counters().super_packets_read, 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(Offload, DataPath, testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "on" : "off"; });

}  // namespace
}  // namespace tunppp::test
