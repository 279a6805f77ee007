#include "link/line.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "auth/chap.h"
#include "auth/pap.h"
#include "base/protocol.h"
#include "base/timer_table.h"

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

/// Without cryptography only PAP is there.
std::vector<AuthMethod> available(std::vector<AuthMethod> methods) {
  if (!crypto::available()) {
    std::erase_if(methods, [](AuthMethod method) { return method != AuthMethod::pap; });
  }
  return methods;
}

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

std::string with_words(std::string sentence, const std::string& words) {
  return words.empty() ? sentence : fmt::format("{}: \"{}\"", sentence, words);
}

}  // namespace

struct Line::FrameSink {
  Line& line;
  bool frame(MutableBytes content) { return line.frame(content); }
  void dropped(hdlc::Drop drop, Bytes) { line.count(to_drop(drop)); }
};

Line::Line(LineId id, const LinkConfig& config, Entropy& entropy, LinkStatistics& statistics,
           LineOwner& owner)
    : id_(id),
      config_(config),
      entropy_(entropy),
      statistics_(statistics),
      owner_(owner),
      slots_(std::max<std::size_t>(config.receive_slots, 1), frame_limit(config.lcp)),
      transmit_(std::max(config.transmit_capacity, least_transmit_capacity)),
      lcp_(config.lcp, available(config.auth.require), available(config.auth.accept), entropy,
           *this) {
  deframer_.set_buffer(slots_.filling());
  forget_options();
}

// --- Commands --------------------------------------------------------------------------------

void Line::open(Instant now) {
  now_ = now;
  refused_in_silence_ = false;
  openings_ = 0;
  lcp_.open(now);
  if (lcp_.state() == cp::State::req_sent) enter(Phase::establish);
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
  deframer_.reset();
  transmit_.clear();
  forget_options();
  lcp_.up(now);
  if (lcp_.state() == cp::State::req_sent) enter(Phase::establish);
  settle();
}

void Line::down(Instant now) {
  now_ = now;
  lcp_.down(now);
  settle();
  transmit_.clear();
}

