#pragma once

#include <tunppp/address.h>

#include "base/result.h"
#include "tun/netlink.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tunppp::tun {

/// Counted by the kernel, and from its side: tx is what it sent into the interface for us to read.
struct InterfaceCounters {
  std::uint64_t rx_packets = 0;
  std::uint64_t tx_packets = 0;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  std::uint64_t rx_errors = 0;
  std::uint64_t tx_errors = 0;
  std::uint64_t rx_dropped = 0;
  std::uint64_t tx_dropped = 0;  ///< of a TUN: lost because nobody read them in time
};

/// RFC 2863 ifOperStatus, as the kernel keeps it: it follows the carrier after a moment.
enum class OperationalState : std::uint8_t {
  unknown,
  not_present,
  down,
  lower_layer_down,
  testing,
  dormant,
  up,
};

struct InterfaceInfo {
  unsigned index = 0;
  std::string name;
  std::string kind;  ///< "tun", "ppp", "wireguard" ...; empty for hardware
  unsigned mtu = 0;
  unsigned transmit_queue_length = 0;
  bool up = false;  ///< administratively
  bool carrier = false;
  OperationalState state = OperationalState::unknown;
  InterfaceCounters counters;
};

/// Nothing inside the Result when there is no interface of that name.
Result<std::optional<InterfaceInfo>> find_interface(const std::string& name);

/// Our own routes carry this protocol number, so that they are told from everybody else's.
inline constexpr std::uint8_t route_protocol = 112;

/// Configures one interface, by netlink. Every Status that is not empty is no_privilege or
/// interface_failed, and its text names what was attempted.
class Interface {
 public:
  /// The interface must exist.
  static Result<Interface> attach(const std::string& name);

  const std::string& name() const { return name_; }
  unsigned index() const { return index_; }
  Result<InterfaceInfo> info();

  /// No link-local address is invented, and no group is joined, so that the kernel has nothing to
  /// say in IPv6; this lasts over changes of MTU. To be called before the interface goes up.
  /// Succeeds where the kernel has no IPv6.
  Status disable_ipv6_address_generation();
  /// To be raised over 1280, where IPv6 begins, without carrier: the kernel is quicker than we.
  Status set_mtu(unsigned mtu);
  Status set_transmit_queue_length(unsigned packets);
  Status set_up(bool up);

  /// Point to point: `local peer remote/32`, which brings a route to `remote` with it. With an
  /// unspecified `remote` the address stands alone.
  Status add_address(Ipv4Address local, Ipv4Address remote);
  Status remove_address(Ipv4Address local, Ipv4Address remote);

  /// Through this interface, with no gateway. Nobody else's route is replaced: among equal metrics
  /// the one that was there first stays in front. Adding what is there already, and removing what
  /// is not, succeed. The interface must be up to add.
  Status add_default_route(std::uint32_t metric);
  Status remove_default_route(std::uint32_t metric);
  Status add_host_route(Ipv4Address host, std::uint32_t metric);
  Status remove_host_route(Ipv4Address host, std::uint32_t metric);

 private:
  Interface(Netlink netlink, std::string name, unsigned index);
  Status change_route(bool add, Ipv4Address destination, unsigned prefix_length,
                      std::uint32_t metric);
  Status change_address(bool add, Ipv4Address local, Ipv4Address remote);

  Netlink netlink_;
  std::string name_;
  unsigned index_ = 0;
  bool ipv6_silent_ = false;
};

}  // namespace tunppp::tun
