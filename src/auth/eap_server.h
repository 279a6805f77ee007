#pragma once

#include <tunppp/entropy.h>

#include <memory>
#include <vector>

#include "auth/authenticator.h"
#include "auth/eap_method.h"
#include "auth/eap_packet.h"

namespace tunppp::auth {

/// The peer proves itself to us by EAP, RFC 3748: asks for its identity, then by one method after
/// the other, until the peer does not say Nak. What the RFC calls the authenticator is us.
class EapServer final : public Authenticator {
 public:
  /// `mtu`: the longest packet that the peer takes. config.require says with which method it
  /// begins.
  EapServer(const AuthConfig& config, std::size_t mtu, Entropy& entropy, Host& host);

  void start(Instant now) override;
  void receive(Instant now, Bytes packet) override;
  void provide_secret(Instant now, Secret secret) override;
  void refuse_secret(Instant now) override;
  void provide_verdict(Instant now, const AuthVerdict& verdict) override;
  std::optional<Instant> next_timeout() const override { return deadline_; }
  void handle_timeout(Instant now) override;
  bool has_sent(Bytes packet) const override;
  bool has_asked(Bytes challenge) const override {
    return method_ && method_->has_asked(challenge);
  }

  /// The master session key of the method that succeeded, if it made one.
  const Secret& key() const { return key_; }

 private:
  void receive_identity(Bytes data);
  void receive_nak(Bytes wanted);
  void propose(AuthMethod method);
  std::unique_ptr<EapMethod> make_method(AuthMethod method);
  void act_on(EapAnswer answer);
  void ask();
  void request(EapType type, Bytes data);
  void send_request();
  void succeed();
  void fail(Failure failure, const std::string& words);
  void send_verdict(bool success);

  const AuthConfig& config_;
  const std::size_t mtu_;
  Entropy& entropy_;
  Host& host_;
  std::vector<AuthMethod> untried_;

  Instant now_{};
  Instant give_up_at_{};
  std::optional<Instant> deadline_;
  /// "The Identifier field MUST be the same if a Request packet is retransmitted due to a timeout
  /// while waiting for a Response. Any new (non-retransmission) Requests MUST modify the Identifier
  /// field." (section 4.1)
  std::uint8_t identifier_ = 0;
  std::vector<std::byte> request_;
  unsigned tries_ = 0;
  unsigned rounds_ = 0;

  std::string name_;  ///< the peer's answer to Identity
  std::unique_ptr<EapMethod> method_;
  AuthMethod proposed_{};  ///< of method_
  bool under_way_ = false;  ///< the peer has answered by method_: no Nak any more
  bool asked_ = false;      ///< the owner, for the secret
  bool over_ = false;
  Secret key_;
};

}  // namespace tunppp::auth
