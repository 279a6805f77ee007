#include "auth/chap.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/protocol.h"
#include "base/reader.h"
#include "base/writer.h"
#include "cp/text.h"

namespace tunppp::auth {
namespace {

enum class Code : std::uint8_t { challenge = 1, response = 2, success = 3, failure = 4 };

/// Challenge and Response (section 4.1): Value-Size, Value, Name.
struct ValueAndName {
  Bytes value;
  Bytes name;
};

std::optional<ValueAndName> parse_value(Bytes data) {
  Reader reader(data);
  ValueAndName fields;
  fields.value = reader.bytes(reader.u8());
  fields.name = reader.rest();
  if (!reader.ok() || fields.value.empty()) return std::nullopt;
  return fields;
}

Bytes octets_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string text_of(Bytes octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// Secrets that are tried one after the other, before the owner has had enough.
constexpr unsigned retry_limit = 3;

void send_value(Host& host, Code code, std::uint8_t identifier, Bytes value,
                const std::string& name) {
  std::array<std::byte, 512> storage;
  Writer data(storage);
  data.u8(static_cast<std::uint8_t>(value.size()));
  data.bytes(value);
  data.bytes(octets_of(name).first(std::min<std::size_t>(name.size(), 255)));
  send_packet(host, protocol::chap, static_cast<std::uint8_t>(code), identifier, data.written());
}

}  // namespace

void ChapClient::receive(Instant now, Bytes octets) {
  const auto packet = cp::PacketView::parse(octets);
  if (!packet) return host_.count(Drop::malformed);
  switch (static_cast<Code>(packet->code)) {
    case Code::challenge: return receive_challenge(now, *packet);
    case Code::success: return receive_success(*packet);
    case Code::failure: return receive_failure(*packet);
    case Code::response: break;
  }
  host_.count(Drop::unexpected);
}

void ChapClient::receive_challenge(Instant now, const cp::PacketView& packet) {
  const auto fields = parse_value(packet.data);
  if (!fields || !form_->takes_challenge(fields->value.size())) {
    return host_.count(Drop::malformed);
  }
  if (host_.is_our_challenge(fields->value)) return host_.count(Drop::unexpected);
  const bool repeated = packet.identifier == question_.identifier &&
                        std::equal(fields->value.begin(), fields->value.end(),
                                   question_.challenge.begin(), question_.challenge.end());
  tries_ = 0;
  // The same Response to the same Challenge: one that was under way may be judged by now.
  if (repeated && !response_.empty()) return send_response(now);
  question_ = {packet.identifier, {fields->value.begin(), fields->value.end()}};
  asked_by_ = text_of(fields->name);
  response_.clear();
  if (!secret_ && config_.password) secret_ = config_.password;
  if (secret_) return respond(now);
  ask();
}

void ChapClient::ask() {
  if (!std::exchange(asked_, true)) {
    host_.secret_wanted(form_->method(), false, config_.user, asked_by_);
  }
}

void ChapClient::provide_secret(Instant now, Secret secret) {
  if (!std::exchange(asked_, false)) return;
  secret_ = std::move(secret);
  respond(now);
}

void ChapClient::refuse_secret(Instant) {
  if (!std::exchange(asked_, false)) return;
  fail(false, Failure::explained, "there is no secret to answer with");
}

void ChapClient::respond(Instant now) {
  if (host_.is_our_challenge(question_.challenge)) {
    return fail(true, Failure::explained, "it asks us our own question");
  }
  response_ = form_->respond(question_, config_.user, *secret_);
  send_response(now);
}

void ChapClient::send_response(Instant now) {
  waiting_ = true;
  ++tries_;
  // "Because the Success might be lost, the authenticator MUST allow repeated Response packets"
  // (section 4.2): nobody else would repeat it. A new Challenge in mid-session has no limit.
  if (!succeeded_) deadline_ = std::min(now + config_.retry, give_up_at_);
  send_value(host_, Code::response, question_.identifier, response_, config_.user);
}

bool ChapClient::is_verdict_on_response(const cp::PacketView& packet) {
  if (!waiting_ || packet.identifier != question_.identifier) {
    host_.count(Drop::unexpected);
    return false;
  }
  waiting_ = false;
  deadline_.reset();
  return true;
}

void ChapClient::receive_success(const cp::PacketView& packet) {
  if (!is_verdict_on_response(packet)) return;
  if (!form_->believes(packet.data)) {
    return fail(true, Failure::refused, "it accepts us, but does not know the secret itself");
  }
  if (!std::exchange(succeeded_, true)) {  // later ones answer a challenge in mid-session
    host_.authenticated(form_->method(), false, config_.user,
                        form_->words_of_success(packet.data));
  }
}

void ChapClient::receive_failure(const cp::PacketView& packet) {
  if (!is_verdict_on_response(packet)) return;
  const ChapRefusal refusal = form_->refusal(packet.data, config_.user);
  const bool can_ask = !config_.password && retries_ < retry_limit;
  if (refusal.retry && can_ask) return try_another_secret(refusal);
  if (refusal.sentence.empty()) return fail(false, Failure::refused, refusal.words);
  fail(false, Failure::explained, refusal.sentence);
}

/// R=1 "disables short timeouts, expecting the peer to prompt the user for new credentials and
/// resubmit the response" (RFC 2759 section 6), with the next identifier (its section 10.2).
void ChapClient::try_another_secret(const ChapRefusal& refusal) {
  ++retries_;
  host_.authentication_notice(refusal.sentence);
  ++question_.identifier;
  const bool told = form_->takes_challenge(refusal.challenge.size());
  question_.challenge =
      told ? refusal.challenge : form_->next_challenge(std::move(question_.challenge));
  response_.clear();
  secret_.reset();
  tries_ = 0;
  if (!succeeded_) deadline_ = give_up_at_;
  ask();
}

void ChapClient::fail(bool of_peer, Failure failure, const std::string& message) {
  waiting_ = false;
  deadline_.reset();
  host_.authentication_failed(of_peer, failure, message);
}

void ChapClient::handle_timeout(Instant now) {
  if (!deadline_ || now < *deadline_) return;
  deadline_.reset();
  if (waiting_ && tries_ < config_.max_tries && now < give_up_at_) return send_response(now);
  fail(false, Failure::timeout,
       asked_                        ? "nobody gave a secret in time"
       : question_.challenge.empty() ? "no CHAP challenge came"
                                     : "no verdict on our CHAP response came");
}

void ChapServer::start(Instant now) {
  entropy_.fill({reinterpret_cast<std::byte*>(&identifier_), 1});
  begin_round(now);
}

void ChapServer::begin_round(Instant now) {
  give_up_at_ = now + config_.timeout;
  verdict_ = Verdict::none;
  asked_ = false;
  tries_ = 0;
  send_challenge(now);
}

void ChapServer::send_challenge(Instant now) {
  ++tries_;
  ++identifier_;
  deadline_ = std::min(now + config_.retry, give_up_at_);
  Challenge& challenge = challenges_[identifier_ % challenges_.size()];
  challenge = {{identifier_, std::vector<std::byte>(form_->challenge_size())}, false, {}};
  entropy_.fill(challenge.question.challenge);
  send_value(host_, Code::challenge, identifier_, challenge.question.challenge,
             config_.local_name);
}

ChapServer::Challenge* ChapServer::find(std::uint8_t identifier) {
  Challenge& challenge = challenges_[identifier % challenges_.size()];
  const auto age = static_cast<std::uint8_t>(identifier_ - identifier);
  return challenge.question.identifier == identifier && age < tries_ ? &challenge : nullptr;
}

bool ChapServer::has_sent(Bytes octets) const {
  const auto packet = cp::PacketView::parse(octets);
  const auto fields = packet ? parse_value(packet->data) : std::nullopt;
  return fields && has_asked(fields->value);
}

bool ChapServer::has_asked(Bytes challenge) const {
  return std::any_of(challenges_.begin(), challenges_.end(), [&](const Challenge& sent) {
    const std::vector<std::byte>& value = sent.question.challenge;
    return !value.empty() &&
           std::equal(value.begin(), value.end(), challenge.begin(), challenge.end());
  });
}

void ChapServer::receive(Instant, Bytes octets) {
  const auto packet = cp::PacketView::parse(octets);
  if (!packet) return host_.count(Drop::malformed);
  Challenge* challenge = find(packet->identifier);
  if (packet->code != static_cast<std::uint8_t>(Code::response) || challenge == nullptr) {
    return host_.count(Drop::unexpected);
  }
  if (asked_) return;
  // "any Response packets received having the current Challenge Identifier MUST return the same
  // reply Code previously returned for that specific Challenge" (section 4.1)
  if (verdict_ == Verdict::refused) return reply(packet->identifier);
  const bool same_reply = challenge->answered || !form_->success_is_proof();
  if (verdict_ == Verdict::accepted && same_reply) return reply(packet->identifier);
  const auto fields = parse_value(packet->data);
  if (!fields || fields->value.size() != form_->response_size()) {
    return host_.count(Drop::malformed);
  }
  // Who has been let in stays who it is: what the owner says of another name is of no use.
  if (verdict_ == Verdict::accepted && text_of(fields->name) != authenticated_as_) {
    return host_.count(Drop::unexpected);
  }
  judge(*challenge, fields->value, fields->name);
}

void ChapServer::judge(Challenge& challenge, Bytes response, Bytes name) {
  challenge.answered = true;
  question_ = challenge.question;
  response_.assign(response.begin(), response.end());
  name_ = text_of(name);
  asked_ = true;
  if (verdict_ == Verdict::none) deadline_ = give_up_at_;
  if (!config_.owner_judges) return host_.secret_wanted(form_->method(), true, name_);
  host_.verdict_wanted({0, form_->method(), name_, Secret(), question_.identifier,
                        question_.challenge, response_});
}

void ChapServer::provide_secret(Instant now, Secret secret) {
  if (!asked_) return;
  // "The secret ... MUST be at least 1 octet" (section 2.4): who has none is nobody.
  if (secret.empty() || !form_->accepts(question_, name_, response_, secret)) {
    return decide(now, false, failure_message());
  }
  decide(now, true, form_->success(question_, name_, response_, secret));
}

void ChapServer::refuse_secret(Instant now) {
  if (asked_) decide(now, false, failure_message());
}

void ChapServer::provide_verdict(Instant now, const AuthVerdict& verdict) {
  if (!asked_ || !config_.owner_judges) return;
  const bool has_words = !verdict.message.empty();
  if (!verdict.accepted) {
    return decide(now, false, has_words ? verdict.message : failure_message());
  }
  decide(now, true, has_words ? verdict.message : "Access granted");
}

std::string ChapServer::failure_message() {
  std::vector<std::byte> challenge(form_->challenge_size());
  entropy_.fill(challenge);
  return form_->failure(challenge);
}

void ChapServer::decide(Instant now, bool accepted, std::string message) {
  asked_ = false;
  // In mid-session it must be the one who was let in.
  const bool same_name = !in_session_ || name_ == authenticated_as_;
  if (verdict_ == Verdict::accepted) {  // a second Response, which crossed our first reply
    if (!accepted || !same_name) return host_.count(Drop::unexpected);
    challenges_[question_.identifier % challenges_.size()].reply = std::move(message);
    return reply(question_.identifier);
  }
  if (accepted && !same_name) message = failure_message();
  accepted = accepted && same_name;
  verdict_ = accepted ? Verdict::accepted : Verdict::refused;
  message_ = std::move(message);
  challenges_[question_.identifier % challenges_.size()].reply = message_;
  reply(question_.identifier);
  if (accepted) {
    accept(now);
  } else {
    refuse(cp::printable(octets_of(name_)));
  }
}

void ChapServer::accept(Instant now) {
  deadline_.reset();
  if (config_.rechallenge_interval > Duration{0}) deadline_ = now + config_.rechallenge_interval;
  if (std::exchange(in_session_, true)) return;
  authenticated_as_ = name_;
  host_.authenticated(form_->method(), true, cp::printable(octets_of(name_)), "");
}

void ChapServer::refuse(const std::string& name) {
  deadline_.reset();
  host_.authentication_failed(
      true, Failure::refused,
      in_session_ ? fmt::format("challenged again, \"{}\" gave a wrong name or secret", name)
                  : fmt::format("wrong name or secret for \"{}\"", name));
}

void ChapServer::reply(std::uint8_t identifier) {
  const Code code = verdict_ == Verdict::accepted ? Code::success : Code::failure;
  const std::string& own = challenges_[identifier % challenges_.size()].reply;
  send_packet(host_, protocol::chap, static_cast<std::uint8_t>(code), identifier,
              octets_of(own.empty() ? message_ : own));
}

void ChapServer::handle_timeout(Instant now) {
  if (!deadline_ || now < *deadline_) return;
  deadline_.reset();
  if (verdict_ == Verdict::accepted) return begin_round(now);
  if (!asked_ && tries_ < config_.max_tries && now < give_up_at_) return send_challenge(now);
  verdict_ = Verdict::refused;
  host_.authentication_failed(true, Failure::timeout,
                              std::exchange(asked_, false)
                                  ? "nobody judged the CHAP response in time"
                                  : "no answer to CHAP challenges");
}

std::string describe_chap(Bytes octets) {
  const auto packet = cp::PacketView::parse(octets);
  if (!packet) return "CHAP (malformed)";
  const unsigned id = packet->identifier;
  switch (static_cast<Code>(packet->code)) {
    case Code::challenge:
    case Code::response: {
      const char* kind = packet->code == 1 ? "Challenge" : "Response";
      const auto fields = parse_value(packet->data);
      if (!fields) return fmt::format("CHAP {} id={} (malformed)", kind, id);
      return fmt::format("CHAP {} id={} <{} octets> name=\"{}\"", kind, id, fields->value.size(),
                         cp::printable(fields->name));
    }
    case Code::success:
      return fmt::format("CHAP Success id={} \"{}\"", id, cp::printable(packet->data));
    case Code::failure:
      return fmt::format("CHAP Failure id={} \"{}\"", id, cp::printable(packet->data));
  }
  return fmt::format("CHAP code {} id={}", packet->code, id);
}

}  // namespace tunppp::auth
