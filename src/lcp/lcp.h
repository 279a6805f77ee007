#pragma once

#include <tunppp/end_reason.h>
#include <tunppp/entropy.h>

#include <vector>

#include "cp/control_protocol.h"
#include "lcp/options.h"

namespace tunppp::lcp {

/// What LCP tells beyond the common part.
class Host : public cp::Host {
 public:
  /// Protocol-Reject of the peer (RFC 1661 section 5.7).
  virtual void protocol_rejected(std::uint16_t protocol) = 0;
  /// Echo-Requests stay unanswered and nothing else comes.
  virtual void peer_lost() = 0;
  /// An Echo-Request was answered after this time.
  virtual void echo_answered(Duration round_trip) = 0;
  /// RFC 1570 section 1.
  virtual void identified(const std::string& text) = 0;
  virtual void time_remaining(std::optional<Duration> remaining, const std::string& text) = 0;

 protected:
  ~Host() = default;
};

/// Link Control Protocol. Options, magic number with loop detection, echo keep-alive.
class Lcp final : public cp::ControlProtocol {
 public:
  /// `require`: what the peer must prove itself with, best first; `accept`: what we answer to.
  Lcp(const LcpConfig& config, std::vector<AuthProtocol> require, std::vector<AuthProtocol> accept,
      Entropy& entropy, Host& host);

  const Options& ours() const { return ours_; }    ///< as the peer acknowledged them, once open
  const Options& peers() const { return peers_; }  ///< as we acknowledged them, once open
  /// Why the negotiation cannot succeed, if that is known.
  std::optional<EndReason> failure() const { return failure_; }

  std::optional<Instant> next_timeout() const;
  void handle_timeout(Instant now);
  /// Any good frame is a sign of life (an echo that is late on a busy line is none of death).
  void frame_received() { alive_ = true; }
  /// Sends a Protocol-Reject, if LCP is open: `information` is what the frame carried.
  void reject_protocol(std::uint16_t protocol, Bytes information);
  /// Sends who we are, if there is anything to say.
  void send_identification();
  /// Tells the peer how long the session may go on, if LCP is open.
  void send_time_remaining(Duration remaining);

 private:
  void begin_negotiation() override;
  void write_options(Writer& out) override;
  void begin_peer_request() override;
  cp::Verdict judge(const cp::Option& option, Writer& nak) override;
  void judge_absent(Writer& nak) override;
  void peer_nak(const cp::Option& option) override;
  void peer_reject(const cp::Option& option) override;
  bool handle_code(Instant now, const cp::PacketView& packet) override;
  void on_up(Instant now) override;
  void on_down() override;
  bool passive() const override { return config_.passive; }
  bool silent() const override { return config_.silent; }
  void disagreed() override { send_identification(); }
  std::size_t packet_limit() const override;

  cp::Verdict judge_mru(const cp::Option& option, Writer& nak);
  cp::Verdict judge_authentication(const cp::Option& option, Writer& nak);
  cp::Verdict judge_magic_number(const cp::Option& option, Writer& nak);
  cp::Verdict judge_quality(const cp::Option& option, Writer& nak);
  cp::Verdict judge_fcs(const cp::Option& option, Writer& nak);
  cp::Verdict judge_mrru(const cp::Option& option, Writer& nak);
  cp::Verdict judge_flag(const cp::Option& option, bool wanted, bool& agreed);
  void peer_nak_fcs(std::uint8_t suggested);
  void drop_multilink();
  void other_authentication(std::optional<AuthProtocol> suggested);
  void fail(EndReason reason);
  std::uint32_t new_magic_number();
  void receive_echo_request(const cp::PacketView& packet);
  void receive_echo_reply(Instant now, const cp::PacketView& packet);
  void receive_identification(const cp::PacketView& packet);
  void receive_time_remaining(const cp::PacketView& packet);
  void receive_protocol_reject(const cp::PacketView& packet);
  void echo_tick(Instant now);

  const LcpConfig config_;
  const std::vector<AuthProtocol> require_;
  const std::vector<AuthProtocol> accept_;
  Entropy& entropy_;
  Host& lcp_host_;

  Options ours_;
  Options peers_;
  std::vector<AuthProtocol> untried_;  ///< of require_
  unsigned loops_ = 0;
  std::optional<EndReason> failure_;

  std::optional<Instant> echo_deadline_;
  unsigned echoes_unanswered_ = 0;
  bool alive_ = false;
  struct Echo {
    std::uint8_t identifier;
    Instant sent;
  };
  std::optional<Echo> echo_;  ///< that waits for its answer
  std::string identification_;  ///< the peer's, as told last
};

}  // namespace tunppp::lcp
