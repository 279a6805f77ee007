#include "ipcp/options.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/protocol.h"
#include "base/reader.h"
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
  if (static_cast<OptionType>(option.type) == OptionType::ip_compression) {
    const auto vj = parse_vj(option);
    if (!vj) return cp::describe_unknown(option);
    return fmt::format("<compress VJ slots {}{}>", vj->max_slot + 1,
                       vj->may_omit_connection ? " id" : "");
  }
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

void write_vj(Writer& out, const VjOption& vj) {
  out.u8(static_cast<std::uint8_t>(OptionType::ip_compression));
  out.u8(6);
  out.u16(protocol::vj_compressed);
  out.u8(vj.max_slot);
  out.u8(vj.may_omit_connection ? 1 : 0);
}

std::optional<VjOption> parse_vj(const cp::Option& option) {
  Reader in(option.value);
  const bool is_vj = in.u16() == protocol::vj_compressed;
  VjOption vj;
  vj.max_slot = in.u8();
  vj.may_omit_connection = in.u8() != 0;
  if (!in.ok() || in.remaining() > 0 || !is_vj) return std::nullopt;
  return vj;
}

std::string describe(Bytes octets) {
  const auto packet = cp::PacketView::parse(octets);
  if (!packet) return "IPCP (malformed)";
  return "IPCP " + cp::describe_packet(*packet, describe_option);
}

}  // namespace tunppp::ipcp
