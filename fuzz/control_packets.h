#pragma once

#include <optional>

#include "cp/control_protocol.h"
#include "cp/packet.h"
#include "link_fuzz.h"

namespace tunppp::fuzz {

/// What a control protocol may do to its host at any time, checked at each call. `Base` is the host
/// of the protocol.
template <class Base>
class CheckingHost : public Base {
 public:
  virtual ~CheckingHost() = default;
  void send_control(std::uint16_t, Bytes octets) override {
    const auto packet = cp::PacketView::parse(octets);
    require(packet && packet->whole.size() == octets.size(), "what is sent is a packet");
    require(octets.size() <= 1500, "a packet that is sent has 1500 octets at most");
    if (packet->code >= 1 && packet->code <= 4) {
      require(cp::well_formed_options(packet->data), "options that are sent are whole");
    }
    if (packet->code == 1) request = {packet->identifier, {}};
    if (packet->code == 1) request.options.assign(packet->data.begin(), packet->data.end());
    ++sent;
  }
  void layer_up(std::uint16_t) override {
    require(!up, "up only after down");
    up = true;
  }
  void layer_down(std::uint16_t) override {
    require(up, "down only after up");
    up = false;
  }
  void layer_finished(std::uint16_t, cp::Finish) override { require(!up, "no end while up"); }
  void count(Drop) override {}

  struct Request {
    unsigned identifier = 0;
    std::vector<std::byte> options{};
  };
  Request request;
  bool up = false;
  unsigned sent = 0;
};

/// Plays the peer of a control protocol from the input: packets, answers to what was asked, time,
/// commands.
template <class Protocol, class Host>
void play(Input& input, Protocol& protocol, Host& host) {
  Instant now{};
  protocol.open(now);
  protocol.up(now);
  while (!input.empty()) {
    host.sent = 0;
    switch (input.octet() % 10) {
      case 0: protocol.receive(now, input.counted()); break;  // anything at all
      case 1: {                                               // the right Ack
        protocol.receive(now, packet(2, host.request.identifier, Bytes(host.request.options)));
        break;
      }
      case 2: {  // a Nak or Reject of what was asked
        const unsigned code = 3 + input.octet() % 2;
        protocol.receive(now, packet(code, host.request.identifier, input.counted()));
        break;
      }
      case 3: {  // what was asked, rejected
        protocol.receive(now, packet(4, host.request.identifier, Bytes(host.request.options)));
        break;
      }
      case 4: now += std::chrono::milliseconds(input.number()); [[fallthrough]];
      case 5: protocol.handle_timeout(now); break;
      case 6:
        switch (input.octet() % 5) {
          case 0: protocol.open(now); break;
          case 1: protocol.close(now); break;
          case 2: protocol.down(now); break;
          case 3: protocol.up(now); break;
          default: protocol.rejected(now); break;
        }
        break;
      default: {
        const unsigned code = input.octet() % 16;
        const unsigned identifier = input.octet();
        protocol.receive(now, packet(code, identifier, input.counted()));
        break;
      }
    }
    require(host.sent <= 3, "one input leads to three packets at most");
    require(protocol.opened() || !host.up, "up means opened");
    const cp::State state = protocol.state();
    if (!cp::timer_runs(state) && state != cp::State::opened) {
      require(!protocol.next_timeout(), "no timer where none runs");
    }
    if (cp::timer_runs(state)) require(protocol.next_timeout().has_value(), "a timer where one runs");
  }
}

}  // namespace tunppp::fuzz
