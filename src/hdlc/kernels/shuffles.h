#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// Indices for byte shuffles (pshufb, tbl) that put octets in or take them out. An index of 80 or
/// more yields zero.
namespace tunppp::hdlc::kernels {

inline constexpr std::uint8_t nothing = 0x80;

/// Entry [mask]: eight octets, each bit of the mask an escape before one of them. What stands in
/// octets 8 to 15 is the escape.
constexpr std::array<std::array<std::uint8_t, 16>, 256> escaping_shuffles() {
  std::array<std::array<std::uint8_t, 16>, 256> table{};
  for (unsigned mask = 0; mask < 256; ++mask) {
    std::size_t to = 0;
    for (unsigned octet = 0; octet < 8; ++octet) {
      if ((mask >> octet & 1) != 0) table[mask][to++] = 8;
      table[mask][to++] = static_cast<std::uint8_t>(octet);
    }
    while (to < 16) table[mask][to++] = nothing;
  }
  return table;
}

/// Entry [mask]: eight octets without those of the mask.
constexpr std::array<std::array<std::uint8_t, 8>, 256> removing_shuffles() {
  std::array<std::array<std::uint8_t, 8>, 256> table{};
  for (unsigned mask = 0; mask < 256; ++mask) {
    std::size_t to = 0;
    for (unsigned octet = 0; octet < 8; ++octet)
      if ((mask >> octet & 1) == 0) table[mask][to++] = static_cast<std::uint8_t>(octet);
    while (to < 8) table[mask][to++] = nothing;
  }
  return table;
}

/// Entry [n]: sixteen octets with a gap at n, the last one lost; at 15 the gap is of no account.
constexpr std::array<std::array<std::uint8_t, 16>, 16> gap_shuffles() {
  std::array<std::array<std::uint8_t, 16>, 16> table{};
  for (unsigned n = 0; n < 16; ++n)
    for (unsigned to = 0; to < 16; ++to)
      table[n][to] = to == n ? nothing : static_cast<std::uint8_t>(to < n ? to : to - 1);
  return table;
}

/// Entry [n]: sixteen octets without the one at n; at 16, with all.
constexpr std::array<std::array<std::uint8_t, 16>, 17> without_shuffles() {
  std::array<std::array<std::uint8_t, 16>, 17> table{};
  for (unsigned n = 0; n <= 16; ++n)
    for (unsigned to = 0; to < 16; ++to)
      table[n][to] = static_cast<std::uint8_t>(to < n ? to : to < 15 ? to + 1 : nothing);
  return table;
}

alignas(16) inline constexpr auto escaping_shuffle = escaping_shuffles();
alignas(16) inline constexpr auto removing_shuffle = removing_shuffles();
alignas(16) inline constexpr auto gap_shuffle = gap_shuffles();
alignas(16) inline constexpr auto without_shuffle = without_shuffles();

/// How many bits an octet has set.
constexpr std::array<std::uint8_t, 256> bit_counts() {
  std::array<std::uint8_t, 256> table{};
  for (unsigned octet = 1; octet < 256; ++octet)
    table[octet] = static_cast<std::uint8_t>(table[octet / 2] + octet % 2);
  return table;
}
inline constexpr auto bit_count = bit_counts();

/// Of this, 16 from `n` on move octets: towards the end by 16 - n (n up to 16), towards the start
/// by n - 16 (from there on).
constexpr std::array<std::uint8_t, 48> moving_shuffles() {
  std::array<std::uint8_t, 48> window{};
  for (unsigned i = 0; i < 48; ++i)
    window[i] = i >= 16 && i < 32 ? static_cast<std::uint8_t>(i - 16) : nothing;
  return window;
}
alignas(16) inline constexpr auto moving_shuffle = moving_shuffles();

/// Of this, `width` from `width - n` on: `at` where n is, `after` at n + 1, `beyond` from there on.
template <std::size_t width>
constexpr std::array<std::uint8_t, 2 * width + 1> window(std::uint8_t at, std::uint8_t after,
                                                         std::uint8_t beyond) {
  std::array<std::uint8_t, 2 * width + 1> made{};
  for (std::size_t i = width; i <= 2 * width; ++i)
    made[i] = i == width ? at : i == width + 1 ? after : beyond;
  return made;
}

}  // namespace tunppp::hdlc::kernels
