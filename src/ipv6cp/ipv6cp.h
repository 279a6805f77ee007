#pragma once

#include <tunppp/entropy.h>

#include <string>

#include "cp/control_protocol.h"
#include "ipv6cp/options.h"

namespace tunppp::ipv6cp {

/// IPv6 Control Protocol: the interface identifiers of both ends.
class Ipv6cp final : public cp::ControlProtocol {
 public:
  Ipv6cp(const Ipv6cpConfig& config, Entropy& entropy, cp::Host& host);

  // What was agreed upon, once open.
  const InterfaceIdentifier& local() const { return local_; }
  const InterfaceIdentifier& remote() const { return remote_; }  ///< zero: the peer named none
  /// Why it cannot succeed, in words, if that is known.
  const std::string& failure() const { return failure_; }

  /// The peer's MRU, which a Code-Reject keeps to.
  void set_packet_limit(std::size_t limit) { packet_limit_ = limit; }

 private:
  void begin_negotiation() override;
  void write_options(Writer& out) override;
  void begin_peer_request() override { remote_ = {}; }
  cp::Verdict judge(const cp::Option& option, Writer& nak) override;
  void judge_absent(Writer&) override {}
  void peer_nak(const cp::Option& option) override;
  void peer_reject(const cp::Option& option) override;
  bool handle_code(Instant, const cp::PacketView&) override { return false; }
  void on_up(Instant now) override;
  Duration pause_before_request() override;
  std::size_t packet_limit() const override { return packet_limit_; }

  /// Not zero, and none of those that are in use or under discussion.
  InterfaceIdentifier invent();
  InterfaceIdentifier suggestion();
  void fail(std::string why);

  const Ipv6cpConfig config_;
  Entropy& entropy_;
  std::size_t packet_limit_ = 1500;

  InterfaceIdentifier local_;
  bool ask_local_ = true;
  InterfaceIdentifier remote_;     ///< as the peer's request has it
  InterfaceIdentifier suggested_;  ///< what we Nak'd last with
  bool named_option_ = false;      ///< the last Nak or Reject named an option at all
  std::string failure_;
};

}  // namespace tunppp::ipv6cp
