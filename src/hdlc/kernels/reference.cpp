// One octet at a time, as RFC 1662 appendix C does it. Every other set is held against this one, in
// the tests for what it yields and in the benchmarks for how long it takes: it stays as it is.
#include "hdlc/kernels/sets.h"
#include "hdlc/kernels/tables.h"

namespace tunppp::hdlc::kernels {
namespace {

std::uint16_t fcs16(std::uint16_t fcs, const std::byte* in, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) fcs = fcs16_octet(fcs, in[i]);
  return fcs;
}

std::uint32_t fcs32(std::uint32_t fcs, const std::byte* in, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) fcs = fcs32_octet(fcs, in[i]);
  return fcs;
}

bool mapped(std::byte octet, std::uint32_t accm) {
  return octet < std::byte{32} && (accm >> std::to_integer<unsigned>(octet) & 1) != 0;
}

bool special(std::byte octet, std::uint32_t accm) {
  return octet == flag || octet == escape || mapped(octet, accm);
}

std::size_t stuff(const std::byte* in, std::size_t size, std::byte* out, std::uint32_t accm) {
  std::byte* to = out;
  for (std::size_t i = 0; i < size; ++i) {
    if (special(in[i], accm)) {
      *to++ = escape;
      *to++ = in[i] ^ transparency;
    } else {
      *to++ = in[i];
    }
  }
  return static_cast<std::size_t>(to - out);
}

Encoded encode(std::uint16_t fcs, const std::byte* in, std::size_t size, std::byte* out,
               std::uint32_t accm) {
  std::byte* to = out;
  for (std::size_t i = 0; i < size; ++i) {
    fcs = fcs16_octet(fcs, in[i]);
    if (special(in[i], accm)) {
      *to++ = escape;
      *to++ = in[i] ^ transparency;
    } else {
      *to++ = in[i];
    }
  }
  return {static_cast<std::size_t>(to - out), fcs};
}

Unstuffed unstuff(const std::byte* in, std::size_t size, std::byte* out, std::uint32_t accm,
                  bool& escaped) {
  std::byte* to = out;
  bool pending = escaped;
  std::size_t i = 0;
  for (; i < size && in[i] != flag; ++i) {
    if (mapped(in[i], accm)) continue;  // put in by the line: not the octet that was escaped
    if (pending) {
      *to++ = in[i] ^ transparency;
      pending = false;
    } else if (in[i] == escape) {
      pending = true;
    } else {
      *to++ = in[i];
    }
  }
  escaped = pending;
  return {i, static_cast<std::size_t>(to - out)};
}

bool usable() {
  return true;
}

}  // namespace

const Kernels reference = {
    "reference",
    usable,
    fcs16,
    fcs32,
    {stuff, stuff, stuff},
    {encode, encode, encode},
    {unstuff, unstuff, unstuff},
};

}  // namespace tunppp::hdlc::kernels
