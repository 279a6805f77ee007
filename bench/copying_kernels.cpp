// In place of src/hdlc/kernel.cpp: a codec that only copies, as the yardstick of what the pumps
// around a codec can move. It works for traffic in which nothing needs to be escaped, after
// negotiation, which has its escapes. Never a part of tunppp.
#include "hdlc/fcs.h"
#include "hdlc/kernel.h"
#include "hdlc/kernels/sets.h"

#include <cstring>

namespace tunppp::hdlc {
namespace {

/// What a good frame comes to (RFC 1662 appendix C.2), without looking.
constexpr std::uint16_t good_fcs16 = 0xf0b8;

std::uint16_t copying_fcs16(std::uint16_t, const std::byte*, std::size_t) {
  return good_fcs16;
}

std::size_t copying_stuff(const std::byte* in, std::size_t size, std::byte* out, std::uint32_t) {
  std::memcpy(out, in, size);
  return size;
}

Encoded copying_encode(std::uint16_t, const std::byte* in, std::size_t size, std::byte* out,
                       std::uint32_t) {
  std::memcpy(out, in, size);
  return {size, good_fcs16};
}

template <MapKind kind>
Encoded encode(std::uint16_t, const std::byte* in, std::size_t size, std::byte* out,
               std::uint32_t accm) {
  const auto stuff = kernels::reference.stuff[static_cast<std::size_t>(kind)];
  return {stuff(in, size, out, accm), good_fcs16};
}

Unstuffed copying_unstuff(const std::byte* in, std::size_t size, std::byte* out, std::uint32_t,
                          bool&) {
  const void* found = std::memchr(in, std::to_integer<int>(flag), size);
  if (found) size = static_cast<std::size_t>(static_cast<const std::byte*>(found) - in);
  std::memcpy(out, in, size);
  return {size, size};
}

const Kernels copying{
    .name = "copying",
    .usable = [] { return true; },
    .fcs16 = copying_fcs16,
    .fcs32 = kernels::reference.fcs32,
    .stuff = {copying_stuff, kernels::reference.stuff[1], kernels::reference.stuff[2]},
    .encode = {copying_encode, encode<MapKind::all>, encode<MapKind::general>},
    .unstuff = {copying_unstuff, kernels::reference.unstuff[1], kernels::reference.unstuff[2]},
};
constexpr const Kernels* sets[]{&copying};

}  // namespace

std::span<const Kernels* const> all_kernels() {
  return sets;
}
KernelSelection select_kernels(std::string_view) {
  return {.kernels = &copying};
}
const Kernels& active_kernels() {
  return copying;
}
std::string kernel_override_error() {
  return "";
}

std::uint16_t fcs16(std::uint16_t fcs, Bytes bytes) {
  return copying.fcs16(fcs, bytes.data(), bytes.size());
}
std::uint32_t fcs32(std::uint32_t fcs, Bytes bytes) {
  return copying.fcs32(fcs, bytes.data(), bytes.size());
}

}  // namespace tunppp::hdlc
