#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// The bytewise tables of RFC 1662 appendix C.
namespace tunppp::hdlc::kernels {

template <class Value>
constexpr std::array<Value, 256> fcs_table(Value polynomial) {
  std::array<Value, 256> table{};
  for (unsigned octet = 0; octet < 256; ++octet) {
    auto value = static_cast<Value>(octet);
    for (int bit = 0; bit < 8; ++bit)
      value = static_cast<Value>((value & 1) != 0 ? value >> 1 ^ polynomial : value >> 1);
    table[octet] = value;
  }
  return table;
}

/// x^16 + x^12 + x^5 + 1, bits reversed.
inline constexpr auto fcs16_table = fcs_table<std::uint16_t>(0x8408);
/// The polynomial of Ethernet, bits reversed.
inline constexpr auto fcs32_table = fcs_table<std::uint32_t>(0xedb88320);

inline std::uint16_t fcs16_octet(std::uint16_t fcs, std::byte octet) {
  return static_cast<std::uint16_t>(fcs >> 8 ^
                                    fcs16_table[(fcs ^ std::to_integer<unsigned>(octet)) & 0xff]);
}

inline std::uint32_t fcs32_octet(std::uint32_t fcs, std::byte octet) {
  return fcs >> 8 ^ fcs32_table[(fcs ^ std::to_integer<unsigned>(octet)) & 0xff];
}

}  // namespace tunppp::hdlc::kernels
