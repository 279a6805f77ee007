#pragma once

#include <tunppp/address.h>
#include <tunppp/bytes.h>
#include <tunppp/event.h>
#include <tunppp/time.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "base/writer.h"

/// Neighbor Discovery on a line with two ends: router solicitation and advertisement (RFC 4861),
/// address from a prefix (RFC 4862), name servers (RFC 8106).
namespace tunppp::ndp {

inline constexpr Ipv6Address all_nodes{{0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
inline constexpr Ipv6Address all_routers{{0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}};

inline constexpr std::uint16_t least_mtu = 1280;  ///< RFC 8200 section 5

// Of what one advertisement may bring; more is ignored.
inline constexpr std::size_t prefix_limit = 8;
inline constexpr std::size_t dns_limit = 8;

/// Whole seconds of 32 bits; all ones is without end (RFC 4861 section 4.6.2).
Duration lifetime(std::uint32_t seconds);
std::uint32_t seconds(Duration lifetime);

struct PrefixInformation {
  Ipv6Prefix prefix;
  bool on_link = false;     ///< L
  bool autonomous = false;  ///< A
  Duration valid{};
  Duration preferred{};
};

struct NameServer {
  Ipv6Address address;
  Duration lifetime{};
};

struct Advertisement {
  Ipv6Address source;
  std::uint8_t hop_limit = 0;
  Duration router_lifetime{};
  std::optional<std::uint32_t> mtu;
  std::vector<PrefixInformation> prefixes;
  std::vector<NameServer> dns;
};

struct Solicitation {
  Ipv6Address source;  ///< may be unspecified
};

/// Whether a packet could be one of the two, at a glance, for the packet path.
bool is_router_discovery(Bytes packet);

/// What RFC 4861 section 6.1.2 lets pass: hop limit 255, from a link-local address, checksum and
/// lengths right. All else is nullopt. Options that we do not know are skipped.
std::optional<Advertisement> parse_advertisement(Bytes packet);
/// The same of section 6.1.1.
std::optional<Solicitation> parse_solicitation(Bytes packet);

/// Whole IPv6 packets. Without link-layer address options: a PPP line has none.
void write_solicitation(Writer& out, const Ipv6Address& source);
void write_advertisement(Writer& out, const Advertisement& advertisement,
                         const Ipv6Address& destination);

}  // namespace tunppp::ndp
