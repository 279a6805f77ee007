#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

/// An unsigned integer as a Word of sparse_fcs.h: the first octet on the line is the lowest.
namespace tunppp::hdlc::kernels {
namespace {

template <class Integer>
TUNPPP_TARGET inline Integer load_integer(const std::byte* from) {
  Integer value;
  std::memcpy(&value, from, sizeof value);
  if constexpr (std::endian::native == std::endian::big) {
    if constexpr (sizeof value == 8) value = __builtin_bswap64(value);
    if constexpr (sizeof value == 4) value = __builtin_bswap32(value);
  }
  return value;
}

template <class Integer>
TUNPPP_TARGET inline void store_integer(std::byte* to, Integer value) {
  if constexpr (std::endian::native == std::endian::big) {
    if constexpr (sizeof value == 8) value = __builtin_bswap64(value);
    if constexpr (sizeof value == 4) value = __builtin_bswap32(value);
  }
  std::memcpy(to, &value, sizeof value);
}

template <unsigned bytes>
struct UnsignedOf;
template <>
struct UnsignedOf<1> {
  using Type = std::uint8_t;
};
template <>
struct UnsignedOf<2> {
  using Type = std::uint16_t;
};
template <>
struct UnsignedOf<4> {
  using Type = std::uint32_t;
};

template <class Integer>
struct IntegerWord {
  static constexpr unsigned octets = sizeof(Integer);
  static constexpr unsigned bits = 8 * octets;
  using HalfInteger = typename UnsignedOf<octets / 2>::Type;
  using Half = IntegerWord<HalfInteger>;

  TUNPPP_TARGET static IntegerWord load(const std::byte* from) {
    return {load_integer<Integer>(from)};
  }
  TUNPPP_TARGET static IntegerWord of(std::uint16_t fcs) { return {fcs}; }
  template <unsigned n>
  TUNPPP_TARGET IntegerWord later() const {
    return {static_cast<Integer>(value << n)};
  }
  template <unsigned n>
  TUNPPP_TARGET IntegerWord earlier() const {
    return {static_cast<Integer>(value >> n)};
  }
  TUNPPP_TARGET IntegerWord right_aligned(unsigned count) const {
    return {static_cast<Integer>(value << 8 * (octets - count))};
  }
  TUNPPP_TARGET static IntegerWord joined(IntegerWord older, IntegerWord newer) {
    return older.template earlier<bits / 4>() ^ newer.template later<3 * bits / 4>();
  }
  TUNPPP_TARGET Half first_half() const { return {static_cast<HalfInteger>(value)}; }
  TUNPPP_TARGET Half second_half() const { return {static_cast<HalfInteger>(value >> bits / 2)}; }
  TUNPPP_TARGET friend IntegerWord operator^(IntegerWord a, IntegerWord b) {
    return {static_cast<Integer>(a.value ^ b.value)};
  }

  Integer value;
};

}  // namespace
}  // namespace tunppp::hdlc::kernels
