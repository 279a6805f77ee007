#pragma once

#include <vector>

#include "auth/authenticator.h"
#include "cp/packet.h"

/// Password Authentication Protocol, RFC 1334 section 2.
namespace tunppp::auth {

/// We prove ourselves to the peer: sends Authenticate-Request until it is answered.
class PapClient final : public Authenticator {
 public:
  PapClient(const AuthConfig& config, Host& host) : config_(config), host_(host) {}

  void start(Instant now) override;
  void receive(Instant now, Bytes packet) override;
  void provide_secret(Instant now, Secret secret) override;
  void refuse_secret(Instant now) override;
  std::optional<Instant> next_timeout() const override { return deadline_; }
  void handle_timeout(Instant now) override;

 private:
  void send_request(Instant now);

  const AuthConfig& config_;
  Host& host_;
  std::optional<Secret> password_;
  std::optional<Instant> deadline_;
  Instant give_up_at_{};
  unsigned tries_ = 0;
  std::uint8_t identifier_ = 0;
  bool done_ = false;
};

/// The peer proves itself to us: waits for its Authenticate-Request.
class PapServer final : public Authenticator {
 public:
  PapServer(const AuthConfig& config, Host& host) : config_(config), host_(host) {}

  void start(Instant now) override;
  void receive(Instant now, Bytes packet) override;
  void provide_secret(Instant now, Secret secret) override;
  void refuse_secret(Instant now) override;
  void provide_verdict(Instant now, const AuthVerdict& verdict) override;
  std::optional<Instant> next_timeout() const override { return deadline_; }
  void handle_timeout(Instant now) override;

 private:
  enum class Verdict { none, asked, accepted, refused };

  void decide(bool accepted, const std::string& message = {});
  void reply(std::uint8_t identifier);

  const AuthConfig& config_;
  Host& host_;
  std::optional<Instant> deadline_;
  Verdict verdict_ = Verdict::none;
  std::uint8_t identifier_ = 0;
  std::string name_;
  Secret password_;
  std::string message_;  ///< of the verdict
};

/// "PAP AuthReq id=1 user="bob" password=***"
std::string describe_pap(Bytes packet);
/// The packet with eight '*' for the password of an Authenticate-Request, however long that was. Of
/// a request that is cut or damaged nothing is left but its header.
std::vector<std::byte> mask_pap(Bytes packet);

}  // namespace tunppp::auth
