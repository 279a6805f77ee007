#pragma once

#include <tunppp/address.h>
#include <tunppp/allowed_addresses.h>
#include <tunppp/config.h>
#include <tunppp/end_reason.h>
#include <tunppp/export.h>
#include <tunppp/link.h>
#include <tunppp/secret.h>
#include <tunppp/time.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// A whole session on Linux: tty, modem, PPP, TUN interface, addresses, route and DNS. What
/// `tunppp dial` and `tunppp serve` do, for programs that want it inside.
namespace tunppp {

/// What the octets travel over: a tty or pty by its path, or descriptors that are open already.
struct LineOptions {
  /// A tty by any of its names; a place on USB ("1-1.3"): the modem there; "auto": the one modem
  /// that is here.
  std::string device{};
  std::uint32_t baud = 115200;
  /// The line is known to be no faster than `baud`, as a pty that leads to a serial line. A serial
  /// port is asked what it holds, and needs no such hint.
  bool baud_is_speed = false;
  bool rtscts = false;  ///< hardware flow control
  /// Used when `device` is empty: standard input and output, a socket twice ... Not closed.
  int read_descriptor = -1;
  int write_descriptor = -1;
};

enum class PdpType : std::uint8_t { ipv4, ipv6, ipv4v6 };
enum class ContextAuth : std::uint8_t { none, pap, chap, either };

/// Which radio the modem is to use.
enum class Radio : std::uint8_t { unchanged, automatic, gsm, umts, lte, lte_m, nb_iot, nr };

/// One way to get a bearer. What is empty here is as in ModemOptions and LinkConfig::auth.
struct Provider {
  std::string apn{};
  std::string user{};
  std::optional<Secret> password{};
  std::string dial_string{};
};

/// 3GPP TS 27.010: AT and PPP at the same time over one line.
enum class Cmux : std::uint8_t { off, basic, advanced };

/// How to get from AT to CONNECT.
struct ModemOptions {
  /// "generic", "quectel-ec25" ...; "auto": by what USB and the modem itself say; empty: PPP starts
  /// at once.
  std::string profile{};
  std::string profile_file{};  ///< a profile of the user's own (docs/PROFILES.md), instead
  Radio radio = Radio::unchanged;
  /// Empty, with no providers: the one that the provider database knows for the SIM's network;
  /// where it knows none, the modem's own setting stays.
  std::string apn{};
  /// Tried one after the other until one gives a bearer and PPP; empty: apn alone.
  std::vector<Provider> providers{};
  /// Of the package mobile-broadband-provider-info; empty: not asked.
  std::string provider_database = "/usr/share/mobile-broadband-provider-info/serviceproviders.xml";
  PdpType pdp_type = PdpType::ipv4;
  unsigned context = 1;  ///< <cid> of AT+CGDCONT
  /// User and password (of LinkConfig::auth) by AT command as well; few modems want that.
  ContextAuth context_auth = ContextAuth::none;
  std::optional<Secret> pin{};  ///< sent only when the SIM asks for it, and at most once
  /// Keeps the record of PINs that a SIM refused, over restarts; without it no PIN is sent.
  std::string state_directory = "/var/lib/tunppp";
  std::string dial_string{};  ///< instead of the profile's
  Duration registration_timeout = std::chrono::seconds(120);
  /// Another tty of the same modem, on which it is watched while data flows. "auto": by what USB
  /// says; empty: none.
  std::string at_device = "auto";
  Cmux cmux = Cmux::off;
  std::size_t cmux_frame_size = 0;  ///< octets of information in a frame; 0: as the profile says
  /// Try other speeds when the modem does not answer at LineOptions::baud.
  bool probe_baud = true;
  std::uint32_t change_baud = 0;  ///< AT+IPR once it answers, for this session; 0: leave it
};

struct InterfaceOptions {
  std::string name = "ppp0";  ///< or a pattern: ppp%d takes the first number that is free
  std::uint16_t mtu = 1500;   ///< at most; the peer's MRU may make it less
  bool default_route = true;
  std::uint32_t metric = 700;  ///< of the default route
};

enum class DnsMethod : std::uint8_t {
  automatic,  ///< resolvectl or resolvconf, what is there; else the servers are only reported
  none,
  file,  ///< DnsOptions::path gets nameserver lines, and its former content back at the end
  resolvectl,
  resolvconf,
};

struct DnsOptions {
  DnsMethod method = DnsMethod::automatic;
  std::string path{};
};

/// How packets get from the interface to the line and back. All is on, and can be switched off to
/// compare.
struct DataPathOptions {
  /// Super-packets to and from the kernel: one call for many segments.
  bool offload = true;
  /// Flows take turns and are kept short (RFC 8290), and no more than about 10 ms wait between the
  /// queue and the line. Off: first in, first out, and as much as the line takes.
  bool queue_discipline = true;
};

/// A secret, and what its holder may have.
struct KnownSecret {
  KnownSecret(Secret known, AllowedAddresses allowed = {})
      : secret(std::move(known)), addresses(std::move(allowed)) {}

