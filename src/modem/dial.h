#pragma once

#include <tunppp/bytes.h>
#include <tunppp/end_reason.h>
#include <tunppp/secret.h>
#include <tunppp/time.h>

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "modem/apn_source.h"
#include "modem/modem_event.h"
#include "modem/pin_record.h"
#include "modem/profile.h"

namespace tunppp::modem {

/// The serial line to the modem, where it is one.
struct LineSpeed {
  std::uint32_t baud = 0;  ///< the tty's speed now; 0: it has none
  /// Where a modem that does not answer may listen instead; empty: nowhere.
  std::span<const std::uint32_t> others{};
  std::uint32_t change_to = 0;  ///< by AT+IPR once it answers, and never stored; 0: leave it
  bool rtscts = false;          ///< the tty does hardware flow control: let the modem do so, too
};

/// The usual speeds, the likely ones first.
std::span<const std::uint32_t> usual_bauds();

struct DialOptions {
  std::string apn;  ///< empty: the modem's own setting stays
  /// Asked where no APN is given; must outlive the dial. nullptr: nobody knows.
  ApnSource* apn_source = nullptr;
  PdpType pdp_type = PdpType::ip;
  unsigned cid = 1;  ///< which context
  /// Authentication by AT command; none leaves it to PPP, which is right for most modems.
  ContextAuth context_auth = ContextAuth::none;
  std::string user;
  Secret password;
  std::optional<Secret> pin;  ///< sent only when the SIM asks for it, and at most once
  /// Asked before the PIN is sent; must outlive the dial. nullptr: the owner sees to it.
  PinRecord* pin_record = nullptr;
  Radio radio = Radio::unchanged;
  /// Profiles to go on with once the modem has said its name. Empty: the one given stays.
  std::span<const Profile> candidates{};
  LineSpeed line{};
  std::string dial_string;    ///< instead of the profile's: "*99#" or "ATD*99#"
  Duration registration_timeout = std::chrono::seconds(120);
  Duration dial_timeout = std::chrono::seconds(180);  ///< ModemManager's; 5 to 10 s are usual
};

struct DialOutcome {
  std::optional<EndReason> failure;  ///< nullopt: connected, the line speaks PPP now
  std::string text;                  ///< "CONNECT 150000000", or what went wrong in a sentence

  bool connected() const { return !failure; }
};

/// The way from a modem in any state to CONNECT, or to a reason why not.
///
/// Sans I/O; used like this, on one thread:
///
///     dial.start(now);
///     loop: write poll_transmit() and tell transmitted();
///           show poll_event() until it is empty (and do what set_dtr asks for);
///           stop once outcome() has a value;
///           wait for octets or next_timeout(); then receive() or handle_timeout().
///
/// receive() takes everything until it has found CONNECT and its line end; what it did not take
/// belongs to PPP. An unsuccessful dial leaves the modem in command mode. One that is dropped
/// midway may leave it dialling: run HangUp with `data_mode` false then.
class Dial {
 public:
  /// `profile` must outlive the dial.
  Dial(const Profile& profile, DialOptions options);
  ~Dial();
  Dial(const Dial&) = delete;
  Dial& operator=(const Dial&) = delete;

  // --- getters ---
  const std::optional<DialOutcome>& outcome() const;
  /// True once the PIN has been written to the modem. Never give it to a next Dial when this one
  /// ended with sim_pin or sim_puk.
  bool pin_sent() const;
  /// The speed to which HangUp must bring the modem back; 0: it was not changed.
  std::uint32_t baud_before() const;
  /// The one given, or the one that the modem was recognized by.
  const Profile& profile() const;

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
