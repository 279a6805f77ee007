#pragma once

#include "hdlc/kernels/integer_word.h"
#include "hdlc/kernels/shuffles.h"

#include <immintrin.h>

/// 128 bits as a Word of sparse_fcs.h.
namespace tunppp::hdlc::kernels {
namespace {

TUNPPP_TARGET inline __m128i load16(const void* from) {
  return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

struct SseWord {
  static constexpr unsigned octets = 16;
  static constexpr unsigned bits = 128;
  using Half = IntegerWord<std::uint64_t>;

  TUNPPP_TARGET static SseWord load(const std::byte* from) { return {load16(from)}; }
  TUNPPP_TARGET static SseWord of(std::uint16_t fcs) { return {_mm_cvtsi32_si128(fcs)}; }
  template <unsigned n>
  TUNPPP_TARGET SseWord later() const {
    return {_mm_slli_si128(value, n / 8)};
  }
  template <unsigned n>
  TUNPPP_TARGET SseWord earlier() const {
    return {_mm_srli_si128(value, n / 8)};
  }
  TUNPPP_TARGET SseWord right_aligned(unsigned count) const {
    return {_mm_shuffle_epi8(value, load16(moving_shuffle.data() + count))};
  }
  TUNPPP_TARGET static SseWord joined(SseWord older, SseWord newer) {
    return {_mm_alignr_epi8(newer.value, older.value, 4)};
  }
  TUNPPP_TARGET Half first_half() const {
    return {static_cast<std::uint64_t>(_mm_cvtsi128_si64(value))};
  }
  TUNPPP_TARGET Half second_half() const {
    return {static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(value, value)))};
  }
  TUNPPP_TARGET friend SseWord operator^(SseWord a, SseWord b) {
    return {_mm_xor_si128(a.value, b.value)};
  }

  __m128i value;
};

}  // namespace
}  // namespace tunppp::hdlc::kernels
