#pragma once

#include <tunppp/address.h>
#include <tunppp/export.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace tunppp {

/// Which IPv4 addresses a peer may have that proved who it is, as pppd's secrets files say it.
struct TUNPPP_EXPORT AllowedAddresses {
  enum class Scope : std::uint8_t {
    any,       ///< whatever IPCP agrees upon
    assigned,  ///< only the one that we give to it, if we give one
    listed,    ///< what `rules` allow
  };
  /// An address, or a subnet of all that agree in the first `prefix_length` bits.
  struct Rule {
    Ipv4Address address;
    std::uint8_t prefix_length = 32;
    bool allow = true;

    bool matches(Ipv4Address other) const;
    friend bool operator==(const Rule&, const Rule&) = default;
  };

  Scope scope = Scope::any;
  std::vector<Rule> rules{};  ///< the first that matches decides; if none does: not allowed

  /// `assigned`: the one that we give to the peer; unspecified if we give it none.
  bool allows(Ipv4Address address, Ipv4Address assigned) const;
  /// The first single address among the rules, to be given to the peer.
  std::optional<Ipv4Address> single() const;

  friend bool operator==(const AllowedAddresses&, const AllowedAddresses&) = default;
};

}  // namespace tunppp
