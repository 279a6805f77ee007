#pragma once

#include <cstddef>
#include <cstdint>

/// Constants for a check by carry-less multiplication.
namespace tunppp::hdlc::kernels {

/// x^exponent modulo the generator, whose terms below x^degree are `terms`; as the top bits of a
/// quadword, first coefficient lowest.
constexpr std::uint64_t power(unsigned exponent, unsigned degree, std::uint64_t terms) {
  std::uint64_t value = 1;
  for (; exponent > 0; --exponent) {
    value <<= 1;
    if ((value >> degree & 1) != 0) value ^= std::uint64_t{1} << degree | terms;
  }
  std::uint64_t reversed = 0;
  for (unsigned bit = 0; bit < degree; ++bit)
    if ((value >> bit & 1) != 0) reversed |= std::uint64_t{1} << (63 - bit);
  return reversed;
}

constexpr std::uint64_t power16(unsigned exponent) {
  return power(exponent, 16, 0x1021);
}
constexpr std::uint64_t power32(unsigned exponent) {
  return power(exponent, 32, 0x04c11db7);
}

/// What the two quadwords of a lane are multiplied by to carry it on by some bits. (The product of
/// reversed factors comes out shifted by one: hence the -1.)
struct Carry {
  std::uint64_t low;
  std::uint64_t high;
};
constexpr Carry carry16(unsigned bits) {
  return {power16(bits + 63), power16(bits - 1)};
}
constexpr Carry carry32(unsigned bits) {
  return {power32(bits + 63), power32(bits - 1)};
}

static_assert(carry16(128).low >> 48 == 0xa95d && carry16(128).high >> 48 == 0x7eea);

/// For the last step (Barrett): the reversed inverse of the generator, and the generator.
inline constexpr std::uint64_t inverse16 = 0x859b040b1c581911;
inline constexpr std::uint64_t generator16 = 0x10811;

}  // namespace tunppp::hdlc::kernels
