#include "auth/eap_mschap_v2.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/reader.h"
#include "cp/text.h"
#include "crypto/md5.h"

namespace tunppp::auth {
namespace {

// Section 2 of the draft. Change-Password is not offered: as everywhere in tunppp, who has to
// change a password is told so, and does it elsewhere.
enum class Op : std::uint8_t {
  challenge = 1,
  response = 2,
  success = 3,
  failure = 4,
  change_password = 7,
};

constexpr std::size_t header_size = 4;
constexpr std::size_t response_size = 49;  // peer challenge, reserved, NT response, flags
constexpr std::size_t reserved_size = 8;

struct View {
  Op op;
  std::uint8_t id;
  Bytes data;  ///< behind MS-Length
};

/// OpCode, MS-CHAPv2-ID, MS-Length, which counts all of it. The last Response has an OpCode alone.
std::optional<View> parse(Bytes octets) {
  Reader reader(octets);
  View view{static_cast<Op>(reader.u8()), 0, {}};
  if (!reader.ok()) return std::nullopt;
  if (reader.remaining() == 0) return view;
  view.id = reader.u8();
  const std::size_t length = reader.u16();
  if (!reader.ok() || length < header_size || length > octets.size()) return std::nullopt;
  view.data = octets.subspan(header_size, length - header_size);
  return view;
}

/// Value-Size, which has to be `size`; the value; the name is the rest.
struct Value {
  Bytes value;
  Bytes name;
};

std::optional<Value> parse_value(Bytes data, std::size_t size) {
  Reader reader(data);
  const bool right = reader.u8() == size;
  Value value;
  value.value = reader.bytes(size);
  value.name = reader.rest();
  if (!right || !reader.ok()) return std::nullopt;
  return value;
}

std::vector<std::byte> make(Op op, std::uint8_t id, std::initializer_list<Bytes> parts) {
  std::vector<std::byte> data{static_cast<std::byte>(op), std::byte{id}, {}, {}};
  for (const Bytes part : parts) data.insert(data.end(), part.begin(), part.end());
  data[2] = static_cast<std::byte>(data.size() >> 8);
  data[3] = static_cast<std::byte>(data.size() & 0xff);
  return data;
}

std::vector<std::byte> only(Op op) { return {static_cast<std::byte>(op)}; }

Bytes octets_of(std::string_view text) { return std::as_bytes(std::span(text)); }

Bytes name_of(const std::string& name) {
  return octets_of(name).first(std::min<std::size_t>(name.size(), 255));
}

std::string text_of(Bytes name) {
  name = name.first(std::min<std::size_t>(name.size(), 255));
  return {reinterpret_cast<const char*>(name.data()), name.size()};
}

Bytes octet(const std::byte& value) { return {&value, 1}; }

void copy_to(std::span<std::byte> to, Bytes from) {
  std::copy_n(from.begin(), to.size(), to.begin());
}

}  // namespace

// --- The peer -----------------------------------------------------------------------------------

EapAnswer EapMsChapV2Peer::receive(Instant, std::uint8_t, Bytes octets) {
  const auto view = parse(octets);
  if (!view) return {};
  switch (view->op) {
    case Op::challenge: {
      const auto fields = parse_value(view->data, challenge_.size());
      if (!fields || !expected_.empty()) return {};
      id_ = view->id;
      copy_to(challenge_, fields->value);
      server_ = text_of(fields->name);
      return {EapAnswer::Kind::ask};
    }
    case Op::success: return receive_success(view->data);
    case Op::failure: return receive_failure(view->data);
    case Op::response:
    case Op::change_password: break;
  }
  return {};
}

EapAnswer EapMsChapV2Peer::provide_secret(const Secret& secret) {
  mschap::Challenge ours;
  entropy_.fill(ours);
  const auto response = mschap::generate_nt_response(challenge_, ours, name_, secret);
  expected_ =
      mschap::generate_authenticator_response(secret, response, ours, challenge_, name_);
  constexpr std::byte size{response_size};
  constexpr std::byte flags{0};
  constexpr std::array<std::byte, reserved_size> reserved{};
  return EapAnswer::send(make(Op::response, id_, {octet(size), ours, reserved, response,
                                                  octet(flags), name_of(name_)}));
}

/// Only who knows the password can have made it.
EapAnswer EapMsChapV2Peer::receive_success(Bytes message) {
  if (expected_.empty() || state_ != State::going_on) return {};
  if (!mschap::check_authenticator_response(expected_, message)) {
    state_ = State::distrusted;
    words_ = "its answer to our challenge shows that it does not know the password";
    return EapAnswer::send(only(Op::failure));
  }
  state_ = State::succeeded;
  words_ = mschap::success_text(message);
  return EapAnswer::send(only(Op::success));
}

EapAnswer EapMsChapV2Peer::receive_failure(Bytes message) {
  if (expected_.empty() || state_ != State::going_on) return {};
  state_ = State::refused;
  const auto failure = mschap::parse_failure(message);
  words_ = failure ? mschap::explain(*failure, name_) : cp::printable(message);
  return EapAnswer::send(only(Op::failure));
}

// --- The server ---------------------------------------------------------------------------------

EapAnswer EapMsChapV2Server::start(Instant, std::uint8_t identifier) {
  id_ = identifier;
  entropy_.fill(challenge_);
  constexpr std::byte size{sizeof challenge_};
  return EapAnswer::send(make(Op::challenge, id_, {octet(size), challenge_, name_of(name_)}));
}

EapAnswer EapMsChapV2Server::receive(Instant, std::uint8_t, Bytes octets) {
  const auto view = parse(octets);
  if (!view) return {};
  if (judged_) return receive_last(static_cast<unsigned>(view->op));
  return view->op == Op::response ? receive_response(view->id, view->data) : EapAnswer();
}

EapAnswer EapMsChapV2Server::receive_response(std::uint8_t id, Bytes data) {
  const auto fields = parse_value(data, response_size);
  if (!fields || id != id_) return {};
  Reader value(fields->value);
  copy_to(peer_challenge_, value.bytes(peer_challenge_.size()));
  value.bytes(reserved_size);
  copy_to(response_, value.bytes(response_.size()));
  value_.assign(fields->value.begin(), fields->value.end());
  peer_name_ = text_of(fields->name);
  return {EapAnswer::Kind::ask};
}

EapAnswer EapMsChapV2Server::provide_secret(const Secret& secret) {
  const auto expected =
      mschap::generate_nt_response(challenge_, peer_challenge_, peer_name_, secret);
  if (secret.empty() || !crypto::equal_in_constant_time(expected, response_)) {
    return say_failure("");
  }
  return say_success(mschap::generate_authenticator_response(secret, response_, peer_challenge_,
                                                             challenge_, peer_name_) +
                     " M=Access granted");
}

/// The value as in CHAP: peer challenge, reserved, NT response, flags.
VerdictWanted EapMsChapV2Server::question() const {
  VerdictWanted question{};
  question.identifier = id_;
  question.challenge = {challenge_.begin(), challenge_.end()};
  question.response = value_;
  return question;
}

EapAnswer EapMsChapV2Server::provide_verdict(const AuthVerdict& verdict) {
  return verdict.accepted ? say_success(verdict.message) : say_failure(verdict.message);
}

EapAnswer EapMsChapV2Server::say_success(const std::string& message) {
  judged_ = true;
  return EapAnswer::send(make(Op::success, id_, {octets_of(message)}));
}

EapAnswer EapMsChapV2Server::say_failure(std::string message) {
  judged_ = true;
  state_ = State::refused;
  if (message.empty()) {
    mschap::Challenge next;
    entropy_.fill(next);
    message = mschap::failure_message(next, true);
  }
  return EapAnswer::send(make(Op::failure, id_, {octets_of(message)}));
}

/// What the peer says to our Success or Failure.
EapAnswer EapMsChapV2Server::receive_last(unsigned code) {
  const auto op = static_cast<Op>(code);
  if (op != Op::success && op != Op::failure) return {};
  if (state_ == State::going_on && op == Op::success) state_ = State::succeeded;
  if (state_ == State::going_on) {
    state_ = State::refused;
    words_ = "it does not take our proof that we know the password";
  }
  return {EapAnswer::Kind::finished};
}

bool EapMsChapV2Server::asks_the_same(Bytes octets) const {
  const auto view = parse(octets);
  const auto fields = view && view->op == Op::challenge
                          ? parse_value(view->data, challenge_.size())
                          : std::nullopt;
  return fields && std::equal(challenge_.begin(), challenge_.end(), fields->value.begin());
}

std::string describe_eap_mschap_v2(Bytes octets) {
  const auto view = parse(octets);
  if (!view) return "(malformed)";
  const bool alone = octets.size() == 1;
  switch (view->op) {
    case Op::challenge:
    case Op::response: {
      const bool challenge = view->op == Op::challenge;
      const auto fields =
          parse_value(view->data, challenge ? sizeof(mschap::Challenge) : response_size);
      const char* name = challenge ? "Challenge" : "Response";
      if (!fields) return fmt::format("{} (malformed)", name);
      return fmt::format("{} <{} octets> name=\"{}\"", name, fields->value.size(),
                         cp::printable(fields->name));
    }
    case Op::success:
      return alone ? "Success" : fmt::format("Success \"{}\"", cp::printable(view->data));
    case Op::failure:
      return alone ? "Failure" : fmt::format("Failure \"{}\"", cp::printable(view->data));
    case Op::change_password: return "Change-Password";
  }
  return fmt::format("operation {}", static_cast<unsigned>(view->op));
}

}  // namespace tunppp::auth
