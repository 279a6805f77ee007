#include <tunppp/address.h>

#include <fmt/format.h>

#include <algorithm>
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

namespace {

template <std::size_t size>
std::uint16_t group(const std::array<std::uint8_t, size>& octets, std::size_t index) {
  return static_cast<std::uint16_t>(octets[2 * index] << 8 | octets[2 * index + 1]);
}

/// Up to four hexadecimal digits at the front of `text`, taken off it.
std::optional<std::uint16_t> take_group(std::string_view& text) {
  std::uint16_t value = 0;
  const auto [next, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  const auto digits = static_cast<std::size_t>(next - text.data());
  if (error != std::errc{} || digits > 4) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

/// Groups of hexadecimal digits, at one place "::" for as many zero groups as are missing.
template <std::size_t size>
std::optional<std::array<std::uint8_t, size>> parse_groups(std::string_view text) {
  constexpr std::size_t groups = size / 2;
  std::array<std::uint16_t, groups> values{};
  std::size_t count = 0;
  std::optional<std::size_t> gap;
  if (text.starts_with("::")) {
    gap = 0;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    const auto value = take_group(text);
    if (!value || count == groups) return std::nullopt;
    values[count++] = *value;
    if (text.empty()) break;
    if (!text.starts_with(':') || text.size() == 1) return std::nullopt;
    text.remove_prefix(1);
    if (!text.starts_with(':')) continue;
    if (gap) return std::nullopt;
    gap = count;
    text.remove_prefix(1);
  }
  if (gap ? count == groups : count != groups) return std::nullopt;
  std::array<std::uint8_t, size> octets{};
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = gap && i >= *gap ? groups - count + i : i;
    octets[2 * at] = static_cast<std::uint8_t>(values[i] >> 8);
    octets[2 * at + 1] = static_cast<std::uint8_t>(values[i] & 0xff);
  }
  return octets;
}

}  // namespace

/// "The longest run of consecutive 16-bit 0 fields MUST be shortened", the first of equals, and one
/// alone is not (RFC 5952 section 4.2).
std::string to_string(const Ipv6Address& address) {
  std::size_t gap = 0;
  std::size_t longest = 1;
  for (std::size_t begin = 0; begin < 8; ++begin) {
    std::size_t end = begin;
    while (end < 8 && group(address.octets, end) == 0) ++end;
    if (end - begin <= longest) continue;
    longest = end - begin;
    gap = begin;
  }
  const bool shortened = longest > 1;
  std::string text;
  for (std::size_t i = 0; i < 8; ++i) {
    if (shortened && i == gap) {
      text += "::";
      i += longest - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    text += fmt::format("{:x}", group(address.octets, i));
  }
  return text;
}

/// The last four octets may be written as an IPv4 address (RFC 4291 section 2.2).
std::optional<Ipv6Address> parse_ipv6(std::string_view text) {
  std::string mixed;
  if (const auto dot = text.find('.'); dot != std::string_view::npos) {
    const auto colon = text.rfind(':', dot);
    if (colon == std::string_view::npos) return std::nullopt;
    const auto last = parse_ipv4(text.substr(colon + 1));
    if (!last) return std::nullopt;
    mixed = fmt::format("{}{:x}:{:x}", text.substr(0, colon + 1), group(last->octets, 0),
                        group(last->octets, 1));
    text = mixed;
  }
  const auto octets = parse_groups<16>(text);
  if (!octets) return std::nullopt;
  return Ipv6Address{*octets};
}

std::string to_string(const IpAddress& address) {
  return std::visit([](const auto& it) { return to_string(it); }, address);
}

std::string to_string(const Ipv6Prefix& prefix) {
  return fmt::format("{}/{}", to_string(prefix.address), prefix.length);
}

std::optional<Ipv6Prefix> parse_ipv6_prefix(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = parse_ipv6(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  unsigned length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (!address || error != std::errc{} || end != digits.data() + digits.size() || length > 128) {
    return std::nullopt;
  }
  for (std::size_t bit = length; bit < 128; ++bit) {
    if ((address->octets[bit / 8] & 0x80 >> bit % 8) != 0) return std::nullopt;
  }
  return Ipv6Prefix{*address, static_cast<std::uint8_t>(length)};
}

std::string to_string(const InterfaceIdentifier& identifier) {
  return fmt::format("{:04x}:{:04x}:{:04x}:{:04x}", group(identifier.octets, 0),
                     group(identifier.octets, 1), group(identifier.octets, 2),
                     group(identifier.octets, 3));
}

std::optional<InterfaceIdentifier> parse_identifier(std::string_view text) {
  const auto octets = parse_groups<8>(text);
  if (!octets) return std::nullopt;
  return InterfaceIdentifier{*octets};
}

Ipv6Address link_local(const InterfaceIdentifier& identifier) {
  return join({Ipv6Address{{0xfe, 0x80}}, 64}, identifier);
}

Ipv6Address join(const Ipv6Prefix& prefix, const InterfaceIdentifier& identifier) {
  Ipv6Address address = prefix.address;
  std::copy(identifier.octets.begin(), identifier.octets.end(), address.octets.begin() + 8);
  return address;
}

}  // namespace tunppp
