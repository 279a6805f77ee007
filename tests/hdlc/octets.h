#pragma once

#include <tunppp/bytes.h>

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace tunppp::hdlc::test {

using Octets = std::vector<std::byte>;

inline Octets octets(std::initializer_list<unsigned> values) {
  Octets out;
  for (unsigned value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}

inline Octets octets(std::string_view text) {
  Octets out;
  for (char c : text) out.push_back(static_cast<std::byte>(c));
  return out;
}

inline Octets octets(Bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

inline void append(Octets& to, Bytes bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

/// The same numbers in every run (SplitMix64).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }
  std::byte octet() { return static_cast<std::byte>(next() & 0xff); }

 private:
  std::uint64_t state_;
};

}  // namespace tunppp::hdlc::test
