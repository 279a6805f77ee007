#pragma once

#include <tunppp/bytes.h>
#include <tunppp/time.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/cmux_responder.h"
#include "sim/modem_emulator.h"

namespace tunppp::sim {

/// Those of a model, as its profile knows them.
CmuxHabits habits_of(const ModemModel& model);

/// The ports of one emulated modem, and the lines that lead to them: line 0 is the one that is
/// dialled on, line 1 another tty, for AT. When it is told to, the modem multiplexes line 0:
/// channel 1 is the port that was there before, and each further channel one of its own. Sans I/O;
/// inputs and outputs are those of the emulator, by line.
class ModemPorts {
 public:
  static constexpr std::size_t lines = 2;
  static constexpr std::size_t channels = 4;

  /// Without `habits`: those of the model.
  explicit ModemPorts(ModemEmulatorOptions options, std::optional<CmuxHabits> habits = {});

  // --- getters ---
  ModemEmulator& line(std::size_t number) { return *ports_[number]; }
  const ModemEmulator& line(std::size_t number) const { return *ports_[number]; }
  const ModemEmulator& channel(std::uint8_t dlci) const;
  ModemEmulator& channel(std::uint8_t dlci);
  bool multiplexes() const { return cmux_.has_value(); }
  /// The one that is multiplexed by now, "0,0,5,127"; empty: none was.
  const std::string& multiplexer_list() const { return multiplexer_list_; }
  std::uint64_t damaged_frames() const { return cmux_ ? cmux_->damaged_frames() : 0; }

  // --- inputs ---
  void power_on(Instant now);
  void receive_from_host(Instant now, std::size_t line, Bytes in);
  void receive_from_network(Instant now, Bytes in);
  void set_dtr(Instant now, std::size_t line, bool on);
  void drop_carrier(Instant now);
  /// The modem closes a channel; or it forgets its multiplexer, without a word.
  void close_channel(Instant now, std::uint8_t dlci);
  void forget_multiplexer(Instant now);
  void handle_timeout(Instant now);

  // --- outputs, to be drained after every input ---
  Bytes poll_to_host(std::size_t line) const;
  void written_to_host(Instant now, std::size_t line, std::size_t count);
  /// Of the port whose call is up.
  Bytes poll_to_network() const { return calling_port().poll_to_network(); }
  void written_to_network(Instant now, std::size_t count);
  std::optional<ModemEmulator::Event> poll_event();
  std::optional<Instant> next_timeout() const;
  /// What a line has brought and the network has not taken yet.
  std::size_t waiting_for_network(std::size_t line) const;
  /// What the network has brought and its line has not taken yet.
  std::size_t waiting_for_host() const { return calling_port().poll_to_host().size(); }

 private:
  const ModemEmulator& calling_port() const;
  ModemEmulator& calling_port();
  void settle(Instant now);
  void collect_events(ModemEmulator& port);
  void multiplex();
  void end_multiplexer(Instant now);

  CmuxHabits habits_;
  std::vector<std::unique_ptr<ModemEmulator>> ports_;  // of the lines, then of channel 2 and up
  std::deque<ModemEmulator::Event> events_;
  std::optional<CmuxResponder> cmux_;
  bool multiplexing_asked_ = false;
  std::string multiplexer_list_;
  std::string raw_;  // for line 0, before what the multiplexer says
};

}  // namespace tunppp::sim
