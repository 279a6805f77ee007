// Portable C++: several octets at a time in an ordinary integer ("SIMD within a register").
#define TUNPPP_TARGET
#include "hdlc/fcs.h"
#include "hdlc/kernels/integer_word.h"
#include "hdlc/kernels/octets.h"
#include "hdlc/kernels/sets.h"
#include "hdlc/kernels/slicing.h"
#include "hdlc/kernels/sparse_fcs.h"

namespace tunppp::hdlc::kernels {
namespace {

template <class Word>
constexpr Word repeated(unsigned octet) {
  return static_cast<Word>(~Word{0} / 0xff * octet);
}

/// The top bit of every octet that is 7d or 7e; also of 7f, and of a 7c where a carry comes in from
/// below.
template <class Word>
Word doubtful(Word word) {
  return (word + repeated<Word>(0x03)) & ~word & repeated<Word>(0x80);
}

/// The top bit of every octet that may be special: 7d and 7e, and unless the map is empty all
/// control characters.
template <class Word, MapKind kind>
Word candidates(Word word) {
  const Word low = word & repeated<Word>(0x7f);
  Word found = (low + repeated<Word>(0x03)) & ~(low + repeated<Word>(0x01));
  if constexpr (kind != MapKind::none) found |= ~(low + repeated<Word>(0x60));
  return found & ~word & repeated<Word>(0x80);
}

/// One at the lowest bit of every octet whose top bit is set.
template <class Word>
Word ones(Word candidates) {
  return candidates >> 7;
}

template <class Word>
bool single(Word candidates) {
  return (candidates & (candidates - 1)) == 0;
}

template <class Word>
Word lowest(Word candidates) {
  return candidates & (~candidates + 1);
}

/// `special` has a one at the octet to escape. Stores one octet more than the word has.
template <class Word>
void store_escaped(std::byte* out, Word word, Word special) {
  const Word before = word & (special - 1);
  const Word rest = (word ^ before) ^ special << 5;
  store_integer<Word>(out, before | special * 0x7d | rest << 8);
  out[sizeof(Word)] = static_cast<std::byte>(rest >> (8 * sizeof(Word) - 8));
}

/// One word that is not clean.
template <class Word, MapKind kind>
std::byte* stuff_dirty_word(const std::byte* in, std::byte* out, const SpecialOctets& special) {
  auto word = load_integer<Word>(in);
  const Word found = candidates<Word, kind>(word);
  if (found == 0) {
    store_integer(out, word);
    return out + sizeof(Word);
  }
  if (kind == MapKind::none && single(found)) {
    store_escaped(out, word, ones(found));
    return out + sizeof(Word) + 1;
  }
  if constexpr (kind == MapKind::general) {  // the candidates need not be special
    for (std::size_t i = 0; i < sizeof(Word); ++i)
      out = stuff_octet(in[i], special.contains(in[i]), out);
    return out;
  }
  Word escapes = ones(found);
  for (std::size_t i = 0; i < sizeof(Word); ++i, word >>= 8, escapes >>= 8)
    out = stuff_octet(static_cast<std::byte>(word & 0xff), escapes & 1, out);
  return out;
}

template <class Word, MapKind kind>
std::byte* stuff_word(const std::byte* in, std::byte* out, const SpecialOctets& special) {
  const auto word = load_integer<Word>(in);
  if (kind == MapKind::none && doubtful(word) == 0) {
    store_integer(out, word);
    return out + sizeof(Word);
  }
  return stuff_dirty_word<Word, kind>(in, out, special);
}

/// Sixteen octets.
template <class Word>
struct Group {
  static constexpr std::size_t octets = 16;
  static constexpr std::size_t count = octets / sizeof(Word);
  Word words[count];

