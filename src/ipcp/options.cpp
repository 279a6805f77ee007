#include "ipcp/options.h"

#include <fmt/format.h>

#include <algorithm>

#include "cp/text.h"

namespace tunppp::ipcp {
namespace {

const char* name_of(OptionType type) {
  switch (type) {
    case OptionType::ip_compression: return nullptr;
    case OptionType::ip_address: return "addr";
    case OptionType::primary_dns: return "dns1";
    case OptionType::primary_nbns: return "nbns1";
    case OptionType::secondary_dns: return "dns2";
    case OptionType::secondary_nbns: return "nbns2";
  }
  return nullptr;
}

std::string describe_option(const cp::Option& option) {
  const char* name = name_of(static_cast<OptionType>(option.type));
  const auto address = parse_address(option);
  if (name == nullptr || !address) return cp::describe_unknown(option);
  return fmt::format("<{} {}>", name, to_string(*address));
}

}  // namespace

void write_address(Writer& out, OptionType type, Ipv4Address address) {
  out.u8(static_cast<std::uint8_t>(type));
  out.u8(6);
  out.bytes(std::as_bytes(std::span(address.octets)));
}

std::optional<Ipv4Address> parse_address(const cp::Option& option) {
  Ipv4Address address;
  if (option.value.size() != address.octets.size()) return std::nullopt;
  std::transform(option.value.begin(), option.value.end(), address.octets.begin(),
                 [](std::byte octet) { return std::to_integer<std::uint8_t>(octet); });
  return address;
}

std::string describe(Bytes octets) {
  const auto packet = cp::PacketView::parse(octets);
  if (!packet) return "IPCP (malformed)";
  return "IPCP " + cp::describe_packet(*packet, describe_option);
}

}  // namespace tunppp::ipcp
