#pragma once

#include <tunppp/dialer.h>

#include "base/result.h"
#include "tun/interface.h"
#include "tun/tun_device.h"

#include <optional>
#include <string>

namespace tunppp::session {

/// The TUN interface of one session: there from the start, up once there are addresses, and changed
/// only where something changed when they are agreed upon anew.
class NetworkInterface {
 public:
  /// Down, without carrier, and silent in IPv6.
  static Result<NetworkInterface> create(const InterfaceOptions& options, bool offload);

  tun::TunDevice& device() { return device_; }
  const std::string& name() const { return device_.name(); }

  /// Addresses, MTU, link state and default route.
  Status configure(const Ipv4Up& agreed);
  /// Up, with an MTU for both kinds of IP; for a session without IPv4.
  Status bring_up(std::uint16_t mtu);
  /// What is configured now.
  const std::optional<AddressesSet>& addresses() const { return addresses_; }

  const InterfaceOptions& options() const { return options_; }

  /// Packets that the kernel wanted to send and nobody read in time.
  std::uint64_t dropped();

 private:
  NetworkInterface(const InterfaceOptions& options, tun::TunDevice device, tun::Interface interface)
      : options_(options), device_(std::move(device)), interface_(std::move(interface)) {}

  Status change_addresses(const AddressesSet& wanted);

  InterfaceOptions options_;
  tun::TunDevice device_;
  tun::Interface interface_;
  std::optional<AddressesSet> addresses_;
};

}  // namespace tunppp::session
