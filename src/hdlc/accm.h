#pragma once

#include <cstddef>
#include <cstdint>

namespace tunppp::hdlc {

/// Async-Control-Character-Map (RFC 1662 7.1): bit n stands for the control character n. Only the
/// 32 characters 00 to 1f can be negotiated; 7d and 7e are escaped whatever the map says.
class Accm {
 public:
  constexpr Accm() = default;
  constexpr explicit Accm(std::uint32_t value) : value_(value) {}

  static constexpr Accm none() { return Accm(0); }
  /// The default before anything is negotiated.
  static constexpr Accm all() { return Accm(0xffffffff); }

  constexpr std::uint32_t value() const { return value_; }
  constexpr bool contains(std::byte octet) const {
    const auto character = std::to_integer<unsigned>(octet);
    return character < 32 && (value_ >> character & 1) != 0;
  }

  /// The union, which a Configure-Nak carries (RFC 1662 7.1).
  friend constexpr Accm operator|(Accm a, Accm b) { return Accm(a.value_ | b.value_); }
  friend constexpr bool operator==(Accm, Accm) = default;

 private:
  std::uint32_t value_ = 0;
};

}  // namespace tunppp::hdlc
