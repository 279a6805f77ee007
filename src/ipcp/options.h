#pragma once

#include <tunppp/address.h>
#include <tunppp/bytes.h>

#include <optional>
#include <string>

#include "base/writer.h"
#include "cp/packet.h"

namespace tunppp::ipcp {

/// RFC 1332 section 3 and RFC 1877 section 1.
enum class OptionType : std::uint8_t {
  ip_compression = 2,
  ip_address = 3,
  primary_dns = 129,
  primary_nbns = 130,
  secondary_dns = 131,
  secondary_nbns = 132,
};

void write_address(Writer& out, OptionType type, Ipv4Address address);
/// nullopt when the value is no four octets.
std::optional<Ipv4Address> parse_address(const cp::Option& option);

/// IP-Compression-Protocol with Van Jacobson (RFC 1332 section 4): what its sender can put back.
struct VjOption {
  std::uint8_t max_slot = 0;          ///< one less than the connections it remembers
  bool may_omit_connection = false;  ///< the connection's number may be left out

  friend bool operator==(const VjOption&, const VjOption&) = default;
};
void write_vj(Writer& out, const VjOption& vj);
/// nullopt for another protocol, and for the old form without slots.
std::optional<VjOption> parse_vj(const cp::Option& option);

/// "IPCP ConfReq id=1 <addr 0.0.0.0> <dns1 0.0.0.0>"
std::string describe(Bytes packet);

}  // namespace tunppp::ipcp
