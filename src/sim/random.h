#pragma once

#include <cmath>
#include <cstdint>

namespace tunppp::sim {

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same seed gives the same numbers on every
/// machine. For simulation only; anybody can predict it.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  /// In [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  /// In [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  bool chance(double probability) { return probability > 0 && unit() < probability; }

 private:
  std::uint64_t state_;
};

/// Independent events, each with the same small probability: how many trials pass between two of
/// them is drawn at once, so that a trial costs a subtraction.
class RareEvents {
 public:
  RareEvents(double probability, Random& random) : probability_(probability), random_(&random) {
    draw();
  }

  /// One trial.
  bool next() {
    if (passing_ > 0) {
      --passing_;
      return false;
    }
    draw();
    return true;
  }

 private:
  void draw() {
    if (probability_ >= 1) {
      passing_ = 0;
      return;
    }
    passing_ = UINT64_MAX;
    if (probability_ <= 0) return;
    double trials = std::floor(std::log1p(-random_->unit()) / std::log1p(-probability_));
    if (trials < 0x1p63) passing_ = static_cast<std::uint64_t>(trials);
  }

  double probability_;
  Random* random_;
  std::uint64_t passing_ = 0;
};

}  // namespace tunppp::sim
