#pragma once

#include <tunppp/bytes.h>

#include <cstdint>

namespace tunppp::hdlc {

/// Frame check sequence: RFC 1662 has two, and RFC 1570 2.1 lets them be negotiated, or none.
/// Until then, and again whenever the link is not open, it is fcs16.
enum class Fcs : std::uint8_t { none, fcs16, fcs32 };

constexpr std::size_t fcs_size(Fcs fcs) {
  return fcs == Fcs::fcs32 ? 4 : fcs == Fcs::fcs16 ? 2 : 0;
}

/// RFC 1662 appendix C. The sender transmits the complement, low octet first; who runs the check
/// over content and FCS together ends at the good value.
inline constexpr std::uint16_t fcs16_initial = 0xffff;
inline constexpr std::uint16_t fcs16_good = 0xf0b8;
inline constexpr std::uint32_t fcs32_initial = 0xffffffff;
inline constexpr std::uint32_t fcs32_good = 0xdebb20e3;

/// Carry `fcs` on over `bytes`, with the fastest kernel that this CPU has.
std::uint16_t fcs16(std::uint16_t fcs, Bytes bytes);
std::uint32_t fcs32(std::uint32_t fcs, Bytes bytes);

}  // namespace tunppp::hdlc
