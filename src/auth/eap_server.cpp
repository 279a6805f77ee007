#include "auth/eap_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "auth/eap_md5.h"
#include "auth/eap_mschap_v2.h"
#include "auth/eap_tls.h"
#include "base/protocol.h"
#include "cp/text.h"

namespace tunppp::auth {
namespace {

/// A peer that was told why it is refused need not be asked for its answer for long.
constexpr unsigned tries_after_refusal = 3;

Bytes octets_of(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

EapServer::EapServer(const AuthConfig& config, std::size_t mtu, Entropy& entropy, Host& host)
    : config_(config),
      mtu_(mtu),
      entropy_(entropy),
      host_(host),
      untried_(eap_methods(config.require)) {
  if (!config.tls.private_key) std::erase(untried_, AuthMethod::eap_tls);
}

void EapServer::start(Instant now) {
  now_ = now;
  give_up_at_ = now + config_.timeout;
  entropy_.fill({reinterpret_cast<std::byte*>(&identifier_), 1});
  request(EapType::identity, {});
}

// --- Requests -----------------------------------------------------------------------------------

void EapServer::request(EapType type, Bytes data) {
  request_ = eap_packet(EapCode::request, identifier_, type, data);
  tries_ = 0;
  send_request();
}

void EapServer::send_request() {
  ++tries_;
  deadline_ = std::min(now_ + config_.retry, give_up_at_);
  host_.send_authentication(protocol::eap, request_);
}

void EapServer::propose(AuthMethod method) {
  std::erase(untried_, method);
  method_ = make_method(method);
  proposed_ = method;
  act_on(method_->start(now_, identifier_));
}

std::unique_ptr<EapMethod> EapServer::make_method(AuthMethod method) {
  switch (method) {
    case AuthMethod::eap_md5:
      return std::make_unique<EapMd5Server>(config_.local_name, entropy_);
    case AuthMethod::eap_mschap_v2:
      return std::make_unique<EapMsChapV2Server>(config_.local_name, entropy_);
    default: return make_eap_tls_server(config_.tls, mtu_, entropy_);
  }
}

void EapServer::act_on(EapAnswer answer) {
  switch (answer.kind) {
    case EapAnswer::Kind::discard: return host_.count(Drop::malformed);
    case EapAnswer::Kind::send: return request(*eap_type(proposed_), answer.data);
    case EapAnswer::Kind::ask: return ask();
    case EapAnswer::Kind::finished: break;
  }
  if (method_->state() == EapMethod::State::succeeded) return succeed();
  fail(Failure::refused, method_->words());
}

/// The owner judges by the secret that it gives us, or by itself.
void EapServer::ask() {
  asked_ = true;
  deadline_ = give_up_at_;
  if (!config_.owner_judges) return host_.secret_wanted(proposed_, true, name_);
  VerdictWanted question = method_->question();
  question.method = proposed_;
  question.name = name_;
  host_.verdict_wanted(std::move(question));
}

// --- Responses ----------------------------------------------------------------------------------

void EapServer::receive(Instant now, Bytes octets) {
  now_ = now;
  const auto packet = EapPacketView::parse(octets);
  if (!packet) return host_.count(Drop::malformed);
  // "an authenticator receiving a Response whose Identifier value does not match that of the
  // currently outstanding Request MUST silently discard the Response" (section 4.1)
  const bool awaited = packet->code == EapCode::response && packet->identifier == identifier_;
  if (!awaited || over_ || asked_) return host_.count(Drop::unexpected);

  const EapType type = packet->type;
  const EapType wanted = method_ ? *eap_type(proposed_) : EapType::identity;
  const bool is_nak = type == EapType::nak && method_ && !under_way_;
  if (type != wanted && !is_nak) return host_.count(Drop::unexpected);
  if (++rounds_ > eap_max_rounds) return fail(Failure::refused, "EAP goes on without an end");
  ++identifier_;  // of the Request that follows, if there is one
  if (is_nak) return receive_nak(packet->data);
  if (!method_) return receive_identity(packet->data);

  EapAnswer answer = method_->receive(now, packet->identifier, packet->data);
  if (answer.kind == EapAnswer::Kind::discard) {
    --identifier_;
  } else {
    under_way_ = true;
  }
  act_on(std::move(answer));
}

void EapServer::receive_identity(Bytes data) {
  name_ = {reinterpret_cast<const char*>(data.data()), data.size()};
  if (untried_.empty()) return fail(Failure::refused, "no EAP method is allowed here");
  propose(untried_.front());
}

/// Ours in their order, as far as the peer named them; whoever names none gets none.
void EapServer::receive_nak(Bytes wanted) {
  for (const AuthMethod method : untried_) {
    const auto octet = static_cast<std::byte>(*eap_type(method));
    if (std::find(wanted.begin(), wanted.end(), octet) != wanted.end()) return propose(method);
  }
  const bool none = wanted.empty() || wanted.front() == std::byte{0};
  fail(Failure::refused, fmt::format("it refuses {} and wants {}",
                                     eap_type_name(*eap_type(proposed_)),
                                     none ? "no other method" : eap_type_names(wanted)));
}

void EapServer::provide_secret(Instant now, Secret secret) {
  if (!std::exchange(asked_, false) || over_) return;
  now_ = now;
  act_on(method_->provide_secret(secret));
}

void EapServer::refuse_secret(Instant now) {
  // An empty secret proves nothing, and the peer cannot tell a wrong name from a wrong secret.
  provide_secret(now, Secret());
}

void EapServer::provide_verdict(Instant now, const AuthVerdict& verdict) {
  if (!std::exchange(asked_, false) || over_) return;
  now_ = now;
  act_on(method_->provide_verdict(verdict));
}

bool EapServer::has_sent(Bytes octets) const {
  const auto packet = EapPacketView::parse(octets);
  return packet && packet->code == EapCode::request && method_ &&
         packet->type == *eap_type(proposed_) && method_->asks_the_same(packet->data);
}

// --- The end ------------------------------------------------------------------------------------

void EapServer::succeed() {
  over_ = true;
  deadline_.reset();
  key_ = method_->key();
  send_verdict(true);
  if (const std::string notice = method_->notice(); !notice.empty()) {
    host_.authentication_notice(notice);
  }
  const std::string proven = method_->proven_name();
  host_.authenticated(proposed_, true, proven.empty() ? cp::printable(octets_of(name_)) : proven,
                      "");
}

void EapServer::fail(Failure failure, const std::string& words) {
  over_ = true;
  deadline_.reset();
  send_verdict(false);
  const std::string name = cp::printable(octets_of(name_));
  host_.authentication_failed(
      true, failure,
      words.empty() ? fmt::format("wrong name or secret for \"{}\"", name) : words);
}

/// "The Identifier field MUST match the Identifier field of the Response packet that it is sent in
/// response to" (section 4.2); ours has been counted on since.
void EapServer::send_verdict(bool success) {
  host_.send_authentication(protocol::eap,
                            eap_verdict(success, static_cast<std::uint8_t>(identifier_ - 1)));
}

void EapServer::handle_timeout(Instant now) {
  if (!deadline_ || now < *deadline_) return;
  now_ = now;
  if (asked_) return fail(Failure::timeout, "nobody judged the EAP response in time");
  const bool refused = method_ && method_->state() == EapMethod::State::refused;
  const unsigned tries = refused ? std::min(tries_after_refusal, config_.max_tries)
                                 : config_.max_tries;
  if (tries_ < tries && now < give_up_at_) return send_request();
  if (refused) return fail(Failure::refused, method_->words());
  fail(Failure::timeout, method_
                             ? fmt::format("no answer to {}", eap_type_name(*eap_type(proposed_)))
                             : "no answer to EAP");
}

}  // namespace tunppp::auth
