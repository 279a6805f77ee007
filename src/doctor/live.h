#pragma once

#include <tunppp/bytes.h>
#include <tunppp/time.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "doctor/finding.h"
#include "modem/modem_event.h"
#include "modem/profile.h"

namespace tunppp::doctor {

struct LiveOptions {
  std::string tty;                          ///< as it is called in findings: "/dev/ttyUSB2"
  const modem::Profile* profile = nullptr;  ///< nullptr: by what the modem calls itself
  /// Of a serial line: its speed, and where else the modem may listen. USB has none.
  std::uint32_t baud = 0;
  std::span<const std::uint32_t> other_bauds{};
  /// A session lends it command by command: in command mode, but others may be asking, too.
  bool lent = false;
};

struct LiveOutcome {
  bool answers = false;  ///< AT, in the end
  std::vector<Finding> findings;
  /// Who and where it is, for people: {"modem", "Quectel EC25"}, {"signal", "-71 dBm (good)"}. What
  /// tells one modem from another of its kind is left out.
  std::vector<Evidence> facts;
};

/// Asks whatever is on a tty what is the matter with it: whether it is a modem that answers, and if
/// not what it does instead; its SIM, signal, registration and APN. Changes nothing that lasts: no
/// PIN is sent, no radio switched, nothing stored, echo and form of answers put back. A modem that
/// was left in data mode or multiplexing is brought back to commands, by which a call that was left
/// open ends.
///
/// Sans I/O, used as Dial is, with session::ModemTalk.
class LiveExamination {
 public:
  /// It ends within these times after start().
  static constexpr Duration silent_bound = std::chrono::milliseconds(5500);  ///< nobody is there
  /// More for each other speed.
  static constexpr Duration speed_bound = std::chrono::milliseconds(900);
  static constexpr Duration bound = std::chrono::seconds(30);

  explicit LiveExamination(LiveOptions options);
  ~LiveExamination();
  LiveExamination(const LiveExamination&) = delete;
  LiveExamination& operator=(const LiveExamination&) = delete;

  // --- getters ---
  const std::optional<LiveOutcome>& outcome() const;

  // --- inputs ---
  void start(Instant now);
  std::size_t receive(Instant now, Bytes in);
  void handle_timeout(Instant now);

  // --- outputs ---
  Bytes poll_transmit() const;
  void transmitted(std::size_t count);
  /// Progress and requests only: the dialogue holds numbers that are nobody's business.
  std::optional<modem::ModemEvent> poll_event();
  std::optional<Instant> next_timeout() const;

 private:
  class Sequence;
  std::unique_ptr<Sequence> sequence_;
};

}  // namespace tunppp::doctor