void Line::provide_secret(Instant now, std::uint64_t token, Secret secret) {
  now_ = now;
  if (auto* authenticator = answered(token)) {
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
  const std::size_t taken = deframer_.receive(octets, FrameSink{*this});
  statistics_.received_octets += taken;
  return taken;
}

std::uint16_t Line::remote_mru() const {
  const std::size_t room = largest_packet(transmit_.capacity());
  return static_cast<std::uint16_t>(std::min<std::size_t>(lcp_.peers().mru, room));
}

std::optional<Instant> Line::next_timeout() const {
  auto next = lcp_.next_timeout();
  if (prove_) next = earliest(next, prove_->next_timeout());
  if (check_) next = earliest(next, check_->next_timeout());
  return next;
}

void Line::handle_timeout(Instant now) {
  now_ = now;
  lcp_.handle_timeout(now);
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
  ++statistics_.received_frames;
  lcp_.frame_received();
  const MutableBytes information = content.subspan(header->size);
  if (tap_ != nullptr) show(Direction::received, header->protocol, information);

  if (header->protocol == protocol::ipv4) {
    if (!ipv4_open_ || information.empty()) {
      count(Drop::not_open);
      return true;
    }
    ++statistics_.received_packets;
    statistics_.received_packet_octets += information.size();
    const bool more = slots_.keep({NetworkProtocol::ipv4, id_, information});
    deframer_.set_buffer(slots_.filling());
    return more;
  }
  control_frame(header->protocol, information);
  settle();
  return owner_.can_go_on();
}

void Line::control_frame(std::uint16_t protocol, Bytes information) {
  switch (protocol) {
    case protocol::lcp: return lcp_.receive(now_, information);
    case protocol::pap:
    case protocol::chap: return receive_authentication(protocol, information);
    default: break;
  }
  // "any non-LCP packets received during this phase MUST be silently discarded" (RFC 1661
  // section 3.4, and 3.5 for the network layer)
  if (!ready()) return count(Drop::not_open);
  if (!owner_.network_control(protocol, information)) lcp_.reject_protocol(protocol, information);
}

void Line::receive_authentication(std::uint16_t protocol, Bytes packet) {
  if (!lcp_.opened()) return count(Drop::not_open);
  const auto code = packet.empty() ? 0 : std::to_integer<unsigned>(packet.front());
  // PAP: 1 goes to who checks. CHAP: 2 does. All others go to who proves itself.
  const bool to_checker = code == (protocol == protocol::pap ? 1U : 2U);
  const auto& method = to_checker ? lcp_.ours().authentication : lcp_.peers().authentication;
  const auto expected = protocol == protocol::pap ? AuthMethod::pap : AuthMethod::chap_md5;
  auto* receiver = to_checker ? check_.get() : prove_.get();
  if (receiver == nullptr || method != expected) return count(Drop::unexpected);
  if (!to_checker && check_ && check_->has_sent(packet)) return count(Drop::unexpected);
  receiver->receive(now_, packet);
}

// --- What LCP and the authenticators tell -------------------------------------------------------

void Line::count(Drop drop) { ++statistics_.drops[static_cast<std::size_t>(drop)]; }

void Line::protocol_rejected(std::uint16_t protocol) {
  if (protocol == protocol::pap || protocol == protocol::chap) {
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

void Line::secret_wanted(AuthMethod method, bool of_peer, const std::string& name) {
  Question& question = questions_[of_peer ? 1 : 0];
  question = {++last_token_, of_peer, true};
  owner_.line_event(SecretWanted{question.token, method, name, of_peer});
}

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
      ipv4_open_ = false;
      refused_in_silence_ = prove_ && !proven_;
      prove_.reset();
      check_.reset();
      questions_ = {};
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
      apply_options();
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
  framer_.set_accm(hdlc::Accm(peers.accm));
  if (!config_.lcp.accept_all_controls) deframer_.set_receive_accm(hdlc::Accm(ours.accm));
  ipv4_header_ = hdlc::encode_header(protocol::ipv4, peers.address_control_compression,
                                     peers.protocol_field_compression);
  owner_.line_event(LineOpened{id_, ours.mru, peers.mru, peers.accm, ours.accm});
}

void Line::forget_options() {
  framer_.set_accm(hdlc::Accm::all());
  ipv4_header_ = hdlc::encode_header(protocol::ipv4, false, false);
  // What the peer sent before it heard of the end is escaped as agreed, and not damaged.
  if (phase_after_opened() == Phase::terminate) return;
  deframer_.set_receive_accm(config_.lcp.accept_all_controls ? hdlc::Accm::none()
                                                             : hdlc::Accm::all());
}

void Line::begin_authentication() {
  enter(Phase::authenticate);
  auth::Host& host = *this;
  const auto to_prove = lcp_.peers().authentication;
  const auto to_check = lcp_.ours().authentication;
  proven_ = !to_prove;
  checked_ = !to_check;
  if (to_prove == AuthMethod::pap) {
    prove_ = std::make_unique<auth::PapClient>(config_.auth, host);
  } else if (to_prove == AuthMethod::chap_md5) {
    prove_ = std::make_unique<auth::ChapClient>(config_.auth, host);
  }
  if (to_check == AuthMethod::pap) {
    check_ = std::make_unique<auth::PapServer>(config_.auth, host);
  } else if (to_check == AuthMethod::chap_md5) {
    check_ = std::make_unique<auth::ChapServer>(config_.auth, entropy_, host);
  }
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
  const auto header =
      is_lcp ? hdlc::encode_header(protocol, false, false)
             : hdlc::encode_header(protocol, lcp_.peers().address_control_compression,
                                   lcp_.peers().protocol_field_compression);
  if (transmit_.room() < hdlc::Framer::max_encoded_size(header.size + packet.size())) {
    return count(Drop::transmit_full);
  }
  if (tap_ != nullptr) show(Direction::sent, protocol, packet);
  // "LCP ... packets with Code 1 through 7 MUST be sent as if no options had been negotiated"
  encode(header, packet, is_lcp && code <= 7);
}

bool Line::has_room(std::size_t packet_size) const {
  const std::size_t needed = hdlc::Framer::max_encoded_size(header_limit + packet_size);
  return transmit_.room() >= needed + control_reserve;
}

bool Line::send_ipv4(Bytes packet) {
  if (!has_room(packet.size())) return false;
  if (tap_ != nullptr) show(Direction::sent, protocol::ipv4, packet);
  encode(ipv4_header_, packet, false);
  ++statistics_.sent_packets;
  statistics_.sent_packet_octets += packet.size();
  return true;
}

void Line::encode(const hdlc::EncodedHeader& header, Bytes packet, bool default_accm) {
  const MutableBytes room =
      transmit_.prepare(hdlc::Framer::max_encoded_size(header.size + packet.size()));
  // After an idle line a flag first, so that noise since the last frame is not taken for a part of
  // this one; in a burst one flag between two frames is enough.
  const hdlc::Framer::Options options{transmit_.empty(), default_accm};
  transmit_.commit(framer_.encode(header.bytes(), packet, room, options));
  ++statistics_.sent_frames;
}

void Line::show(Direction direction, std::uint16_t protocol, Bytes information) {
  std::vector<std::byte> frame;
  frame.reserve(header_limit + information.size());
  const auto header = hdlc::encode_header(protocol, false, false);
  frame.assign(header.bytes().begin(), header.bytes().end());
  frame.insert(frame.end(), information.begin(), information.end());
  tap_->frame(now_, id_, direction, frame);
}

}  // namespace tunppp::link
