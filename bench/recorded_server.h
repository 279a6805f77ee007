#pragma once

#include <array>
#include <utility>

#include "hdlc/deframer.h"
#include "hdlc/framer.h"
#include "negotiation.h"

namespace tunppp::bench {

/// What a far end that is not ours is known to do, as data.
struct Behaviour {
  std::vector<std::uint8_t> lcp_options;  ///< of its Configure-Request
  bool speaks_first = false;              ///< else it waits for our first Configure-Request
  bool discard_request = false;           ///< straight after LCP is up
  std::uint16_t authentication = 0;       ///< the protocol it asks for in lcp_options
  std::vector<std::uint8_t> ipcp_options;
  /// Types of IPCP options that it rejects, before it Naks anything.
  std::vector<std::uint8_t> rejects;
};

/// An end that answers by such a record: it acknowledges our LCP, takes every name and secret, Naks the
/// address and the name servers once with the right ones, and rejects the protocols that modems do
/// not know.
class RecordedServer final : public End {
 public:
  explicit RecordedServer(Behaviour behaviour);

  void start(Instant now) override;
  void receive(Instant now, Bytes octets) override;
  std::vector<std::byte> take() override { return std::exchange(said_, {}); }

  // hdlc's sink
  bool frame(MutableBytes content);
  void dropped(hdlc::Drop, Bytes) {}

 private:
  using Octets = std::vector<std::uint8_t>;

  void lcp(std::uint8_t code, std::uint8_t identifier, Bytes data, Bytes whole);
  void ipcp(std::uint8_t code, std::uint8_t identifier, Bytes data);
  void lcp_opened();
  void authenticated();
  void request_lcp();
  void reject_protocol(std::uint16_t protocol, Bytes information);
  void say(std::uint16_t protocol, std::uint8_t code, std::uint8_t identifier, Bytes data);
  void say(std::uint16_t protocol, std::uint8_t code, std::uint8_t identifier, const Octets& data) {
    say(protocol, code, identifier, std::as_bytes(std::span(data)));
  }

  const Behaviour behaviour_;
  hdlc::Deframer deframer_;
  hdlc::Framer framer_;
  std::array<std::byte, 2048 + hdlc::slack> buffer_{};
  std::vector<std::byte> said_;
  std::uint8_t identifier_ = 0;
  bool requested_ = false;
  bool acknowledged_ours_ = false;  ///< we have acknowledged the client's request
  bool acknowledged_its_ = false;   ///< the client has acknowledged ours
};

}  // namespace tunppp::bench
