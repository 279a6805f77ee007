#pragma once

#include <tunppp/config.h>

#include <optional>
#include <vector>

#include "ndp/owner.h"
#include "ndp/packet.h"

namespace tunppp::ndp {

/// The host's part: solicits, and makes of advertisements addresses, a default route, name servers
/// and an MTU, each with its lifetime.
class Host {
 public:
  Host(const NdpConfig& config, Owner& owner) : config_(config), owner_(owner) {}

  /// The link is up: a solicitation goes out at once. (The random delay of RFC 4861 section 6.3.7
  /// keeps many hosts on one link from speaking together; here is only one.)
  void start(Instant now, const InterfaceIdentifier& identifier, std::uint16_t link_mtu);
  /// The link is down. What was told is void, and is not taken back one by one.
  void stop();
  /// A received packet; all but advertisements are ignored.
  void receive(Instant now, Bytes packet);
  std::optional<Instant> next_timeout() const;
  void handle_timeout(Instant now);

 private:
  struct Address {
    Ipv6Address address;
    std::uint8_t prefix_length;
    std::optional<Instant> valid_until;  ///< nullopt: for ever
  };
  struct Server {
    Ipv6Address address;
    std::optional<Instant> until;
  };

  void solicit(Instant now);
  void solicit_anew(Instant now);
  void take_router(Instant now, const Advertisement& advertisement);
  void take_prefix(Instant now, const PrefixInformation& information);
  void take_dns(Instant now, const std::vector<NameServer>& servers);
  void take_mtu(std::uint32_t mtu);
  void tell_dns();

  const NdpConfig config_;
  Owner& owner_;
  bool running_ = false;
  InterfaceIdentifier identifier_;
  std::uint16_t link_mtu_ = 0;

  std::optional<Instant> solicit_at_;
  unsigned solicitations_ = 0;
  Duration pause_{};

  Ipv6Address router_;
  std::optional<Instant> router_until_;
  std::vector<Address> addresses_;
  std::vector<Server> dns_;
  std::uint16_t mtu_ = 0;
};

}  // namespace tunppp::ndp
