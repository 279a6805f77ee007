#pragma once

#include "hdlc/kernels/octets.h"

#include <bit>

/// Stuffing and unstuffing for sets with a shuffle of octets and a mask of them in an integer.
///
/// Where the map is empty or sparse, a vector of octets nearly always has no special one or one:
/// both are done the same way, without a branch, and one branch is left for the rest. Where control
/// characters are escaped there are many, and always eight octets are taken through a table.
///
/// A Vector has
///   width                     its octets
///   Value                     the type of a vector
///   load(from), store(to, v)
///   equals(v, octet)          ff where so, else 00; below_20(v) likewise
///   either(a, b), both(a, b)  of two such
///   mask(v)                   their top bits
///   changed(v, where)         v with the transparency bit complemented where ff
///   with_escape(v, special, n)  the octet at n (one of `special`) escaped; n = width - 1: none is
///   without(v, n)             the octet at n taken out; n = width: none is
///   moved_on(older, newer)    newer, one octet later, the last one of `older` coming in
///   first(bool)               ff or 00 in the last octet, for moved_on
///   put_escaped(out, v, mask) / put_without(out, v, mask): any number of them; return where the
///                             next octet goes
namespace tunppp::hdlc::kernels {
namespace {

TUNPPP_TARGET inline std::uint32_t low_bits(std::size_t count) {
  return count >= 32 ? ~std::uint32_t{0} : (std::uint32_t{1} << count) - 1;
}
TUNPPP_TARGET inline bool several(std::uint32_t mask) {
  return (mask & (mask - 1)) != 0;
}
TUNPPP_TARGET inline std::size_t first_of(std::uint32_t mask) {
  return static_cast<std::size_t>(std::countr_zero(mask));
}

/// Which octets are special under a kind of map.
template <class Vector, MapKind kind>
class Specials {
 public:
  using Value = typename Vector::Value;

  TUNPPP_TARGET explicit Specials(std::uint32_t accm) : map_(Vector::map(accm)) {}
  TUNPPP_TARGET Value with_mapped(Value others, Value octets) const {
    if constexpr (kind == MapKind::none) return others;
    if constexpr (kind == MapKind::all) return Vector::either(others, Vector::below_20(octets));
    return Vector::either(others, Vector::mapped(octets, map_));
  }
  TUNPPP_TARGET Value special(Value octets) const {
    return with_mapped(Vector::either(Vector::equals(octets, escape), Vector::equals(octets, flag)),
                       octets);
  }

 private:
  typename Vector::Map map_;
};

/// Takes as much as whole vectors allow.
template <class Vector, MapKind kind>
TUNPPP_TARGET inline void stuff_vectors(const std::byte*& in, const std::byte* end, std::byte*& out,
                                        std::uint32_t accm) {
  constexpr std::size_t width = Vector::width;
  const Specials<Vector, kind> specials(accm);
  while (static_cast<std::size_t>(end - in) >= width) {
    const auto octets = Vector::load(in);
    const auto special = specials.special(octets);
    const std::uint32_t all = Vector::mask(special);
    const std::uint32_t mask = all & low_bits(width - 1);
    if (kind == MapKind::all || several(mask)) {
      out = Vector::put_escaped(out, Vector::changed(octets, special), all);
      in += width;
      continue;
    }
    const std::size_t at = first_of(mask | 1u << (width - 1));
    Vector::store(out, Vector::with_escape(octets, special, at));
    out += width - 1 + (mask != 0 ? 1 : 0);
    in += width - 1;
  }
}

enum class Stop : std::uint8_t { end, flag };

template <class Vector, MapKind kind>
TUNPPP_TARGET inline Stop unstuff_vectors(Unstuffing& at, std::uint32_t accm) {
  constexpr std::size_t width = Vector::width;
  const Specials<Vector, kind> specials(accm);
  auto before = Vector::last(at.escaped != 0);
  std::uint32_t carry = at.escaped;
  while (at.left() >= width) {
    const auto octets = Vector::load(at.in);
    const auto escapes = Vector::equals(octets, escape);
    const std::uint32_t escape_mask = Vector::mask(escapes);
    const std::uint32_t flags = Vector::mask(Vector::equals(octets, flag));
    const std::uint32_t removed =
        kind == MapKind::none ? escape_mask : Vector::mask(specials.with_mapped(escapes, octets));
    const std::uint32_t follows = escape_mask << 1 | carry;
    const auto plain = Vector::changed(octets, Vector::moved_on(before, escapes));
    if ((flags | (follows & removed)) == 0) {
      if (kind == MapKind::all || several(removed)) {
        at.out = Vector::put_without(at.out, plain, removed);
      } else {
        const std::size_t place =
            removed == 0 ? width : static_cast<std::size_t>(std::countr_zero(removed));
        Vector::store(at.out, Vector::without(plain, place));
        at.out += width - (removed != 0 ? 1 : 0);
      }
      at.in += width;
      before = escapes;
      carry = escape_mask >> (width - 1);
      continue;
    }
    // A flag, or an escape and then something that is removed: 7d 7d, or 7d and an octet that the
    // line put in.
    const std::size_t wanted =
        flags == 0 ? width : static_cast<std::size_t>(std::countr_zero(flags));
    if ((follows & removed & low_bits(wanted)) == 0) {
      std::byte* const end = Vector::put_without(at.out, plain, removed | ~low_bits(wanted));
      at.out = end;
      at.in += wanted;
      at.escaped = follows >> wanted & 1;
      return Stop::flag;
    }
    at.escaped = carry;
    if (!unstuff_octets(at, width, accm)) return Stop::flag;
    carry = at.escaped;
    before = Vector::last(carry != 0);
  }
  at.escaped = carry;
  return Stop::end;
}

}  // namespace
}  // namespace tunppp::hdlc::kernels
