#include <tunppp/address.h>

#include <fmt/format.h>

#include <charconv>

namespace tunppp {

std::string to_string(Ipv4Address address) { return fmt::format("{}", fmt::join(address.octets, ".")); }

std::optional<Ipv4Address> parse_ipv4(std::string_view text) {
  Ipv4Address address;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0 && (at == end || *at++ != '.')) return std::nullopt;
    if (at == end || *at < '0' || *at > '9') return std::nullopt;
    auto [next, error] = std::from_chars(at, end, address.octets[i]);
    if (error != std::errc{} || next - at > 3) return std::nullopt;
    at = next;
  }
  if (at != end) return std::nullopt;
  return address;
}

}  // namespace tunppp
