#pragma once

#include <tunppp/bytes.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

/// Octets for the tests of the protocols, and the control packets they are full of.
namespace tunppp::test {

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

inline Octets copy(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

inline Octets operator+(Octets a, const Octets& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Code, identifier, length, data, typed out here so that it shares nothing with the code.
inline Octets packet(unsigned code, unsigned identifier, const Octets& data = {}) {
  const auto length = static_cast<unsigned>(data.size() + 4);
  return octets({code, identifier, length >> 8, length & 0xff}) + data;
}

inline unsigned at(Bytes bytes, std::size_t index) {
  return index < bytes.size() ? std::to_integer<unsigned>(bytes[index]) : 0x100;
}

/// SplitMix64: the same numbers in every run.
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
  Octets octets(std::size_t count) {
    Octets out(count);
    for (std::byte& octet : out) octet = this->octet();
    return out;
  }

 private:
  std::uint64_t state_;
};

}  // namespace tunppp::test
