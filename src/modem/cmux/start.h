#pragma once

#include <tunppp/bytes.h>
#include <tunppp/end_reason.h>
#include <tunppp/time.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "modem/cmux/muxer.h"
#include "modem/dial.h"
#include "modem/modem_event.h"
#include "modem/profile.h"

namespace tunppp::modem::cmux {

/// DLCI of PPP, and of the AT commands beside it; the roles are free, and these are the usual ones.
constexpr std::uint8_t ppp_channel = 1;
constexpr std::uint8_t command_channel = 2;

struct StartOptions {
  Option option = Option::basic;
  std::size_t frame_size = 0;  ///< N1, 1 to 32768 (TS 27.007 section 5.7); 0: the profile's
  /// Of the line, where DialOptions::line does not say; the modem is told to keep it.
  std::uint32_t baud = 115200;
};

struct StartOutcome {
  std::optional<EndReason> failure;  ///< nullopt: the modem multiplexes now
  std::string text;                  ///< the command that did it, or what went wrong
  MuxerOptions muxer{};              ///< how to speak to it
};

/// From a modem in any state to the moment when the first frame may go out: command mode, who it
/// is, AT+CMUX and the pause after it.
///
/// Sans I/O, used like Dial. `profile` must outlive it; of `dial` what the steps before the dial
/// need.
class MultiplexStart {
 public:
  MultiplexStart(const Profile& profile, DialOptions dial, StartOptions options);
  ~MultiplexStart();
  MultiplexStart(const MultiplexStart&) = delete;
  MultiplexStart& operator=(const MultiplexStart&) = delete;

  // --- getters ---
  const std::optional<StartOutcome>& outcome() const;
  /// The one given, or the one that the modem was recognized by.
  const Profile& profile() const;
  /// AT+CMUX was sent: it may multiplex, whatever it answered.
  bool asked() const;
  /// As Dial's.
  std::uint32_t baud_before() const;

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

/// The command with its placeholders filled in.
std::string cmux_command(std::string_view form, const StartOptions& options);

}  // namespace tunppp::modem::cmux
