#pragma once

#include <tunppp/time.h>

#include <cmath>
#include <cstdint>
#include <optional>

namespace tunppp::session {

struct CodelParameters {
  Duration target = std::chrono::milliseconds(5);      ///< standing delay that is put up with
  Duration interval = std::chrono::milliseconds(100);  ///< how long, which is a worst round trip
};

/// CoDel (RFC 8289) for one queue: packets are dropped, ever more often, for as long as even the
/// one that waited least in the last interval waited too long.
class Codel {
 public:
  /// Asked for each packet that is taken out: whether it is to be dropped, and the next one judged
  /// in its place. `waited`: since it was put in. `nothing_behind`: less than one full packet is
  /// left, so that no drop could make the wait shorter.
  bool drops(Instant now, Duration waited, bool nothing_behind, const CodelParameters& parameters) {
    if (!too_long(now, waited, nothing_behind, parameters)) {
      dropping_ = false;
      return false;
    }
    if (dropping_) {
      if (now < next_drop_) return false;
      ++count_;
      next_drop_ = control_law(next_drop_, parameters);
      return true;
    }
    // "if we've been dropping recently, resume with the drop rate that was needed" (section 5.6)
    const std::uint32_t needed = count_ - count_before_;
    const bool recently = next_drop_ != Instant{} && now - next_drop_ < 16 * parameters.interval;
    dropping_ = true;
    count_ = recently && needed > 1 ? needed : 1;
    count_before_ = count_;
    next_drop_ = control_law(now, parameters);
    return true;
  }

  /// The queue ran empty.
  void emptied() {
    above_until_.reset();
    dropping_ = false;
  }

 private:
  /// Above the target for a whole interval.
  bool too_long(Instant now, Duration waited, bool nothing_behind,
                const CodelParameters& parameters) {
    if (waited < parameters.target || nothing_behind) {
      above_until_.reset();
      return false;
    }
    if (above_until_) return now >= *above_until_;
    above_until_ = now + parameters.interval;
    return false;
  }

  Instant control_law(Instant from, const CodelParameters& parameters) const {
    const auto interval = static_cast<float>(parameters.interval.count());
    return from +
           Duration(static_cast<Duration::rep>(interval / std::sqrt(static_cast<float>(count_))));
  }

  std::optional<Instant> above_until_;
  Instant next_drop_{};
  std::uint32_t count_ = 0;
  std::uint32_t count_before_ = 0;
  bool dropping_ = false;
};

}  // namespace tunppp::session
