// AVX-512 with VBMI2 (expand and compress octets) and VPCLMULQDQ (carry-less multiply): 64 octets
// at a time, a mask register for what is special among them, and hardly a branch.
#define TUNPPP_TARGET                                                     \
  __attribute__((                                                         \
      target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2," \
             "vpclmulqdq,pclmul,bmi,bmi2,popcnt,lzcnt")))
#include "hdlc/fcs.h"
#include "hdlc/kernels/carryless_sse.h"
#include "hdlc/kernels/octets.h"
#include "hdlc/kernels/sets.h"
#include "hdlc/kernels/slicing.h"

// GCC 12 takes the undefined registers in its own header for uninitialised variables (PR105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

namespace tunppp::hdlc::kernels {
namespace {

constexpr std::size_t width = 64;
constexpr int xor3 = 0x96;  // of _mm512_ternarylogic_epi64

TUNPPP_TARGET inline std::uint64_t low_bits(std::size_t count) {
  return _bzhi_u64(~std::uint64_t{0}, static_cast<unsigned>(count));
}

TUNPPP_TARGET inline __m512i load(const std::byte* from) {
  return _mm512_loadu_si512(from);
}

TUNPPP_TARGET inline __m512i repeated(std::byte octet) {
  return _mm512_set1_epi8(std::to_integer<char>(octet));
}

/// 512 bits, carried on by as many bits as the constants are for.
TUNPPP_TARGET inline __m512i carried(__m512i block, __m512i carry) {
  return _mm512_xor_si512(_mm512_clmulepi64_epi128(block, carry, 0x00),
                          _mm512_clmulepi64_epi128(block, carry, 0x11));
}

TUNPPP_TARGET inline __m512i lanes(Carry a, Carry b, Carry c, Carry d) {
  const auto n = [](std::uint64_t value) { return static_cast<long long>(value); };
  return _mm512_set_epi64(n(d.high), n(d.low), n(c.high), n(c.low), n(b.high), n(b.low), n(a.high),
                          n(a.low));
}

template <unsigned bits>
TUNPPP_TARGET inline __m512i carried16(__m512i block) {
  constexpr Carry carry = carry16(bits);
  return carried(block, lanes(carry, carry, carry, carry));
}

/// The check of 512 bits: each lane carried on to where the check stands, which gives 80 bits, and
/// those taken modulo the generator after Barrett.
TUNPPP_TARGET inline std::uint16_t reduced16(__m512i block) {
  const __m512i products =
      carried(block, lanes(carry16(384 + 16), carry16(256 + 16), carry16(128 + 16), carry16(16)));
  const __m256i half =
      _mm256_xor_si256(_mm512_castsi512_si256(products), _mm512_extracti64x4_epi64(products, 1));
  const __m128i sum =
      _mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
  const __m128i constants = _mm_set_epi64x(generator16, static_cast<long long>(inverse16));
  const __m128i quotient = _mm_clmulepi64_si128(_mm_srli_si128(sum, 6), constants, 0x00);
  const __m128i multiple = _mm_clmulepi64_si128(quotient, constants, 0x10);
  return static_cast<std::uint16_t>(_mm_extract_epi16(multiple, 4) ^ _mm_extract_epi16(sum, 7));
}

/// A first block of `count` octets, from 2 to 64: zeros before a message change nothing, and the
/// check so far is added to its first two octets.
TUNPPP_TARGET inline __m512i first_block(std::uint16_t fcs, const std::byte* in,
                                         std::size_t count) {
  const std::uint64_t mask = ~std::uint64_t{0} << (width - count);
  const __m512i start = _mm512_zextsi128_si512(_mm_cvtsi32_si128(fcs));
  const __m512i block = _mm512_xor_si512(_mm512_maskz_loadu_epi8(low_bits(count), in), start);
  return _mm512_maskz_expand_epi8(mask, block);
}

/// The filter of sparse_fcs.h with words of 512 bits.
TUNPPP_TARGET inline __m512i filtered(__m512i block, __m512i y1, __m512i y2, __m512i y3,
                                      __m512i y4) {
  const __m512i joined = _mm512_alignr_epi64(y2, y3, 2);
  return _mm512_ternarylogic_epi64(_mm512_xor_si512(block, y4), joined, y1, xor3);
}

/// FCS-16 in steps of 64 octets, so that they can be taken together with other work.
class Check {
 public:
  /// Wants at least two octets.
  TUNPPP_TARGET Check(std::uint16_t fcs, const std::byte* in, std::size_t size) {
    if (size % width == 1) {
      fcs = fcs16_octet(fcs, *in++);
      --size;
    }
    const std::size_t partial = (size - 1) % width + 1;
    y1_ = first_block(fcs, in, partial);
    in_ = in + partial;
    blocks_ = (size - partial) / width;
  }

  /// Whether next() may be called.
  TUNPPP_TARGET bool more() const { return blocks_ > 4; }
  TUNPPP_TARGET void next() {
    const __m512i y = filtered(load(in_), y1_, y2_, y3_, y4_);
    y4_ = y3_;
    y3_ = y2_;
    y2_ = y1_;
    y1_ = y;
    in_ += width;
    --blocks_;
  }
  TUNPPP_TARGET std::uint16_t finish() {
    __m512i block = y1_;
    if (blocks_ == 4) {
      const __m512i none = _mm512_setzero_si512();
      const __m512i a = filtered(load(in_), y1_, y2_, y3_, y4_);
      const __m512i b = filtered(load(in_ + width), none, y1_, y2_, y3_);
      const __m512i c = filtered(load(in_ + 2 * width), none, none, y1_, y2_);
      const __m512i d = _mm512_xor_si512(load(in_ + 3 * width), y1_);
      block = _mm512_ternarylogic_epi64(_mm512_xor_si512(carried16<1536>(a), carried16<1024>(b)),
                                        carried16<512>(c), d, xor3);
    } else {
      for (; blocks_ > 0; --blocks_, in_ += width)
        block = _mm512_xor_si512(carried16<512>(block), load(in_));
    }
    return reduced16(block);
  }

 private:
  __m512i y1_ = _mm512_setzero_si512();
  __m512i y2_ = _mm512_setzero_si512();
  __m512i y3_ = _mm512_setzero_si512();
  __m512i y4_ = _mm512_setzero_si512();
  const std::byte* in_ = nullptr;
  std::size_t blocks_ = 0;
};

TUNPPP_TARGET std::uint16_t fcs16(std::uint16_t fcs, const std::byte* in, std::size_t size) {
  if (size == 0) return fcs;
  if (size == 1) return fcs16_octet(fcs, *in);
  Check check(fcs, in, size);
  while (check.more()) check.next();
  return check.finish();
}

TUNPPP_TARGET std::uint32_t fcs32(std::uint32_t fcs, const std::byte* in, std::size_t size) {
  return carryless_fcs32(fcs, in, size);
}

/// The octets that are escaped when sent under this kind of map.
template <MapKind kind>
class Specials {
 public:
  TUNPPP_TARGET explicit Specials(std::uint32_t accm) : controls_(_mm512_movm_epi8(accm)) {}

  TUNPPP_TARGET __mmask64 mapped(__m512i octets) const {
    if constexpr (kind == MapKind::none) return 0;
    const __mmask64 control = _mm512_cmplt_epu8_mask(octets, _mm512_set1_epi8(0x20));
    if constexpr (kind == MapKind::all) return control;
    const __m512i found = _mm512_permutexvar_epi8(octets, controls_);
    return _mm512_mask_test_epi8_mask(control, found, found);
  }
  TUNPPP_TARGET __mmask64 special(__m512i octets) const {
    const __m512i distance = _mm512_sub_epi8(octets, repeated(escape));
    const __mmask64 flag_or_escape = _mm512_cmple_epu8_mask(distance, _mm512_set1_epi8(1));
    if constexpr (kind == MapKind::none) return flag_or_escape;
    return _kor_mask64(flag_or_escape, mapped(octets));
  }

 private:
  __m512i controls_;  // for each control character, whether the map has it
};

/// 32 octets with those of `special` escaped. In a mask of two bits an octet, one for its escape
/// and one for itself, the first is taken out where there is no escape.
TUNPPP_TARGET inline std::byte* store_escaped(std::byte* out, __m512i octets,
                                              std::uint32_t special) {
  constexpr std::uint64_t themselves = 0xaaaaaaaaaaaaaaaa;
  const std::uint64_t kept = _pdep_u64(special, ~themselves) | themselves;
  const std::uint64_t places = _pext_u64(themselves, kept);
  _mm512_storeu_si512(out, _mm512_mask_expand_epi8(repeated(escape), places, octets));
  return out + 32 + _mm_popcnt_u32(special);
}

/// Stuffs a packet in steps.
template <MapKind kind>
class Stuffing {
 public:
  TUNPPP_TARGET Stuffing(const std::byte* in, std::size_t size, std::byte* out, std::uint32_t accm)
      : specials_(accm), in_(in), left_(size), out_(out) {}

  /// Whether next() may be called.
  TUNPPP_TARGET bool more() const { return left_ >= width; }

  /// Up to 64 octets. Where escapes are few, 62 and up to two escapes are one store.
  TUNPPP_TARGET void next() {
    constexpr std::size_t step = 62;
    const __m512i octets = load(in_);
    const __mmask64 all = specials_.special(octets);
    const std::uint64_t special = _cvtmask64_u64(all) & low_bits(step);
    const auto count = static_cast<std::size_t>(_mm_popcnt_u64(special));
    if (kind == MapKind::all || count > width - step)
      return put(octets, width, _cvtmask64_u64(all));
    // With the second bit moved up by one: where the escapes go. Right for up to two bits.
    const std::uint64_t escapes = special + (special & (special - 1));
    _mm512_storeu_si512(out_, _mm512_mask_expand_epi8(repeated(escape), _cvtu64_mask64(~escapes),
                                                      changed(octets, all)));
    out_ += step + count;
    in_ += step;
    left_ -= step;
  }

  /// The rest. Returns where the next octet goes.
  TUNPPP_TARGET std::byte* finish() {
    while (more()) next();
    if (left_ > 0) {
      const __m512i octets = _mm512_maskz_loadu_epi8(low_bits(left_), in_);
      put(octets, left_, specials_.special(octets) & low_bits(left_));
    }
    return out_;
  }

 private:
  TUNPPP_TARGET static __m512i changed(__m512i octets, __mmask64 special) {
    return _mm512_xor_si512(octets, _mm512_maskz_mov_epi8(special, repeated(transparency)));
  }
  /// However many escapes there are.
  TUNPPP_TARGET void put(__m512i octets, std::size_t count, std::uint64_t special) {
    const __m512i sent = changed(octets, special);
    std::byte* const half = store_escaped(out_, sent, static_cast<std::uint32_t>(special));
    if (count > 32)
      store_escaped(half, _mm512_shuffle_i64x2(sent, sent, 0b1110),
                    static_cast<std::uint32_t>(special >> 32));
    out_ += count + static_cast<std::size_t>(_mm_popcnt_u64(special));
    in_ += count;
    left_ -= count;
  }

  Specials<kind> specials_;
  const std::byte* in_;
  std::size_t left_;
  std::byte* out_;
};

template <MapKind kind>
TUNPPP_TARGET std::size_t stuff(const std::byte* in, std::size_t size, std::byte* out,
                                std::uint32_t accm) {
  return static_cast<std::size_t>(Stuffing<kind>(in, size, out, accm).finish() - out);
}

/// Both in one pass: while one waits for the memory, the other has something to do.
template <MapKind kind>
TUNPPP_TARGET Encoded encode(std::uint16_t fcs, const std::byte* in, std::size_t size,
                             std::byte* out, std::uint32_t accm) {
  Stuffing<kind> stuffing(in, size, out, accm);
  if (size < 2) {
    fcs = fcs16(fcs, in, size);
  } else {
    Check check(fcs, in, size);
    for (; check.more(); check.next())
      if (stuffing.more()) stuffing.next();
    fcs = check.finish();
  }
  return {static_cast<std::size_t>(stuffing.finish() - out), fcs};
}

template <MapKind kind>
TUNPPP_TARGET Unstuffed unstuff(const std::byte* in, std::size_t size, std::byte* out,
                                std::uint32_t accm, bool& escaped) {
  const Specials<kind> specials(accm);
  if (size < few) return unstuff_few(in, size, out, accm, escaped);
  Unstuffing at{in, in + size, out, escaped};
  std::uint64_t carry = at.escaped;
  while (at.in != at.end) {
    const std::size_t left = at.left();
    const __m512i octets =
        left >= width ? load(at.in) : _mm512_mask_loadu_epi8(repeated(flag), low_bits(left), at.in);
    const std::uint64_t flags = _cvtmask64_u64(_mm512_cmpeq_epi8_mask(octets, repeated(flag)));
    const std::uint64_t escapes = _cvtmask64_u64(_mm512_cmpeq_epi8_mask(octets, repeated(escape)));
    const std::uint64_t removed = escapes | _cvtmask64_u64(specials.mapped(octets));
    const std::uint64_t changed = escapes << 1 | carry;
    const __m512i plain = _mm512_xor_si512(
        octets, _mm512_maskz_mov_epi8(_cvtu64_mask64(changed), repeated(transparency)));
    if ((flags | (changed & removed)) == 0) {
      _mm512_storeu_si512(at.out, _mm512_maskz_compress_epi8(_cvtu64_mask64(~removed), plain));
      at.out += width - static_cast<std::size_t>(_mm_popcnt_u64(removed));
      at.in += width;
      carry = escapes >> 63;
      continue;
    }
    // Up to the flag, or an escape and then something that is removed: 7d 7d, or 7d and an octet
    // that the line put in.
    const std::size_t wanted = flags == 0 ? width : static_cast<std::size_t>(_tzcnt_u64(flags));
    const std::uint64_t mask = low_bits(wanted);
    if ((changed & removed & mask) != 0) {
      at.escaped = static_cast<unsigned>(carry & 1);
      const bool flag_found = !unstuff_octets(at, std::min(left, width), accm);
      carry = at.escaped;
      if (flag_found) break;
      continue;
    }
    const std::uint64_t kept = ~removed & mask;
    _mm512_storeu_si512(at.out, _mm512_maskz_compress_epi8(_cvtu64_mask64(kept), plain));
    at.out += _mm_popcnt_u64(kept);
    at.in += wanted;
    carry = changed >> wanted & 1;
    break;
  }
  escaped = (carry & 1) != 0;
  return {static_cast<std::size_t>(at.in - in), static_cast<std::size_t>(at.out - out)};
}

bool usable() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") &&
         __builtin_cpu_supports("vpclmulqdq") && __builtin_cpu_supports("pclmul") &&
         __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
         __builtin_cpu_supports("popcnt");
}

}  // namespace

const Kernels avx512 = {
    "avx512",
    usable,
    fcs16,
    fcs32,
    {stuff<MapKind::none>, stuff<MapKind::all>, stuff<MapKind::general>},
    {encode<MapKind::none>, encode<MapKind::all>, encode<MapKind::general>},
    {unstuff<MapKind::none>, unstuff<MapKind::all>, unstuff<MapKind::general>},
};

}  // namespace tunppp::hdlc::kernels
