#pragma once

#include "hdlc/kernels/integer_word.h"
#include "hdlc/kernels/shuffles.h"
#include "hdlc/kernels/vector_loops.h"

#include <arm_neon.h>

/// NEON's 128 bits as a Word of sparse_fcs.h and as a Vector of vector_loops.h.
namespace tunppp::hdlc::kernels {
namespace {

TUNPPP_TARGET inline const std::uint8_t* numbers(const std::byte* octets) {
  return reinterpret_cast<const std::uint8_t*>(octets);
}
TUNPPP_TARGET inline std::uint8_t* numbers(std::byte* octets) {
  return reinterpret_cast<std::uint8_t*>(octets);
}

struct NeonWord {
  static constexpr unsigned octets = 16;
  static constexpr unsigned bits = 128;
  using Half = IntegerWord<std::uint64_t>;

  TUNPPP_TARGET static NeonWord load(const std::byte* from) { return {vld1q_u8(numbers(from))}; }
  TUNPPP_TARGET static NeonWord of(std::uint16_t fcs) {
    return {vreinterpretq_u8_u64(vsetq_lane_u64(fcs, vdupq_n_u64(0), 0))};
  }
  template <unsigned n>
  TUNPPP_TARGET NeonWord later() const {
    return {vextq_u8(vdupq_n_u8(0), value, 16 - n / 8)};
  }
  template <unsigned n>
  TUNPPP_TARGET NeonWord earlier() const {
    return {vextq_u8(value, vdupq_n_u8(0), n / 8)};
  }
  TUNPPP_TARGET NeonWord right_aligned(unsigned count) const {
    return {vqtbl1q_u8(value, vld1q_u8(moving_shuffle.data() + count))};
  }
  TUNPPP_TARGET static NeonWord joined(NeonWord older, NeonWord newer) {
    return {vextq_u8(older.value, newer.value, 4)};
  }
  TUNPPP_TARGET Half first_half() const { return {vgetq_lane_u64(vreinterpretq_u64_u8(value), 0)}; }
  TUNPPP_TARGET Half second_half() const {
    return {vgetq_lane_u64(vreinterpretq_u64_u8(value), 1)};
  }
  TUNPPP_TARGET friend NeonWord operator^(NeonWord a, NeonWord b) {
    return {veorq_u8(a.value, b.value)};
  }

  uint8x16_t value;
};

struct NeonVector {
  static constexpr std::size_t width = 16;
  using Value = uint8x16_t;
  using Map = uint8x16_t;

  TUNPPP_TARGET static Value load(const std::byte* from) { return vld1q_u8(numbers(from)); }
  TUNPPP_TARGET static void store(std::byte* to, Value octets) { vst1q_u8(numbers(to), octets); }
  TUNPPP_TARGET static Value repeated(std::byte octet) {
    return vdupq_n_u8(std::to_integer<std::uint8_t>(octet));
  }
  TUNPPP_TARGET static Value equals(Value octets, std::byte octet) {
    return vceqq_u8(octets, repeated(octet));
  }
  TUNPPP_TARGET static Value flag_or_escape(Value octets) {
    return vcltq_u8(vsubq_u8(octets, repeated(escape)), vdupq_n_u8(2));
  }
  TUNPPP_TARGET static Value below_20(Value octets) { return vcltq_u8(octets, vdupq_n_u8(0x20)); }
  TUNPPP_TARGET static Map map(std::uint32_t accm) {
    return vreinterpretq_u8_u32(vdupq_n_u32(accm));
  }
  /// For octet n its bit n % 8, and beside it the map's octet n / 8. Past 31 there is none.
  TUNPPP_TARGET static Value mapped(Value octets, Map map) {
    const Value four = vreinterpretq_u8_u32(
        vsetq_lane_u32(vgetq_lane_u32(vreinterpretq_u32_u8(map), 0), vdupq_n_u32(0), 0));
    const Value part = vqtbl1q_u8(four, vshrq_n_u8(octets, 3));
    const Value bit = vshlq_u8(vdupq_n_u8(1), vreinterpretq_s8_u8(vandq_u8(octets, vdupq_n_u8(7))));
    return vtstq_u8(part, bit);
  }
  TUNPPP_TARGET static Value either(Value a, Value b) { return vorrq_u8(a, b); }
  TUNPPP_TARGET static std::uint32_t mask(Value octets) {
    const Value bits = vreinterpretq_u8_u64(vdupq_n_u64(0x8040201008040201));
    const Value marked = vandq_u8(octets, bits);
    const Value pairs = vpaddq_u8(marked, marked);
    const Value fours = vpaddq_u8(pairs, pairs);
    const Value eights = vpaddq_u8(fours, fours);
    return vgetq_lane_u16(vreinterpretq_u16_u8(eights), 0);
  }
  TUNPPP_TARGET static Value changed(Value octets, Value where) {
    return veorq_u8(octets, vandq_u8(where, repeated(transparency)));
  }
  TUNPPP_TARGET static Value with_escape(Value octets, Value, std::size_t at) {
    static constexpr auto escape_there = window<width>(0x7d, 0x20, 0);
    return veorq_u8(vqtbl1q_u8(octets, vld1q_u8(gap_shuffle[at].data())),
                    vld1q_u8(escape_there.data() + width - at));
  }
  TUNPPP_TARGET static Value without(Value octets, std::size_t at) {
    return vqtbl1q_u8(octets, vld1q_u8(without_shuffle[at].data()));
  }
  TUNPPP_TARGET static Value moved_on(Value older, Value newer) {
    return vextq_u8(older, newer, 15);
  }
  TUNPPP_TARGET static Value last(bool set) { return vdupq_n_u8(set ? 0xff : 0); }

