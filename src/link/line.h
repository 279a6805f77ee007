#pragma once

#include <tunppp/link.h>

#include <memory>
#include <string>

#include "auth/authenticator.h"
#include "hdlc/header.h"
#include "lcp/lcp.h"
#include "link/header_compression.h"
#include "lcp/quality_monitor.h"
#include "link/framing.h"
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
  /// A packet of the network layer whose protocol is not open on this line, control packets first
  /// of all, while the line is ready. False: unknown protocol.
  virtual bool network_control(std::uint16_t protocol, Bytes packet) = 0;
  virtual void network_protocol_rejected(std::uint16_t protocol) = 0;
  /// An IPv6 packet that solicits or advertises routers; it is on its way to poll_packet(), too.
  virtual void router_discovery(Bytes packet) = 0;
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
  /// Whether packets of the protocol may pass.
  void set_open(NetworkProtocol protocol, bool open) {
    (protocol == NetworkProtocol::ipv4 ? ipv4_open_ : ipv6_open_) = open;
    if (open) openings_ = 0;
  }
  /// Of IPv4 while that is open; must outlive the line.
  void set_compression(HeaderCompression* compression) { compression_ = compression; }
  std::uint16_t local_mru() const { return lcp_.ours().mru; }
  /// Largest packet to send: what the peer takes, and what the transmit buffer does.
  std::uint16_t remote_mru() const;
  /// LCP is about to end for a reason of its own, such as the peer's Terminate-Request.
  bool stopping() const { return lcp_.state() == cp::State::stopping; }

  std::size_t receive(Instant now, Bytes octets);
  void handle_timeout(Instant now);
  std::optional<Instant> next_timeout() const;
  Bytes pending() const { return framing_.deframer().pending(); }

  void up(Instant now);
  void down(Instant now);
  void open(Instant now);
  void close(Instant now);
  void renegotiate(Instant now);
  void provide_secret(Instant now, std::uint64_t token, Secret secret, AllowedAddresses addresses);
  void refuse_secret(Instant now, std::uint64_t token);
  void provide_verdict(Instant now, std::uint64_t token, AuthVerdict verdict);
  /// What the peer may have, once it has proved who it is.
  const AllowedAddresses& peer_addresses() const { return peer_addresses_; }
  void set_tap(FrameTap* tap) { tap_ = tap; }

  /// A control packet; counted as dropped when the line has no room.
  void send_control(std::uint16_t protocol, Bytes packet) override;
  /// A packet of the network layer, if there is room for it and a reserve for control packets.
  bool send_packet(NetworkProtocol protocol, Bytes packet);
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
  void echo_answered(Duration round_trip) override;
  void identified(const std::string& text) override;
  void time_remaining(std::optional<Duration> remaining, const std::string& text) override;
  // auth::Host
  void send_authentication(std::uint16_t protocol, Bytes packet) override;
  void secret_wanted(AuthMethod method, bool of_peer, const std::string& name,
                     const std::string& asked_by) override;
  void verdict_wanted(VerdictWanted question) override;
  void authenticated(AuthMethod method, bool of_peer, const std::string& name,
                     const std::string& message) override;
  bool is_our_challenge(Bytes challenge) const override {
    return check_ && check_->has_asked(challenge);
  }
  void authentication_failed(bool of_peer, auth::Failure failure,
                             const std::string& message) override;
  void authentication_notice(const std::string& text) override;
  // both
  void count(Drop drop) override;

  bool frame(MutableBytes content);
  bool keep(NetworkProtocol protocol, MutableBytes packet);
  std::optional<MutableBytes> decompress(std::uint16_t protocol, MutableBytes information);
  void frame_lost(Drop drop);
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
  std::uint64_t ask(bool of_peer);
  void lcp_has_opened();
  void receive_quality_report(Bytes packet);
  void send_quality_report();
  lcp::LineCounters line_counters() const;
  void limit_session();
  void judge_quality(const lcp::QualityMonitor::Judgement& judgement);
  void watch_session(Instant now);
  hdlc::EncodedHeader control_header(std::uint16_t protocol) const;
  void note_lcp_received(Bytes packet);
  std::optional<hdlc::Fcs> check_that_open_peer_wants(unsigned code) const;
  void encode(Bytes header, Bytes packet, Framing::EncodeOptions options);
  void encode_compressed(Bytes packet);
  void show(Direction direction, std::uint16_t protocol, Bytes information, Bytes rest = {});
  auth::Authenticator* answered(std::uint64_t token);
  void finish(cp::Finish finish);

  const LineId id_;
  const LinkConfig& config_;
  Entropy& entropy_;
  LinkStatistics& statistics_;
  LineOwner& owner_;

  Framing framing_;
  /// Of what travels most, ready to be sent.
  struct Headers {
    hdlc::EncodedHeader ipv4;
    hdlc::EncodedHeader ipv6;
    hdlc::EncodedHeader vj_compressed;
    hdlc::EncodedHeader vj_uncompressed;
  };
  static Headers headers(bool acfc, bool pfc);
  Headers headers_;
  ReceiveSlots slots_;
  TransmitBuffer transmit_;
  bool ipv4_open_ = false;
  bool ipv6_open_ = false;
  HeaderCompression* compression_ = nullptr;
  FrameTap* tap_ = nullptr;

  lcp::Lcp lcp_;
  lcp::QualityMonitor quality_;
  /// The check that the peer expects for as long as it takes LCP for open.
  hdlc::Fcs open_peer_fcs_ = hdlc::Fcs::fcs16;
  std::optional<Instant> session_end_;
  std::optional<Instant> session_warning_;  ///< when the peer is told again how long it may go on
  std::unique_ptr<auth::Authenticator> prove_;  ///< we to the peer
  std::unique_ptr<auth::Authenticator> check_;  ///< the peer to us
  bool proven_ = false;
  bool checked_ = false;
  bool refused_in_silence_ = false;  ///< the link went down while we were proving ourselves
  std::array<Question, 2> questions_{};
  AllowedAddresses peer_addresses_;
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
