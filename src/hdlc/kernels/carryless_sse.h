#pragma once

#include "hdlc/kernels/carryless.h"
#include "hdlc/kernels/slicing.h"

#include <immintrin.h>

/// FCS-32 by carry-less multiplication, four lanes of 128 bits at a time.
namespace tunppp::hdlc::kernels {
namespace {

template <unsigned bits>
TUNPPP_TARGET inline __m128i carried32(__m128i lane) {
  constexpr Carry carry = carry32(bits);
  const __m128i constants =
      _mm_set_epi64x(static_cast<long long>(carry.high), static_cast<long long>(carry.low));
  return _mm_xor_si128(_mm_clmulepi64_si128(lane, constants, 0x00),
                       _mm_clmulepi64_si128(lane, constants, 0x11));
}

TUNPPP_TARGET inline std::uint32_t carryless_fcs32(std::uint32_t fcs, const std::byte* in,
                                                   std::size_t size) {
  constexpr std::size_t block = 64;
  if (size < block) return sliced_fcs32<std::uint64_t>(fcs, in, size);
  const auto lane = [](const std::byte* from, std::size_t n) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from) + n);
  };
  __m128i a = _mm_xor_si128(lane(in, 0), _mm_cvtsi32_si128(static_cast<int>(fcs)));
  __m128i b = lane(in, 1);
  __m128i c = lane(in, 2);
  __m128i d = lane(in, 3);
  for (in += block, size -= block; size >= block; in += block, size -= block) {
    a = _mm_xor_si128(carried32<512>(a), lane(in, 0));
    b = _mm_xor_si128(carried32<512>(b), lane(in, 1));
    c = _mm_xor_si128(carried32<512>(c), lane(in, 2));
    d = _mm_xor_si128(carried32<512>(d), lane(in, 3));
  }
  d = _mm_xor_si128(_mm_xor_si128(carried32<384>(a), carried32<256>(b)),
                    _mm_xor_si128(carried32<128>(c), d));
  std::byte left[16];
  _mm_storeu_si128(reinterpret_cast<__m128i*>(left), d);
  return sliced_fcs32<std::uint64_t>(sliced_fcs32<std::uint64_t>(0, left, sizeof left), in, size);
}

}  // namespace
}  // namespace tunppp::hdlc::kernels
