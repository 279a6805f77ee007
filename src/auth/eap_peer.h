#pragma once

#include <tunppp/entropy.h>

#include <memory>
#include <vector>

#include "auth/authenticator.h"
#include "auth/eap_method.h"
#include "auth/eap_packet.h"

namespace tunppp::auth {

/// We prove ourselves to the peer by EAP, RFC 3748: answers its Requests, at any time. What the RFC
/// calls the peer is us.
class EapPeer final : public Authenticator {
 public:
  /// `mtu`: the longest packet that the other side takes. The first of config.accept are what a Nak
  /// asks for first.
  EapPeer(const AuthConfig& config, std::size_t mtu, Entropy& entropy, Host& host);

  void start(Instant now) override { deadline_ = now + config_.timeout; }
  void receive(Instant now, Bytes packet) override;
  void provide_secret(Instant now, Secret secret) override;
  void refuse_secret(Instant now) override;
  std::optional<Instant> next_timeout() const override { return deadline_; }
  void handle_timeout(Instant now) override;
  void network_packet(Instant now) override;

  /// The master session key of the method that succeeded, if it made one.
  const Secret& key() const { return key_; }

 private:
  void receive_request(const EapPacketView& request);
  void receive_method(const EapPacketView& request);
  void receive_verdict(const EapPacketView& verdict);
  void begin_anew();
  std::unique_ptr<EapMethod> make_method(EapType type);
  bool accepts(EapType type) const;
  void act_on(const EapAnswer& answer);
  void respond(EapType type, Bytes data);
  void respond_nak(EapType type);
  std::string why_refused() const;
  void succeed();
  void fail(bool of_peer, Failure failure, const std::string& words);
  std::string identity() const;

  const AuthConfig& config_;
  const std::size_t mtu_;
  Entropy& entropy_;
  Host& host_;
  const std::vector<AuthMethod> accept_;

  Instant now_{};
  std::optional<Instant> deadline_;
  std::unique_ptr<EapMethod> method_;
  EapType type_ = EapType::none;  ///< of method_
  std::uint8_t handling_ = 0;     ///< identifier of the Request that is being answered
  EapType refused_type_ = EapType::none;  ///< what we said Nak to last
  /// The Request that was answered last, and the answer: "a peer receiving a duplicate Request for
  /// which it has already sent a Response MUST resend its original Response" (section 4.1).
  std::optional<std::uint8_t> identifier_;
  std::vector<std::byte> response_;
  bool asked_ = false;  ///< the owner, for the secret
  unsigned rounds_ = 0;
  bool over_ = false;       ///< there was a verdict in this conversation
  bool failed_ = false;
  bool succeeded_ = false;  ///< ever
  Secret key_;
};

}  // namespace tunppp::auth
