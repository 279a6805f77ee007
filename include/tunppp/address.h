#pragma once

#include <tunppp/export.h>

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

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

/// An IPv6 address, octets in network order. :: stands for "none".
struct Ipv6Address {
  std::array<std::uint8_t, 16> octets{};

  constexpr bool is_unspecified() const { return octets == std::array<std::uint8_t, 16>{}; }
  /// fe80::/10
  constexpr bool is_link_local() const { return octets[0] == 0xfe && (octets[1] & 0xc0) == 0x80; }
  constexpr bool is_multicast() const { return octets[0] == 0xff; }
  friend constexpr auto operator<=>(const Ipv6Address&, const Ipv6Address&) = default;
};

/// "2001:db8::1", as RFC 5952 wants it
TUNPPP_EXPORT std::string to_string(const Ipv6Address& address);
/// Any form of RFC 4291 section 2.2, without zone; nullopt otherwise.
TUNPPP_EXPORT std::optional<Ipv6Address> parse_ipv6(std::string_view text);

/// One of either kind, such as a name server.
using IpAddress = std::variant<Ipv4Address, Ipv6Address>;
TUNPPP_EXPORT std::string to_string(const IpAddress& address);

struct Ipv6Prefix {
  Ipv6Address address;       ///< the bits behind `length` are zero
  std::uint8_t length = 64;  ///< 0 to 128

  friend constexpr auto operator<=>(const Ipv6Prefix&, const Ipv6Prefix&) = default;
};

/// "2001:db8:1::/64"
TUNPPP_EXPORT std::string to_string(const Ipv6Prefix& prefix);
/// nullopt when it is no prefix, or when bits behind its length are set.
TUNPPP_EXPORT std::optional<Ipv6Prefix> parse_ipv6_prefix(std::string_view text);

/// The lower half of an address (RFC 5072 section 4.1). Zero stands for "none" or "please suggest
/// one".
struct InterfaceIdentifier {
  std::array<std::uint8_t, 8> octets{};

  constexpr bool is_zero() const { return octets == std::array<std::uint8_t, 8>{}; }
  friend constexpr auto operator<=>(const InterfaceIdentifier&,
                                    const InterfaceIdentifier&) = default;
};

/// "0200:5eff:fe00:5301"
TUNPPP_EXPORT std::string to_string(const InterfaceIdentifier& identifier);
/// Four groups of up to four hexadecimal digits, "::1" or "::a:b" also, as pppd writes them.
TUNPPP_EXPORT std::optional<InterfaceIdentifier> parse_identifier(std::string_view text);
/// fe80::/64 and the identifier (RFC 5072 section 5).
TUNPPP_EXPORT Ipv6Address link_local(const InterfaceIdentifier& identifier);
/// The first 64 bits of `prefix` and the identifier.
TUNPPP_EXPORT Ipv6Address join(const Ipv6Prefix& prefix, const InterfaceIdentifier& identifier);

}  // namespace tunppp
