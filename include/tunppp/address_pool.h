#pragma once

#include <tunppp/address.h>
#include <tunppp/export.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace tunppp {

/// IPv4 addresses from `first` to `last`, both included.
struct Ipv4Range {
  Ipv4Address first;
  Ipv4Address last;

  friend constexpr auto operator<=>(const Ipv4Range&, const Ipv4Range&) = default;
};

/// "10.0.0.2-10.0.0.9,10.1.0.0/24,10.2.0.7": ranges, networks (without their first and last address
/// where they have more than two) and single addresses. nullopt when one of them is none.
TUNPPP_EXPORT std::optional<std::vector<Ipv4Range>> parse_ranges(std::string_view text);

/// The addresses that a server has to give. One pool may serve many links, on one thread.
class TUNPPP_EXPORT AddressPool {
 public:
  /// Ranges may overlap.
  explicit AddressPool(std::vector<Ipv4Range> ranges);

  /// Never to be leased: our own address.
  void exclude(Ipv4Address address);
  /// An address that nobody has: `wish` when it is one of ours and free, else the next in turn, so
  /// that one that was released comes back as late as possible. nullopt: none is left.
  std::optional<Ipv4Address> lease(Ipv4Address wish = {});
  /// Back to the pool. One that is not leased is ignored.
  void release(Ipv4Address address);

  bool contains(Ipv4Address address) const;
  std::uint64_t size() const;  ///< free and leased
  std::uint64_t leased() const { return leased_.size(); }

 private:
  bool is_free(std::uint32_t address) const;

  std::vector<Ipv4Range> ranges_;  ///< in order, without overlap
  std::set<std::uint32_t> leased_;
  std::set<std::uint32_t> excluded_;
  std::uint32_t next_ = 0;  ///< where the search goes on
};

}  // namespace tunppp
