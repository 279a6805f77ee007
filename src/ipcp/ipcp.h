#pragma once

#include <tunppp/end_reason.h>

#include <tunppp/allowed_addresses.h>

#include <array>
#include <optional>
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
  const std::array<Ipv4Address, 2>& dns() const { return servers_; }
  const std::array<Ipv4Address, 2>& nbns() const { return nbns_; }
  /// How what we send may be compressed, and what the peer sends; nullopt: not at all.
  const std::optional<VjOption>& send_vj() const { return send_vj_; }
  const std::optional<VjOption>& receive_vj() const { return ask_vj_; }
  /// Why it cannot succeed, in words, if that is known.
  const std::string& failure() const { return failure_.empty() ? argument_ : failure_; }
  EndReason failure_reason() const { return failure_reason_; }

  /// The owner was asked (IpcpConfig::ask_owner), and this is what the peer gets.
  void provide_remote(Ipv4Address address);
  /// What the peer may have, now that it has proved who it is. Where that is one address, it gets
  /// that one in place of another.
  void allow_remote(AllowedAddresses allowed);
  /// As the configuration has it again.
  void forget_provided();
  /// There is none for it: ends IPCP with this sentence.
  void refuse_remote(Instant now, std::string why);

  /// The peer's MRU, which a Code-Reject keeps to.
  void set_packet_limit(std::size_t limit) { packet_limit_ = limit; }

 private:
  /// A kind of server that we may want to know: name servers and those for NetBIOS.
  struct Wanted {
    bool wished;   ///< by the configuration
    bool ask;      ///< still
    bool is_main;  ///< the first of its kind: worth waiting for
    Ipv4Address* value;
  };

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
  cp::Verdict judge_vj(const cp::Option& option, Writer& nak);
  void nak_local(Ipv4Address suggested);
  void nak_server(Wanted& server, Ipv4Address suggested);
  void nak_vj(const cp::Option& option);
  Wanted* wanted(OptionType type);
  cp::Verdict refuse_address(Ipv4Address address, Writer& nak);
  bool may_have(Ipv4Address address) const { return allowed_.allows(address, assigned_); }
  void prefer_allowed();
  Ipv4Address fallback() const;
  void fail(EndReason reason, std::string why);

  const IpcpConfig config_;
  std::size_t packet_limit_ = 1500;
  Ipv4Address assigned_;    ///< what the peer is to have, if we have a say in it
  AllowedAddresses allowed_;  ///< what it may have
  bool insists_ = false;    ///< and nothing else

  Ipv4Address local_;
  bool ask_local_ = true;
  std::array<Ipv4Address, 2> servers_{};
  std::array<Ipv4Address, 2> nbns_{};
  std::array<Wanted, 4> wanted_;
  std::optional<VjOption> ask_vj_;  ///< what we can put back, while that is still asked for
  unsigned empty_naks_ = 0;
  bool not_ready_ = false;     ///< the last Nak said: ask again later
  bool named_option_ = false;  ///< the last Nak or Reject named an option at all

  Ipv4Address remote_;         ///< as the peer's request has it
  bool remote_named_ = false;  ///< the request had an address at all
  std::optional<VjOption> send_vj_;
  bool vj_nakked_ = false;
  unsigned fallback_naks_ = 0;  ///< the fallback was suggested to a peer without an address

  std::string failure_;
  std::string argument_;  ///< what neither side gives way in
  EndReason failure_reason_ = EndReason::no_network_protocol;
};

}  // namespace tunppp::ipcp
