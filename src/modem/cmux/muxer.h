#pragma once

#include <tunppp/bytes.h>
#include <tunppp/time.h>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "modem/cmux/byte_queue.h"
#include "modem/cmux/control.h"
#include "modem/cmux/frame.h"
#include "modem/cmux/frame_reader.h"

namespace tunppp::modem::cmux {

struct MuxerOptions {
  Option option = Option::basic;
  bool initiator = true;        ///< who sent AT+CMUX; the modem is the responder
  std::size_t frame_size = 31;  ///< N1, the most octets of information in a frame, 1 to 32768
  Duration t1 = std::chrono::milliseconds(100);  ///< for the answer to SABM and DISC
  Duration t2 = std::chrono::milliseconds(300);  ///< for the answer to a control message
  Duration t3 = std::chrono::seconds(10);        ///< for a peer that sleeps to wake up
  int retries = 3;                               ///< N2
  std::size_t channels = 4;                      ///< DLCI 1 to this
  bool negotiate = false;                        ///< as initiator, PN before each channel is opened
  bool disconnect = true;  ///< stop() sends DISC for each channel, and not CLD alone
  /// As initiator: when no frame has come for so long, the peer is asked for an echo (Test). One
  /// that has answered such a question once, and answers no more, is gone. Zero: never asked.
  Duration quiet{};
};

/// One end of a multiplexed line after TS 27.010, without error recovery (UIH frames only).
///
/// Sans I/O. After every input drain poll_transmit() and look at state(), received() and ended().
/// Everything lies in room that is allocated at the beginning; what the peer sends beyond it is
/// dropped and counted.
class Muxer {
 public:
  enum class State : std::uint8_t { closed, opening, open, closing, refused, silent };
  enum class End : std::uint8_t {
    by_us,      ///< stop(), and the peer agreed or had its time
    by_peer,    ///< CLD, or DISC on the control channel
    no_answer,  ///< nothing came back when the control channel was opened
    refused,    ///< DM on the control channel
    silent,     ///< it was there, and neither answers an echo any more nor wakes up
  };

  /// What may wait on a channel in either direction, besides a frame that is coming in.
  static constexpr std::size_t receive_capacity = 32 * 1024;
  static constexpr std::size_t send_capacity = 2 * 1024;

  explicit Muxer(MuxerOptions options);

  // --- getters ---
  /// Of DLCI 0, or a channel.
  State state(std::uint8_t dlci) const;
  std::optional<End> ended() const { return ended_; }
  /// The peer's V.24 signals, as it told them last.
  std::uint8_t peer_signals(std::uint8_t dlci) const { return at(dlci).peer_signals; }
  /// The peer lets data go out on this channel now.
  bool may_send(std::uint8_t dlci) const;
  std::size_t frame_size(std::uint8_t dlci) const { return at(dlci).frame_size; }
  std::uint64_t damaged_frames() const { return reader_.damaged(); }
  /// Octets that found no room, and messages that could not be answered for want of it.
  std::uint64_t dropped() const { return dropped_; }
  /// The last of what came since the last frame. A modem that began anew says text there.
  Bytes stray() const { return stray_.front(); }
  /// The peer has said that it sleeps (PSC).
  bool peer_sleeps() const { return asleep_; }

  // --- inputs ---
  void receive(Instant now, Bytes in);
  void handle_timeout(Instant now);
  /// Nobody has read the line for a while: that nothing came is not the peer's fault.
  void excuse(Instant now) { heard_ = now; }

  // --- commands ---
  /// As initiator: opens the control channel, then whatever open() asks for.
  void start(Instant now);
  void open(Instant now, std::uint8_t dlci);
  void close(Instant now, std::uint8_t dlci);
  /// Closes all channels and the multiplexer with CLD.
  void stop(Instant now);
  /// Our V.24 signals of a channel, sent by MSC; FC is the muxer's own.
  void set_signals(Instant now, std::uint8_t dlci, std::uint8_t signals);
  /// Asks for an echo; echoes() counts those that came back.
  void test(Instant now, Bytes value);
  std::uint64_t echoes() const { return echoes_; }

  // --- data ---
  /// Returns how many octets were taken.
  std::size_t write(std::uint8_t dlci, Bytes in);
  std::size_t unsent(std::uint8_t dlci) const { return at(dlci).out.size(); }
  std::size_t room(std::uint8_t dlci) const { return at(dlci).out.room(); }
  /// Octets in frames that are written already, of whatever channel.
  std::size_t line_pending() const { return line_.size(); }
  Bytes received(std::uint8_t dlci) const { return at(dlci).in.front(); }
  void consumed(Instant now, std::uint8_t dlci, std::size_t count);

  // --- outputs ---
  Bytes poll_transmit();
  void transmitted(std::size_t count);
  std::optional<Instant> next_timeout() const;

