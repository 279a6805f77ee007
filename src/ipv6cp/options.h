#pragma once

#include <tunppp/address.h>
#include <tunppp/bytes.h>

#include <optional>
#include <string>

#include "base/writer.h"
#include "cp/packet.h"

namespace tunppp::ipv6cp {

/// RFC 5072 section 4; the second one was in RFC 2472 section 4.2 and is now RFC 5172.
enum class OptionType : std::uint8_t {
  interface_identifier = 1,
  ipv6_compression = 2,
};

void write_identifier(Writer& out, const InterfaceIdentifier& identifier);
/// nullopt when the value is no eight octets.
std::optional<InterfaceIdentifier> parse_identifier(const cp::Option& option);

/// "IPV6CP ConfReq id=1 <id 0200:5eff:fe00:5301>"
std::string describe(Bytes packet);

}  // namespace tunppp::ipv6cp
