#pragma once

#include <tunppp/address.h>
#include <tunppp/secret.h>
#include <tunppp/time.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tunppp {

/// How one side proves to the other who it is.
enum class AuthMethod : std::uint8_t {
  pap,       ///< RFC 1334: name and password in the clear
  chap_md5,  ///< RFC 1994: MD5 of a challenge and the secret (not in a build without Botan)
};

/// Timer and counters of the RFC 1661 automaton (section 4.6).
struct RestartConfig {
  Duration restart_timer = std::chrono::seconds(3);
  unsigned max_configure = 10;  ///< Configure-Requests without a valid answer
  unsigned max_terminate = 2;   ///< Terminate-Requests without an answer
  /// Configure-Naks sent before Rejects take their place, and received before they are taken for
  /// Rejects.
  unsigned max_failure = 5;
  /// Configure-Requests sent, answered or not, since the layer was last open for a while: the end
  /// of an argument that neither side gives up.
  unsigned max_rounds = 60;
};

/// Link Control Protocol, RFC 1661 section 6 and RFC 1662 section 7.
struct LcpConfig {
  std::uint16_t mru = 1500;  ///< octets of information we ask the peer not to exceed, 128 to 16384
  std::uint32_t accm = 0;    ///< control characters that the peer is asked to escape
  bool magic_number = true;
  bool protocol_field_compression = true;
  bool address_control_compression = true;
  /// Keep control characters that the peer should have escaped instead of taking them for noise of
  /// the line; for modems that take ACCM 0 for granted, on lines that add nothing.
  bool accept_all_controls = false;
  /// After max_configure requests without an answer wait for the peer instead of giving up.
  bool passive = false;
  RestartConfig restart;
  /// Echo-Requests while open; zero sends none. Any good frame counts as a sign of life.
  Duration echo_interval{0};
  /// Requests in a row without a sign of life before the peer is lost; 0: it never is.
  unsigned echo_failures = 4;
};

/// Authentication, each direction apart.
struct AuthConfig {
  /// We to the peer. The password may be left out: then a SecretWanted event asks for it.
  std::string user;
  std::optional<Secret> password;
  std::vector<AuthMethod> accept{AuthMethod::chap_md5, AuthMethod::pap};  ///< best first

  /// The peer to us; empty: not asked. A SecretWanted event asks for the secret of its name.
  std::vector<AuthMethod> require;
  std::string local_name = "tunppp";  ///< our name in CHAP challenges

  Duration retry = std::chrono::seconds(3);     ///< between requests or challenges
  unsigned max_tries = 10;                      ///< of them
  Duration timeout = std::chrono::seconds(60);  ///< for the whole of it, the owner's answer included
};

/// IP Control Protocol, RFC 1332 and RFC 1877.
struct IpcpConfig {
  /// Ours; 0.0.0.0 asks the peer for one, another value is a wish if accept_local, else a demand.
  Ipv4Address local;
  bool accept_local = true;
  /// The peer's; 0.0.0.0 leaves it to the peer, another value is given to it when it asks, and
  /// insisted upon unless accept_remote.
  Ipv4Address remote;
  bool accept_remote = true;
  /// Used for a peer that has no address of its own; it only names the other end of the interface.
  Ipv4Address fallback_remote{{10, 64, 64, 64}};
  bool request_dns = true;
  std::array<Ipv4Address, 2> offer_dns{};   ///< told to a peer that asks; unspecified: none
  std::array<Ipv4Address, 2> offer_nbns{};
  /// Some modems answer with Naks for a minute and more while the bearer attaches.
  RestartConfig restart{.max_failure = 100, .max_rounds = 300};
  /// Pause before asking again after an answer that says 'not ready' (0.0.0.0, placeholder DNS).
  Duration not_ready_pause = std::chrono::seconds(1);
};

struct LinkConfig {
  LcpConfig lcp;
  AuthConfig auth;
  IpcpConfig ipcp;
  std::size_t transmit_capacity = 16 * 1024;  ///< octets of encoded frames a line holds, at least 8192
  std::size_t receive_slots = 16;  ///< packets that one receive() may leave to poll_packet()
};

}  // namespace tunppp
