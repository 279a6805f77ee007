#include "link/line.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/protocol.h"
#include "base/timer_table.h"
#include "link/authenticators.h"
#include "link/line_sizes.h"

namespace tunppp::link {
namespace {

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

/// For the peer: our request is out, or with a silent start its own is awaited.
bool is_waiting(cp::State state) {
  return state == cp::State::req_sent || state == cp::State::stopped;
}

Duration period_of(std::optional<lcp::ReportPeriod> hundredths) {
  return std::chrono::milliseconds(10) * hundredths.value_or(0);
}

std::string with_words(std::string sentence, const std::string& words) {
  return words.empty() ? sentence : fmt::format("{}: \"{}\"", sentence, words);
}

}  // namespace

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

// --- Time ---------------------------------------------------------------------------------------

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

// --- What LCP and the authenticators tell -------------------------------------------------------

void Line::count(Drop drop) {
  ++statistics_.drops[static_cast<std::size_t>(drop)];
}

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

void Line::authentication_notice(const std::string& text) {
  owner_.line_event(AuthNotice{text});
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
  if (failure == auth::Failure::explained) return fail(EndReason::auth_refused, message);
  fail(EndReason::auth_refused,
       with_words(
           fmt::format("the peer refused the user name \"{}\" or its password", config_.auth.user),
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
    case cp::State::stopping:
      return Phase::terminate;
    case cp::State::initial:
    case cp::State::starting:
      return Phase::dead;
    default:
      return Phase::establish;
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
    case cp::Finish::closed:
      return owner_.line_finished(*this, EndReason::requested, "closed");
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

}  // namespace tunppp::link
