#pragma once

#include <tunppp/link.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "hdlc/framer.h"
#include "hdlc/header.h"

/// What the fuzz targets of the pure core share: the input as a source of decisions, entropy that is
/// none, frames, and a check that does not depend on NDEBUG.
namespace tunppp::fuzz {

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

/// Takes the input from its front; zeros once it is used up.
class Input {
 public:
  explicit Input(Bytes octets) : rest_(octets) {}

  bool empty() const { return rest_.empty(); }
  unsigned octet() {
    const Bytes taken = octets(1);
    return taken.empty() ? 0 : std::to_integer<unsigned>(taken[0]);
  }
  unsigned number() {
    const unsigned high = octet();
    return high << 8 | octet();
  }
  Bytes octets(std::size_t count) {
    const Bytes taken = rest_.first(std::min(count, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }
  /// A length in one octet, then so many octets.
  Bytes counted() { return octets(octet()); }

 private:
  Bytes rest_;
};

class CountingEntropy final : public Entropy {
 public:
  void fill(MutableBytes out) override {
    for (std::byte& octet : out) octet = static_cast<std::byte>(++last_);
  }

 private:
  unsigned last_ = 0;
};

inline std::vector<std::byte> frame(std::uint16_t protocol, Bytes information) {
  const auto header = hdlc::encode_header(protocol, false, false);
  std::vector<std::byte> out(hdlc::Framer::max_encoded_size(header.size + information.size()));
  hdlc::Framer framer;
  out.resize(framer.encode(header.bytes(), information, out, {.opening_flag = true}));
  return out;
}

/// Code, identifier, a Length that fits, data.
inline std::vector<std::byte> packet(unsigned code, unsigned identifier, Bytes data) {
  const std::size_t length = data.size() + 4;
  std::vector<std::byte> out{static_cast<std::byte>(code), static_cast<std::byte>(identifier),
                             static_cast<std::byte>(length >> 8),
                             static_cast<std::byte>(length & 0xff)};
  out.insert(out.end(), data.begin(), data.end());
  return out;
}

}  // namespace tunppp::fuzz
