#pragma once

#include <tunppp/time.h>

#include <cstdint>
#include <optional>

namespace tunppp::sim {

/// When the UART of a modem sleeps.
enum class SleepMode : std::uint8_t {
  never,
  by_dtr,     ///< while DTR is off
  when_idle,  ///< after a while without octets; those that wake it are lost
};

/// The sleep of one port. What it is told while it sleeps is lost; it may speak itself.
class PortSleep {
 public:
  static constexpr Duration idle_time = std::chrono::seconds(5);  ///< until it falls asleep
  static constexpr Duration wake_time = std::chrono::milliseconds(100);

  SleepMode mode() const { return mode_; }
  /// From now on; it is awake.
  void set_mode(Instant now, SleepMode mode) {
    mode_ = mode;
    heard_last_ = now;
  }
  /// Sleeps at once, as a program that is gone has left it.
  void fall_asleep(SleepMode mode) {
    mode_ = mode;
    heard_last_.reset();
    dtr_ = mode != SleepMode::by_dtr;
  }
  void set_dtr(bool on) { dtr_ = on; }

  /// Octets have come: whether it hears them.
  bool hears(Instant now) {
    if (mode_ == SleepMode::never) return true;
    if (mode_ == SleepMode::by_dtr) return dtr_;
    const bool slept = !heard_last_ || now - *heard_last_ >= idle_time;
    heard_last_ = now;
    if (slept) awake_from_ = now + wake_time;
    return now >= awake_from_;
  }

 private:
  SleepMode mode_ = SleepMode::never;
  bool dtr_ = true;
  std::optional<Instant> heard_last_{};
  Instant awake_from_{};
};

}  // namespace tunppp::sim
