#pragma once

#include <tunppp/bytes.h>
#include <tunppp/config.h>
#include <tunppp/drop.h>
#include <tunppp/event.h>
#include <tunppp/secret.h>
#include <tunppp/time.h>

#include <memory>
#include <optional>
#include <string>

namespace tunppp::auth {

enum class Failure {
  refused,    ///< the verdict was no; the message is what the other side says to people
  explained,  ///< the verdict was no; the message is a sentence of ours that says why
  timeout,    ///< no verdict came
};

/// What an authenticator needs of its owner. An owner must not call back into the authenticator
/// from there. `of_peer` tells the direction: true, the peer proves itself to us.
class Host {
 public:
  virtual void send_authentication(std::uint16_t protocol, Bytes packet) = 0;
  /// Answer later with provide_secret() or refuse_secret(). `asked_by`: see SecretWanted.
  virtual void secret_wanted(AuthMethod method, bool of_peer, const std::string& name,
                             const std::string& asked_by) = 0;
  void secret_wanted(AuthMethod method, bool of_peer, const std::string& name) {
    secret_wanted(method, of_peer, name, "");
  }
  /// In place of secret_wanted() if AuthConfig::owner_judges. Answer later with provide_verdict().
  virtual void verdict_wanted(VerdictWanted question) = 0;
  virtual void authenticated(AuthMethod method, bool of_peer, const std::string& name,
                             const std::string& message) = 0;
  virtual void authentication_failed(bool of_peer, Failure failure, const std::string& message) = 0;
  /// Whether the peer is being asked this by us: see Authenticator::has_asked().
  virtual bool is_our_challenge(Bytes /*challenge*/) const { return false; }
  /// Something the owner should read; authentication goes on.
  virtual void authentication_notice(const std::string& /*text*/) {}
  virtual void count(Drop drop) = 0;

 protected:
  ~Host() = default;
};

/// One direction of authentication on one line, from the moment LCP is open until it is down.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  virtual void start(Instant now) = 0;
  virtual void receive(Instant now, Bytes packet) = 0;
  virtual void provide_secret(Instant now, Secret secret) = 0;
  virtual void refuse_secret(Instant now) = 0;
  virtual void provide_verdict(Instant /*now*/, const AuthVerdict& /*verdict*/) {}
  virtual std::optional<Instant> next_timeout() const = 0;
  virtual void handle_timeout(Instant now) = 0;
  /// The peer negotiates a network protocol: for it, authentication is over.
  virtual void network_packet(Instant /*now*/) {}
  /// Whether `packet` is a challenge that went out from here. Were it answered, a peer could prove
  /// itself with our own response (RFC 1994 section 7), and so could a looped line.
  virtual bool has_sent(Bytes /*packet*/) const { return false; }
  /// The same of a challenge, whatever protocol or packet brings it back: methods share their
  /// computations (CHAP with MD5 and EAP MD5-Challenge), and a Failure may hold a new challenge.
  virtual bool has_asked(Bytes /*challenge*/) const { return false; }
};

/// A packet of PAP or CHAP: code, identifier, length, then at most 255 octets of value and some
/// text. `data` longer than fits is cut.
void send_packet(Host& host, std::uint16_t protocol, std::uint8_t code, std::uint8_t identifier,
                 Bytes data);

}  // namespace tunppp::auth
