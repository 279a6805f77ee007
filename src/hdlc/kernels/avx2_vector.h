#pragma once

#include "hdlc/kernels/sse_vector.h"

/// 256 bits as a Word of sparse_fcs.h, and 32 octets as a Vector of vector_loops.h.
namespace tunppp::hdlc::kernels {
namespace {

TUNPPP_TARGET inline __m256i load32(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}

/// (zeros, low half of `value`) and (high half, zeros).
TUNPPP_TARGET inline __m256i half_later(__m256i value) {
  return _mm256_permute2x128_si256(value, value, 0x08);
}
TUNPPP_TARGET inline __m256i half_earlier(__m256i value) {
  return _mm256_permute2x128_si256(value, value, 0x81);
}

struct Avx2Word {
  static constexpr unsigned octets = 32;
  static constexpr unsigned bits = 256;
  using Half = SseWord;

  TUNPPP_TARGET static Avx2Word load(const std::byte* from) { return {load32(from)}; }
  TUNPPP_TARGET static Avx2Word of(std::uint16_t fcs) {
    return {_mm256_zextsi128_si256(_mm_cvtsi32_si128(fcs))};
  }
  template <unsigned n>
  TUNPPP_TARGET Avx2Word later() const {
    constexpr unsigned count = n / 8;
    const __m256i half = half_later(value);
    if constexpr (count < 16) return {_mm256_alignr_epi8(value, half, 16 - count)};
    return {_mm256_slli_si256(half, count - 16)};
  }
  template <unsigned n>
  TUNPPP_TARGET Avx2Word earlier() const {
    constexpr unsigned count = n / 8;
    const __m256i half = half_earlier(value);
    if constexpr (count < 16) return {_mm256_alignr_epi8(half, value, count)};
    return {_mm256_srli_si256(half, count - 16)};
  }
  TUNPPP_TARGET Avx2Word right_aligned(unsigned count) const {
    const __m256i from = count > 16 ? value : half_later(value);
    const unsigned in_lane = count > 16 ? count - 16 : count;
    // Each half moves towards the end; what leaves the first one enters the second.
    const __m256i moved = _mm256_shuffle_epi8(from, twice(moving_shuffle.data() + in_lane));
    const __m256i entered =
        _mm256_shuffle_epi8(half_later(from), twice(moving_shuffle.data() + 16 + in_lane));
    return {_mm256_or_si256(moved, entered)};
  }
  TUNPPP_TARGET static Avx2Word joined(Avx2Word older, Avx2Word newer) {
    const __m256i middle = _mm256_permute2x128_si256(older.value, newer.value, 0x21);
    return {_mm256_alignr_epi8(middle, older.value, 8)};
  }
  TUNPPP_TARGET Half first_half() const { return {_mm256_castsi256_si128(value)}; }
  TUNPPP_TARGET Half second_half() const { return {_mm256_extracti128_si256(value, 1)}; }
  TUNPPP_TARGET friend Avx2Word operator^(Avx2Word a, Avx2Word b) {
    return {_mm256_xor_si256(a.value, b.value)};
  }

  __m256i value;

 private:
  TUNPPP_TARGET static __m256i twice(const std::uint8_t* from) {
    return _mm256_broadcastsi128_si256(load16(from));
  }
};

struct Avx2Vector {
  static constexpr std::size_t width = 32;
  using Value = __m256i;
  using Map = __m256i;

  TUNPPP_TARGET static Value load(const std::byte* from) { return load32(from); }
  TUNPPP_TARGET static void store(std::byte* to, Value octets) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), octets);
  }
  TUNPPP_TARGET static Value repeated(std::byte octet) {
    return _mm256_set1_epi8(std::to_integer<char>(octet));
  }
  TUNPPP_TARGET static Value equals(Value octets, std::byte octet) {
    return _mm256_cmpeq_epi8(octets, repeated(octet));
  }
  TUNPPP_TARGET static Value below_20(Value octets) {
    const Value most = _mm256_set1_epi8(0x1f);
    return _mm256_cmpeq_epi8(_mm256_min_epu8(octets, most), octets);
  }
  TUNPPP_TARGET static Map map(std::uint32_t accm) {
    return _mm256_set1_epi32(static_cast<int>(accm));
  }
  TUNPPP_TARGET static Value mapped(Value octets, Map map) {
    const Value bit =
        _mm256_shuffle_epi8(_mm256_set1_epi64x(static_cast<long long>(0x8040201008040201)),
                            _mm256_and_si256(octets, _mm256_set1_epi8(7)));
    const Value part = _mm256_shuffle_epi8(
        map, _mm256_and_si256(_mm256_srli_epi16(octets, 3), _mm256_set1_epi8(3)));
    return _mm256_and_si256(below_20(octets), _mm256_cmpeq_epi8(_mm256_and_si256(bit, part), bit));
  }
  TUNPPP_TARGET static Value either(Value a, Value b) { return _mm256_or_si256(a, b); }
  TUNPPP_TARGET static std::uint32_t mask(Value octets) {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(octets));
  }
  TUNPPP_TARGET static Value changed(Value octets, Value where) {
    return _mm256_xor_si256(octets, _mm256_and_si256(where, repeated(transparency)));
  }
  TUNPPP_TARGET static Value with_escape(Value octets, Value special, std::size_t at) {
    static constexpr auto behind = window<width>(0, 0xff, 0xff);
    static constexpr auto bit_behind = window<width>(0, 0x20, 0);
    const Value moved = _mm256_xor_si256(_mm256_alignr_epi8(octets, half_later(octets), 15),
                                         load32(bit_behind.data() + width - at));
    const Value escaped = _mm256_blendv_epi8(octets, repeated(escape), special);
    return _mm256_blendv_epi8(escaped, moved, load32(behind.data() + width - at));
  }
  TUNPPP_TARGET static Value without(Value octets, std::size_t at) {
    static constexpr auto from_there = window<width>(0xff, 0xff, 0xff);
    const Value moved = _mm256_alignr_epi8(half_earlier(octets), octets, 1);
    return _mm256_blendv_epi8(octets, moved, load32(from_there.data() + width - at));
  }
  TUNPPP_TARGET static Value moved_on(Value older, Value newer) {
    return _mm256_alignr_epi8(newer, _mm256_permute2x128_si256(older, newer, 0x21), 15);
  }
  TUNPPP_TARGET static Value last(bool set) { return _mm256_set1_epi8(set ? -1 : 0); }

  TUNPPP_TARGET static std::byte* put_escaped(std::byte* out, Value octets, std::uint32_t mask) {
    out = SseVector::put_escaped(out, _mm256_castsi256_si128(octets), mask);
    return SseVector::put_escaped(out, _mm256_extracti128_si256(octets, 1), mask >> 16);
  }
  TUNPPP_TARGET static std::byte* put_without(std::byte* out, Value octets, std::uint32_t mask) {
    out = SseVector::put_without(out, _mm256_castsi256_si128(octets), mask);
    return SseVector::put_without(out, _mm256_extracti128_si256(octets, 1), mask >> 16);
  }
};

}  // namespace
}  // namespace tunppp::hdlc::kernels
