#pragma once

#include <algorithm>
#include <vector>

#include "base/octets.h"
#include "ipcp/ipcp.h"

namespace tunppp::ipcp::test {

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

class FakeHost final : public cp::Host {
 public:
  void send_control(std::uint16_t, Bytes packet) override { sent.push_back({now, copy(packet)}); }
  void layer_up(std::uint16_t) override { ++ups; }
  void layer_down(std::uint16_t) override { ++downs; }
  void layer_finished(std::uint16_t, cp::Finish finish) override { finished.push_back(finish); }
  void count(Drop drop) override { drops.push_back(drop); }

  Instant now{};
  std::vector<Sent> sent;
  int ups = 0;
  int downs = 0;
  std::vector<cp::Finish> finished;
  std::vector<Drop> drops;
};

/// Options, written as RFC 1332 and RFC 1877 have them.
inline Octets option(unsigned type, const char* address) {
  const auto parsed = parse_ipv4(address);
  Octets out = octets({type, 6});
  for (std::uint8_t octet : parsed.value().octets) out.push_back(std::byte{octet});
  return out;
}
inline Octets addr(const char* address) { return option(3, address); }
inline Octets dns1(const char* address) { return option(129, address); }
inline Octets dns2(const char* address) { return option(131, address); }

/// IPCP, its host and virtual time; the test is the peer.
class Bench {
 public:
  explicit Bench(const IpcpConfig& config = {}) : ipcp(config, host) {
    ipcp.open(host.now);
    ipcp.up(host.now);
  }

  void receive(const Octets& octets) { ipcp.receive(host.now, octets); }
  void pass(Duration duration) {
    const Instant end = host.now + duration;
    while (ipcp.next_timeout() && *ipcp.next_timeout() <= end) {
      host.now = std::max(host.now, *ipcp.next_timeout());
      ipcp.handle_timeout(host.now);
    }
    host.now = end;
  }
  /// The answer to a request of the peer with these options.
  Sent ask(const Octets& options) {
    receive(packet(1, ++peer_identifier & 0xff, options));
    return host.sent.back();
  }
  Sent request() const {
    const auto found = std::find_if(host.sent.rbegin(), host.sent.rend(),
                                    [](const Sent& one) { return one.code() == 1; });
    return found == host.sent.rend() ? Sent{} : *found;
  }
  std::size_t requests() const {
    return static_cast<std::size_t>(std::count_if(
        host.sent.begin(), host.sent.end(), [](const Sent& one) { return one.code() == 1; }));
  }
  void answer(unsigned code, const Octets& options) {
    receive(packet(code, request().identifier(), options));
  }
  void nak(const Octets& options) { answer(3, options); }
  void reject(const Octets& options) { answer(4, options); }
  void acknowledge() { answer(2, request().data()); }
  std::string local() const { return to_string(ipcp.local()); }
  std::string remote() const { return to_string(ipcp.remote()); }
  std::string dns(std::size_t index) const { return to_string(ipcp.dns()[index]); }
  Duration elapsed() const { return host.now - Instant{}; }

  FakeHost host;
  Ipcp ipcp;
  unsigned peer_identifier = 60;
};

}  // namespace tunppp::ipcp::test
