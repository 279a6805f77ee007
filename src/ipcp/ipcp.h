#pragma once

#include <array>
#include <string>

#include "cp/control_protocol.h"
#include "ipcp/options.h"

namespace tunppp::ipcp {

/// IP Control Protocol: addresses of both ends, name servers.
class Ipcp final : public cp::ControlProtocol {
 public:
  Ipcp(const IpcpConfig& config, cp::Host& host);

  // What was agreed upon, once open.
  Ipv4Address local() const { return local_; }
  Ipv4Address remote() const;
  const std::array<Ipv4Address, 2>& dns() const { return dns_; }
  /// Why it cannot succeed, in words, if that is known.
  const std::string& failure() const { return failure_; }

  /// The peer's MRU, which a Code-Reject keeps to.
  void set_packet_limit(std::size_t limit) { packet_limit_ = limit; }

 private:
  void begin_negotiation() override;
  void write_options(Writer& out) override;
  void begin_peer_request() override;
  cp::Verdict judge(const cp::Option& option, Writer& nak) override;
  void judge_absent(Writer& nak) override;
  void peer_nak(const cp::Option& option) override;
  void peer_reject(const cp::Option& option) override;
  bool handle_code(Instant, const cp::PacketView&) override { return false; }
  void on_up(Instant now) override;
  Duration pause_before_request() override;
  std::size_t packet_limit() const override { return packet_limit_; }

  cp::Verdict judge_remote(const cp::Option& option, Writer& nak);
  cp::Verdict judge_server(const cp::Option& option, OptionType type, Ipv4Address offer,
                           Writer& nak);
  void nak_local(Ipv4Address suggested);
  void nak_dns(std::size_t index, Ipv4Address suggested);
  Ipv4Address fallback() const;
  void fail(std::string why);

  const IpcpConfig config_;
  std::size_t packet_limit_ = 1500;

  Ipv4Address local_;
  bool ask_local_ = true;
  std::array<Ipv4Address, 2> dns_{};
  std::array<bool, 2> ask_dns_{};
  unsigned empty_dns_naks_ = 0;
  bool not_ready_ = false;     ///< the last Nak said: ask again later
  bool named_option_ = false;  ///< the last Nak or Reject named an option at all

  Ipv4Address remote_;           ///< as the peer's request has it
  bool remote_named_ = false;    ///< the request had an address at all
  unsigned fallback_naks_ = 0;   ///< the fallback was suggested to a peer without an address
  std::string failure_;
};

}  // namespace tunppp::ipcp
