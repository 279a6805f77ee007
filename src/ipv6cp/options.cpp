#include "ipv6cp/options.h"

#include <fmt/format.h>

#include <algorithm>

#include "cp/text.h"

namespace tunppp::ipv6cp {
namespace {

std::string describe_option(const cp::Option& option) {
  const auto type = static_cast<OptionType>(option.type);
  const auto identifier = parse_identifier(option);
  if (type == OptionType::interface_identifier && identifier) {
    return fmt::format("<id {}>", to_string(*identifier));
  }
  return cp::describe_unknown(option);
}

}  // namespace

void write_identifier(Writer& out, const InterfaceIdentifier& identifier) {
  out.u8(static_cast<std::uint8_t>(OptionType::interface_identifier));
  out.u8(static_cast<std::uint8_t>(2 + identifier.octets.size()));
  out.bytes(std::as_bytes(std::span(identifier.octets)));
}

std::optional<InterfaceIdentifier> parse_identifier(const cp::Option& option) {
  InterfaceIdentifier identifier;
  if (option.value.size() != identifier.octets.size()) return std::nullopt;
  std::transform(option.value.begin(), option.value.end(), identifier.octets.begin(),
                 [](std::byte octet) { return std::to_integer<std::uint8_t>(octet); });
  return identifier;
}

std::string describe(Bytes octets) {
  const auto packet = cp::PacketView::parse(octets);
  if (!packet) return "IPV6CP (malformed)";
  return "IPV6CP " + cp::describe_packet(*packet, describe_option);
}

}  // namespace tunppp::ipv6cp
