#pragma once

#include <tunppp/bytes.h>
#include <tunppp/config.h>
#include <tunppp/drop.h>
#include <tunppp/entropy.h>
#include <tunppp/event.h>
#include <tunppp/export.h>
#include <tunppp/quality.h>
#include <tunppp/time.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tunppp {

/// PPP protocol numbers of what travels through send() and poll_packet().
enum class NetworkProtocol : std::uint16_t { ipv4 = 0x0021, ipv6 = 0x0057 };

/// A received packet of the network layer. `data` stays valid until the next receive() of its
/// Link, may be changed, and has at least 64 octets of writable memory before and behind it.
struct Packet {
  NetworkProtocol protocol;
  LineId line;
  MutableBytes data;
};

enum class SendResult {
  accepted,
  full,    ///< no room now: poll_transmit() first
  closed,  ///< the protocol is not open, or the packet is empty or larger than mtu()
};

/// How long an Echo-Request takes to be answered.
struct RoundTrip {
  std::uint64_t count = 0;  ///< answers; with none the rest says nothing
  Duration last{0};
  Duration least{0};
  Duration smoothed{0};  ///< of each answer an eighth (RFC 6298 section 2)
};

struct LinkStatistics {
  std::uint64_t received_octets = 0;  ///< on the line
  std::uint64_t received_frames = 0;
  std::uint64_t received_packets = 0;  ///< of the network layer, to poll_packet()
  std::uint64_t received_packet_octets = 0;
  std::uint64_t sent_octets = 0;
  std::uint64_t sent_frames = 0;
  std::uint64_t sent_packets = 0;
  std::uint64_t sent_packet_octets = 0;
  std::array<std::uint64_t, static_cast<std::size_t>(Drop::count)> drops{};
  RoundTrip round_trip{};
  QualityStatistics quality{};

  std::uint64_t dropped(Drop drop) const { return drops[static_cast<std::size_t>(drop)]; }
};

enum class Direction : std::uint8_t { received, sent };

/// Sees each good frame (address, control, protocol, information; no FCS, nothing escaped), for
/// captures and for people. Passwords are in there: see mask_secrets().
class FrameTap {
 public:
  virtual void frame(Instant now, LineId line, Direction direction, Bytes frame) = 0;

 protected:
  ~FrameTap() = default;
};

/// A PPP endpoint (RFC 1661) without I/O: octets, packets and the time go in; octets, packets and
/// events come out. It opens nothing, reads no clock and never blocks; one thread at a time may
/// call it. Times passed in must not go back.
///
/// After each input or command drain the outputs in this order: poll_event() until empty,
/// poll_packet() until empty, poll_transmit(); then wait for octets or for next_timeout(). When
/// receive() took less than it was given, drain and call it again with the rest.
class TUNPPP_EXPORT Link {
 public:
  /// `entropy` must outlive the link.
  Link(LinkConfig config, Entropy& entropy);
  Link(Link&&) noexcept;
  Link& operator=(Link&&) noexcept;
  ~Link();

  // --- Getters ---------------------------------------------------------------------------------
  Phase phase() const;
  /// Largest packet that send() takes; 0 while no network protocol is open.
  std::uint16_t mtu() const;
  const LinkStatistics& statistics() const;
  /// What has arrived of a frame that is not complete: text of a modem that hung up is found here.
  Bytes pending(LineId line = first_line) const;
  /// Whether send() takes packets of this protocol now.
  bool is_open(NetworkProtocol protocol) const;
  /// Octets that wait in poll_transmit(), and whether a packet of mtu() octets would be accepted.
  std::size_t transmit_pending(LineId line = first_line) const;
  bool can_send() const;

  // --- Inputs ----------------------------------------------------------------------------------
  /// Octets from the line, cut anywhere. Returns how many were taken: fewer than given when
  /// receive_slots packets or many events wait to be polled.
  std::size_t receive(LineId line, Instant now, Bytes octets);
  /// One packet of the network layer. Encoded at once or refused: nothing queues here.
  SendResult send(Instant now, NetworkProtocol protocol, Bytes packet);
  /// Call when next_timeout() has come; earlier calls do no harm.
  void handle_timeout(Instant now);

  // --- Commands --------------------------------------------------------------------------------
  /// The line can carry octets (carrier, CONNECT), or no longer can; `reason` goes into LinkEnded.
  void line_up(LineId line, Instant now);
  void line_down(LineId line, Instant now, EndReason reason = EndReason::carrier_lost);
  /// Begin to negotiate as soon as the line is up; close in order. LinkEnded follows close().
  void open(Instant now);
  void close(Instant now, EndReason reason = EndReason::requested);
  /// While LCP is open: negotiate it anew. Packets flow again when that is done.
  void renegotiate(Instant now);
  /// Answers to SecretWanted. An unknown or old token is ignored. `addresses`: what the peer may
  /// have, if it is the peer that proves itself.
  void provide_secret(Instant now, std::uint64_t token, Secret secret,
                      AllowedAddresses addresses = {});
  void refuse_secret(Instant now, std::uint64_t token);
  /// The answer to VerdictWanted. An unknown or old token is ignored.
  void provide_verdict(Instant now, std::uint64_t token, AuthVerdict verdict);
  /// Answers to AddressWanted. An unknown or old token is ignored. A refusal ends IPv4 on this link
  /// with `why` as its sentence.
  void provide_address(Instant now, std::uint64_t token, Ipv4Address remote);
  void refuse_address(Instant now, std::uint64_t token, std::string why);
  /// nullptr for none; must outlive the link or be taken off.
  void set_tap(FrameTap* tap);

  // --- Outputs ---------------------------------------------------------------------------------
  std::optional<Event> poll_event();
  std::optional<Packet> poll_packet();
  /// Octets for the line, valid until the next call that is no getter; transmitted() says how many
  /// of them are gone.
  Bytes poll_transmit(LineId line = first_line) const;
  void transmitted(std::size_t count, LineId line = first_line);
  std::optional<Instant> next_timeout() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// A frame in words: "LCP ConfReq id=1 <mru 1500> <magic 2f1a...>". Passwords show as "***".
TUNPPP_EXPORT std::string describe(Bytes frame);
/// A copy of a frame in which the password of a PAP request is eight '*', whatever its length was.
TUNPPP_EXPORT std::vector<std::byte> mask_secrets(Bytes frame);

}  // namespace tunppp
