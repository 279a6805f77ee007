#pragma once

#include "hdlc/kernels/sse_word.h"
#include "hdlc/kernels/vector_loops.h"

/// Sixteen octets as a Vector of vector_loops.h.
namespace tunppp::hdlc::kernels {
namespace {

struct SseVector {
  static constexpr std::size_t width = 16;
  using Value = __m128i;
  using Map = __m128i;

  TUNPPP_TARGET static Value load(const std::byte* from) { return load16(from); }
  TUNPPP_TARGET static void store(std::byte* to, Value octets) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), octets);
  }
  TUNPPP_TARGET static Value repeated(std::byte octet) {
    return _mm_set1_epi8(std::to_integer<char>(octet));
  }
  TUNPPP_TARGET static Value equals(Value octets, std::byte octet) {
    return _mm_cmpeq_epi8(octets, repeated(octet));
  }
  TUNPPP_TARGET static Value below_20(Value octets) {
    const Value most = _mm_set1_epi8(0x1f);
    return _mm_cmpeq_epi8(_mm_min_epu8(octets, most), octets);
  }
  TUNPPP_TARGET static Map map(std::uint32_t accm) {
    return _mm_set1_epi32(static_cast<int>(accm));
  }
  /// For octet n its bit n % 8, and beside it the map's octet n / 8.
  TUNPPP_TARGET static Value mapped(Value octets, Map map) {
    const Value bit = _mm_shuffle_epi8(_mm_set1_epi64x(static_cast<long long>(0x8040201008040201)),
                                       _mm_and_si128(octets, _mm_set1_epi8(7)));
    const Value part =
        _mm_shuffle_epi8(map, _mm_and_si128(_mm_srli_epi16(octets, 3), _mm_set1_epi8(3)));
    return _mm_and_si128(below_20(octets), _mm_cmpeq_epi8(_mm_and_si128(bit, part), bit));
  }
  TUNPPP_TARGET static Value either(Value a, Value b) { return _mm_or_si128(a, b); }
  TUNPPP_TARGET static std::uint32_t mask(Value octets) {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(octets));
  }
  TUNPPP_TARGET static Value changed(Value octets, Value where) {
    return _mm_xor_si128(octets, _mm_and_si128(where, repeated(transparency)));
  }
  TUNPPP_TARGET static Value with_escape(Value octets, Value, std::size_t at) {
    static constexpr auto escape_there = window<width>(0x7d, 0x20, 0);
    return _mm_xor_si128(_mm_shuffle_epi8(octets, load16(gap_shuffle[at].data())),
                         load16(escape_there.data() + width - at));
  }
  TUNPPP_TARGET static Value without(Value octets, std::size_t at) {
    return _mm_shuffle_epi8(octets, load16(without_shuffle[at].data()));
  }
  TUNPPP_TARGET static Value moved_on(Value older, Value newer) {
    return _mm_alignr_epi8(newer, older, 15);
  }
  TUNPPP_TARGET static Value last(bool set) { return _mm_set1_epi8(set ? -1 : 0); }

  TUNPPP_TARGET static std::byte* put_escaped(std::byte* out, Value octets, std::uint32_t mask) {
    const Value escapes = repeated(escape);
    out = put_eight_escaped(out, _mm_unpacklo_epi64(octets, escapes), mask & 0xff);
    return put_eight_escaped(out, _mm_unpackhi_epi64(octets, escapes), mask >> 8 & 0xff);
  }
  TUNPPP_TARGET static std::byte* put_without(std::byte* out, Value octets, std::uint32_t mask) {
    out = put_eight_without(out, octets, mask & 0xff);
    return put_eight_without(out, _mm_unpackhi_epi64(octets, octets), mask >> 8 & 0xff);
  }
  /// The first `count` octets of the last 16 before `end`, which has so many.
  TUNPPP_TARGET static Value load_last(const std::byte* end, std::size_t count) {
    return _mm_shuffle_epi8(load16(end - width), load16(moving_shuffle.data() + 2 * width - count));
  }

 private:
  TUNPPP_TARGET static std::byte* put_eight_escaped(std::byte* out, Value octets,
                                                    std::uint32_t mask) {
    store(out, _mm_shuffle_epi8(octets, load16(escaping_shuffle[mask].data())));
    return out + 8 + bit_count[mask];
  }
  TUNPPP_TARGET static std::byte* put_eight_without(std::byte* out, Value octets,
                                                    std::uint32_t mask) {
    const Value shuffle =
        _mm_loadl_epi64(reinterpret_cast<const __m128i*>(removing_shuffle[mask].data()));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out), _mm_shuffle_epi8(octets, shuffle));
    return out + 8 - bit_count[mask];
  }
};

/// The octets that fill no vector. There are at least 16 before `end`, or they go one by one.
TUNPPP_TARGET inline std::byte* stuff_rest(const std::byte* in, const std::byte* end, bool sixteen,
                                           std::byte* out, std::uint32_t accm) {
  const auto count = static_cast<std::size_t>(end - in);
  if (sixteen) {
    const Specials<SseVector, MapKind::general> specials(accm);
    const __m128i octets = SseVector::load_last(end, count);
    const __m128i special = specials.special(octets);
    const std::uint32_t mask = SseVector::mask(special) & low_bits(count);
    std::byte* const after = SseVector::put_escaped(out, SseVector::changed(octets, special), mask);
    return after - (SseVector::width - count);
  }
  const SpecialOctets special(accm);
  for (; in != end; ++in) out = stuff_octet(*in, special.contains(*in), out);
  return out;
}

}  // namespace
}  // namespace tunppp::hdlc::kernels
