#pragma once

#include "hdlc/kernel.h"

/// What every set does with single octets: at the ends of its input and where its short cuts do not
/// hold. No branches, as far as that goes: where escapes are many, nobody can foresee them.
namespace tunppp::hdlc::kernels {
namespace {

/// The octets that are escaped, one bit each.
class SpecialOctets {
 public:
  TUNPPP_TARGET explicit SpecialOctets(std::uint32_t accm) : bits_{accm, 0, 0, 0x60000000} {}

  /// 1 or 0.
  TUNPPP_TARGET unsigned contains(std::byte octet) const {
    const auto value = std::to_integer<unsigned>(octet);
    return bits_[value >> 5] >> (value & 31) & 1;
  }

 private:
  std::uint32_t bits_[8];
};

TUNPPP_TARGET inline std::byte* stuff_octet(std::byte octet, unsigned special, std::byte* out) {
  out[0] = escape;
  out += special;
  *out++ = octet ^ static_cast<std::byte>(special << 5);
  return out;
}

/// Where unstuffing stands.
struct Unstuffing {
  const std::byte* in;
  const std::byte* end;
  std::byte* out;
  unsigned escaped;  // 1 or 0

  TUNPPP_TARGET std::size_t left() const { return static_cast<std::size_t>(end - in); }
};

/// One octet that is not a flag.
TUNPPP_TARGET inline void unstuff_octet(Unstuffing& at, std::uint32_t accm) {
  const std::byte octet = *at.in++;
  const auto value = std::to_integer<unsigned>(octet);
  const unsigned ignored = accm >> (value & 31) & (value < 32 ? 1u : 0u);
  const unsigned escapes = (octet == escape ? 1u : 0u) & ~at.escaped & ~ignored;
  *at.out = octet ^ static_cast<std::byte>(at.escaped << 5);
  at.out += 1 - (ignored | escapes);
  at.escaped = (at.escaped & ignored) | escapes;
}

/// Up to `count` octets; false if there is a flag before that.
TUNPPP_TARGET inline bool unstuff_octets(Unstuffing& at, std::size_t count, std::uint32_t accm) {
  for (; count > 0; --count) {
    if (*at.in == flag) return false;
    unstuff_octet(at, accm);
  }
  return true;
}

/// So few octets that a vector does not pay.
inline constexpr std::size_t few = 8;

TUNPPP_TARGET inline Unstuffed unstuff_few(const std::byte* in, std::size_t size, std::byte* out,
                                           std::uint32_t accm, bool& escaped) {
  Unstuffing at{in, in + size, out, escaped};
  unstuff_octets(at, size, accm);
  escaped = at.escaped != 0;
  return {static_cast<std::size_t>(at.in - in), static_cast<std::size_t>(at.out - out)};
}

/// encode() for a set that makes two passes.
template <Kernels::Fcs16 fcs16, Kernels::Stuff stuff>
Encoded check_and_stuff(std::uint16_t fcs, const std::byte* in, std::size_t size, std::byte* out,
                        std::uint32_t accm) {
  const std::uint16_t check = fcs16(fcs, in, size);
  return {stuff(in, size, out, accm), check};
}

}  // namespace
}  // namespace tunppp::hdlc::kernels
