#pragma once

#include <tunppp/dialer.h>

#include "base/result.h"
#include "session/network_interface.h"
#include "tun/ipv6_interface.h"

#include <optional>
#include <vector>

namespace tunppp::session {

/// The IPv6 half of a session's interface: what the link tells of addresses, routes and MTU, done in
/// the kernel and remembered for the observer.
class Ipv6Network {
 public:
  /// The interface must outlive it. A router (AdvertiseConfig) has an address of its own prefix,
  /// by which its peer is reached.
  Ipv6Network(NetworkInterface& interface, std::optional<Ipv6Prefix> router_prefix)
      : interface_(interface), router_prefix_(router_prefix) {}

  Status up(const Ipv6Up& event);
  void down();
  Status add(const Ipv6AddressAdded& event);
  Status remove(const Ipv6AddressRemoved& event);
  Status route(const Ipv6DefaultRoute& event);
  Status set_mtu(const Ipv6Mtu& event);

  /// What is configured now; nullopt: nothing.
  const std::optional<Ipv6AddressesSet>& addresses() const { return addresses_; }

 private:
  NetworkInterface& interface_;
  const std::optional<Ipv6Prefix> router_prefix_;
  std::optional<tun::Ipv6Interface> ipv6_;
  std::optional<Ipv6AddressesSet> addresses_;
};

/// "ppp0, fe80::1 to fe80::2, 2001:db8::1, MTU 1500, default route (metric 700)"
std::string to_text(const Ipv6AddressesSet& addresses);

/// The other interface of this machine that has the address; empty: none.
std::string interface_with(Ipv4Address address, const std::string& except);

}  // namespace tunppp::session
