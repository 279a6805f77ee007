#pragma once

#include <tunppp/bytes.h>

namespace tunppp {

/// Where random octets come from. Magic numbers and challenges are drawn from here, so an
/// implementation for real use must be unpredictable (getrandom(2)); a test passes a seeded one.
/// Called on the thread that calls the Link. Must not throw.
class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual void fill(MutableBytes out) = 0;
};

}  // namespace tunppp
