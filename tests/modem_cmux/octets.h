#pragma once

#include <tunppp/bytes.h>

#include <string>
#include <string_view>
#include <vector>

namespace tunppp::modem::cmux {

using Octets = std::vector<std::byte>;

inline Octets from_hex(std::string_view text) {
  Octets octets;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    octets.push_back(
        static_cast<std::byte>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  return octets;
}

/// Octets of which every value comes, flags and escapes among them.
inline Octets pattern(std::size_t size, unsigned seed = 1) {
  Octets octets(size);
  for (std::byte& octet : octets) {
    seed = seed * 1103515245 + 12345;
    octet = static_cast<std::byte>(seed >> 16);
  }
  return octets;
}

}  // namespace tunppp::modem::cmux
