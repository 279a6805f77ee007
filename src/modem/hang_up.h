#pragma once

#include <tunppp/bytes.h>
#include <tunppp/time.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "modem/modem_event.h"
#include "modem/profile.h"

namespace tunppp::modem {

struct HangUpOptions {
  /// True after CONNECT; false when a dial was dropped midway and the modem hears commands.
  bool data_mode = true;
  /// NO CARRIER has been seen already (CarrierWatch, or the owner's DCD).
  bool carrier_gone = false;
  /// The line was multiplexed until now, and the call is over: only to see that it hears commands.
  bool multiplexed = false;
  /// The speed to which the modem is brought back at last (Dial::baud_before()); 0: none.
  std::uint32_t restore_baud = 0;
};

enum class HangUpOutcome {
  hung_up,       ///< the modem confirmed it, or had hung up by itself
  command_mode,  ///< it hears commands, but did not confirm in time that the call is gone
  unknown,       ///< it said nothing that we understand
};

/// The way back to command mode, after PPP has said goodbye: NO CARRIER seen? Else silence, +++,
/// silence, ATH; else DTR down for a moment. Bounded in time.
///
/// Used like Dial. Write nothing else to the line meanwhile: silence is part of the procedure.
class HangUp {
 public:
  /// It ends within this time after start(), from data mode ...
  static constexpr Duration bound = std::chrono::milliseconds(3700);
  /// ... and from a dial that was dropped midway.
  static constexpr Duration bound_midway = std::chrono::milliseconds(4500);
  /// What restore_baud adds to both.
  static constexpr Duration restore_bound = std::chrono::milliseconds(1000);

  HangUp(const Profile& profile, HangUpOptions options);
  ~HangUp();
  HangUp(const HangUp&) = delete;
  HangUp& operator=(const HangUp&) = delete;

  // --- getters ---
  const std::optional<HangUpOutcome>& outcome() const;

  // --- inputs ---
  void start(Instant now);
  std::size_t receive(Instant now, Bytes in);
  void handle_timeout(Instant now);

  // --- outputs ---
  Bytes poll_transmit() const;
  void transmitted(std::size_t count);
  std::optional<ModemEvent> poll_event();
  std::optional<Instant> next_timeout() const;

 private:
  class Sequence;
  std::unique_ptr<Sequence> sequence_;
};

}  // namespace tunppp::modem