  explicit Group(const std::byte* in) {
    for (std::size_t i = 0; i < count; ++i) words[i] = load_integer<Word>(in + i * sizeof(Word));
  }
  void store(std::byte* out) const {
    for (std::size_t i = 0; i < count; ++i) store_integer(out + i * sizeof(Word), words[i]);
  }
  bool clean() const {
    Word found = 0;
    for (Word word : words) found |= (word + repeated<Word>(0x03)) & ~word;
    return (found & repeated<Word>(0x80)) == 0;
  }
  /// How many octets are before the first doubtful one.
  std::size_t clean_octets() const {
    for (std::size_t i = 0; i < count; ++i)
      if (const Word found = doubtful(words[i]))
        return i * sizeof(Word) + static_cast<std::size_t>(std::countr_zero(found)) / 8;
    return octets;
  }
};

/// Octets of both sides.
struct Places {
  const std::byte* in;
  std::byte* out;
};

/// Under the empty map: copies groups, and puts in the escapes, as long as there is room for a
/// clean stretch between them. Stops where less than a group is left or where escapes are dense.
template <class Word>
Places stuff_sparse(Places at, std::size_t left) {
  constexpr std::size_t near = 4;
  auto [in, out] = at;
  const std::byte* const last = in + (left - Group<Word>::octets);
  while (in <= last) {
    const Group<Word> group(in);
    group.store(out);
    if (group.clean()) {
      in += Group<Word>::octets;
      out += Group<Word>::octets;
      continue;
    }
    const std::size_t clean = group.clean_octets();
    if (clean < near) break;
    const std::byte octet = in[clean];
    in += clean + 1;
    out += clean;
    if (octet == flag || octet == escape) {
      *out++ = escape;
      *out++ = octet ^ transparency;
    } else {
      *out++ = octet;
    }
  }
  return {in, out};
}

template <class Word, MapKind kind>
std::size_t stuff(const std::byte* in, std::size_t size, std::byte* out, std::uint32_t accm) {
  const SpecialOctets special(accm);
  const std::byte* const begin = out;
  const std::byte* const end = in + size;
  while (static_cast<std::size_t>(end - in) >= 16) {
    if constexpr (kind == MapKind::none) {
      const Places at = stuff_sparse<Word>({in, out}, static_cast<std::size_t>(end - in));
      in = at.in;
      out = at.out;
      if (static_cast<std::size_t>(end - in) < 16) break;
    }
    for (const std::byte* const next = in + 16; in != next; in += sizeof(Word))
      out = stuff_word<Word, kind>(in, out, special);
  }
  for (; static_cast<std::size_t>(end - in) >= sizeof(Word); in += sizeof(Word))
    out = stuff_word<Word, kind>(in, out, special);
  for (; in != end; ++in) out = stuff_octet(*in, special.contains(*in), out);
  return static_cast<std::size_t>(out - begin);
}

template <MapKind kind>
bool is_special(std::byte octet, std::uint32_t accm) {
  if (octet == flag || octet == escape) return true;
  return kind != MapKind::none && octet < std::byte{32} &&
         (accm >> std::to_integer<unsigned>(octet) & 1) != 0;
}

/// At least one word, of which one octet at most is special; false, and nothing taken, if it is not
/// so simple.
template <class Word, MapKind kind>
bool unstuff_simple(Unstuffing& at, std::uint32_t accm) {
  const auto word = load_integer<Word>(at.in);
  const Word found = candidates<Word, kind>(word);
  store_integer(at.out, word);
  if (found == 0) {
    at.in += sizeof(Word);
    at.out += sizeof(Word);
    return true;
  }
  const std::size_t before = static_cast<std::size_t>(std::countr_zero(found)) / 8;
  if (!single(found) || at.in[before] != escape || at.left() <= sizeof(Word)) return false;
  const std::byte escaped = at.in[before + 1];
  if (is_special<kind>(escaped, accm)) return false;
  at.in += before + 2;
  at.out += before;
  *at.out++ = escaped ^ transparency;
  return true;
}

/// The same as stuff_sparse the other way; stops also at what is not an escape and an ordinary
/// octet.
template <class Word>
Places unstuff_sparse(Places at, std::size_t left) {
  constexpr std::size_t near = 4;
  auto [in, out] = at;
  if (left <= Group<Word>::octets) return at;
  const std::byte* const last = in + (left - Group<Word>::octets - 1);
  while (in <= last) {
    const Group<Word> group(in);
    group.store(out);
    if (group.clean()) {
      in += Group<Word>::octets;
      out += Group<Word>::octets;
      continue;
    }
    const std::size_t clean = group.clean_octets();
    in += clean;
    out += clean;
    if (clean < near) break;
    if (in[0] == escape && !is_special<MapKind::none>(in[1], 0)) {
      *out++ = in[1] ^ transparency;
      in += 2;
    } else if (is_special<MapKind::none>(in[0], 0)) {
      break;
    } else {
      *out++ = *in++;
    }
  }
  return {in, out};
}

/// Where escapes are many: up to sixteen octets, each with its escape. Leaves what is not as
/// simple.
template <MapKind kind>
void unstuff_dense(Unstuffing& at, std::uint32_t accm) {
  const std::byte* in = at.in;
  std::byte* out = at.out;
  for (int i = 0; i < 16 && at.end - in >= 2; ++i) {
    const bool escapes = in[0] == escape;
    const std::byte octet = escapes ? in[1] : in[0];
    if (is_special<kind>(octet, accm)) break;
    *out++ = escapes ? octet ^ transparency : octet;
    in += escapes ? 2 : 1;
  }
  at.in = in;
  at.out = out;
}

template <class Word, MapKind kind>
Unstuffed unstuff(const std::byte* in, std::size_t size, std::byte* out, std::uint32_t accm,
                  bool& escaped) {
  if (size < few) return unstuff_few(in, size, out, accm, escaped);
  Unstuffing at{in, in + size, out, escaped};
  while (at.left() >= sizeof(Word)) {
    if (at.escaped == 0) {
      if constexpr (kind == MapKind::none) {
        const Places reached = unstuff_sparse<Word>({at.in, at.out}, at.left());
        at.in = reached.in;
        at.out = reached.out;
        if (at.left() < sizeof(Word)) break;
      }
      if (unstuff_simple<Word, kind>(at, accm)) continue;
      unstuff_dense<kind>(at, accm);
    }
    // A flag, 7d 7d, 7d 7e, a control character that the line put in, or an escape from before.
    if (at.left() != 0 && !unstuff_octets(at, 1, accm)) break;
  }
  unstuff_octets(at, std::min(at.left(), sizeof(Word)), accm);
  escaped = at.escaped != 0;
  return {static_cast<std::size_t>(at.in - in), static_cast<std::size_t>(at.out - out)};
}

template <class Word>
std::uint16_t fcs16(std::uint16_t fcs, const std::byte* in, std::size_t size) {
  if (size >= 2 * sizeof(Word)) return sparse_fcs16<IntegerWord<Word>>(fcs, in, size);
  for (std::size_t i = 0; i < size; ++i) fcs = fcs16_octet(fcs, in[i]);
  return fcs;
}

bool usable() {
  return true;
}

template <class Word>
constexpr Kernels set(std::string_view name) {
  constexpr auto none = stuff<Word, MapKind::none>;
  constexpr auto all = stuff<Word, MapKind::all>;
  constexpr auto general = stuff<Word, MapKind::general>;
  return {
      name,
      usable,
      fcs16<Word>,
      sliced_fcs32<Word>,
      {none, all, general},
      {check_and_stuff<fcs16<Word>, none>, check_and_stuff<fcs16<Word>, all>,
       check_and_stuff<fcs16<Word>, general>},
      {unstuff<Word, MapKind::none>, unstuff<Word, MapKind::all>, unstuff<Word, MapKind::general>},
  };
}

}  // namespace

const Kernels swar = set<std::size_t>("swar");
#if SIZE_MAX > 0xffffffff
const Kernels swar32 = set<std::uint32_t>("swar32");
#endif

}  // namespace tunppp::hdlc::kernels