  TUNPPP_TARGET static std::byte* put_escaped(std::byte* out, Value octets, std::uint32_t mask) {
    const Value escapes = repeated(escape);
    out =
        put_eight_escaped(out, vcombine_u8(vget_low_u8(octets), vget_low_u8(escapes)), mask & 0xff);
    return put_eight_escaped(out, vcombine_u8(vget_high_u8(octets), vget_low_u8(escapes)),
                             mask >> 8 & 0xff);
  }
  TUNPPP_TARGET static std::byte* put_without(std::byte* out, Value octets, std::uint32_t mask) {
    out = put_eight_without(out, vget_low_u8(octets), mask & 0xff);
    return put_eight_without(out, vget_high_u8(octets), mask >> 8 & 0xff);
  }

 private:
  TUNPPP_TARGET static std::byte* put_eight_escaped(std::byte* out, Value octets,
                                                    std::uint32_t mask) {
    store(out, vqtbl1q_u8(octets, vld1q_u8(escaping_shuffle[mask].data())));
    return out + 8 + bit_count[mask];
  }
  TUNPPP_TARGET static std::byte* put_eight_without(std::byte* out, uint8x8_t octets,
                                                    std::uint32_t mask) {
    vst1_u8(numbers(out), vtbl1_u8(octets, vld1_u8(removing_shuffle[mask].data())));
    return out + 8 - bit_count[mask];
  }
};

/// Four bits for each octet of 00 or ff. Cheaper than a mask of one bit each.
TUNPPP_TARGET inline std::uint64_t nibbles(uint8x16_t octets) {
  const uint8x8_t narrowed = vshrn_n_u16(vreinterpretq_u16_u8(octets), 4);
  return vget_lane_u64(vreinterpret_u64_u8(narrowed), 0);
}

/// Two vectors, and which of their octets are special.
template <MapKind kind>
class Stretch {
 public:
  static constexpr std::size_t width = 32;

  TUNPPP_TARGET Stretch(const std::byte* in, const Specials<NeonVector, kind>& specials)
      : first_(NeonVector::load(in)),
        second_(NeonVector::load(in + 16)),
        first_special_(specials.with_mapped(NeonVector::flag_or_escape(first_), first_)),
        second_special_(specials.with_mapped(NeonVector::flag_or_escape(second_), second_)) {}

