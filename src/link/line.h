#pragma once

#include <tunppp/link.h>

#include <memory>
#include <string>

#include "auth/authenticator.h"
#include "hdlc/deframer.h"
#include "hdlc/framer.h"
#include "hdlc/header.h"
#include "lcp/lcp.h"
#include "link/receive_slots.h"
#include "link/transmit_buffer.h"

namespace tunppp::link {

class Line;

/// What a line needs of the link it belongs to.
class LineOwner {
 public:
  /// Both sides are authenticated: the network may start.
  virtual void line_ready(Line& line) = 0;
  /// LCP left Opened: the network must stop.
  virtual void line_not_ready(Line& line) = 0;
  /// The line cannot go on and wants to be closed.
  virtual void line_failed(Line& line, EndReason reason, std::string text) = 0;
  /// LCP has ended; `reason` tells why, if it was not the owner who closed it.
  virtual void line_finished(Line& line, EndReason reason, std::string text) = 0;
  /// A control packet of the network layer, while the line is ready. False: unknown protocol.
  virtual bool network_control(std::uint16_t protocol, Bytes packet) = 0;
  virtual void network_protocol_rejected(std::uint16_t protocol) = 0;
  virtual void line_event(Event event) = 0;
  virtual void phase_changed(Phase phase) = 0;
  /// False when so many events wait that the rest of the input should.
  virtual bool can_go_on() const = 0;

 protected:
  ~LineOwner() = default;
};

/// Everything that belongs to one line: framing, LCP, authentication.
class Line final : private lcp::Host, private auth::Host {
 public:
  Line(LineId id, const LinkConfig& config, Entropy& entropy, LinkStatistics& statistics,
       LineOwner& owner);
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  LineId id() const { return id_; }
  Phase phase() const { return phase_; }
  bool ready() const { return phase_ == Phase::network; }
  /// Whether IPv4 packets may pass.
  void set_ipv4_open(bool open) {
    ipv4_open_ = open;
    if (open) openings_ = 0;
  }
  /// Largest packet to send: what the peer takes, and what the transmit buffer does.
  std::uint16_t remote_mru() const;
  /// LCP is about to end for a reason of its own, such as the peer's Terminate-Request.
  bool stopping() const { return lcp_.state() == cp::State::stopping; }

  std::size_t receive(Instant now, Bytes octets);
  void handle_timeout(Instant now);
  std::optional<Instant> next_timeout() const;
  Bytes pending() const { return deframer_.pending(); }

  void up(Instant now);
  void down(Instant now);
  void open(Instant now);
  void close(Instant now);
  void renegotiate(Instant now);
  void provide_secret(Instant now, std::uint64_t token, Secret secret);
  void refuse_secret(Instant now, std::uint64_t token);
  void set_tap(FrameTap* tap) { tap_ = tap; }

  /// A control packet; counted as dropped when the line has no room.
  void send_control(std::uint16_t protocol, Bytes packet) override;
  /// A packet of the network layer, if there is room for it and a reserve for control packets.
  bool send_ipv4(Bytes packet);
  bool has_room(std::size_t packet_size) const;

  ReceiveSlots& slots() { return slots_; }
  TransmitBuffer& transmit() { return transmit_; }
  const TransmitBuffer& transmit() const { return transmit_; }

 private:
  struct FrameSink;
  /// A question of an authenticator that waits for the owner's answer.
  struct Question {
    std::uint64_t token = 0;
    bool of_peer = false;
    bool open = false;
  };

  // lcp::Host
  void layer_up(std::uint16_t) override { opened_ = true; }
  void layer_down(std::uint16_t) override { closed_ = true; }
  void layer_finished(std::uint16_t, cp::Finish finish) override { finished_ = finish; }
  void protocol_rejected(std::uint16_t protocol) override;
  void peer_lost() override;
  // auth::Host
  void send_authentication(std::uint16_t protocol, Bytes packet) override;
  void secret_wanted(AuthMethod method, bool of_peer, const std::string& name) override;
  void authenticated(AuthMethod method, bool of_peer, const std::string& name,
                     const std::string& message) override;
  void authentication_failed(bool of_peer, auth::Failure failure,
                             const std::string& message) override;
  // both
  void count(Drop drop) override;

  bool frame(MutableBytes content);
  void control_frame(std::uint16_t protocol, Bytes information);
  void receive_authentication(std::uint16_t protocol, Bytes packet);
  /// Acts on what LCP and the authenticators told while they handled one input. An owner's
  /// callback may lead to more, so it goes on until nothing is left.
  void settle();
  void enter(Phase phase);
  Phase phase_after_opened() const;
  void fail(EndReason reason, std::string text);
  void apply_options();
  void forget_options();
  void begin_authentication();
  void encode(const hdlc::EncodedHeader& header, Bytes packet, bool default_accm);
  void show(Direction direction, std::uint16_t protocol, Bytes information);
  auth::Authenticator* answered(std::uint64_t token);
  void finish(cp::Finish finish);

  const LineId id_;
  const LinkConfig& config_;
  Entropy& entropy_;
  LinkStatistics& statistics_;
  LineOwner& owner_;

  hdlc::Framer framer_;
  hdlc::Deframer deframer_;
  hdlc::EncodedHeader ipv4_header_;
  ReceiveSlots slots_;
  TransmitBuffer transmit_;
  bool ipv4_open_ = false;
  FrameTap* tap_ = nullptr;

  lcp::Lcp lcp_;
  std::unique_ptr<auth::Authenticator> prove_;  ///< we to the peer
  std::unique_ptr<auth::Authenticator> check_;  ///< the peer to us
  bool proven_ = false;
  bool checked_ = false;
  bool refused_in_silence_ = false;  ///< the link went down while we were proving ourselves
  std::array<Question, 2> questions_{};
  std::uint64_t last_token_ = 0;

  Phase phase_ = Phase::dead;
  Instant now_{};
  // What LCP told while it handled one input, to be acted upon when it has returned.
  bool opened_ = false;
  bool closed_ = false;
  std::optional<cp::Finish> finished_;
  bool authenticated_ = false;
  unsigned openings_ = 0;  ///< of LCP, since a network protocol was open
  struct Failed {
    EndReason reason;
    std::string text;
  };
  std::optional<Failed> failed_;
};

}  // namespace tunppp::link
