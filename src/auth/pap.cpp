#include "auth/pap.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/protocol.h"
#include "base/writer.h"
#include "cp/text.h"

namespace tunppp::auth {
namespace {

enum class Code : std::uint8_t { request = 1, ack = 2, nak = 3 };

struct Request {
  Bytes name;
  Bytes password;
};

/// RFC 1334 section 2.2.1: Peer-ID-Length, Peer-ID, Passwd-Length, Password.
std::optional<Request> parse_request(Bytes data) {
  Reader reader(data);
  Request request;
  request.name = reader.bytes(reader.u8());
  request.password = reader.bytes(reader.u8());
  if (!reader.ok()) return std::nullopt;
  return request;
}

/// Section 2.2.2: the message is shown to people. Some peers leave it and its length out.
std::string message_of(Bytes data) {
  Reader reader(data);
  const Bytes text = reader.bytes(std::min<std::size_t>(reader.u8(), reader.remaining()));
  return cp::printable(text);
}

std::string text_of(Bytes octets) { return {reinterpret_cast<const char*>(octets.data()), octets.size()}; }

Bytes octets_of(std::string_view text) { return std::as_bytes(std::span(text)); }

void write_counted(Writer& out, Bytes octets) {
  octets = octets.first(std::min<std::size_t>(octets.size(), 255));
  out.u8(static_cast<std::uint8_t>(octets.size()));
  out.bytes(octets);
}

}  // namespace

void PapClient::start(Instant now) {
  deadline_ = give_up_at_ = now + config_.timeout;
  if (config_.password) return provide_secret(now, *config_.password);
  host_.secret_wanted(AuthMethod::pap, false, config_.user);
}

void PapClient::provide_secret(Instant now, Secret secret) {
  if (done_ || password_) return;
  password_ = std::move(secret);
  send_request(now);
}

void PapClient::refuse_secret(Instant) {
  if (std::exchange(done_, true)) return;
  deadline_.reset();
  host_.authentication_failed(false, Failure::explained, "there is no password to send");
}

void PapClient::send_request(Instant now) {
  ++tries_;
  deadline_ = std::min(now + config_.retry, give_up_at_);
  ++identifier_;  // "MUST be changed each time an Authenticate-Request packet is issued"
  std::array<std::byte, 512> storage;
  Writer data(storage);
  write_counted(data, octets_of(config_.user));
  write_counted(data, password_->expose());
  send_packet(host_, protocol::pap, static_cast<std::uint8_t>(Code::request), identifier_,
              data.written());
  std::fill(storage.begin(), storage.end(), std::byte{0});
  asm volatile("" : : "r"(storage.data()) : "memory");
}

void PapClient::receive(Instant, Bytes octets) {
  const auto packet = cp::PacketView::parse(octets);
  if (!packet) return host_.count(Drop::malformed);
  const bool ack = packet->code == static_cast<std::uint8_t>(Code::ack);
  const bool nak = packet->code == static_cast<std::uint8_t>(Code::nak);
  // An answer to an earlier try is an answer too: on a slow line it crosses the next try.
  const auto age = static_cast<std::uint8_t>(identifier_ - packet->identifier);
  const bool ours = age < tries_;
  if (done_ || !ours || !(ack || nak)) return host_.count(Drop::unexpected);
  done_ = true;
  deadline_.reset();
  if (ack) {
    host_.authenticated(AuthMethod::pap, false, config_.user, message_of(packet->data));
  } else {
    host_.authentication_failed(false, Failure::refused, message_of(packet->data));
  }
}

void PapClient::handle_timeout(Instant now) {
  if (!deadline_ || now < *deadline_) return;
  deadline_.reset();
  if (password_ && tries_ < config_.max_tries && now < give_up_at_) return send_request(now);
  done_ = true;
  host_.authentication_failed(false, Failure::timeout,
                              password_ ? "no answer to PAP" : "nobody gave a password in time");
}

void PapServer::start(Instant now) { deadline_ = now + config_.timeout; }

void PapServer::receive(Instant, Bytes octets) {
  const auto packet = cp::PacketView::parse(octets);
  if (!packet) return host_.count(Drop::malformed);
  if (packet->code != static_cast<std::uint8_t>(Code::request)) {
    return host_.count(Drop::unexpected);
  }
  const auto request = parse_request(packet->data);
  if (!request) return host_.count(Drop::malformed);
  identifier_ = packet->identifier;
  // "the authenticator MUST allow repeated Authenticate-Request packets after completing the
  // Authentication phase [and] MUST return the same reply Code" (section 2.2.1)
  if (verdict_ == Verdict::accepted || verdict_ == Verdict::refused) return reply(identifier_);
  if (verdict_ == Verdict::asked) return;
  verdict_ = Verdict::asked;
  name_ = text_of(request->name);
  password_ = Secret(request->password);
  if (!config_.owner_judges) return host_.secret_wanted(AuthMethod::pap, true, name_);
  host_.verdict_wanted({0, AuthMethod::pap, name_, password_, identifier_, {}, {}});
}

void PapServer::provide_secret(Instant, Secret secret) {
  if (verdict_ == Verdict::asked) decide(secret.equals(password_.expose()));
}

void PapServer::refuse_secret(Instant) {
  if (verdict_ == Verdict::asked) decide(false);
}

void PapServer::provide_verdict(Instant, const AuthVerdict& verdict) {
  if (verdict_ == Verdict::asked && config_.owner_judges) decide(verdict.accepted, verdict.message);
}

void PapServer::decide(bool accepted, const std::string& message) {
  message_ = !message.empty() ? message : accepted ? "Login ok" : "Login incorrect";
  verdict_ = accepted ? Verdict::accepted : Verdict::refused;
  password_ = Secret();
  deadline_.reset();
  reply(identifier_);
  const std::string name = cp::printable(octets_of(name_));
  if (accepted) {
    host_.authenticated(AuthMethod::pap, true, name, "");
  } else {
    host_.authentication_failed(true, Failure::refused,
                                fmt::format("wrong name or password for \"{}\"", name));
  }
}

void PapServer::reply(std::uint8_t identifier) {
  const bool accepted = verdict_ == Verdict::accepted;
  std::array<std::byte, 256> storage;
  Writer data(storage);
  write_counted(data, octets_of(message_));
  send_packet(host_, protocol::pap,
              static_cast<std::uint8_t>(accepted ? Code::ack : Code::nak), identifier,
              data.written());
}

void PapServer::handle_timeout(Instant now) {
  if (!deadline_ || now < *deadline_) return;
  deadline_.reset();
  const bool asked = std::exchange(verdict_, Verdict::refused) == Verdict::asked;
  host_.authentication_failed(
      true, Failure::timeout,
      asked ? "nobody judged the PAP request in time" : "no PAP request came");
}

std::string describe_pap(Bytes octets) {
  const auto packet = cp::PacketView::parse(octets);
  if (!packet) return "PAP (malformed)";
  const unsigned id = packet->identifier;
  switch (static_cast<Code>(packet->code)) {
    case Code::request: {
      const auto request = parse_request(packet->data);
      if (!request) return fmt::format("PAP AuthReq id={} (malformed)", id);
      return fmt::format("PAP AuthReq id={} user=\"{}\" password=***", id,
                         cp::printable(request->name));
    }
    case Code::ack: return fmt::format("PAP AuthAck id={} \"{}\"", id, message_of(packet->data));
    case Code::nak: return fmt::format("PAP AuthNak id={} \"{}\"", id, message_of(packet->data));
  }
  return fmt::format("PAP code {} id={}", packet->code, id);
}

std::vector<std::byte> mask_pap(Bytes octets) {
  if (octets.size() < 2 || octets[0] != std::byte{static_cast<std::uint8_t>(Code::request)}) {
    return {octets.begin(), octets.end()};
  }
  std::array<std::byte, 512> storage;
  Writer masked(storage);
  masked.bytes(octets.first(2));
  masked.u16(cp::packet_header_size);
  const auto packet = cp::PacketView::parse(octets);
  const auto request = packet ? parse_request(packet->data) : std::nullopt;
  if (request) {
    write_counted(masked, request->name);
    write_counted(masked, octets_of("********"));
    masked.set_u16(2, static_cast<std::uint16_t>(masked.size()));
  }
  return {masked.written().begin(), masked.written().end()};
}

}  // namespace tunppp::auth
