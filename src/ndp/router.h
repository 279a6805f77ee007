#pragma once

#include <tunppp/config.h>

#include <optional>

#include "ndp/owner.h"
#include "ndp/packet.h"

namespace tunppp::ndp {

/// The router's part: advertises one prefix, unasked and as the answer to a solicitation.
class Router {
 public:
  Router(const AdvertiseConfig& config, Owner& owner) : config_(config), owner_(owner) {}

  /// The link is up: the first advertisement goes out at once and saves the peer its solicitation.
  void start(Instant now, const InterfaceIdentifier& identifier);
  void stop() { next_.reset(); }
  /// A received packet; all but solicitations are ignored.
  void receive(Instant now, Bytes packet);
  std::optional<Instant> next_timeout() const { return next_; }
  void handle_timeout(Instant now);

 private:
  void advertise(Instant now, const Ipv6Address& destination);

  const AdvertiseConfig config_;
  Owner& owner_;
  Ipv6Address source_;
  unsigned sent_ = 0;           ///< unasked
  std::optional<Instant> next_;  ///< of those; nullopt while the link is down
  Instant last_answer_{};
};

}  // namespace tunppp::ndp
