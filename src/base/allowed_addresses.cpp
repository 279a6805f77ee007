#include <tunppp/allowed_addresses.h>

#include <algorithm>

namespace tunppp {
namespace {

std::uint32_t number(Ipv4Address address) {
  std::uint32_t value = 0;
  for (std::uint8_t octet : address.octets) value = value << 8 | octet;
  return value;
}

}  // namespace

bool AllowedAddresses::Rule::matches(Ipv4Address other) const {
  if (prefix_length == 0) return true;
  const std::uint32_t mask = ~std::uint32_t{0} << (32 - std::min<unsigned>(prefix_length, 32));
  return ((number(address) ^ number(other)) & mask) == 0;
}

bool AllowedAddresses::allows(Ipv4Address address, Ipv4Address assigned) const {
  if (scope == Scope::any) return true;
  if (scope == Scope::assigned) return assigned.is_unspecified() || address == assigned;
  const auto rule = std::find_if(rules.begin(), rules.end(),
                                 [=](const Rule& one) { return one.matches(address); });
  return rule != rules.end() && rule->allow;
}

std::optional<Ipv4Address> AllowedAddresses::single() const {
  for (const Rule& rule : rules) {
    if (rule.allow && rule.prefix_length == 32) return rule.address;
  }
  return std::nullopt;
}

}  // namespace tunppp
