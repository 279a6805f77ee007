#pragma once

#include <tunppp/address.h>
#include <tunppp/config.h>
#include <tunppp/end_reason.h>

#include <cstdint>
#include <string>
#include <variant>

namespace tunppp {

/// Which line of a link; a link without multilink has one, `first_line`.
enum class LineId : std::uint8_t {};
inline constexpr LineId first_line{0};

/// RFC 1661 section 3.2.
enum class Phase { dead, establish, authenticate, network, terminate };
TUNPPP_EXPORT std::string_view to_string(Phase phase);

struct PhaseChanged {
  Phase phase;
};

/// LCP is open: what both sides agreed upon.
struct LineOpened {
  LineId line;
  std::uint16_t local_mru;    ///< largest information field that the peer sends
  std::uint16_t remote_mru;   ///< largest that it takes
  std::uint32_t send_accm;    ///< control characters that we escape
  std::uint32_t receive_accm;
};

/// A question to the owner: the secret that belongs to `name`. Answer it with
/// Link::provide_secret() or Link::refuse_secret() and the token, now or later; nothing blocks, but
/// AuthConfig::timeout runs.
struct SecretWanted {
  std::uint64_t token;
  AuthMethod method;
  std::string name;
  bool of_peer;  ///< true: the peer claims to be `name`; false: we are to prove that we are
};

/// One direction of authentication is done.
struct AuthSucceeded {
  AuthMethod method;
  bool of_peer;         ///< true: the peer is `name`; false: the peer takes us for `name`
  std::string name;
  std::string message;  ///< the peer's words, printable characters only
};

/// IPCP is open: packets flow. Sent again if IPCP was negotiated anew.
struct Ipv4Up {
  Ipv4Address local;
  Ipv4Address remote;  ///< IpcpConfig::fallback_remote where the peer has none
  std::array<Ipv4Address, 2> dns;
  std::uint16_t mtu;  ///< largest IP packet to send: the peer's MRU
};
struct Ipv4Down {};

/// The link is closed; nothing follows until it is opened again.
struct LinkEnded {
  EndReason reason;
  std::string text;  ///< one sentence for people: what happened, with the peer's words if it gave any
};

using Event = std::variant<PhaseChanged, LineOpened, SecretWanted, AuthSucceeded, Ipv4Up, Ipv4Down,
                           LinkEnded>;

}  // namespace tunppp
