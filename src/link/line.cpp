#include "link/line.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/protocol.h"
#include "base/timer_table.h"
#include "link/authenticators.h"
#include "base/writer.h"
#include "ndp/packet.h"

namespace tunppp::link {
namespace {

constexpr std::size_t header_limit = 4;  // address, control, protocol
constexpr std::size_t fcs_limit = 4;
/// Kept free of data, so that an echo or a Configure-Ack never waits for the line to drain.
constexpr std::size_t control_reserve = hdlc::Framer::max_encoded_size(256);

constexpr std::size_t least_transmit_capacity = 8192;

/// "a packet of 1500 octets is always accepted, whatever was negotiated" (RFC 1661 section 6.1)
std::size_t frame_limit(const LcpConfig& lcp) {
  return std::max<std::size_t>(lcp.mru, lcp::default_mru) + header_limit + fcs_limit;
}

std::vector<lcp::AuthProtocol> protocols(const std::vector<AuthMethod>& methods,
                                         const AuthConfig& config) {
  return lcp::auth_protocols(available(methods, config));
}

bool is_authentication(std::uint16_t protocol) {
  return protocol == protocol::pap || protocol == protocol::chap || protocol == protocol::eap;
}

/// RFC 1661 section 2: "8*** - b***, network layer control protocols".
bool is_network_control(std::uint16_t protocol) { return protocol >= 0x8000 && protocol < 0xc000; }

/// The largest packet that an empty transmit buffer takes, each of its octets escaped.
constexpr std::size_t largest_packet(std::size_t transmit_capacity) {
  return (transmit_capacity - control_reserve - hdlc::Framer::max_encoded_size(header_limit)) / 2;
}
static_assert(largest_packet(least_transmit_capacity) >= lcp::default_mru);

Drop to_drop(hdlc::Drop drop) {
  switch (drop) {
    case hdlc::Drop::fcs_error: return Drop::fcs_error;
    case hdlc::Drop::runt: return Drop::runt;
    case hdlc::Drop::aborted: return Drop::aborted;
    case hdlc::Drop::overlong: return Drop::overlong;
    case hdlc::Drop::before_first_flag: return Drop::no_frame;
    case hdlc::Drop::count: break;
  }
  return Drop::runt;
}

/// For the peer: our request is out, or with a silent start its own is awaited.
bool is_waiting(cp::State state) {
  return state == cp::State::req_sent || state == cp::State::stopped;
}

bool is_lcp_request(unsigned code) {
  return code == static_cast<unsigned>(cp::Code::configure_request) ||
         code == static_cast<unsigned>(cp::Code::terminate_request);
}

Duration period_of(std::optional<lcp::ReportPeriod> hundredths) {
  return std::chrono::milliseconds(10) * hundredths.value_or(0);
}

std::string with_words(std::string sentence, const std::string& words) {
  return words.empty() ? sentence : fmt::format("{}: \"{}\"", sentence, words);
}

}  // namespace

struct Line::FrameSink {
  Line& line;
  bool frame(MutableBytes content) { return line.frame(content); }
  void dropped(hdlc::Drop drop, Bytes) { line.frame_lost(to_drop(drop)); }
};

Line::Line(LineId id, const LinkConfig& config, Entropy& entropy, LinkStatistics& statistics,
           LineOwner& owner)
    : id_(id),
      config_(config),
      entropy_(entropy),
      statistics_(statistics),
      owner_(owner),
      framing_(config.lcp.accept_all_controls),
      slots_(std::max<std::size_t>(config.receive_slots, 1), frame_limit(config.lcp)),
      transmit_(std::max(config.transmit_capacity, least_transmit_capacity)),
      lcp_(config.lcp, protocols(config.auth.require, config.auth),
           protocols(config.auth.accept, config.auth), entropy, *this),
      quality_(config.lcp.quality, statistics.quality) {
  framing_.deframer().set_buffer(slots_.filling());
  forget_options();
}

// --- Commands --------------------------------------------------------------------------------

void Line::open(Instant now) {
  now_ = now;
  refused_in_silence_ = false;
  openings_ = 0;
  session_end_.reset();
  session_warning_.reset();
  lcp_.open(now);
  if (is_waiting(lcp_.state())) enter(Phase::establish);
  settle();
}

void Line::close(Instant now) {
  now_ = now;
  lcp_.close(now);
  // Close of a passive end that waits in Stopped, and Close after a Down in Closing, end without a
  // This-Layer-Finished: the table has nobody waiting there, but the owner does.
  if (!cp::timer_runs(lcp_.state()) && !finished_) finished_ = cp::Finish::closed;
  settle();
}

void Line::renegotiate(Instant now) {
  now_ = now;
  lcp_.renegotiate(now);
  settle();
}

void Line::up(Instant now) {
  now_ = now;
  if (lcp_.state() != cp::State::initial && lcp_.state() != cp::State::starting) return;  // is up
  framing_.reset();
  open_peer_fcs_ = hdlc::Fcs::fcs16;
  transmit_.clear();
  forget_options();
  lcp_.up(now);
  if (is_waiting(lcp_.state())) enter(Phase::establish);
  settle();
}

void Line::down(Instant now) {
  now_ = now;
  lcp_.down(now);
  settle();
  transmit_.clear();
}

void Line::provide_secret(Instant now, std::uint64_t token, Secret secret,
                          AllowedAddresses addresses) {
  now_ = now;
  if (auto* authenticator = answered(token)) {
    if (authenticator == check_.get()) peer_addresses_ = std::move(addresses);
    authenticator->provide_secret(now, std::move(secret));
    settle();
  }
}

void Line::refuse_secret(Instant now, std::uint64_t token) {
  now_ = now;
  if (auto* authenticator = answered(token)) {
    authenticator->refuse_secret(now);
    settle();
  }
}

void Line::provide_verdict(Instant now, std::uint64_t token, AuthVerdict verdict) {
  now_ = now;
  if (auto* authenticator = answered(token)) {
    if (authenticator == check_.get()) peer_addresses_ = std::move(verdict.addresses);
    authenticator->provide_verdict(now, verdict);
    settle();
  }
}

auth::Authenticator* Line::answered(std::uint64_t token) {
  for (Question& question : questions_) {
    if (!question.open || question.token != token) continue;
    question.open = false;
    return question.of_peer ? check_.get() : prove_.get();
  }
  return nullptr;
}

// --- Inputs ----------------------------------------------------------------------------------

std::size_t Line::receive(Instant now, Bytes octets) {
  now_ = now;
  if (!slots_.begin_receive()) return 0;
  const std::size_t taken = framing_.deframer().receive(octets, FrameSink{*this});
  statistics_.received_octets += taken;
  return taken;
}

std::uint16_t Line::remote_mru() const {
  const std::size_t room = largest_packet(transmit_.capacity());
  return static_cast<std::uint16_t>(std::min<std::size_t>(lcp_.peers().mru, room));
}

std::optional<Instant> Line::next_timeout() const {
  auto next = earliest(lcp_.next_timeout(), quality_.next_timeout());
  next = earliest(next, earliest(session_warning_, session_end_));
  if (prove_) next = earliest(next, prove_->next_timeout());
  if (check_) next = earliest(next, check_->next_timeout());
  return next;
}

void Line::handle_timeout(Instant now) {
  now_ = now;
  lcp_.handle_timeout(now);
  quality_.handle_timeout(now);
  watch_session(now);
  settle();
  if (prove_) prove_->handle_timeout(now);
  if (check_) check_->handle_timeout(now);
  settle();
}

bool Line::frame(MutableBytes content) {
  const auto header = hdlc::parse_header(content);
  if (!header) {
    count(Drop::bad_header);
    return true;
  }
  if (!framing_.verify(header->protocol, content)) {
    frame_lost(lcp_.opened() ? Drop::fcs_error : Drop::not_open);
    return true;
  }
  ++statistics_.received_frames;
  lcp_.frame_received();
  const MutableBytes information = content.subspan(header->size);
  if (tap_ != nullptr) show(Direction::received, header->protocol, information);

  std::optional<MutableBytes> packet;
  switch (header->protocol) {
    case protocol::ipv4:
      if (ipv4_open_) return keep(NetworkProtocol::ipv4, information);
      break;
    case protocol::ipv6:
      if (ipv6_open_) return keep(NetworkProtocol::ipv6, information);
      break;
    case protocol::vj_compressed:
    case protocol::vj_uncompressed:
      if (!ipv4_open_ || compression_ == nullptr || !compression_->receive) break;
      packet = decompress(header->protocol, information);
      if (packet) return keep(NetworkProtocol::ipv4, *packet);
      count(Drop::lost_header);
      return true;
    default: break;
  }
  control_frame(header->protocol, information);
  settle();
  return owner_.can_go_on();
}

/// In place: there is headroom before the frame for a whole TCP/IP header.
std::optional<MutableBytes> Line::decompress(std::uint16_t protocol, MutableBytes information) {
  vj::Decompressor& receiver = *compression_->receive;
  return protocol == protocol::vj_compressed ? receiver.decompress(information)
                                             : receiver.remember(information);
}

bool Line::keep(NetworkProtocol protocol, MutableBytes packet) {
  if (packet.empty()) {
    count(Drop::not_open);
    return true;
  }
  ++statistics_.received_packets;
  statistics_.received_packet_octets += packet.size();
  const bool more = slots_.keep({protocol, id_, packet});
  framing_.deframer().set_buffer(slots_.filling());
  if (protocol != NetworkProtocol::ipv6 || !ndp::is_router_discovery(packet)) return more;
  owner_.router_discovery(packet);
  return more && owner_.can_go_on();
}

/// Text before the first flag was no frame.
void Line::frame_lost(Drop drop) {
  count(drop);
  if (compression_ != nullptr && drop != Drop::no_frame) compression_->frame_lost();
}

void Line::control_frame(std::uint16_t protocol, Bytes information) {
  switch (protocol) {
    case protocol::lcp:
      note_lcp_received(information);
      return lcp_.receive(now_, information);
    case protocol::lqr: return receive_quality_report(information);
    case protocol::pap:
    case protocol::chap:
    case protocol::eap: return receive_authentication(protocol, information);
    default: break;
  }
  if (!ready() && prove_ && is_network_control(protocol)) {
    prove_->network_packet(now_);  // to whom it may say that a lost Success was one
    settle();
  }
  // "any non-LCP packets received during this phase MUST be silently discarded" (RFC 1661
  // section 3.4, and 3.5 for the network layer)
  if (!ready()) return count(Drop::not_open);
  if (!owner_.network_control(protocol, information)) lcp_.reject_protocol(protocol, information);
}

void Line::receive_authentication(std::uint16_t protocol, Bytes packet) {
  if (!lcp_.opened()) return count(Drop::not_open);
  const auto code = packet.empty() ? 0 : std::to_integer<unsigned>(packet.front());
  // PAP: 1 goes to who checks. CHAP and EAP: 2 does. All others go to who proves itself.
  const bool to_checker = code == (protocol == protocol::pap ? 1U : 2U);
  const auto& agreed = to_checker ? lcp_.ours().authentication : lcp_.peers().authentication;
  auto* receiver = to_checker ? check_.get() : prove_.get();
  if (receiver == nullptr || !agreed || lcp::protocol_number(*agreed) != protocol) {
    return count(Drop::unexpected);
  }
  if (!to_checker && check_ && check_->has_sent(packet)) return count(Drop::unexpected);
  receiver->receive(now_, packet);
}

// --- What LCP and the authenticators tell -------------------------------------------------------

void Line::count(Drop drop) { ++statistics_.drops[static_cast<std::size_t>(drop)]; }

void Line::protocol_rejected(std::uint16_t protocol) {
  if (is_authentication(protocol)) {
    return fail(EndReason::negotiation_failed,
                "the peer rejects the authentication protocol that it agreed to");
  }
  if (protocol == protocol::lcp) {
    return fail(EndReason::negotiation_failed, "the peer rejects LCP itself");
  }
  owner_.network_protocol_rejected(protocol);
}

void Line::peer_lost() {
  fail(EndReason::peer_lost,
       fmt::format("no sign of life from the peer, {} echo requests unanswered",
                   config_.lcp.echo_failures));
}

std::uint64_t Line::ask(bool of_peer) {
  questions_[of_peer ? 1 : 0] = {++last_token_, of_peer, true};
  return last_token_;
}

void Line::secret_wanted(AuthMethod method, bool of_peer, const std::string& name,
                         const std::string& asked_by) {
  owner_.line_event(SecretWanted{ask(of_peer), method, name, of_peer, asked_by});
}

void Line::verdict_wanted(VerdictWanted question) {
  question.token = ask(true);
  owner_.line_event(std::move(question));
}

void Line::authentication_notice(const std::string& text) { owner_.line_event(AuthNotice{text}); }

void Line::authenticated(AuthMethod method, bool of_peer, const std::string& name,
                         const std::string& message) {
  (of_peer ? checked_ : proven_) = true;
  owner_.line_event(AuthSucceeded{method, of_peer, name, message});
}

void Line::authentication_failed(bool of_peer, auth::Failure failure, const std::string& message) {
  if (of_peer) {
    return fail(EndReason::peer_auth_failed, "the peer did not prove who it is: " + message);
  }
  if (failure == auth::Failure::timeout) return fail(EndReason::negotiation_failed, message);
  if (failure == auth::Failure::explained) return fail(EndReason::auth_refused, message);
  fail(EndReason::auth_refused,
       with_words(fmt::format("the peer refused the user name \"{}\" or its password",
                              config_.auth.user),
                  message));
}

void Line::fail(EndReason reason, std::string text) {
  if (!failed_) failed_ = Failed{reason, std::move(text)};
}

void Line::settle() {
  for (;;) {
    if (std::exchange(closed_, false)) {
      ipv4_open_ = ipv6_open_ = false;
      quality_.stop();
      refused_in_silence_ = prove_ && !proven_;
      prove_.reset();
      check_.reset();
      questions_ = {};
      peer_addresses_ = {};
      authenticated_ = false;
      forget_options();
      owner_.line_not_ready(*this);
      enter(phase_after_opened());
    } else if (finished_) {
      finish(*std::exchange(finished_, std::nullopt));
    } else if (failed_) {
      const Failed failed = *std::exchange(failed_, std::nullopt);
      owner_.line_failed(*this, failed.reason, failed.text);
    } else if (std::exchange(opened_, false)) {
      lcp_has_opened();
      // LCP forgets its rounds once it was open for a while; a peer that begins anew each time
      // before anything else comes of it must come to an end all the same.
      if (++openings_ > config_.lcp.restart.max_rounds) {
        fail(EndReason::negotiation_failed, "the peer begins anew again and again");
      } else {
        begin_authentication();
      }
    } else if (!authenticated_ && phase_ == Phase::authenticate && proven_ && checked_) {
      authenticated_ = true;
      enter(Phase::network);
      owner_.line_ready(*this);
    } else if (quality_.take_due()) {
      send_quality_report();
    } else if (const auto judgement = quality_.take_judgement()) {
      judge_quality(*judgement);
    } else {
      return;
    }
  }
}

Phase Line::phase_after_opened() const {
  switch (lcp_.state()) {
    case cp::State::closing:
    case cp::State::stopping: return Phase::terminate;
    case cp::State::initial:
    case cp::State::starting: return Phase::dead;
    default: return Phase::establish;
  }
}

void Line::apply_options() {
  const lcp::Options& ours = lcp_.ours();
  const lcp::Options& peers = lcp_.peers();
  framing_.apply(ours, peers);
  open_peer_fcs_ = framing_.control_fcs();
  headers_ = headers(peers.address_control_compression, peers.protocol_field_compression);
  owner_.line_event(LineOpened{.line = id_,
                               .local_mru = ours.mru,
                               .remote_mru = peers.mru,
                               .send_accm = peers.accm,
                               .receive_accm = ours.accm,
                               .send_fcs = lcp::data_check(peers.fcs),
                               .receive_fcs = lcp::data_check(ours.fcs),
                               .send_reports = period_of(peers.report_period),
                               .receive_reports = period_of(ours.report_period),
                               .peer_endpoint = peers.endpoint,
                               .remote_mrru = peers.mrru});
}

void Line::lcp_has_opened() {
  apply_options();
  lcp_.send_identification();
  quality_.start(now_, lcp_.ours().report_period, lcp_.peers().report_period);
  limit_session();
}

void Line::forget_options() {
  headers_ = headers(false, false);
  // What the peer sent before it heard of the end is escaped as agreed, and not damaged.
  framing_.forget(phase_after_opened() == Phase::terminate);
}

Line::Headers Line::headers(bool acfc, bool pfc) {
  return {hdlc::encode_header(protocol::ipv4, acfc, pfc),
          hdlc::encode_header(protocol::ipv6, acfc, pfc),
          hdlc::encode_header(protocol::vj_compressed, acfc, pfc),
          hdlc::encode_header(protocol::vj_uncompressed, acfc, pfc)};
}

void Line::begin_authentication() {
  enter(Phase::authenticate);
  const auto to_prove = lcp_.peers().authentication;
  const auto to_check = lcp_.ours().authentication;
  proven_ = !to_prove;
  checked_ = !to_check;
  const AuthenticatorParts parts{config_.auth, entropy_, *this, remote_mru()};
  if (to_prove) prove_ = make_prover(*to_prove, parts);
  if (to_check) check_ = make_checker(*to_check, parts);
  if (checked_ && !config_.auth.require.empty()) {
    checked_ = false;
    fail(EndReason::peer_auth_failed, "no method required of the peer is part of this build");
    return;
  }
  if (prove_) prove_->start(now_);
  if (check_) check_->start(now_);
}

void Line::enter(Phase phase) {
  if (std::exchange(phase_, phase) != phase) owner_.phase_changed(phase);
}

void Line::finish(cp::Finish finish) {
  const std::string& words = lcp_.terminate_text();
  const auto failure = lcp_.failure();
  enter(Phase::dead);
  forget_options();
  session_end_.reset();
  session_warning_.reset();
  lcp_.close(now_);  // from Stopped to Closed: nothing of the peer revives it
  switch (finish) {
    case cp::Finish::closed: return owner_.line_finished(*this, EndReason::requested, "closed");
    case cp::Finish::silent:
      return owner_.line_finished(*this, EndReason::peer_silent,
                                  "no answer to LCP Configure-Requests");
    case cp::Finish::no_agreement:
      if (failure == EndReason::loopback) {
        return owner_.line_finished(*this, EndReason::loopback, "our own frames come back");
      }
      if (failure == EndReason::peer_auth_failed) {
        return owner_.line_finished(*this, EndReason::peer_auth_failed,
                                    "the peer refuses every way to prove who it is");
      }
      return owner_.line_finished(*this, EndReason::negotiation_failed,
                                  "no agreement on the options of the link");
    case cp::Finish::terminated:
      if (refused_in_silence_) {
        return owner_.line_finished(
            *this, EndReason::auth_refused,
            with_words("the peer closed the link during authentication", words));
      }
      return owner_.line_finished(*this, EndReason::peer_closed,
                                  with_words("the peer closed the link", words));
    case cp::Finish::rejected:
      return owner_.line_finished(*this, EndReason::negotiation_failed,
                                  "the peer rejects a part of LCP that cannot be done without");
  }
}

// --- Sending ----------------------------------------------------------------------------------

void Line::send_authentication(std::uint16_t protocol, Bytes packet) {
  send_control(protocol, packet);
}

void Line::send_control(std::uint16_t protocol, Bytes packet) {
  const auto code = packet.empty() ? 0 : std::to_integer<unsigned>(packet.front());
  const bool is_lcp = protocol == protocol::lcp;
  const hdlc::EncodedHeader header = control_header(protocol);
  const auto earlier_fcs = is_lcp ? check_that_open_peer_wants(code) : std::nullopt;
  const std::size_t size = hdlc::Framer::max_encoded_size(header.size + packet.size());
  if (transmit_.room() < (earlier_fcs ? 2 * size : size)) return count(Drop::transmit_full);
  if (tap_ != nullptr) show(Direction::sent, protocol, packet);
  // "LCP ... packets with Code 1 through 7 MUST be sent as if no options had been negotiated"
  Framing::EncodeOptions options{.default_accm = is_lcp && code <= 7};
  if (earlier_fcs) {
    options.fcs = *earlier_fcs;
    encode(header.bytes(), packet, options);
  }
  const bool configures = is_lcp && code <= 6;
  options.fcs = configures ? hdlc::Fcs::fcs16 : framing_.control_fcs();
  encode(header.bytes(), packet, options);
}

hdlc::EncodedHeader Line::control_header(std::uint16_t protocol) const {
  if (protocol == protocol::lcp) return hdlc::encode_header(protocol, false, false);
  return hdlc::encode_header(protocol, lcp_.peers().address_control_compression,
                             lcp_.peers().protocol_field_compression);
}

/// "it is recommended that the LCP Configure-Request or Terminate-Request packet be sent with the
/// last negotiated FCS, then ... a duplicate LCP packet is sent with the default FCS ... in the
/// Ack-Sent and Opened states, since the peer could mistakenly believe that the link has Opened"
/// (RFC 1570 section 2.1.1). The negotiated one, if there is a need for it.
std::optional<hdlc::Fcs> Line::check_that_open_peer_wants(unsigned code) const {
  if (!is_lcp_request(code)) return std::nullopt;
  const hdlc::Fcs fcs = lcp_.state() == cp::State::ack_sent
                            ? to_fcs(lcp::control_check(lcp_.peers().fcs))
                            : open_peer_fcs_;
  return fcs == hdlc::Fcs::fcs16 ? std::nullopt : std::optional(fcs);
}

/// A peer that asks to begin anew or to end has gone back to the default by itself, and one that
/// takes part in a negotiation has as well.
void Line::note_lcp_received(Bytes packet) {
  const auto code = packet.empty() ? 0U : std::to_integer<unsigned>(packet.front());
  const bool negotiates = code >= 1 && code <= 6 && !lcp_.opened();
  if (is_lcp_request(code) || negotiates) open_peer_fcs_ = hdlc::Fcs::fcs16;
}

bool Line::has_room(std::size_t packet_size) const {
  const std::size_t needed = hdlc::Framer::max_encoded_size(header_limit + packet_size);
  return transmit_.room() >= needed + control_reserve;
}

bool Line::send_packet(NetworkProtocol protocol, Bytes packet) {
  if (!has_room(packet.size())) return false;
  const bool is_ipv4 = protocol == NetworkProtocol::ipv4;
  if (is_ipv4 && compression_ != nullptr && compression_->send) {
    encode_compressed(packet);
  } else {
    if (tap_ != nullptr) show(Direction::sent, static_cast<std::uint16_t>(protocol), packet);
    encode((is_ipv4 ? headers_.ipv4 : headers_.ipv6).bytes(), packet,
           {.fcs = framing_.data_fcs()});
  }
  ++statistics_.sent_packets;
  statistics_.sent_packet_octets += packet.size();
  return true;
}

/// What is left of the TCP/IP header goes before the framer as a part of the frame's own, so the
/// data behind it is not copied.
void Line::encode_compressed(Bytes packet) {
  const auto [type, compressed, rest] = compression_->send->compress(packet);
  std::uint16_t number = protocol::ipv4;
  const hdlc::EncodedHeader* header = &headers_.ipv4;
  if (type == vj::PacketType::compressed_tcp) {
    number = protocol::vj_compressed;
    header = &headers_.vj_compressed;
  } else if (type == vj::PacketType::uncompressed_tcp) {
    number = protocol::vj_uncompressed;
    header = &headers_.vj_uncompressed;
  }
  if (tap_ != nullptr) show(Direction::sent, number, compressed, rest);
  std::array<std::byte, header_limit + vj::compressed_limit> storage;
  Writer whole(storage);
  whole.bytes(header->bytes());
  whole.bytes(compressed);
  encode(whole.written(), rest, {.fcs = framing_.data_fcs()});
}

void Line::encode(Bytes header, Bytes packet, Framing::EncodeOptions options) {
  const MutableBytes room =
      transmit_.prepare(hdlc::Framer::max_encoded_size(header.size() + packet.size()));
  // After an idle line a flag first, so that noise since the last frame is not taken for a part of
  // this one; in a burst one flag between two frames is enough.
  options.opening_flag = transmit_.empty();
  transmit_.commit(framing_.encode(header, packet, room, options));
  ++statistics_.sent_frames;
}

void Line::show(Direction direction, std::uint16_t protocol, Bytes information, Bytes rest) {
  std::vector<std::byte> frame;
  frame.reserve(header_limit + information.size() + rest.size());
  const auto header = hdlc::encode_header(protocol, false, false);
  frame.assign(header.bytes().begin(), header.bytes().end());
  frame.insert(frame.end(), information.begin(), information.end());
  frame.insert(frame.end(), rest.begin(), rest.end());
  tap_->frame(now_, id_, direction, frame);
}

}  // namespace tunppp::link
