#pragma once

#include <tunppp/address.h>
#include <tunppp/event.h>

#include "base/result.h"
#include "tun/netlink.h"

#include <cstdint>
#include <string>

namespace tunppp::tun {

/// The IPv6 side of an interface on which the kernel itself does nothing: no address of its own
/// invention, no advertisement acted upon. See Interface::disable_ipv6_address_generation().
class Ipv6Interface {
 public:
  /// The interface must exist.
  static Result<Ipv6Interface> attach(const std::string& name);

  /// Lets the kernel carry IPv6. Its MTU must be 1280 or more. Off takes all addresses and routes
  /// away.
  Status enable();
  void disable();

  /// Lifetimes count from now; `forever` is without end. Adding what is there changes its
  /// lifetimes. There is no duplicate address detection: both ends know each other's identifier.
  Status add_address(const Ipv6Address& address, std::uint8_t prefix_length, Duration preferred,
                     Duration valid);
  /// Succeeds when it is gone already.
  Status remove_address(const Ipv6Address& address, std::uint8_t prefix_length);

  /// Through this interface, with no gateway. Like Interface::add_default_route().
  Status add_default_route(std::uint32_t metric) { return change_default_route(true, metric); }
  Status remove_default_route(std::uint32_t metric) { return change_default_route(false, metric); }

  /// For IPv6 alone, at most that of the interface.
  Status set_mtu(unsigned mtu);

 private:
  Ipv6Interface(Netlink netlink, std::string name, unsigned index)
      : netlink_(std::move(netlink)), name_(std::move(name)), index_(index) {}
  Status change_default_route(bool add, std::uint32_t metric);
  Status set(const char* setting, unsigned value);

  Netlink netlink_;
  std::string name_;
  unsigned index_ = 0;
};

}  // namespace tunppp::tun
