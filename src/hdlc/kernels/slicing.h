#pragma once

#include "hdlc/kernels/integer_word.h"
#include "hdlc/kernels/tables.h"

/// FCS-32 by tables, a word at a time. Its generator is dense, so the filter of sparse_fcs.h is not
/// for it.
namespace tunppp::hdlc::kernels {

/// Entry [n][octet]: what the octet has become when n more octets have gone by.
template <std::size_t count>
constexpr std::array<std::array<std::uint32_t, 256>, count> fcs32_slices() {
  std::array<std::array<std::uint32_t, 256>, count> slices{fcs32_table};
  for (std::size_t n = 1; n < count; ++n)
    for (std::size_t octet = 0; octet < 256; ++octet)
      slices[n][octet] = slices[n - 1][octet] >> 8 ^ fcs32_table[slices[n - 1][octet] & 0xff];
  return slices;
}

namespace {

template <class Integer>
TUNPPP_TARGET inline std::uint32_t sliced_fcs32(std::uint32_t fcs, const std::byte* in,
                                                std::size_t size) {
  static constexpr auto slices = fcs32_slices<sizeof(Integer)>();
  for (; size >= sizeof(Integer); size -= sizeof(Integer), in += sizeof(Integer)) {
    Integer word = load_integer<Integer>(in) ^ fcs;
    fcs = 0;
    for (std::size_t n = sizeof(Integer); n-- > 0; word >>= 8) fcs ^= slices[n][word & 0xff];
  }
  for (; size > 0; --size, ++in) fcs = fcs32_octet(fcs, *in);
  return fcs;
}

}  // namespace
}  // namespace tunppp::hdlc::kernels
