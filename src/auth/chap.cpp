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

/// "the stream of octets consisting of the Identifier, followed by (concatenated with) the secret,
/// followed by the Challenge Value" (section 4.1)
crypto::Md5Digest expected_response(std::uint8_t identifier, const Secret& secret,
                                    Bytes challenge) {
  const std::byte id{identifier};
  return crypto::md5({Bytes(&id, 1), secret.expose(), challenge});
}

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
    case Code::success: return receive_verdict(*packet, true);
    case Code::failure: return receive_verdict(*packet, false);
    case Code::response: break;
  }
  host_.count(Drop::unexpected);
}

void ChapClient::receive_challenge(Instant now, const cp::PacketView& packet) {
  const auto fields = parse_value(packet.data);
  if (!fields) return host_.count(Drop::malformed);
  identifier_ = packet.identifier;
  challenge_.assign(fields->value.begin(), fields->value.end());
  tries_ = 0;
  if (!secret_ && config_.password) secret_ = config_.password;
  if (secret_) return respond(now);
  if (!std::exchange(asked_, true)) {
    host_.secret_wanted(AuthMethod::chap_md5, false, config_.user);
  }
}

void ChapClient::provide_secret(Instant now, Secret secret) {
  if (!asked_ || secret_) return;
  secret_ = std::move(secret);
  respond(now);
}

void ChapClient::refuse_secret(Instant) {
  if (!asked_ || secret_) return;
  deadline_.reset();
  host_.authentication_failed(false, Failure::refused, "there is no secret to answer with");
}

void ChapClient::respond(Instant now) {
  responded_ = true;
  ++tries_;
  // "Because the Success might be lost, the authenticator MUST allow repeated Response packets"
  // (section 4.2): nobody else would repeat it. A new Challenge in mid-session has no limit.
  if (!succeeded_) deadline_ = std::min(now + config_.retry, give_up_at_);
  const auto value = expected_response(identifier_, *secret_, challenge_);
  send_value(host_, Code::response, identifier_, value, config_.user);
}

void ChapClient::receive_verdict(const cp::PacketView& packet, bool success) {
  if (!responded_ || packet.identifier != identifier_) return host_.count(Drop::unexpected);
  responded_ = false;
  deadline_.reset();
  const std::string message = cp::printable(packet.data);
  if (!success) return host_.authentication_failed(false, Failure::refused, message);
  if (!std::exchange(succeeded_, true)) {  // later ones answer a challenge in mid-session
    host_.authenticated(AuthMethod::chap_md5, false, config_.user, message);
  }
}

void ChapClient::handle_timeout(Instant now) {
  if (!deadline_ || now < *deadline_) return;
  deadline_.reset();
  if (responded_ && tries_ < config_.max_tries && now < give_up_at_) return respond(now);
  host_.authentication_failed(
      false, Failure::timeout,
      challenge_.empty() ? "no CHAP challenge came" : "no verdict on our CHAP response came");
}

void ChapServer::start(Instant now) {
  give_up_at_ = now + config_.timeout;
  entropy_.fill({reinterpret_cast<std::byte*>(&identifier_), 1});
  send_challenge(now);
}

void ChapServer::send_challenge(Instant now) {
  ++tries_;
  ++identifier_;
  deadline_ = std::min(now + config_.retry, give_up_at_);
  Challenge& challenge = challenges_[identifier_ % challenges_.size()];
  challenge.identifier = identifier_;
  entropy_.fill(challenge.value);
  send_value(host_, Code::challenge, identifier_, challenge.value, config_.local_name);
}

const ChapServer::Challenge* ChapServer::find(std::uint8_t identifier) const {
  const Challenge& challenge = challenges_[identifier % challenges_.size()];
  const auto age = static_cast<std::uint8_t>(identifier_ - identifier);
  return challenge.identifier == identifier && age < tries_ ? &challenge : nullptr;
}

bool ChapServer::has_sent(Bytes octets) const {
  const auto packet = cp::PacketView::parse(octets);
  const auto fields = packet ? parse_value(packet->data) : std::nullopt;
  return fields && std::any_of(challenges_.begin(), challenges_.end(), [&](const Challenge& sent) {
           return find(sent.identifier) == &sent &&
                  std::equal(sent.value.begin(), sent.value.end(), fields->value.begin(),
                             fields->value.end());
         });
}

void ChapServer::receive(Instant, Bytes octets) {
  const auto packet = cp::PacketView::parse(octets);
  if (!packet) return host_.count(Drop::malformed);
  const Challenge* challenge = find(packet->identifier);
  if (packet->code != static_cast<std::uint8_t>(Code::response) || challenge == nullptr) {
    return host_.count(Drop::unexpected);
  }
  // "any Response packets received having the current Challenge Identifier MUST return the same
  // reply Code previously returned for that specific Challenge" (section 4.1)
  if (verdict_ == Verdict::accepted || verdict_ == Verdict::refused) {
    return reply(packet->identifier);
  }
  if (verdict_ == Verdict::asked) return;
  const auto fields = parse_value(packet->data);
  if (!fields || fields->value.size() != response_.size()) return host_.count(Drop::malformed);
  verdict_ = Verdict::asked;
  answered_ = packet->identifier;
  name_ = {reinterpret_cast<const char*>(fields->name.data()), fields->name.size()};
  std::copy(fields->value.begin(), fields->value.end(), response_.begin());
  deadline_ = give_up_at_;
  host_.secret_wanted(AuthMethod::chap_md5, true, name_);
}

void ChapServer::provide_secret(Instant, Secret secret) {
  if (verdict_ != Verdict::asked) return;
  const Challenge& challenge = challenges_[answered_ % challenges_.size()];
  const auto expected = expected_response(answered_, secret, challenge.value);
  decide(!secret.empty() && crypto::equal_in_constant_time(expected, response_));
}

void ChapServer::refuse_secret(Instant) {
  if (verdict_ == Verdict::asked) decide(false);
}

void ChapServer::decide(bool accepted) {
  verdict_ = accepted ? Verdict::accepted : Verdict::refused;
  deadline_.reset();
  reply(answered_);
  const std::string name = cp::printable(octets_of(name_));
  if (accepted) {
    host_.authenticated(AuthMethod::chap_md5, true, name, "");
  } else {
    host_.authentication_failed(true, Failure::refused,
                                fmt::format("wrong name or secret for \"{}\"", name));
  }
}

void ChapServer::reply(std::uint8_t identifier) {
  const bool accepted = verdict_ == Verdict::accepted;
  send_packet(host_, protocol::chap,
              static_cast<std::uint8_t>(accepted ? Code::success : Code::failure), identifier,
              octets_of(accepted ? "Access granted" : "Access denied"));
}

void ChapServer::handle_timeout(Instant now) {
  if (!deadline_ || now < *deadline_) return;
  deadline_.reset();
  const bool waits_for_peer = verdict_ == Verdict::none;
  if (waits_for_peer && tries_ < config_.max_tries && now < give_up_at_) return send_challenge(now);
  verdict_ = Verdict::refused;
  host_.authentication_failed(
      true, Failure::timeout,
      waits_for_peer ? "no answer to CHAP challenges" : "nobody judged the CHAP response in time");
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
