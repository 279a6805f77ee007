#pragma once

#include <tunppp/bytes.h>
#include <tunppp/time.h>

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "modem/cmux/frame_reader.h"
#include "modem/cmux/muxer.h"
#include "sim/modem_emulator.h"

namespace tunppp::sim {

/// How the multiplexer of a modem differs from what TS 27.010 says, and what can be wrong with it.
struct CmuxHabits {
  bool refuses = false;             ///< ERROR to AT+CMUX
  bool refuses_long_form = false;   ///< ERROR to more than the mode
  bool silent = false;              ///< says OK, and is deaf and dumb then, but for CLD
  std::size_t most_info = 0;        ///< frames with more are damaged; 0: none is
  bool status_first = false;        ///< MSC comes before the UA that it belongs to
  bool long_lengths = false;        ///< lengths of two octets even where one would do
  double damage = 0;                ///< share of pieces with a wrong octet, both ways
  bool one_channel = false;         ///< DM to the second
  bool wants_parameters = false;    ///< DM to SABM before PN
  bool ignores_disconnect = false;  ///< DISC on a channel; CLD closes them all
};

/// The multiplexer of an emulated modem: the responder's end of a line after TS 27.010, with a port
/// of the modem on each channel. Sans I/O.
class CmuxResponder {
 public:
  /// `ports`: of channel 1 and up; they must outlive it.
  CmuxResponder(modem::cmux::MuxerOptions options, CmuxHabits habits,
                std::vector<ModemEmulator*> ports);

  // --- inputs ---
  void receive(Instant now, Bytes in);
  void handle_timeout(Instant now);
  /// To be called when a port may have something to say, or room.
  void exchange(Instant now);
  void close_channel(Instant now, std::uint8_t dlci);

  // --- outputs ---
  Bytes poll_transmit() const { return std::as_bytes(std::span(said_)); }
  void transmitted(std::size_t count) { said_.erase(0, count); }
  std::optional<Instant> next_timeout() const { return muxer_.next_timeout(); }
  /// The line is one again. What is still to be transmitted belongs to the multiplexer.
  bool ended() const { return left_ || muxer_.ended().has_value(); }
  std::uint64_t damaged_frames() const { return muxer_.damaged_frames(); }

 private:
  void leave_if_told(Bytes in);
  void filter(Instant now, Bytes in);
  bool lets_pass(const modem::cmux::Frame& frame);
  void follow(Instant now, std::uint8_t dlci);
  void say_what_the_muxer_says();
  std::string in_its_ways(Bytes out);
  std::string with_long_length(const modem::cmux::Frame& frame) const;
  std::string written(const modem::cmux::Frame& frame) const;
  std::string damaged(std::string_view octets);
  ModemEmulator& port(std::uint8_t dlci) { return *ports_[dlci - 1U]; }

  CmuxHabits habits_;
  modem::cmux::Option option_;
  modem::cmux::Muxer muxer_;
  modem::cmux::FrameReader heard_;
  modem::cmux::FrameReader saying_;
  std::vector<ModemEmulator*> ports_;
  std::vector<bool> open_;   // by DLCI: open and ready, as its port was told
  std::vector<bool> known_;  // open, ready or not
  std::string said_;
  std::string close_down_;  // the last octets heard, when it is silent
  bool told_parameters_ = false;
  bool left_ = false;
  std::mt19937 random_{1};
};

}  // namespace tunppp::sim