  Secret secret;
  AllowedAddresses addresses;
};

struct DialerOptions {
  LineOptions line{};
  ModemOptions modem{};
  LinkConfig link{};  ///< says by its auth and ipcp which side is asked and which answers
  InterfaceOptions interface {};
  DataPathOptions data_path{};
  DnsOptions dns{};
  /// Dial again after an end that may pass: a lost carrier, a modem that was pulled out and is
  /// found again by its path and identity. A wrong PIN, a usage error and their like end it for
  /// good.
  bool persist = false;
  /// For a modem or tty that is not here yet, before the first attempt; when persisting, for ever.
  Duration modem_wait{0};
  /// Between attempts when persisting: doubled from the first to the second.
  Duration first_delay = std::chrono::seconds(1);
  Duration longest_delay = std::chrono::seconds(60);
  /// A directory for the socket on which `tunppp at` reaches the modem's AT port while the session
  /// holds it; empty: none.
  std::string at_socket_directory = "/run/tunppp";
  /// To be up; zero: for ever.
  Duration up_timeout = std::chrono::seconds(300);
  /// Between Counters while up; zero: only at the end.
  Duration counters_interval{0};
  std::string capture{};  ///< a pcapng file of all frames; empty: none
  bool capture_secrets = false;
  bool dialogue = false;  ///< report control packets and the AT dialogue as Dialogue
  /// Answers SecretWanted: the secret that belongs to a name. May be empty: nobody is known.
  std::function<std::optional<KnownSecret>(const SecretWanted&)> find_secret{};
  /// Answers AddressWanted (IpcpConfig::ask_owner). May be empty, and may find nothing: then the
  /// peer gets no IPv4.
  std::function<std::optional<Ipv4Address>(const AddressWanted&)> find_address{};
};

/// Something was reached, or is under way.
struct PhaseReached {
  std::string_view phase{};  ///< stable: "line", "registration", "lcp", "ipcp", "up", "closing" ...
  std::string text{};        ///< for people: "registration: home network"
};

/// Packets flow. Reported again when IPCP agreed upon something else.
struct AddressesSet {
  std::string interface {};
  Ipv4Address local{};
  Ipv4Address remote{};
  std::uint16_t mtu = 0;
  std::optional<std::uint32_t> default_route_metric{};  ///< if there is a default route of ours

  friend bool operator==(const AddressesSet&, const AddressesSet&) = default;
};

/// IPv6 packets flow. Reported again, as a whole, when addresses or routes came or went.
struct Ipv6AddressesSet {
  struct Global {
    Ipv6Address address{};
    std::uint8_t prefix_length = 64;
    Duration preferred = forever;
    Duration valid = forever;

    friend bool operator==(const Global&, const Global&) = default;
  };
  std::string interface {};
  Ipv6Address local{};   ///< link-local
  Ipv6Address remote{};  ///< link-local; unspecified: unknown
  std::uint16_t mtu = 0;
  std::vector<Global> global{};
  std::optional<std::uint32_t> default_route_metric{};  ///< if there is a default route of ours

