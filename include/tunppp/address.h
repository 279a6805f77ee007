#pragma once

#include <tunppp/export.h>

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tunppp {

/// An IPv4 address, octets in network order. 0.0.0.0 stands for "none" or "please assign one"
/// (RFC 1332 section 3.3).
struct Ipv4Address {
  std::array<std::uint8_t, 4> octets{};

  constexpr bool is_unspecified() const { return octets == std::array<std::uint8_t, 4>{}; }
  friend constexpr auto operator<=>(const Ipv4Address&, const Ipv4Address&) = default;
};

/// "10.64.64.1"
TUNPPP_EXPORT std::string to_string(Ipv4Address address);
/// Dotted quad of decimal octets, nothing before or after it; nullopt otherwise.
TUNPPP_EXPORT std::optional<Ipv4Address> parse_ipv4(std::string_view text);

}  // namespace tunppp
