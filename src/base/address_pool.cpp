#include <tunppp/address_pool.h>

#include <algorithm>
#include <charconv>

namespace tunppp {
namespace {

std::uint32_t number(Ipv4Address address) {
  std::uint32_t value = 0;
  for (const std::uint8_t octet : address.octets) value = value << 8 | octet;
  return value;
}

Ipv4Address address_of(std::uint32_t value) {
  return {{static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16 & 0xff),
           static_cast<std::uint8_t>(value >> 8 & 0xff), static_cast<std::uint8_t>(value & 0xff)}};
}

/// "10.1.0.0/24" without the network's own address and its broadcast address, which hosts do not
/// take; networks of one or two addresses (RFC 3021) are taken whole.
std::optional<Ipv4Range> parse_network(std::string_view base, std::string_view length) {
  const auto address = parse_ipv4(base);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
  if (!address || error != std::errc{} || end != length.data() + length.size() || bits > 32) {
    return std::nullopt;
  }
  const std::uint32_t host_mask = bits == 0 ? 0xffffffff : (std::uint32_t{1} << (32 - bits)) - 1;
  const std::uint32_t first = number(*address);
  if ((first & host_mask) != 0) return std::nullopt;
  const std::uint32_t edge = host_mask > 1 ? 1 : 0;
  return Ipv4Range{address_of(first + edge), address_of(first + host_mask - edge)};
}

std::optional<Ipv4Range> parse_range(std::string_view text) {
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    return parse_network(text.substr(0, slash), text.substr(slash + 1));
  }
  const auto dash = text.find('-');
  const auto first = parse_ipv4(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_ipv4(text.substr(dash + 1));
  if (!first || !last || *last < *first || first->is_unspecified()) return std::nullopt;
  return Ipv4Range{*first, *last};
}

}  // namespace

std::optional<std::vector<Ipv4Range>> parse_ranges(std::string_view text) {
  std::vector<Ipv4Range> ranges;
  for (;;) {
    const auto comma = text.find(',');
    const auto range = parse_range(text.substr(0, comma));
    if (!range) return std::nullopt;
    ranges.push_back(*range);
    if (comma == std::string_view::npos) return ranges;
    text.remove_prefix(comma + 1);
  }
}

AddressPool::AddressPool(std::vector<Ipv4Range> ranges) {
  std::sort(ranges.begin(), ranges.end());
  for (const Ipv4Range& range : ranges) {
    if (ranges_.empty() || ranges_.back().last < range.first) {
      ranges_.push_back(range);
    } else {
      ranges_.back().last = std::max(ranges_.back().last, range.last);
    }
  }
}

void AddressPool::exclude(Ipv4Address address) {
  if (contains(address)) excluded_.insert(number(address));
}

bool AddressPool::contains(Ipv4Address address) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [address](const Ipv4Range& range) {
    return range.first <= address && address <= range.last;
  });
}

bool AddressPool::is_free(std::uint32_t address) const {
  return !leased_.contains(address) && !excluded_.contains(address);
}

std::optional<Ipv4Address> AddressPool::lease(Ipv4Address wish) {
  if (contains(wish) && is_free(number(wish))) {
    leased_.insert(number(wish));
    return wish;
  }
  if (ranges_.empty()) return std::nullopt;
  // Twice around: from where the last search ended, then from the start. Each step beyond a taken
  // address is one of those that are leased or excluded, so it ends soon.
  for (const std::uint32_t from : {next_, std::uint32_t{0}}) {
    for (const Ipv4Range& range : ranges_) {
      const std::uint32_t last = number(range.last);
      std::uint64_t candidate = std::max(from, number(range.first));
      while (candidate <= last && !is_free(static_cast<std::uint32_t>(candidate))) ++candidate;
      if (candidate > last) continue;
      const auto found = static_cast<std::uint32_t>(candidate);
      leased_.insert(found);
      next_ = found + 1;
      return address_of(found);
    }
  }
  return std::nullopt;
}

void AddressPool::release(Ipv4Address address) { leased_.erase(number(address)); }

std::uint64_t AddressPool::size() const {
  std::uint64_t count = 0;
  for (const Ipv4Range& range : ranges_) count += number(range.last) - number(range.first) + 1ULL;
  return count - excluded_.size();
}

}  // namespace tunppp
