#pragma once

#include <tunppp/address.h>
#include <tunppp/allowed_addresses.h>
#include <tunppp/config.h>
#include <tunppp/end_reason.h>
#include <tunppp/secret.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

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
  FrameCheck send_fcs = FrameCheck::fcs16;
  FrameCheck receive_fcs = FrameCheck::fcs16;
  /// Of link quality reports; zero: none are agreed upon in this direction.
  Duration send_reports{0};
  Duration receive_reports{0};
  std::optional<EndpointDiscriminator> peer_endpoint{};
  std::uint16_t remote_mrru = 0;  ///< 0: no multilink
};

/// The peer says who it is (RFC 1570 section 1.1). For people only.
struct IdentificationReceived {
  LineId line;
  std::string text;  ///< printable characters only
};

/// The peer says how long the session may go on (RFC 1570 section 1.2). It ends by a
/// Terminate-Request, not by this.
struct TimeRemaining {
  LineId line;
  std::optional<Duration> remaining;  ///< nullopt: for ever
  std::string text;                   ///< printable characters only
};

/// What a window of link quality reports says, when that has changed from good to bad or back.
struct QualityChanged {
  LineId line;
  bool good;
  double lost_to_us;    ///< the part of the peer's packets that did not arrive, 0 to 1
  double lost_to_peer;  ///< the same of ours
  unsigned missing_reports = 0;  ///< in a row, when these are why
};

/// A question to the owner: the secret that belongs to `name`. Answer it with
/// Link::provide_secret() or Link::refuse_secret() and the token, now or later; nothing blocks, but
/// AuthConfig::timeout runs.
struct SecretWanted {
  std::uint64_t token;
  AuthMethod method;
  std::string name;
  bool of_peer;  ///< true: the peer claims to be `name`; false: we are to prove that we are
  /// Who asks us for a proof, as it calls itself, where the method tells (no PAP).
  std::string asked_by{};
};

/// A question to the owner, if AuthConfig::owner_judges: is this the peer that it claims to be?
/// Answer it with Link::provide_verdict() and the token, now or later.
struct VerdictWanted {
  std::uint64_t token;
  AuthMethod method;
  std::string name;
  Secret password;  ///< PAP only
  /// All others: the Challenge that was sent, and the Value field of the Response to it, as RADIUS
  /// wants them (RFC 2865 section 5.3; RFC 2548 sections 2.1.3 and 2.3.2 for the two MS-CHAPs).
  std::uint8_t identifier;
  std::vector<std::byte> challenge;
  std::vector<std::byte> response;
};

/// The answer to VerdictWanted.
struct AuthVerdict {
  bool accepted = false;
  /// To the peer. MS-CHAP version 2: if accepted, it must begin with "S=" and the proof that we
  /// know the secret. The MS-CHAPs, if not: "E=691 R=0 ..." as RFC 2433 and RFC 2759 say; empty: so
  /// it is said.
  std::string message{};
  AllowedAddresses addresses{};
};

/// One direction of authentication is done.
struct AuthSucceeded {
  AuthMethod method;
  bool of_peer;         ///< true: the peer is `name`; false: the peer takes us for `name`
  std::string name;
  std::string message;  ///< the peer's words, printable characters only
};

/// Something about authentication that the owner should know though it goes on, such as that
/// certificates could not be judged by their dates because nobody knows the time.
struct AuthNotice {
  std::string text;  ///< one sentence for people
};

/// A question to the owner, if IpcpConfig::ask_owner: the IPv4 address for the peer. Answer it with
/// Link::provide_address() or Link::refuse_address() and the token, now or later.
struct AddressWanted {
  std::uint64_t token;
  Ipv4Address wish;       ///< what the peer would like to have; unspecified: anything
  std::string peer_name;  ///< under which it proved who it is; may be empty
};

/// IPCP is open: packets flow. Sent again if IPCP was negotiated anew.
struct Ipv4Up {
  Ipv4Address local;
  Ipv4Address remote;  ///< IpcpConfig::fallback_remote where the peer has none
  std::array<Ipv4Address, 2> dns;
  std::uint16_t mtu;  ///< largest IP packet to send: the peer's MRU
  std::array<Ipv4Address, 2> nbns{};
  bool vj_send = false;     ///< our TCP headers are compressed
  bool vj_receive = false;  ///< the peer's are
};
struct Ipv4Down {};
/// There will be no IPv4 on this link; IPv6 may go on. LinkEnded follows if nothing is left.
struct Ipv4Failed {
  EndReason reason;
  std::string text;  ///< one sentence for people
};

/// A lifetime without end (RFC 4861 section 4.6.2: all ones).
inline constexpr Duration forever = Duration::max();

/// IPV6CP is open: packets flow between the link-local addresses.
struct Ipv6Up {
  InterfaceIdentifier local_identifier;
  InterfaceIdentifier remote_identifier;  ///< zero: the peer has none
  Ipv6Address local;                      ///< link-local
  Ipv6Address remote;                     ///< link-local; unspecified: the peer has no identifier
  std::uint16_t mtu;
};
/// A global address by a router's prefix and our identifier (RFC 4862 section 5.5.3), or new
/// lifetimes of one. Lifetimes count from now.
struct Ipv6AddressAdded {
  Ipv6Address address;
  std::uint8_t prefix_length;
  Duration preferred;  ///< zero: deprecated
  Duration valid;
};
/// Its lifetime has ended.
struct Ipv6AddressRemoved {
  Ipv6Address address;
};
/// The peer offers itself as default router for `lifetime`; zero: no longer.
struct Ipv6DefaultRoute {
  Ipv6Address router;
  Duration lifetime;
};
/// All name servers that advertisements have told and whose lifetime has not ended.
struct Ipv6Dns {
  std::vector<Ipv6Address> servers;
};
/// The MTU that a router advertised, between 1280 and that of the line.
struct Ipv6Mtu {
  std::uint16_t mtu;
};
/// IPv6 is gone, with all addresses, routes and servers told since Ipv6Up.
struct Ipv6Down {};
/// There will be no IPv6 on this link; IPv4 may go on. LinkEnded follows if nothing is left.
struct Ipv6Failed {
  EndReason reason;
  std::string text;
};

/// The link is closed; nothing follows until it is opened again.
struct LinkEnded {
  EndReason reason;
  std::string text;  ///< one sentence for people: what happened, with the peer's words if it gave any
};

using Event = std::variant<PhaseChanged, LineOpened, IdentificationReceived, TimeRemaining,
                           QualityChanged, SecretWanted, VerdictWanted, AuthNotice, AuthSucceeded,
                           AddressWanted, Ipv4Up, Ipv4Down, Ipv4Failed, Ipv6Up, Ipv6AddressAdded,
                           Ipv6AddressRemoved, Ipv6DefaultRoute, Ipv6Dns, Ipv6Mtu, Ipv6Down,
                           Ipv6Failed, LinkEnded>;

}  // namespace tunppp
