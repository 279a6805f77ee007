#pragma once

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "link/endpoint.h"
#include "link/wire.h"

namespace tunppp::test {

constexpr std::uint16_t lcp = 0xc021, pap = 0xc023, chap = 0xc223, ipcp = 0x8021, ipv4 = 0x0021;

/// One link, and a peer played by the test, octet by octet.
class HandPeer {
 public:
  explicit HandPeer(const LinkConfig& config = {}, std::uint64_t seed = 1)
      : end("link", config, seed) {}

  /// Opens and brings the line up; takes the first request off.
  void start() {
    end.link.open(now);
    end.link.line_up(first_line, now);
    end.drain(now);
    request = last_of(lcp, 1);
  }

  void feed(std::uint16_t protocol, const Octets& information) {
    feed_raw(frame_of(protocol, information));
  }
  void feed_raw(const Octets& octets) { end.receive(now, octets); }

  /// What was sent since the last call.
  std::vector<SentFrame> sent() {
    raw = end.take_transmit(now);
    auto frames = frames_of(raw);
    for (const SentFrame& frame : frames) {
      EXPECT_TRUE(frame.good) << end.transcript();
      if (frame.protocol == lcp && frame.code() == 1) request = frame;
      if (frame.protocol == ipcp && frame.code() == 1) ipcp_request = frame;
    }
    return frames;
  }
  SentFrame last_of(std::uint16_t protocol, unsigned code) {
    SentFrame found;
    for (const SentFrame& frame : sent()) {
      if (frame.protocol == protocol && frame.code() == code) found = frame;
    }
    return found;
  }
  bool sent_anything_of(std::uint16_t protocol) {
    const auto frames = sent();
    return std::any_of(frames.begin(), frames.end(),
                       [=](const SentFrame& frame) { return frame.protocol == protocol; });
  }

  void pass(Duration duration) {
    const Instant until = now + duration;
    while (end.next_timeout() && *end.next_timeout() <= until) {
      now = std::max(now, *end.next_timeout());
      end.handle_timeout(now);
    }
    now = until;
  }

  /// Our Configure-Request, acknowledged by the link, and the Ack to its own.
  void open_lcp(const Octets& options = octets({5, 6, 0xca, 0xfe, 0xba, 0xbe})) {
    feed(lcp, packet(1, 0x41, options));
    sent();
    feed(lcp, packet(2, request.identifier(), request.data()));
  }
  void open_ipcp(const Octets& options = octets({3, 6, 10, 0, 0, 1})) {
    sent();
    feed(ipcp, packet(1, 0x51, options));
    sent();
    feed(ipcp, packet(3, ipcp_request.identifier(), octets({3, 6, 10, 0, 0, 2})));
    sent();
    const Octets without_dns = octets({3, 6, 10, 0, 0, 2});
    Octets dns = ipcp_request.data();
    ASSERT_GE(dns.size(), 6U) << end.transcript();
    dns.erase(dns.begin(), dns.begin() + 6);
    feed(ipcp, packet(4, ipcp_request.identifier(), dns));
    sent();
    feed(ipcp, packet(2, ipcp_request.identifier(), without_dns));
  }
  void come_up(const Octets& lcp_options = octets({5, 6, 0xca, 0xfe, 0xba, 0xbe})) {
    start();
    open_lcp(lcp_options);
    open_ipcp();
    sent();
  }

  const LinkStatistics& statistics() const { return end.link.statistics(); }
  std::uint64_t dropped(Drop drop) const { return statistics().dropped(drop); }

  Instant now{};
  Endpoint end;
  Octets raw;  ///< as it stood on the line
  SentFrame request;
  SentFrame ipcp_request;
};

/// An IPv4 packet as far as a link looks at it.
inline Octets ip_packet(std::size_t size, unsigned fill = 0x45) {
  return Octets(size, static_cast<std::byte>(fill));
}

}  // namespace tunppp::test
