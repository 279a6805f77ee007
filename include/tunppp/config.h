#pragma once

#include <tunppp/address.h>
#include <tunppp/export.h>
#include <tunppp/secret.h>
#include <tunppp/time.h>
#include <tunppp/tls_config.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunppp {

/// How one side proves to the other who it is.
enum class AuthMethod : std::uint8_t {
  pap,            ///< RFC 1334: name and password in the clear; all a build without Botan has
  chap_md5,       ///< RFC 1994: MD5 of a challenge and the secret
  mschap,         ///< RFC 2433: MS-CHAP
  mschap_v2,      ///< RFC 2759: MS-CHAP version 2, in which the other side proves itself as well
  eap_md5,        ///< RFC 3748 section 5.4
  eap_mschap_v2,  ///< MS-CHAP version 2 inside of EAP
  eap_tls,        ///< RFC 5216: certificates on both sides
};
/// "pap", "chap-md5", "mschap", "mschap-v2", "eap-md5", "eap-mschap-v2", "eap-tls"
TUNPPP_EXPORT std::string_view to_string(AuthMethod method);
/// One of these names, or "chap" for chap-md5; nullopt for another.
TUNPPP_EXPORT std::optional<AuthMethod> parse_auth_method(std::string_view name);

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

/// Frame check sequences between which RFC 1570 section 2.1 lets the two sides choose.
enum class FrameCheck : std::uint8_t {
  none,   ///< for packets of the network layer; control packets keep the one of 16 bits
  fcs16,  ///< the default
  fcs32,
};
/// "null", "16", "32"
TUNPPP_EXPORT std::string_view to_string(FrameCheck check);

/// Says which machine an end of the link belongs to (RFC 1990 section 5.1.3).
struct EndpointDiscriminator {
  enum class Class : std::uint8_t {
    null,          ///< no octets
    local,         ///< at most 20 octets of our own choice
    ipv4,          ///< 4 octets
    mac,           ///< 6 octets
    magic_number,  ///< at most 5 magic numbers of 4 octets
    phone,         ///< at most 15 octets: an E.164 number
  };
  Class kind = Class::null;
  std::vector<std::byte> address{};

  friend bool operator==(const EndpointDiscriminator&, const EndpointDiscriminator&) = default;
};
/// Whether the class is one of the above and the length is right for it.
TUNPPP_EXPORT bool is_valid(const EndpointDiscriminator& endpoint);
/// "null", "local:61.62", "IP:192.0.2.1", "MAC:00:00:5e:00:53:01", "magic:01.02.03.04",
/// "phone:15551234", as pppd writes and takes them.
TUNPPP_EXPORT std::string to_string(const EndpointDiscriminator& endpoint);
TUNPPP_EXPORT std::optional<EndpointDiscriminator> parse_endpoint(std::string_view text);

/// Link quality monitoring, RFC 1989: both sides tell each other how much they have sent and
/// received, and so learn what was lost in either direction.
struct QualityConfig {
  /// How often the peer is to report, in steps of 10 ms; zero: it is not asked to.
  Duration report_interval{0};
  /// Report to a peer that asks for it.
  bool accept = true;
  /// The shortest period that a peer may ask of us; a shorter one is answered with this one.
  Duration least_interval = std::chrono::milliseconds(100);
  /// The quality is judged over so many reports of the peer, at least 1.
  unsigned window = 5;
  /// Percent of the packets of a window, in either direction, whose loss is still good.
  unsigned tolerated_loss = 20;
  /// Reports in a row that fail to come before the quality is bad; 0: any number.
  unsigned missing_reports = 5;
  /// End the link when the quality is bad; else it is only told (QualityChanged).
  bool close_when_bad = false;
};

