#pragma once

#include <tunppp/entropy.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "auth/authenticator.h"
#include "auth/chap_form.h"
#include "cp/packet.h"

/// Challenge Handshake Authentication Protocol, RFC 1994, in each of its forms.
namespace tunppp::auth {

/// We prove ourselves to the peer: answers its Challenges, at any time.
class ChapClient final : public Authenticator {
 public:
  ChapClient(ChapAlgorithm algorithm, const AuthConfig& config, Entropy& entropy, Host& host)
      : config_(config), host_(host), form_(make_chap_form(algorithm, entropy)) {}

  void start(Instant now) override { deadline_ = give_up_at_ = now + config_.timeout; }
  void receive(Instant now, Bytes packet) override;
  void provide_secret(Instant now, Secret secret) override;
  void refuse_secret(Instant now) override;
  std::optional<Instant> next_timeout() const override { return deadline_; }
  void handle_timeout(Instant now) override;

 private:
  void receive_challenge(Instant now, const cp::PacketView& packet);
  void receive_success(const cp::PacketView& packet);
  void receive_failure(const cp::PacketView& packet);
  bool is_verdict_on_response(const cp::PacketView& packet);
  void try_another_secret(const ChapRefusal& refusal);
  void ask();
  void respond(Instant now);
  void send_response(Instant now);
  void fail(bool of_peer, Failure failure, const std::string& message);

  const AuthConfig& config_;
  Host& host_;
  const std::unique_ptr<ChapForm> form_;
  std::optional<Instant> deadline_;
  std::optional<Secret> secret_;
  Instant give_up_at_{};
  ChapQuestion question_;
  std::vector<std::byte> response_;  ///< to the question; empty: not yet computed
  std::string asked_by_;
  bool asked_ = false;    ///< the owner, who has not answered yet
  bool waiting_ = false;  ///< a Response waits for its verdict
  unsigned tries_ = 0;    ///< of the Response to one Challenge
  unsigned retries_ = 0;  ///< with another secret
  bool succeeded_ = false;
};

/// The peer proves itself to us: sends Challenges until one is answered, and again in mid-session
/// if AuthConfig::rechallenge_interval says so.
class ChapServer final : public Authenticator {
 public:
  ChapServer(ChapAlgorithm algorithm, const AuthConfig& config, Entropy& entropy, Host& host)
      : config_(config),
        entropy_(entropy),
        host_(host),
        form_(make_chap_form(algorithm, entropy)) {}

  void start(Instant now) override;
  void receive(Instant now, Bytes packet) override;
  void provide_secret(Instant now, Secret secret) override;
  void refuse_secret(Instant now) override;
  void provide_verdict(Instant now, const AuthVerdict& verdict) override;
  std::optional<Instant> next_timeout() const override { return deadline_; }
  void handle_timeout(Instant now) override;
  bool has_sent(Bytes packet) const override;
  bool has_asked(Bytes challenge) const override;

 private:
  enum class Verdict { none, accepted, refused };

  struct Challenge {
    ChapQuestion question;
    bool answered = false;
    std::string reply{};  ///< to that answer
  };

  void begin_round(Instant now);
  void send_challenge(Instant now);
  void judge(Challenge& challenge, Bytes response, Bytes name);
  void decide(Instant now, bool accepted, std::string message);
  void accept(Instant now);
  void refuse(const std::string& name);
  void reply(std::uint8_t identifier);
  std::string failure_message();
  Challenge* find(std::uint8_t identifier);

  const AuthConfig& config_;
  Entropy& entropy_;
  Host& host_;
  const std::unique_ptr<ChapForm> form_;
  std::optional<Instant> deadline_;
  Instant give_up_at_{};
  unsigned tries_ = 0;
  /// "The Identifier field MUST be changed each time a Challenge is sent" (section 4.1). On a slow
  /// line the Response to a former Challenge arrives after the next one has left, so the latest
  /// four stay valid.
  std::array<Challenge, 4> challenges_{};
  std::uint8_t identifier_ = 0;

  Verdict verdict_ = Verdict::none;  ///< of this round
  bool asked_ = false;               ///< the owner, who has not answered yet
  ChapQuestion question_;            ///< whose Response was judged, or is
  std::vector<std::byte> response_;
  std::string name_;
  std::string message_;            ///< of the verdict
  std::string authenticated_as_;   ///< in the first round
  bool in_session_ = false;
};

/// "CHAP Challenge id=1 <32 octets> name="lns""
std::string describe_chap(Bytes packet);

}  // namespace tunppp::auth
