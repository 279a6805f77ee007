#pragma once

#include <tunppp/event.h>
#include <tunppp/secret.h>
#include <tunppp/time.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tunppp::auth {

/// What a method makes of one input.
struct EapAnswer {
  enum class Kind {
    discard,    ///< the packet was none: as if it had not come
    send,       ///< `data` goes out behind the type
    ask,        ///< for the secret, or for a verdict: the answer comes with it
    finished,   ///< nothing more to say
  };
  Kind kind = Kind::discard;
  std::vector<std::byte> data{};

  static EapAnswer send(std::vector<std::byte> data) { return {Kind::send, std::move(data)}; }
};

/// One side of one EAP method in one conversation.
class EapMethod {
 public:
  enum class State {
    going_on,
    decided,    ///< our part is done; it is for the other side to say how it ended
    succeeded,  ///< both sides know that it did
    refused,    ///< the peer refused us, or did not prove itself: for the reason in words()
    distrusted, ///< of the side that proves itself: we do not take the other for what it should be
  };

  virtual ~EapMethod() = default;
  /// The first Request of a server, to go out with this identifier.
  virtual EapAnswer start(Instant /*now*/, std::uint8_t /*identifier*/) { return {}; }
  /// What stood behind the type of a Request (to a peer) or of a Response to ours (to a server).
  virtual EapAnswer receive(Instant now, std::uint8_t identifier, Bytes data) = 0;
  /// After EapAnswer::Kind::ask.
  virtual EapAnswer provide_secret(const Secret& /*secret*/) { return {}; }
  /// Of a peer, after `ask`: how the server calls itself; may be empty.
  virtual std::string asked_by() const { return {}; }
  /// Of a server, after `ask`: what the owner needs to judge by itself, but token, method and name;
  /// and its verdict.
  virtual VerdictWanted question() const { return {}; }
  virtual EapAnswer provide_verdict(const AuthVerdict& /*verdict*/) { return {}; }

  virtual State state() const = 0;
  /// For people: why it ended badly, to a peer as a sentence; or what the other side said.
  virtual std::string words() const { return {}; }
  /// Whom the other side has proved to be, if that is not what it called itself by Identity.
  virtual std::string proven_name() const { return {}; }
  /// Something that the owner should know once the other side is accepted; may be empty.
  virtual std::string notice() const { return {}; }
  /// Of a server: whether a Request with this behind its type asks what we ask. Were it answered,
  /// a peer could prove itself with our own response.
  virtual bool asks_the_same(Bytes /*data*/) const { return false; }
  /// Of a server: whether this is the challenge that it asks. Of a peer, after `ask`: the challenge
  /// to be answered; empty where there is none.
  virtual bool has_asked(Bytes /*challenge*/) const { return false; }
  virtual Bytes challenge() const { return {}; }
  /// The master session key, where the method makes one (RFC 3748 section 7.10); else empty.
  virtual Secret key() const { return {}; }
};

}  // namespace tunppp::auth
