#pragma once

#include <tunppp/entropy.h>

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace tunppp::session {

/// getrandom(2).
class SystemEntropy final : public Entropy {
 public:
  void fill(MutableBytes out) override {
    while (!out.empty()) {
      const ssize_t count = ::getrandom(out.data(), out.size(), 0);
      // There is no second best for magic numbers and challenges.
      if (count < 0 && errno != EINTR) std::abort();
      if (count > 0) out = out.subspan(static_cast<std::size_t>(count));
    }
  }
};

}  // namespace tunppp::session