/// Link Control Protocol, RFC 1661 section 6, RFC 1662 section 7, RFC 1570 and RFC 1990.
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
  /// Send nothing before the peer's first valid Configure-Request.
  bool silent = false;
  RestartConfig restart;
  /// Echo-Requests while open; zero sends none. Any good frame counts as a sign of life.
  Duration echo_interval{0};
  /// Requests in a row without a sign of life before the peer is lost; 0: it never is.
  unsigned echo_failures = 4;
  /// Send a request only when nothing has come for echo_interval.
  bool echo_adaptive = false;

  /// What the peer is asked to send, and whether it may ask for another one than the default.
  FrameCheck fcs = FrameCheck::fcs16;
  bool accept_fcs_alternatives = true;
  /// Who we are, for people at the other end (RFC 1570 section 1.1): sent when LCP opens, when an
  /// option is rejected, and before a negotiation is given up. Empty: not sent.
  std::string identification;
  /// The session ends so long after LCP has opened, which the peer is told then and again 60 s
  /// before (Time-Remaining, RFC 1570 section 1.2); zero: never.
  Duration session_limit{0};
  QualityConfig quality;

  /// Asked for as it is; a peer's is always taken.
  std::optional<EndpointDiscriminator> endpoint;
  /// Multilink (RFC 1990 section 5.1): the largest packet we put together; 0: no multilink, and a
  /// peer that asks for it is refused.
  std::uint16_t mrru = 0;
  bool short_sequence_numbers = false;  ///< of 12 bits; only with mrru
};

/// Authentication, each direction apart.
struct AuthConfig {
  /// We to the peer. The password may be left out: then a SecretWanted event asks for it.
  std::string user;
  std::optional<Secret> password;
  /// Best first. The peer chooses; when it asks for something else, the first is suggested.
  /// eap_tls counts only where `tls` holds a certificate and its key.
  std::vector<AuthMethod> accept{AuthMethod::eap_tls,       AuthMethod::mschap_v2,
                                 AuthMethod::eap_mschap_v2, AuthMethod::chap_md5,
                                 AuthMethod::eap_md5,       AuthMethod::mschap,
                                 AuthMethod::pap};

  /// The peer to us, best first; empty: not asked. A SecretWanted event asks for the secret of its
  /// name.
  std::vector<AuthMethod> require;
  std::string local_name = "tunppp";  ///< our name in CHAP challenges
  /// The owner judges itself, as a RADIUS server does: a VerdictWanted event shows what the peer
  /// sent, in place of SecretWanted. Not for EAP-TLS.
  bool owner_judges = false;
  /// Between Challenges to a peer that has proved itself by one form of CHAP (RFC 1994 section 2);
  /// zero: never again.
  Duration rechallenge_interval{0};

  std::string identity;  ///< told to an EAP server; empty: `user`, or else our certificate's name
  TlsConfig tls;         ///< for EAP-TLS, both as client and as server

  Duration retry = std::chrono::seconds(3);     ///< between requests or challenges
  unsigned max_tries = 10;                      ///< of them
  Duration timeout = std::chrono::seconds(60);  ///< for the whole of it, the owner's answer included
};

/// Van Jacobson TCP/IP header compression, RFC 1144, each direction apart. It saves up to 37 octets
/// a TCP packet, which is much on a slow serial line and nothing on a modem for LTE, whose packets
/// never meet such a line. Asking a peer that refuses it costs a round trip, and most modems refuse.
/// Switch on both or none: pppd asks for compressed headers by itself, and then drops them all
/// unless it was asked as well.
struct VjConfig {
  bool request = false;  ///< ask the peer to compress what it sends
  bool accept = false;   ///< compress what we send when the peer asks for it
  /// Connections that are remembered for a direction, 2 to 255. What the peer offers may be fewer.
  std::uint16_t slots = 16;
  bool compress_connection_id = true;  ///< leave out the number of a connection that goes on
};