  friend bool operator==(const Ipv6AddressesSet&, const Ipv6AddressesSet&) = default;
};

/// One of the two network protocols will not come, or has gone; the other may go on.
struct NetworkFailed {
  NetworkProtocol protocol = NetworkProtocol::ipv4;
  EndReason reason = EndReason::no_network_protocol;
  std::string text{};
};

struct DnsSet {
  std::vector<IpAddress> servers{};
  std::string_view method{};  ///< "resolvectl", "resolvconf", "file", "none"
  std::string text{};         ///< what was done; if nothing: the command to use
};

/// Where packets and octets went. Nothing is lost that is not counted here.
struct Counters {
  LinkStatistics link{};
  std::uint64_t interface_read = 0;     ///< packets read from the interface
  std::uint64_t interface_written = 0;  ///< packets given to it
  std::uint64_t write_failed = 0;       ///< received packets that the interface did not take
  std::uint64_t queue_dropped = 0;      ///< the queue towards the line was full
  std::uint64_t delay_dropped = 0;      ///< waited too long in it, so that their sender slows down
  std::uint64_t not_ipv4 = 0;           ///< read, but no protocol for it is open
  std::uint64_t not_sent = 0;           ///< read, but the link was closed, or the packet too large
  std::uint64_t device_dropped = 0;     ///< by the kernel, before we could read them (tx_dropped)

  // Nothing is lost here.
  std::uint64_t congestion_marked = 0;   ///< instead of delay_dropped, where the sender knows ECN
  std::uint64_t super_packets_read = 0;  ///< of which several packets of interface_read were cut
  std::uint64_t super_packets_written = 0;  ///< to which packets of interface_written were joined
};

/// What the modem tells of itself and of the network while data flows: on its AT port, where there
/// is one. Told when something changed, and no more often than every few seconds. What the modem does
/// not tell is empty.
struct ModemStatus {
  std::string registration{};      ///< "registered, home"
  std::string operator_name{};     ///< "Example Mobile"
  std::string radio{};             ///< "LTE", "NR", "UMTS", "GSM" ...
  std::string cell{};              ///< identity of the cell, as the modem writes it
  std::optional<int> signal_dbm{};  ///< all that is received (RSSI)
  std::optional<double> rsrp_dbm{};
  std::optional<double> rsrq_db{};
  std::optional<double> sinr_db{};
  bool notable = false;  ///< changed by more than what a signal does all day
  std::string text{};    ///< the same as a sentence

  friend bool operator==(const ModemStatus&, const ModemStatus&) = default;
};

/// Not fatal, but worth knowing.
struct Warning {
  std::string text{};
};

/// What was said on the line, in words; passwords and PINs masked.
struct Dialogue {
  bool sent = false;
  bool modem = false;  ///< an AT line, else a PPP control packet
  std::string text{};
};

/// The last event.
struct SessionEnded {
  EndReason reason = EndReason::internal_error;
  std::string text{};  ///< one sentence: what happened
};

using DialerEvent = std::variant<PhaseReached, AddressesSet, Ipv6AddressesSet, NetworkFailed,
                                 DnsSet, Counters, ModemStatus, Warning, Dialogue,
                                 SessionEnded>;

/// Told of everything, on the thread that runs the dialer.
class DialerObserver {
 public:
  virtual ~DialerObserver() = default;
  /// `elapsed` counts from the start.
  virtual void event(Duration elapsed, const DialerEvent& event) = 0;
};

/// One session from the tty to the last octet. One thread runs it.
class TUNPPP_EXPORT Dialer {
 public:
  /// The observer must outlive the dialer.
  Dialer(DialerOptions options, DialerObserver& observer);
  ~Dialer();
  Dialer(const Dialer&) = delete;
  Dialer& operator=(const Dialer&) = delete;

  /// Returns when the session has ended, for whatever reason. Once.
  SessionEnded run();

  /// Close in order, which takes at most 5 s; called again, end at once. May be called from any
  /// thread and from a signal handler, before and after run() too.
  void stop() noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Names for ModemOptions::profile, with a description each.
struct ModemProfileInfo {
  std::string_view name{};
  std::string_view description{};
};
TUNPPP_EXPORT std::vector<ModemProfileInfo> modem_profiles();
/// A built-in profile in TOML, as ModemOptions::profile_file takes it; empty: there is none of that
/// name.
TUNPPP_EXPORT std::string modem_profile_toml(std::string_view name);

}  // namespace tunppp
