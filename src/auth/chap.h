#pragma once

#include <tunppp/entropy.h>

#include <array>
#include <vector>

#include "auth/authenticator.h"
#include "cp/packet.h"
#include "crypto/md5.h"

/// Challenge Handshake Authentication Protocol with MD5, RFC 1994.
namespace tunppp::auth {

/// We prove ourselves to the peer: answers its Challenges, at any time.
class ChapClient final : public Authenticator {
 public:
  ChapClient(const AuthConfig& config, Host& host) : config_(config), host_(host) {}

  void start(Instant now) override { deadline_ = give_up_at_ = now + config_.timeout; }
  void receive(Instant now, Bytes packet) override;
  void provide_secret(Instant now, Secret secret) override;
  void refuse_secret(Instant now) override;
  std::optional<Instant> next_timeout() const override { return deadline_; }
  void handle_timeout(Instant now) override;

 private:
  void receive_challenge(Instant now, const cp::PacketView& packet);
  void receive_verdict(const cp::PacketView& packet, bool success);
  void respond(Instant now);

  const AuthConfig& config_;
  Host& host_;
  std::optional<Instant> deadline_;
  std::optional<Secret> secret_;
  Instant give_up_at_{};
  bool asked_ = false;
  bool responded_ = false;  ///< a Response waits for its verdict
  unsigned tries_ = 0;      ///< of the Response to one Challenge
  bool succeeded_ = false;
  std::uint8_t identifier_ = 0;
  std::vector<std::byte> challenge_;
};

/// The peer proves itself to us: sends Challenges until one is answered.
class ChapServer final : public Authenticator {
 public:
  ChapServer(const AuthConfig& config, Entropy& entropy, Host& host)
      : config_(config), entropy_(entropy), host_(host) {}

  void start(Instant now) override;
  void receive(Instant now, Bytes packet) override;
  void provide_secret(Instant now, Secret secret) override;
  void refuse_secret(Instant now) override;
  std::optional<Instant> next_timeout() const override { return deadline_; }
  void handle_timeout(Instant now) override;
  bool has_sent(Bytes packet) const override;

 private:
  enum class Verdict { none, asked, accepted, refused };
  static constexpr std::size_t value_size = 16;

  struct Challenge {
    std::uint8_t identifier = 0;
    std::array<std::byte, value_size> value{};
  };

  void send_challenge(Instant now);
  void decide(bool accepted);
  void reply(std::uint8_t identifier);
  const Challenge* find(std::uint8_t identifier) const;

  const AuthConfig& config_;
  Entropy& entropy_;
  Host& host_;
  std::optional<Instant> deadline_;
  Instant give_up_at_{};
  unsigned tries_ = 0;
  /// "The Identifier field MUST be changed each time a Challenge is sent" (section 4.1). On a slow
  /// line the Response to a former Challenge arrives after the next one has left, so the latest
  /// four stay valid.
  std::array<Challenge, 4> challenges_{};
  std::uint8_t identifier_ = 0;

  Verdict verdict_ = Verdict::none;
  std::uint8_t answered_ = 0;  ///< identifier of the Response that was judged
  std::string name_;
  crypto::Md5Digest response_{};
};

/// "CHAP Challenge id=1 <32 octets> name="lns""
std::string describe_chap(Bytes packet);

}  // namespace tunppp::auth