/// IP Control Protocol, RFC 1332 and RFC 1877.
struct IpcpConfig {
  bool enabled = true;  ///< false: IPv4 is not asked for, and the peer's IPCP is rejected
  /// Ours; 0.0.0.0 asks the peer for one, another value is a wish if accept_local, else a demand.
  Ipv4Address local;
  bool accept_local = true;
  /// The peer's; 0.0.0.0 leaves it to the peer, another value is given to it when it asks, and
  /// insisted upon unless accept_remote.
  Ipv4Address remote;
  bool accept_remote = true;
  /// The owner chooses the peer's address, from a pool or a RADIUS server: an AddressWanted event
  /// asks when the peer's first Configure-Request has come, and that request waits for the answer.
  bool ask_owner = false;
  /// Used for a peer that has no address of its own; it only names the other end of the interface.
  Ipv4Address fallback_remote{{10, 64, 64, 64}};
  bool request_dns = true;
  std::array<Ipv4Address, 2> offer_dns{};   ///< told to a peer that asks; unspecified: none
  std::array<Ipv4Address, 2> offer_nbns{};
  bool request_nbns = false;  ///< learn the peer's NetBIOS name servers
  VjConfig vj;
  /// Some modems answer with Naks for a minute and more while the bearer attaches.
  RestartConfig restart{.max_failure = 100, .max_rounds = 300};
  /// Pause before asking again after an answer that says 'not ready' (0.0.0.0, placeholder DNS).
  Duration not_ready_pause = std::chrono::seconds(1);
};

/// IPv6 Control Protocol, RFC 5072.
struct Ipv6cpConfig {
  bool enabled = false;  ///< false: IPv6 is not asked for, and the peer's IPV6CP is rejected
  /// Ours, kept over sessions; zero: a random one for each negotiation (RFC 5072 section 4.1).
  InterfaceIdentifier local;
  bool accept_local = true;  ///< take another one when the peer Naks ours
  bool ask = false;          ///< send zero: the peer is to choose ours
  /// Suggested to a peer that has none; zero: a random one.
  InterfaceIdentifier remote;
  RestartConfig restart{.max_failure = 100, .max_rounds = 300};
  /// Pause before asking again after a Nak that suggests nothing.
  Duration not_ready_pause = std::chrono::seconds(1);
};

/// What a router tells its peer (RFC 4861 section 6.2.1, RFC 8106).
struct AdvertiseConfig {
  Ipv6Prefix prefix;  ///< of 64 bits, from which the peer forms its address
  Duration valid_lifetime = std::chrono::hours(30 * 24);
  Duration preferred_lifetime = std::chrono::hours(7 * 24);
  Duration router_lifetime = std::chrono::minutes(30);  ///< zero: no default router
  Duration interval = std::chrono::minutes(10);         ///< between advertisements nobody asked for
  std::vector<Ipv6Address> dns;                         ///< RDNSS, at most 8 are told
  std::uint32_t mtu = 0;                                ///< zero: not told
  std::uint8_t hop_limit = 64;                          ///< for the peer's packets; zero: not told
};

/// Neighbor Discovery, as much of it as a line with two ends needs (RFC 4861, 4862, 7559, 8106).
struct NdpConfig {
  /// Send router solicitations and act upon advertisements.
  bool solicit = true;
  unsigned max_solicitations = 3;  ///< at solicitation_interval, before the pauses grow (RFC 7559)
  Duration solicitation_interval = std::chrono::seconds(4);
  Duration solicitation_longest = std::chrono::hours(1);
  /// Be the router of this line.
  std::optional<AdvertiseConfig> advertise;
};

struct LinkConfig {
  LcpConfig lcp;
  AuthConfig auth;
  IpcpConfig ipcp;
  Ipv6cpConfig ipv6cp;
  NdpConfig ndp;
  std::size_t transmit_capacity = 16 * 1024;  ///< octets of encoded frames a line holds, at least 8192
  std::size_t receive_slots = 16;  ///< packets that one receive() may leave to poll_packet()
};

}  // namespace tunppp
