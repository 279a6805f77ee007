#pragma once

#include <tunppp/config.h>
#include <tunppp/time.h>

#include <array>
#include <optional>
#include <string>

#include "base/writer.h"
#include "cp/automaton.h"
#include "cp/host.h"
#include "cp/packet.h"

namespace tunppp::cp {

/// What the judge of one option of the peer's Configure-Request says. Reject outweighs Nak, Nak
/// outweighs Ack (RFC 1661 section 5).
enum class Verdict { ack, nak, reject };

/// The negotiator that LCP and every NCP share: automaton, restart timer, counters, identifiers,
/// and the exchange of Configure, Terminate and Code-Reject packets. A protocol adds its options
/// by overriding the protected part.
class ControlProtocol {
 public:
  ControlProtocol(std::uint16_t protocol, const RestartConfig& restart, Host& host);
  virtual ~ControlProtocol() = default;
  ControlProtocol(const ControlProtocol&) = delete;
  ControlProtocol& operator=(const ControlProtocol&) = delete;

  State state() const { return state_; }
  bool opened() const { return state_ == State::opened; }
  std::optional<Instant> next_timeout() const { return restart_deadline_; }
  /// The data of the last Terminate-Request, printable characters only.
  const std::string& terminate_text() const { return terminate_text_; }

  void up(Instant now) { handle(now, Event::up); }
  void down(Instant now) { handle(now, Event::down); }
  void open(Instant now) { handle(now, Event::open); }
  void close(Instant now);
  /// Begins anew while Opened.
  void renegotiate(Instant now);
  void handle_timeout(Instant now);
  void receive(Instant now, Bytes octets);
  /// A Protocol-Reject of the peer names this protocol: RXJ-.
  void rejected(Instant now);

 protected:
  // --- What a protocol adds ----------------------------------------------------------------------
  /// Appends our options. Called for each Configure-Request whose content may have changed.
  virtual void write_options(Writer& out) = 0;
  /// A negotiation begins from nothing: forget what a former one led to.
  virtual void begin_negotiation() {}
  /// A new Configure-Request of the peer begins: forget what the former one said.
  virtual void begin_peer_request() = 0;
  /// Judges one option of it; for a Nak appends the acceptable option to `nak`.
  virtual Verdict judge(const Option& option, Writer& nak) = 0;
  /// May append options to `nak` that the peer left out and must bring.
  virtual void judge_absent(Writer& nak) = 0;
  /// The peer Naks or Rejects this option of ours.
  virtual void peer_nak(const Option& option) = 0;
  virtual void peer_reject(const Option& option) = 0;
  /// Codes beyond 7. True if the protocol knows the code.
  virtual bool handle_code(Instant now, const PacketView& packet) = 0;
  /// This-Layer-Up is about to be told: what was agreed upon holds from here.
  virtual void on_up(Instant /*now*/) {}
  virtual void on_down() {}
  /// How long to wait before the request that answers a Nak; zero: none.
  virtual Duration pause_before_request() { return Duration{0}; }
  /// Do not finish when nobody answers: wait for the peer (the "p" of the table).
  virtual bool passive() const { return false; }
  /// Do not begin: wait for the peer's Configure-Request.
  virtual bool silent() const { return false; }
  /// A Configure-Reject was sent or received, or the negotiation is given up in the next moment.
  virtual void disagreed() {}
  /// Octets of information that a packet of ours may have.
  virtual std::size_t packet_limit() const { return 1500; }

  void send(Code code, std::uint8_t identifier, Bytes data) {
    send(static_cast<std::uint8_t>(code), identifier, data);
  }
  void send(std::uint8_t code, std::uint8_t identifier, Bytes data);
  /// Ends a negotiation that cannot succeed, from within the hooks above.
  void give_up(Finish finish);

  std::uint16_t protocol() const { return protocol_; }
  Host& host() { return host_; }
  std::uint8_t new_identifier() { return ++identifier_; }

 private:
  /// The answer to a Configure-Request of the peer, while that is being handled.
  struct Answer {
    Code code;
    std::uint8_t identifier;
    Bytes data;
  };

  void handle(Instant now, Event event, const PacketView* cause = nullptr);
  void run(Instant now, Transition transition, Event event, const PacketView* cause);
  bool waits_in_silence(const Transition& transition, Event event) const;
  void send_request(Instant now);
  void send_terminate_request(Instant now);
  void send_code_reject(const PacketView& offending);
  void receive_request(Instant now, const PacketView& packet);
  void receive_ack(Instant now, const PacketView& packet);
  void receive_nak(Instant now, const PacketView& packet);
  void receive_reject(Instant now, const PacketView& packet);
  void receive_terminate_request(Instant now, const PacketView& packet);
  void receive_code_reject(Instant now, const PacketView& packet);
  void remember_acknowledged(const PacketView& packet);
  bool repeats_acknowledged(Instant now, const PacketView& packet);
  bool answers_request(const PacketView& packet);
  bool is_part_of_request(Bytes options) const;
  void enter_opened(Instant now);
  void leave_opened(Instant now);
  /// How long a silent peer is asked: all requests, each with its restart period.
  Duration patience() const { return restart_.max_configure * restart_.restart_timer; }

  const std::uint16_t protocol_;
  const RestartConfig restart_;
  Host& host_;

  State state_ = State::initial;
  std::optional<Instant> restart_deadline_;
  unsigned restart_count_ = 0;
  unsigned naks_sent_ = 0;
  unsigned naks_received_ = 0;
  unsigned rounds_ = 0;
  Instant opened_at_{};
  bool told_up_ = false;             ///< the host knows that the layer is up
  bool heard_ = false;               ///< the peer has said anything since the negotiation began
  std::optional<Finish> giving_up_;  ///< a hook asked for the end
  std::optional<Finish> finish_;

  std::uint8_t identifier_ = 0;
  std::uint8_t request_identifier_ = 0;
  bool request_pending_ = false;          ///< a request of ours waits for its answer
  std::array<std::byte, 128> request_{};  ///< its options
  std::size_t request_size_ = 0;
  Answer answer_{};
  std::array<std::byte, 128> acknowledged_{};  ///< the peer's request that we acknowledged last
  std::size_t acknowledged_size_ = 0;
  unsigned repeats_ = 0;  ///< of it, while Opened
  std::string terminate_text_;
};

}  // namespace tunppp::cp
