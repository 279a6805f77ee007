#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/octets.h"
#include "lcp/lcp.h"

namespace tunppp::lcp::test {

using namespace tunppp::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Sent {
  Instant when;
  Octets octets;

  unsigned code() const { return at(octets, 0); }
  unsigned identifier() const { return at(octets, 1); }
  Octets data() const { return {octets.begin() + 4, octets.end()}; }
};

class FakeHost final : public Host {
 public:
  void send_control(std::uint16_t, Bytes packet) override { sent.push_back({now, copy(packet)}); }
  void layer_up(std::uint16_t) override { ++ups; }
  void layer_down(std::uint16_t) override { ++downs; }
  void layer_finished(std::uint16_t, cp::Finish finish) override { finished.push_back(finish); }
  void count(Drop drop) override { drops.push_back(drop); }
  void protocol_rejected(std::uint16_t protocol) override { rejected.push_back(protocol); }
  void peer_lost() override { lost.push_back(now); }
  void echo_answered(Duration round_trip) override { round_trips.push_back(round_trip); }
  void identified(const std::string& text) override { identifications.push_back(text); }
  void time_remaining(std::optional<Duration> left, const std::string& text) override {
    remaining.push_back({left, text});
  }

  Instant now{};
  std::vector<Sent> sent;
  int ups = 0;
  int downs = 0;
  std::vector<cp::Finish> finished;
  std::vector<Drop> drops;
  std::vector<std::uint16_t> rejected;
  std::vector<Instant> lost;
  std::vector<Duration> round_trips;
  std::vector<std::string> identifications;
  std::vector<std::pair<std::optional<Duration>, std::string>> remaining;
};

/// Magic numbers 0x11111111, 0x22222222, ...
class CountingEntropy final : public Entropy {
 public:
  void fill(MutableBytes out) override {
    ++draws;
    std::fill(out.begin(), out.end(), static_cast<std::byte>(draws * 0x11));
  }
  unsigned draws = 0;
};

/// LCP, its host and virtual time; the test is the peer.
class Bench {
 public:
  explicit Bench(const LcpConfig& config = {}, std::vector<AuthProtocol> require = {},
                 std::vector<AuthProtocol> accept = {AuthProtocol::chap_md5, AuthProtocol::pap})
      : lcp(config, std::move(require), std::move(accept), entropy, host) {}

  void start() {
    lcp.open(host.now);
    lcp.up(host.now);
  }
  void receive(const Octets& octets) {
    lcp.frame_received();
    lcp.receive(host.now, octets);
  }
  void pass(Duration duration) {
    const Instant end = host.now + duration;
    while (lcp.next_timeout() && *lcp.next_timeout() <= end) {
      host.now = std::max(host.now, *lcp.next_timeout());
      lcp.handle_timeout(host.now);
    }
    host.now = end;
  }
  /// The answer to a request of the peer with these options.
  Sent ask(const Octets& options) {
    receive(packet(1, ++peer_identifier, options));
    return host.sent.back();
  }
  Sent request() const {
    const auto found = std::find_if(host.sent.rbegin(), host.sent.rend(),
                                    [](const Sent& one) { return one.code() == 1; });
    return found == host.sent.rend() ? Sent{} : *found;
  }
  void answer(unsigned code, const Octets& options) {
    receive(packet(code, request().identifier(), options));
  }
  void acknowledge() { answer(2, request().data()); }
  void become_opened(const Octets& peers_options = octets({5, 6, 0xca, 0xfe, 0xba, 0xbe})) {
    start();
    ask(peers_options);
    acknowledge();
  }

  CountingEntropy entropy;
  FakeHost host;
  Lcp lcp;
  unsigned peer_identifier = 40;
};

}  // namespace tunppp::lcp::test
