#include "tun/checksum.h"

#include <bit>
#include <cstring>

namespace tunppp::tun {
namespace {

template <class Word>
Word load(const std::byte* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

std::uint16_t in_memory_order(std::uint16_t number) {
  if constexpr (std::endian::native == std::endian::big) return number;
  return static_cast<std::uint16_t>(number << 8 | number >> 8);
}

void store(std::uint16_t word, std::byte* at) {
  std::memcpy(at, &word, sizeof word);
}

}  // namespace

void InternetChecksum::add(Bytes octets) {
  const std::byte* at = octets.data();
  std::size_t left = octets.size();
  // Halves of 32 bits in sums of 64: no carry is lost in 16 GB, and nothing waits for one.
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  for (; left >= 16; at += 16, left -= 16) {
    const auto a = load<std::uint64_t>(at);
    const auto b = load<std::uint64_t>(at + 8);
    low += (a & 0xffffffff) + (b & 0xffffffff);
    high += (a >> 32) + (b >> 32);
  }
  std::uint64_t sum = low + high;
  for (; left >= 4; at += 4, left -= 4) sum += load<std::uint32_t>(at);
  std::byte rest[4]{};
  if (left > 0) std::memcpy(rest, at, left);
  sum += load<std::uint32_t>(rest);
  sum_ += (sum & 0xffffffff) + (sum >> 32);
}

void InternetChecksum::add_number(std::uint16_t number) {
  sum_ += in_memory_order(number);
}

std::uint16_t InternetChecksum::folded() const {
  std::uint64_t sum = sum_;
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

void store_checksum(const InternetChecksum& checksum, std::byte* at) {
  store(static_cast<std::uint16_t>(~checksum.folded()), at);
}

void store_partial_checksum(const InternetChecksum& checksum, std::byte* at) {
  store(checksum.folded(), at);
}

void store_nonzero_checksum(const InternetChecksum& checksum, std::byte* at) {
  const auto complement = static_cast<std::uint16_t>(~checksum.folded());
  store(complement == 0 ? std::uint16_t{0xffff} : complement, at);
}

}  // namespace tunppp::tun
