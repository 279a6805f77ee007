#include "auth/eap_peer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "auth/eap_md5.h"
#include "auth/eap_mschap_v2.h"
#include "auth/eap_tls.h"
#include "base/protocol.h"
#include "base/writer.h"
#include "cp/text.h"

namespace tunppp::auth {
namespace {

Bytes octets_of(std::string_view text) { return std::as_bytes(std::span(text)); }

/// What we accept and are able to.
std::vector<AuthMethod> usable(const AuthConfig& config) {
  std::vector<AuthMethod> methods = eap_methods(config.accept);
  if (!config.tls.private_key) std::erase(methods, AuthMethod::eap_tls);
  return methods;
}

}  // namespace

EapPeer::EapPeer(const AuthConfig& config, std::size_t mtu, Entropy& entropy, Host& host)
    : config_(config),
      mtu_(mtu),
      entropy_(entropy),
      host_(host),
      accept_(usable(config)) {}

// --- Requests -----------------------------------------------------------------------------------

void EapPeer::receive(Instant now, Bytes octets) {
  now_ = now;
  const auto packet = EapPacketView::parse(octets);
  if (!packet) return host_.count(Drop::malformed);
  switch (packet->code) {
    case EapCode::request: return receive_request(*packet);
    case EapCode::success:
    case EapCode::failure: return receive_verdict(*packet);
    case EapCode::response: return host_.count(Drop::unexpected);
  }
}

void EapPeer::receive_request(const EapPacketView& request) {
  // "Requests MUST be processed in the order that they are received, and MUST be processed to their
  // completion before inspecting the next Request" (section 4.1): here the owner still thinks.
  if (asked_ || failed_) return host_.count(Drop::unexpected);
  const bool begins_anew = over_ && request.type == EapType::identity;
  if (identifier_ == request.identifier && !begins_anew) {
    return host_.send_authentication(protocol::eap, response_);
  }
  if (over_ && request.type != EapType::notification) begin_anew();
  if (!over_ && ++rounds_ > eap_max_rounds) {
    return fail(false, Failure::timeout, "EAP goes on without an end");
  }
  handling_ = request.identifier;
  switch (request.type) {
    case EapType::identity:
      method_.reset();
      return respond(EapType::identity, octets_of(identity()));
    case EapType::notification:
      // "The peer MUST respond ... with a Notification Response", with nothing in it, and "SHOULD
      // display this message to the user or log it" (section 5.2)
      if (!request.data.empty()) {
        host_.authentication_notice(
            fmt::format("the peer says: \"{}\"", cp::printable(request.data)));
      }
      return respond(EapType::notification, {});
    case EapType::none:
    case EapType::nak:  // "valid only in Response messages" (section 5.3.1)
      return host_.count(Drop::malformed);
    default: return receive_method(request);
  }
}

void EapPeer::receive_method(const EapPacketView& request) {
  if (method_ && request.type != type_) {
    // "an authenticator MUST NOT send a Request of a different Type prior to completion of the
    // final round of a given method ... and MUST NOT send a Request for an additional method of any
    // Type after completion of the initial authentication method; a peer receiving such Requests
    // MUST treat them as invalid, and silently discard them" (section 2.1)
    return host_.count(Drop::unexpected);
  }
  if (!method_) {
    if (!accepts(request.type)) return respond_nak(request.type);
    method_ = make_method(request.type);
    type_ = request.type;
    const EapAnswer answer = method_->receive(now_, request.identifier, request.data);
    if (answer.kind == EapAnswer::Kind::discard) method_.reset();  // it has not begun
    return act_on(answer);
  }
  act_on(method_->receive(now_, request.identifier, request.data));
}

/// A server may ask again in mid-session. What went before has no bearing on it, and it has all the
/// time that it wants.
void EapPeer::begin_anew() {
  over_ = false;
  rounds_ = 0;
  refused_type_ = EapType::none;
  method_.reset();
}

bool EapPeer::accepts(EapType type) const {
  const auto method = auth_method(type);
  return method && std::find(accept_.begin(), accept_.end(), *method) != accept_.end();
}

std::unique_ptr<EapMethod> EapPeer::make_method(EapType type) {
  switch (type) {
    case EapType::md5_challenge: return std::make_unique<EapMd5Peer>(config_.user);
    case EapType::mschap_v2: return std::make_unique<EapMsChapV2Peer>(config_.user, entropy_);
    default: return make_eap_tls_peer(config_.tls, mtu_, entropy_);
  }
}

// --- Responses ----------------------------------------------------------------------------------

void EapPeer::act_on(const EapAnswer& answer) {
  switch (answer.kind) {
    case EapAnswer::Kind::discard: return host_.count(Drop::malformed);
    case EapAnswer::Kind::send: respond(type_, answer.data); break;
    case EapAnswer::Kind::finished: break;
    case EapAnswer::Kind::ask:
      if (host_.is_our_challenge(method_->challenge())) {
        method_.reset();
        return host_.count(Drop::unexpected);
      }
      if (config_.password) return act_on(method_->provide_secret(*config_.password));
      asked_ = true;
      return host_.secret_wanted(*auth_method(type_), false, config_.user, method_->asked_by());
  }
  const auto state = method_->state();
  if (state == EapMethod::State::refused) fail(false, Failure::explained, method_->words());
  if (state == EapMethod::State::distrusted) fail(true, Failure::explained, method_->words());
}

void EapPeer::provide_secret(Instant, Secret secret) {
  if (!std::exchange(asked_, false)) return;
  act_on(method_->provide_secret(secret));
}

void EapPeer::refuse_secret(Instant) {
  if (!std::exchange(asked_, false)) return;
  fail(false, Failure::explained, "there is no secret to answer with");
}

void EapPeer::respond(EapType type, Bytes data) {
  identifier_ = handling_;
  response_ = eap_packet(EapCode::response, handling_, type, data);
  host_.send_authentication(protocol::eap, response_);
}

/// "Where a peer receives a Request for an unacceptable authentication Type (4-253,255), or a peer
/// lacking support for Expanded Types receives a Request for Type 254, a Nak Response MUST be sent"
/// (section 5.3.1). Who supports them answers such a Request with an Expanded Nak (section 5.3.2):
/// its own type and each that is wanted have eight octets.
void EapPeer::respond_nak(EapType type) {
  refused_type_ = type;
  std::vector<EapType> wanted;
  for (const AuthMethod method : accept_) wanted.push_back(*eap_type(method));
  if (wanted.empty()) wanted.push_back(EapType::none);

  std::array<std::byte, 64> storage;
  Writer data(storage);
  if (type != EapType::expanded) {
    for (const EapType it : wanted) data.u8(static_cast<std::uint8_t>(it));
    return respond(EapType::nak, data.written());
  }
  constexpr std::uint32_t expanded_ietf = 254U << 24;  // type, and vendor 0
  data.u32(expanded_ietf);
  data.u32(static_cast<std::uint32_t>(EapType::nak));
  for (const EapType it : wanted) {
    data.u32(expanded_ietf);
    data.u32(static_cast<std::uint32_t>(it));
  }
  respond(type, data.written().subspan(1));  // the first type is in the header
}

std::string EapPeer::identity() const {
  if (!config_.identity.empty()) return config_.identity;
  if (!config_.user.empty()) return config_.user;
  return tls_own_name(config_.tls);
}

// --- The end ------------------------------------------------------------------------------------

void EapPeer::receive_verdict(const EapPacketView& verdict) {
  // "The Identifier field of the Success and Failure MUST match the Identifier field of the
  // Response packet that it is sent in response to" (section 4.2). pppd and others count on before
  // it.
  const bool ours =
      identifier_ && (verdict.identifier == *identifier_ ||
                      verdict.identifier == static_cast<std::uint8_t>(*identifier_ + 1));
  if (over_ || asked_ || !ours) return host_.count(Drop::unexpected);
  const auto state = method_ ? method_->state() : EapMethod::State::going_on;
  if (verdict.code == EapCode::success) {
    // "A peer MUST silently discard a Success packet where ... the method is not finished, or the
    // server has not proved itself although it has to" (section 4.2)
    const bool may_be = state == EapMethod::State::decided || state == EapMethod::State::succeeded;
    return may_be ? succeed() : host_.count(Drop::unexpected);
  }
  // "after success result indications have been exchanged by both sides, a Failure packet MUST be
  // silently discarded" (section 4.2)
  if (state == EapMethod::State::succeeded) return host_.count(Drop::unexpected);
  const std::string why = why_refused();
  fail(false, why.empty() ? Failure::refused : Failure::explained, why);
}

std::string EapPeer::why_refused() const {
  if (method_) return method_->state() == EapMethod::State::decided ? "" : method_->words();
  if (refused_type_ == EapType::none) return "";
  std::string ours;
  for (const AuthMethod method : accept_) {
    ours += (ours.empty() ? "" : ", ") + eap_type_name(*eap_type(method));
  }
  return fmt::format("the peer asks for {}, and we accept {}", eap_type_name(refused_type_),
                     ours.empty() ? eap_type_name(EapType::none) : ours);
}

/// Success is sent once and may get lost. "The peer MAY, in the event that an EAP Success is not
/// received, conclude that the EAP Success packet was lost" (section 4.2) when the other side goes
/// on as after a success.
void EapPeer::network_packet(Instant) {
  if (over_ || !method_) return;
  const auto state = method_->state();
  if (state == EapMethod::State::decided || state == EapMethod::State::succeeded) succeed();
}

void EapPeer::succeed() {
  over_ = true;
  deadline_.reset();
  key_ = method_->key();
  if (std::exchange(succeeded_, true)) return;  // later ones answer a question in mid-session
  if (const std::string notice = method_->notice(); !notice.empty()) {
    host_.authentication_notice(notice);
  }
  host_.authenticated(*auth_method(type_), false, identity(), method_->words());
}

void EapPeer::fail(bool of_peer, Failure failure, const std::string& words) {
  over_ = true;
  if (std::exchange(failed_, true)) return;
  deadline_.reset();
  host_.authentication_failed(of_peer, failure, words);
}

void EapPeer::handle_timeout(Instant now) {
  if (!deadline_ || now < *deadline_) return;
  const char* words = "no verdict on our EAP responses came";
  if (asked_) words = "nobody gave a secret in time";
  if (!identifier_) words = "no EAP request came";
  asked_ = false;
  fail(false, Failure::timeout, words);
}

}  // namespace tunppp::auth
