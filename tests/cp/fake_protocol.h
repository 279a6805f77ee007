#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "base/octets.h"
#include "base/protocol.h"
#include "cp/control_protocol.h"

namespace tunppp::cp {

namespace test {

using namespace tunppp::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A packet that the protocol under test sent, and when.
struct Sent {
  Instant when;
  Octets octets;

  unsigned code() const { return at(octets, 0); }
  unsigned identifier() const { return at(octets, 1); }
  Octets data() const { return {octets.begin() + 4, octets.end()}; }
};

/// Writes down what it is told.
class FakeHost final : public Host {
 public:
  void send_control(std::uint16_t, Bytes packet) override { sent.push_back({now, copy(packet)}); }
  void layer_up(std::uint16_t) override { ++ups; }
  void layer_down(std::uint16_t) override { ++downs; }
  void layer_finished(std::uint16_t, Finish finish) override {
    finished.push_back(finish);
    finished_at = now;
  }
  void count(Drop drop) override { ++drops[drop]; }

  std::size_t of_code(unsigned code) const {
    return static_cast<std::size_t>(std::count_if(
        sent.begin(), sent.end(), [code](const Sent& one) { return one.code() == code; }));
  }
  const Sent& last() const { return sent.back(); }
  std::uint64_t dropped(Drop drop) const {
    const auto found = drops.find(drop);
    return found == drops.end() ? 0 : found->second;
  }

  Instant now{};
  std::vector<Sent> sent;
  int ups = 0;
  int downs = 0;
  std::vector<Finish> finished;
  Instant finished_at{};
  std::map<Drop, std::uint64_t> drops;
};

/// A protocol whose options mean nothing. Of the peer's, type 1 is good, type 2 is to have the value
/// 42, type 3 must be there if `must_have` says so, all others are unknown.
class FakeProtocol final : public ControlProtocol {
 public:
  FakeProtocol(const RestartConfig& restart, FakeHost& host)
      : ControlProtocol(protocol::ipcp, restart, host) {}

  Octets options = octets({1, 3, 7, 9, 4, 1, 2});
  bool must_have = false;
  bool waits_for_peer = false;
  Duration pause{0};
  std::size_t limit = 1500;
  std::optional<Finish> fails_on_up;
  std::optional<Finish> fails_on_nak;

  std::vector<unsigned> nakked, rejected_options, codes;
  int negotiations = 0;
  /// What a Nak or Reject of the option does to `options`; nothing unless a test says so.
  std::function<void(const Option&)> when_nakked, when_rejected;

  using ControlProtocol::give_up;

 private:
  void write_options(Writer& out) override { out.bytes(options); }
  void begin_negotiation() override { ++negotiations; }
  void begin_peer_request() override { has_3_ = false; }
  Verdict judge(const Option& option, Writer& nak) override {
    if (option.type == 1) return Verdict::ack;
    if (option.type == 3) {
      has_3_ = true;
      return Verdict::ack;
    }
    if (option.type != 2) return Verdict::reject;
    if (at(option.value, 0) == 42) return Verdict::ack;
    nak.bytes(octets({2, 3, 42}));
    return Verdict::nak;
  }
  void judge_absent(Writer& nak) override {
    if (must_have && !has_3_) nak.bytes(octets({3, 2}));
  }
  void peer_nak(const Option& option) override {
    nakked.push_back(option.type);
    if (when_nakked) when_nakked(option);
    if (fails_on_nak) give_up(*fails_on_nak);
  }
  void peer_reject(const Option& option) override {
    rejected_options.push_back(option.type);
    if (when_rejected) when_rejected(option);
  }
  bool handle_code(Instant, const PacketView& packet) override {
    codes.push_back(packet.code);
    return packet.code >= 8 && packet.code <= 11;
  }
  void on_up(Instant) override {
    if (fails_on_up) give_up(*fails_on_up);
  }
  Duration pause_before_request() override { return pause; }
  bool passive() const override { return waits_for_peer; }
  std::size_t packet_limit() const override { return limit; }

  bool has_3_ = false;
};

/// Protocol, host and virtual time.
class Bench {
 public:
  explicit Bench(const RestartConfig& restart = {}) : protocol(restart, host) {}

  void start() {
    protocol.open(host.now);
    protocol.up(host.now);
  }
  void receive(const Octets& octets) { protocol.receive(host.now, octets); }
  /// Lets the time pass, and acts on every timer in between.
  void pass(Duration duration) {
    const Instant end = host.now + duration;
    while (protocol.next_timeout() && *protocol.next_timeout() <= end) {
      host.now = std::max(host.now, *protocol.next_timeout());
      protocol.handle_timeout(host.now);
    }
    host.now = end;
  }
  /// The right Ack to the last request.
  void acknowledge() {
    const Sent request = last_request();
    receive(packet(2, request.identifier(), request.data()));
  }
  /// A request of the peer that is good.
  void request(unsigned identifier) { receive(packet(1, identifier, octets({1, 3, 5}))); }
  void become_opened() {
    start();
    request(1);
    acknowledge();
  }
  Sent last_request() const {
    const auto found = std::find_if(host.sent.rbegin(), host.sent.rend(),
                                    [](const Sent& one) { return one.code() == 1; });
    return found == host.sent.rend() ? Sent{} : *found;
  }
  Duration elapsed() const { return host.now - Instant{}; }

  FakeHost host;
  FakeProtocol protocol;
};

}  // namespace test
}  // namespace tunppp::cp
