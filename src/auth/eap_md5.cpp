#include "auth/eap_md5.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>

#include "base/reader.h"
#include "cp/text.h"

namespace tunppp::auth {
namespace {

/// As in CHAP (RFC 1994 section 4.1): Value-Size, Value, and the name is all the rest.
struct Fields {
  Bytes value;
  Bytes name;
};

std::optional<Fields> parse(Bytes data) {
  Reader reader(data);
  Fields fields;
  fields.value = reader.bytes(reader.u8());
  fields.name = reader.rest();
  if (!reader.ok() || fields.value.empty()) return std::nullopt;
  return fields;
}

std::vector<std::byte> make(Bytes value, const std::string& name) {
  const Bytes octets =
      std::as_bytes(std::span(name)).first(std::min<std::size_t>(name.size(), 255));
  std::vector<std::byte> data(1 + value.size() + octets.size());
  data[0] = static_cast<std::byte>(value.size());
  const auto behind = std::copy(value.begin(), value.end(), data.begin() + 1);
  std::copy(octets.begin(), octets.end(), behind);
  return data;
}

crypto::Md5Digest digest(std::uint8_t identifier, const Secret& secret, Bytes challenge) {
  const std::byte id{identifier};
  return crypto::md5({Bytes(&id, 1), secret.expose(), challenge});
}

}  // namespace

EapAnswer EapMd5Peer::receive(Instant, std::uint8_t identifier, Bytes data) {
  const auto fields = parse(data);
  if (!fields) return {};
  identifier_ = identifier;
  challenge_.assign(fields->value.begin(), fields->value.end());
  server_ = {reinterpret_cast<const char*>(fields->name.data()), fields->name.size()};
  return {EapAnswer::Kind::ask};
}

EapAnswer EapMd5Peer::provide_secret(const Secret& secret) {
  state_ = State::decided;
  return EapAnswer::send(make(digest(identifier_, secret, challenge_), name_));
}

EapAnswer EapMd5Server::start(Instant, std::uint8_t identifier) {
  identifier_ = identifier;
  entropy_.fill(challenge_);
  return EapAnswer::send(make(challenge_, name_));
}

EapAnswer EapMd5Server::receive(Instant, std::uint8_t, Bytes data) {
  const auto fields = parse(data);
  if (!fields || fields->value.size() != response_.size()) return {};
  std::copy(fields->value.begin(), fields->value.end(), response_.begin());
  return {EapAnswer::Kind::ask};
}

EapAnswer EapMd5Server::provide_secret(const Secret& secret) {
  const auto expected = digest(identifier_, secret, challenge_);
  const bool right =
      !secret.empty() && crypto::equal_in_constant_time(expected, response_);
  state_ = right ? State::succeeded : State::refused;
  return {EapAnswer::Kind::finished};
}

/// As for CHAP (RFC 3748 section 5.4).
VerdictWanted EapMd5Server::question() const {
  VerdictWanted question{};
  question.identifier = identifier_;
  question.challenge = {challenge_.begin(), challenge_.end()};
  question.response = {response_.begin(), response_.end()};
  return question;
}

EapAnswer EapMd5Server::provide_verdict(const AuthVerdict& verdict) {
  state_ = verdict.accepted ? State::succeeded : State::refused;
  return {EapAnswer::Kind::finished};
}

bool EapMd5Server::asks_the_same(Bytes data) const {
  const auto fields = parse(data);
  return fields && std::equal(fields->value.begin(), fields->value.end(), challenge_.begin(),
                              challenge_.end());
}

std::string describe_eap_md5(Bytes data) {
  const auto fields = parse(data);
  if (!fields) return "(malformed)";
  return fmt::format("<{} octets> name=\"{}\"", fields->value.size(), cp::printable(fields->name));
}

}  // namespace tunppp::auth
