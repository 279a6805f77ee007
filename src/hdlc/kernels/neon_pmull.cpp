// NEON with PMULL, the carry-less multiply of the cryptographic extension: another check.
#define TUNPPP_TARGET
#include "hdlc/fcs.h"
#include "hdlc/kernels/carryless.h"
#include "hdlc/kernels/neon_vector.h"
#include "hdlc/kernels/sets.h"
#include "hdlc/kernels/slicing.h"
#include "hdlc/kernels/sparse_fcs.h"

#if defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace tunppp::hdlc::kernels {
namespace {

// In assembler, because not every compiler offers the intrinsics to a function of its own target.
inline uint64x2_t multiplied_low(uint64x2_t a, uint64x2_t b) {
  uint64x2_t product;
  asm(".arch_extension crypto\n\tpmull %0.1q, %1.1d, %2.1d" : "=w"(product) : "w"(a), "w"(b));
  return product;
}
inline uint64x2_t multiplied_high(uint64x2_t a, uint64x2_t b) {
  uint64x2_t product;
  asm(".arch_extension crypto\n\tpmull2 %0.1q, %1.2d, %2.2d" : "=w"(product) : "w"(a), "w"(b));
  return product;
}

inline uint64x2_t lane(const std::byte* from, std::size_t n) {
  return vreinterpretq_u64_u8(vld1q_u8(numbers(from + 16 * n)));
}

inline uint64x2_t pair(std::uint64_t low, std::uint64_t high) {
  return vcombine_u64(vcreate_u64(low), vcreate_u64(high));
}

inline uint64x2_t carried(uint64x2_t value, Carry carry) {
  const uint64x2_t constants = pair(carry.low, carry.high);
  return veorq_u64(multiplied_low(value, constants), multiplied_high(value, constants));
}

/// What is left of whole blocks of 64 octets, `start` added to the first: 128 bits with the same
/// check.
template <Carry (*carry)(unsigned bits)>
inline uint64x2_t last_lane(std::uint32_t start, const std::byte* in, std::size_t blocks) {
  uint64x2_t a = veorq_u64(lane(in, 0), pair(start, 0));
  uint64x2_t b = lane(in, 1);
  uint64x2_t c = lane(in, 2);
  uint64x2_t d = lane(in, 3);
  constexpr Carry next = carry(512);
  for (in += 64, --blocks; blocks > 0; in += 64, --blocks) {
    a = veorq_u64(carried(a, next), lane(in, 0));
    b = veorq_u64(carried(b, next), lane(in, 1));
    c = veorq_u64(carried(c, next), lane(in, 2));
    d = veorq_u64(carried(d, next), lane(in, 3));
  }
  return veorq_u64(veorq_u64(carried(a, carry(384)), carried(b, carry(256))),
                   veorq_u64(carried(c, carry(128)), d));
}

/// 80 bits where the check stands, then modulo the generator after Barrett.
inline std::uint16_t reduced16(uint64x2_t lane) {
  const uint8x16_t sum = vreinterpretq_u8_u64(carried(lane, carry16(16)));
  const uint64x2_t high = vreinterpretq_u64_u8(vextq_u8(sum, vdupq_n_u8(0), 6));
  const uint64x2_t quotient = multiplied_low(high, pair(inverse16, 0));
  const uint64x2_t multiple = multiplied_low(quotient, pair(generator16, 0));
  return static_cast<std::uint16_t>(vgetq_lane_u16(vreinterpretq_u16_u64(multiple), 4) ^
                                    vgetq_lane_u16(vreinterpretq_u16_u8(sum), 7));
}

std::uint16_t fcs16(std::uint16_t fcs, const std::byte* in, std::size_t size) {
  if (size >= 64) {
    fcs = reduced16(last_lane<carry16>(fcs, in, size / 64));
    in += size / 64 * 64;
    size %= 64;
  }
  if (size >= 2 * sizeof(std::uint64_t))
    return sparse_fcs16<IntegerWord<std::uint64_t>>(fcs, in, size);
  for (std::size_t i = 0; i < size; ++i) fcs = fcs16_octet(fcs, in[i]);
  return fcs;
}

std::uint32_t fcs32(std::uint32_t fcs, const std::byte* in, std::size_t size) {
  if (size >= 64) {
    std::byte left[16];
    vst1q_u8(numbers(left), vreinterpretq_u8_u64(last_lane<carry32>(fcs, in, size / 64)));
    fcs = sliced_fcs32<std::uint64_t>(0, left, sizeof left);
    in += size / 64 * 64;
    size %= 64;
  }
  return sliced_fcs32<std::uint64_t>(fcs, in, size);
}

bool usable() {
#if defined(__linux__)
  return (getauxval(AT_HWCAP) & HWCAP_PMULL) != 0;
#else
  return false;
#endif
}

}  // namespace

const Kernels neon_pmull = {
    "neon-pmull",
    usable,
    fcs16,
    fcs32,
    {stuff<MapKind::none>, stuff<MapKind::all>, stuff<MapKind::general>},
    {check_and_stuff<fcs16, stuff<MapKind::none>>, check_and_stuff<fcs16, stuff<MapKind::all>>,
     check_and_stuff<fcs16, stuff<MapKind::general>>},
    {unstuff<MapKind::none>, unstuff<MapKind::all>, unstuff<MapKind::general>},
};

}  // namespace tunppp::hdlc::kernels