  TUNPPP_TARGET bool clean() const {
    return nibbles(vorrq_u8(first_special_, second_special_)) == 0;
  }
  TUNPPP_TARGET void store(std::byte* out) const {
    NeonVector::store(out, first_);
    NeonVector::store(out + 16, second_);
  }
  /// Octets before the first special one, and whether there is another one after it.
  struct Found {
    std::size_t before;
    bool more;
  };
  TUNPPP_TARGET Found found() const {
    constexpr std::uint64_t one_bit = 0x1111111111111111;
    const std::uint64_t first = nibbles(first_special_) & one_bit;
    const std::uint64_t second = nibbles(second_special_) & one_bit;
    const std::uint64_t mask = first != 0 ? first : second;
    const auto place = static_cast<std::size_t>(std::countr_zero(mask)) / 4;
    return {first != 0 ? place : place + 16,
            (mask & (mask - 1)) != 0 || (first != 0 && second != 0)};
  }

 private:
  uint8x16_t first_;
  uint8x16_t second_;
  uint8x16_t first_special_;
  uint8x16_t second_special_;
};

/// Sixty-four octets. Half of these have no special one in random data; that they have none is
/// found out for all together.
template <MapKind kind>
class Block {
 public:
  static constexpr std::size_t width = 64;

  TUNPPP_TARGET Block(const std::byte* in, const Specials<NeonVector, kind>& specials)
      : a_(NeonVector::load(in)),
        b_(NeonVector::load(in + 16)),
        c_(NeonVector::load(in + 32)),
        d_(NeonVector::load(in + 48)),
        specials_(specials) {}

  TUNPPP_TARGET void store(std::byte* out) const {
    NeonVector::store(out, a_);
    NeonVector::store(out + 16, b_);
    NeonVector::store(out + 32, c_);
    NeonVector::store(out + 48, d_);
  }
  TUNPPP_TARGET bool clean() const {
    if constexpr (kind == MapKind::none) {
      const uint8x16_t from = NeonVector::repeated(escape);
      const uint8x16_t least = vminq_u8(vminq_u8(vsubq_u8(a_, from), vsubq_u8(b_, from)),
                                        vminq_u8(vsubq_u8(c_, from), vsubq_u8(d_, from)));
      return nibbles(vcltq_u8(least, vdupq_n_u8(2))) == 0;
    }
    return nibbles(vorrq_u8(vorrq_u8(found(a_), found(b_)), vorrq_u8(found(c_), found(d_)))) == 0;
  }
  /// One bit for each octet.
  TUNPPP_TARGET std::uint64_t special() const {
    const uint8x16_t bits = vreinterpretq_u8_u64(vdupq_n_u64(0x8040201008040201));
    const uint8x16_t first = vpaddq_u8(vandq_u8(found(a_), bits), vandq_u8(found(b_), bits));
    const uint8x16_t second = vpaddq_u8(vandq_u8(found(c_), bits), vandq_u8(found(d_), bits));
    const uint8x16_t fours = vpaddq_u8(first, second);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(fours, fours)), 0);
  }

 private:
  TUNPPP_TARGET uint8x16_t found(uint8x16_t octets) const {
    return specials_.with_mapped(NeonVector::flag_or_escape(octets), octets);
  }

  uint8x16_t a_;
  uint8x16_t b_;
  uint8x16_t c_;
  uint8x16_t d_;
  const Specials<NeonVector, kind>& specials_;
};

TUNPPP_TARGET inline void copy_block(const std::byte* from, std::byte* to) {
  const uint8x16_t a = NeonVector::load(from);
  const uint8x16_t b = NeonVector::load(from + 16);
  const uint8x16_t c = NeonVector::load(from + 32);
  const uint8x16_t d = NeonVector::load(from + 48);
  NeonVector::store(to, a);
  NeonVector::store(to + 16, b);
  NeonVector::store(to + 32, c);
  NeonVector::store(to + 48, d);
}

TUNPPP_TARGET inline bool more_than_three(std::uint64_t mask) {
  mask &= mask - 1;
  mask &= mask - 1;
  return (mask & (mask - 1)) != 0;
}

template <MapKind kind>
TUNPPP_TARGET inline std::byte* put_escaped(std::byte* out, uint8x16_t octets,
                                            const Specials<NeonVector, kind>& specials) {
  const uint8x16_t special = specials.with_mapped(NeonVector::flag_or_escape(octets), octets);
  return NeonVector::put_escaped(out, NeonVector::changed(octets, special),
                                 NeonVector::mask(special));
}

