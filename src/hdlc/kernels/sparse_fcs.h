#pragma once

#include <cstddef>
#include <cstdint>

/// FCS-16 over whole words, without a table and without a multiply. A set defines TUNPPP_TARGET,
/// the target attribute of its functions, before it includes this.
///
/// Squaring keeps the generator P sparse: P^(2^k) = x^(16*2^k) + x^(12*2^k) + x^(5*2^k) + 1. Let Q
/// be the power whose degree is four words. Dividing by Q is then a filter over whole words,
/// y[i] = m[i] + y[i-1] + y[i-2.75] + y[i-4], whatever the width of a word; and as P divides Q, the
/// four words of remainder have the same FCS as the message. They are halved by the same division,
/// with a Q of half the degree each time, until two octets are left. (The idea is that of "Chorba",
/// arXiv 2412.16398; it goes further here, because P itself is sparse.)
///
/// A Word is a struct with
///   octets, bits         its width
///   Half                 the type of its halves, with first_half() and second_half()
///   load(from)           the octets there
///   of(fcs)              two octets and then zeros
///   later<n>()           moved n bits away from the start; zeros come in
///   earlier<n>()         moved n bits towards the start
///   right_aligned(n)     its first n octets (1 to `octets`), moved to its end
///   joined(older, newer) the word that begins a quarter into `older`
/// where the first bit on the line is the first bit of the word: the lowest one, for integers.
namespace tunppp::hdlc::kernels {
namespace {

/// (first, second) has the same FCS as what this returns.
template <class Word>
TUNPPP_TARGET inline Word halved(Word first, Word second) {
  constexpr unsigned n = Word::bits;
  // 1 / (1 + D^4 + D^11) = (1 + D^4)(1 + D^8) + D^11, up to D^16, where D is n/16 bits later.
  Word quotient = first ^ first.template later<n / 4>();
  quotient = quotient ^ quotient.template later<n / 2>();
  quotient = quotient ^ first.template later<11 * n / 16>();
  return second ^ quotient.template earlier<12 * n / 16>() ^
         quotient.template earlier<5 * n / 16>() ^ quotient;
}

template <class Word>
struct Pair {
  Word first;
  Word second;
};

/// The same from four words to two.
template <class Word>
TUNPPP_TARGET inline Pair<Word> halved(Word a, Word b, Word c, Word d) {
  constexpr unsigned n = Word::bits;
  const Word first = a ^ a.template later<n / 2>();
  Word second = b ^ first.template earlier<n / 2>() ^ first.template later<3 * n / 8>();
  second = second ^ second.template later<n / 2>();
  return {c ^ second.template earlier<n / 2>() ^ first.template earlier<5 * n / 8>() ^
              second.template later<3 * n / 8>() ^ first,
          d ^ second.template earlier<5 * n / 8>() ^ second};
}

/// The FCS of one word. It ends with 16 bits of message, which stand for 16 bits of FCS once two
/// octets of nothing have gone by.
template <class Word>
TUNPPP_TARGET inline std::uint16_t fcs16_of(Word word) {
  if constexpr (Word::bits == 16) {
    return halved(word, Word{}).value;
  } else {
    return fcs16_of(halved(word.first_half(), word.second_half()));
  }
}

/// The last four words of the quotient.
template <class Word>
struct Filter {
  TUNPPP_TARGET void next(Word word) {
    const Word y = Word::joined(y3, y2) ^ y4 ^ word ^ y1;
    y4 = y3;
    y3 = y2;
    y2 = y1;
    y1 = y;
  }

  Word y1, y2, y3, y4;
};

/// Wants at least one word and two octets.
template <class Word>
TUNPPP_TARGET inline std::uint16_t sparse_fcs16(std::uint16_t fcs, const std::byte* in,
                                                std::size_t size) {
  // Zeros before the message change nothing: so the first word may be a partial one, and the FCS so
  // far is added to the first two octets.
  std::size_t words = (size + Word::octets - 1) / Word::octets;
  const auto partial = static_cast<unsigned>((size - 1) % Word::octets + 1);
  const auto spill = static_cast<std::uint16_t>(partial == 1 ? fcs >> 8 : 0);
  Word word = (Word::load(in) ^ Word::of(fcs)).right_aligned(partial);
  in += partial;

  Word last[4] = {};
  if (words <= 4) {
    Word* to = last + 4 - words;
    *to++ = word;
    for (bool second = true; to != last + 4; second = false, in += Word::octets)
      *to++ = second ? Word::load(in) ^ Word::of(spill) : Word::load(in);
  } else {
    Filter<Word> filter{};
    filter.next(word);
    word = Word::load(in) ^ Word::of(spill);
    in += Word::octets;
    words -= 2;
    for (; words >= 7; words -= 4, in += 4 * Word::octets) {
      const Word next[4] = {Word::load(in), Word::load(in + Word::octets),
                            Word::load(in + 2 * Word::octets), Word::load(in + 3 * Word::octets)};
      filter.next(word);
      filter.next(next[0]);
      filter.next(next[1]);
      filter.next(next[2]);
      word = next[3];
    }
    for (; words > 3; --words, in += Word::octets) {
      filter.next(word);
      word = Word::load(in);
    }
    // No feedback any more: what is left is the remainder.
    const Word none{};
    last[0] = word ^ filter.y4 ^ Word::joined(filter.y3, filter.y2) ^ filter.y1;
    last[1] = Word::load(in) ^ filter.y3 ^ Word::joined(filter.y2, filter.y1);
    last[2] = Word::load(in + Word::octets) ^ filter.y2 ^ Word::joined(filter.y1, none);
    last[3] = Word::load(in + 2 * Word::octets) ^ filter.y1;
  }
  const Pair<Word> half = halved(last[0], last[1], last[2], last[3]);
  return fcs16_of(halved(half.first, half.second));
}

}  // namespace
}  // namespace tunppp::hdlc::kernels