 private:
  struct Channel {
    Channel(std::size_t receive_room, std::size_t send_room) : in(receive_room), out(send_room) {}
    ByteQueue in;
    ByteQueue out;
    State state = State::closed;
    bool wanted = false;      ///< to be opened once the control channel is
    bool negotiated = false;  ///< PN was answered, or never will be
    std::size_t frame_size = 0;
    std::uint8_t signals = signal::ready | signal::clear;
    std::uint8_t peer_signals = 0;
    bool throttled = false;  ///< we told the peer FC
    int tries_left = 0;      ///< of SABM or DISC
    std::optional<Instant> deadline{};
  };
  /// A message of ours that the peer owes an answer to.
  struct Pending {
    ControlType type{};
    std::uint8_t dlci = 0;
    std::array<std::byte, 32> value{};
    std::size_t size = 0;
    int tries_left = 0;
    Duration patience{};
    std::optional<Instant> deadline{};
  };
  struct Patience {
    Duration each;
    int retries;
  };

  Channel& at(std::uint8_t dlci) { return channels_[dlci]; }
  const Channel& at(std::uint8_t dlci) const { return channels_[dlci]; }
  bool known(std::uint8_t dlci) const { return dlci < channels_.size(); }

  void frame_in(Instant now, const Frame& frame);
  void sabm_in(Instant now, const Frame& frame);
  void ua_in(Instant now, std::uint8_t dlci);
  void dm_in(Instant now, std::uint8_t dlci);
  void disc_in(const Frame& frame);
  void handle_channel_timeouts(Instant now);
  void handle_answer_timeouts(Instant now);
  void ask_parameters(Instant now, std::uint8_t dlci, int retries);
  void data_in(Instant now, const Frame& frame);
  void message_in(Instant now, const ControlMessage& message);
  void command_in(const ControlMessage& message);
  void answer_in(Instant now, const ControlMessage& message);
  void parameters_in(Instant now, const ControlMessage& message);
  void port_in(const ControlMessage& message);
  void begin_open(Instant now, std::uint8_t dlci);
  void opened(Instant now, std::uint8_t dlci);
  void became_closed(std::uint8_t dlci, State state);
  void end(End how);

  void send_frame(std::uint8_t dlci, FrameType type, bool command, Bytes info = {});
  void ask(Instant now, ControlType type, std::uint8_t dlci, Bytes value) {
    ask(now, type, dlci, value, {options_.t2, options_.retries});
  }
  void ask(Instant now, ControlType type, std::uint8_t dlci, Bytes value, Patience patience);
  void send_pending(Instant now, Pending& pending);
  void answer(const ControlMessage& command) { answer(command.type, command.value); }
  void answer(std::uint8_t type, Bytes value);
  void answer_not_supported(std::uint8_t type);
  void send_message(const ControlMessage& message);
  void send_signals(Instant now, std::uint8_t dlci);
  void look_for_frames(Instant now, Bytes in);
  void given_up(Instant now, Pending& pending);
  bool is_pending(ControlType type, std::uint8_t dlci) const;
  bool is_own_echo(const ControlMessage& message) const;
  void ask_whether_alive(Instant now, Duration patience);
  void handle_quiet(Instant now);
  void echoed(Instant now);
  void echo_given_up(Instant now);
  void keep_stray(Bytes rest);
  bool stray_is_text() const;
  void hear_flags(Bytes in);
  void wake(Instant now);
  bool has_to_say() const;
  void handle_sleep(Instant now);
  Bytes flags() const;
  std::optional<Instant> next_wake_up() const;
  bool fill();
  bool fill_from(std::uint8_t dlci);

  MuxerOptions options_;
  FrameReader reader_;
  std::vector<Channel> channels_;
  std::vector<Pending> pending_;
  ByteQueue line_;
  bool held_ = false;  ///< FCoff
  bool stopping_ = false;
  std::optional<Instant> frame_deadline_;  ///< for the rest of a frame that has begun
  std::uint8_t next_ = 1;                  ///< whose turn it is to send
  std::optional<End> ended_;
  std::uint64_t dropped_ = 0;
  std::uint64_t echoes_ = 0;

  // Whether the peer is still there.
  ByteQueue stray_;
  Instant heard_{};                   ///< the last frame
  Instant asked_{};                   ///< whether it is there
  std::optional<Instant> ask_due_{};  ///< to ask again
  bool answers_echoes_ = false;

  // Whether it sleeps (clause 5.4.7).
  bool falls_asleep_ = false;  ///< once the answer to PSC is out
  bool asleep_ = false;
  std::size_t flags_heard_ = 0;  ///< in a row
  std::size_t flags_left_ = 0;   ///< to be sent, to wake it
  std::optional<Instant> flags_due_{};
  std::optional<Instant> wake_deadline_{};  ///< T3
};

}  // namespace tunppp::modem::cmux