/// Clean blocks of 64 are copied. In the others each special octet is put in its place and what
/// follows it copied again; where there are many, they go through the table.
template <MapKind kind>
TUNPPP_TARGET inline void stuff_blocks(const std::byte*& in, const std::byte* end, std::byte*& out,
                                       std::uint32_t accm) {
  const Specials<NeonVector, kind> specials(accm);
  // What is copied again is read beyond the block.
  while (static_cast<std::size_t>(end - in) >= 2 * Block<kind>::width) {
    const Block<kind> block(in, specials);
    block.store(out);
    if (block.clean()) {
      in += Block<kind>::width;
      out += Block<kind>::width;
      continue;
    }
    std::uint64_t special = block.special();
    if (more_than_three(special)) {
      for (std::size_t i = 0; i < Block<kind>::width; i += NeonVector::width)
        out = put_escaped<kind>(out, NeonVector::load(in + i), specials);
      in += Block<kind>::width;
      continue;
    }
    for (; special != 0; special &= special - 1) {
      const auto at = static_cast<std::size_t>(std::countr_zero(special));
      out[at] = escape;
      out[at + 1] = in[at] ^ transparency;
      copy_block(in + at + 1, out + at + 2);
      ++out;
    }
    in += Block<kind>::width;
    out += Block<kind>::width;
  }
}

/// The same for unstuffing, where there is no escape pending. Leaves `at` where this way ends: at a
/// flag, near the end, or where escapes are dense.
template <MapKind kind>
TUNPPP_TARGET inline void unstuff_stretches(Unstuffing& at, std::uint32_t accm) {
  const Specials<NeonVector, kind> specials(accm);
  while (at.left() >= 64) {
    const Block<kind> block(at.in, specials);
    block.store(at.out);
    if (block.clean()) {
      at.in += 64;
      at.out += 64;
      continue;
    }
    Stretch<kind> stretch(at.in, specials);
    if (stretch.clean()) {
      at.in += Stretch<kind>::width;
      at.out += Stretch<kind>::width;
      stretch = Stretch<kind>(at.in, specials);
    }
    const auto found = stretch.found();
    const bool pair_inside = found.before + 1 < Stretch<kind>::width;
    if (found.more || !pair_inside || at.in[found.before] != escape) return;
    stretch.store(at.out);
    at.in += found.before + 2;
    at.out += found.before;
    *at.out++ = at.in[-1] ^ transparency;
  }
}

/// What both sets of NEON have in common: all but the check.
template <MapKind kind>
TUNPPP_TARGET std::size_t stuff(const std::byte* in, std::size_t size, std::byte* out,
                                std::uint32_t accm) {
  const std::byte* const end = in + size;
  std::byte* to = out;
  if constexpr (kind != MapKind::all) stuff_blocks<kind>(in, end, to, accm);
  stuff_vectors<NeonVector, kind>(in, end, to, accm);
  const SpecialOctets special(accm);
  for (; in != end; ++in) to = stuff_octet(*in, special.contains(*in), to);
  return static_cast<std::size_t>(to - out);
}

template <MapKind kind>
TUNPPP_TARGET Unstuffed unstuff(const std::byte* in, std::size_t size, std::byte* out,
                                std::uint32_t accm, bool& escaped) {
  if (size < few) return unstuff_few(in, size, out, accm, escaped);
  Unstuffing at{in, in + size, out, escaped};
  Stop stop = Stop::end;
  if constexpr (kind == MapKind::all) {
    stop = unstuff_vectors<NeonVector, kind>(at, accm);
  } else {
    while (at.left() >= 64 && stop == Stop::end) {
      if (at.escaped == 0) unstuff_stretches<kind>(at, accm);
      Unstuffing some = at;
      some.end = at.in + std::min<std::size_t>(at.left(), 2 * NeonVector::width);
      stop = unstuff_vectors<NeonVector, kind>(some, accm);
      some.end = at.end;
      at = some;
    }
  }
  if (stop == Stop::end) stop = unstuff_vectors<NeonVector, kind>(at, accm);
  if (stop == Stop::end) unstuff_octets(at, at.left(), accm);
  escaped = at.escaped != 0;
  return {static_cast<std::size_t>(at.in - in), static_cast<std::size_t>(at.out - out)};
}

}  // namespace
}  // namespace tunppp::hdlc::kernels
