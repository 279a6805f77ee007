#pragma once

#include <tunppp/entropy.h>

#include "sim/random.h"

namespace tunppp::sim {

/// For tests: the same seed gives the same magic numbers and challenges.
class SeededEntropy final : public Entropy {
 public:
  explicit SeededEntropy(std::uint64_t seed) : random_(seed) {}

  void fill(MutableBytes out) override {
    for (std::byte& octet : out) octet = static_cast<std::byte>(random_.next() >> 56);
  }

 private:
  Random random_;
};

}  // namespace tunppp::sim
