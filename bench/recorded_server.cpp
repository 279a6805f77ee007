#include "recorded_server.h"

#include <algorithm>

#include "base/protocol.h"
#include "cp/packet.h"
#include "hdlc/header.h"

namespace tunppp::bench {
namespace {

constexpr std::uint8_t conf_req = 1, conf_ack = 2, conf_nak = 3, conf_rej = 4;
constexpr std::uint8_t discard_request = 11, protocol_reject = 8;

/// The address and the name servers that it assigns, by the type of the option.
std::optional<std::array<std::uint8_t, 4>> assigned(std::uint8_t type) {
  switch (type) {
    case 3:
      return {{10, 160, 12, 7}};
    case 129:
      return {{10, 160, 0, 1}};
    case 131:
      return {{10, 160, 0, 2}};
    default:
      return std::nullopt;
  }
}

}  // namespace

RecordedServer::RecordedServer(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
  deframer_.set_buffer(buffer_);
  deframer_.set_receive_accm(hdlc::Accm::none());
}

void RecordedServer::start(Instant) {
  if (behaviour_.speaks_first) request_lcp();
}

void RecordedServer::receive(Instant, Bytes octets) {
  deframer_.receive(octets, *this);
}

bool RecordedServer::frame(MutableBytes content) {
  const auto header = hdlc::parse_header(content);
  if (!header) return true;
  const Bytes information = content.subspan(header->size);
  const auto packet = cp::PacketView::parse(information);
  if (!packet) return true;
  switch (header->protocol) {
    case protocol::lcp:
      lcp(packet->code, packet->identifier, packet->data, packet->whole);
      break;
    case protocol::pap:
      say(protocol::pap, 2, packet->identifier, Octets{0});
      break;
    case protocol::chap:
      if (packet->code == 2) say(protocol::chap, 3, packet->identifier, Octets{});
      break;
    case protocol::ipcp:
      ipcp(packet->code, packet->identifier, packet->data);
      break;
    default:
      reject_protocol(header->protocol, information);
      break;
  }
  const bool answered = header->protocol == protocol::pap ||
                        (header->protocol == protocol::chap && packet->code == 2);
  if (answered) authenticated();
  return true;
}

void RecordedServer::lcp(std::uint8_t code, std::uint8_t identifier, Bytes data, Bytes) {
  if (code == conf_req) {
    if (!requested_) request_lcp();
    say(protocol::lcp, conf_ack, identifier, data);
    acknowledged_ours_ = true;
  } else if (code == conf_ack) {
    acknowledged_its_ = true;
  } else {
    return;
  }
  if (acknowledged_ours_ && acknowledged_its_) lcp_opened();
}

void RecordedServer::request_lcp() {
  requested_ = true;
  say(protocol::lcp, conf_req, ++identifier_, behaviour_.lcp_options);
}

void RecordedServer::lcp_opened() {
  if (behaviour_.discard_request) {
    say(protocol::lcp, discard_request, ++identifier_, Octets{1, 2, 3, 4});
  }
  if (behaviour_.authentication == 0) return authenticated();
  if (behaviour_.authentication != protocol::chap) return;
  Octets challenge(17, 0x5a);
  challenge[0] = 16;
  say(protocol::chap, 1, ++identifier_, challenge);
}

void RecordedServer::authenticated() {
  say(protocol::ipcp, conf_req, ++identifier_, behaviour_.ipcp_options);
}

void RecordedServer::ipcp(std::uint8_t code, std::uint8_t identifier, Bytes data) {
  if (code != conf_req) return;
  Octets nak;
  std::vector<std::byte> rejected;
  cp::OptionWalk walk(data);
  while (const auto option = walk.next()) {
    const auto value = assigned(option->type);
    const auto& types = behaviour_.rejects;
    if (!value || std::find(types.begin(), types.end(), option->type) != types.end()) {
      rejected.insert(rejected.end(), option->whole.begin(), option->whole.end());
    } else if (!std::ranges::equal(option->value, std::as_bytes(std::span(*value)))) {
      nak.insert(nak.end(), {option->type, 6});
      nak.insert(nak.end(), value->begin(), value->end());
    }
  }
  if (!rejected.empty()) {
    say(protocol::ipcp, conf_rej, identifier, Bytes(rejected));
  } else if (!nak.empty()) {
    say(protocol::ipcp, conf_nak, identifier, nak);
  } else {
    say(protocol::ipcp, conf_ack, identifier, data);
  }
}

void RecordedServer::reject_protocol(std::uint16_t protocol, Bytes information) {
  std::vector<std::byte> data{static_cast<std::byte>(protocol >> 8),
                              static_cast<std::byte>(protocol & 0xff)};
  data.insert(data.end(), information.begin(), information.end());
  say(protocol::lcp, protocol_reject, ++identifier_, Bytes(data));
}

void RecordedServer::say(std::uint16_t protocol, std::uint8_t code, std::uint8_t identifier,
                         Bytes data) {
  std::vector<std::byte> packet{static_cast<std::byte>(code), static_cast<std::byte>(identifier),
                                static_cast<std::byte>((data.size() + 4) >> 8),
                                static_cast<std::byte>((data.size() + 4) & 0xff)};
  packet.insert(packet.end(), data.begin(), data.end());
  const auto header = hdlc::encode_header(protocol, false, false);
  const std::size_t begin = said_.size();
  said_.resize(begin + hdlc::Framer::max_encoded_size(header.size + packet.size()));
  const std::size_t count =
      framer_.encode(header.bytes(), packet, MutableBytes(said_).subspan(begin),
                     {.opening_flag = begin == 0, .default_accm = true});
  said_.resize(begin + count);
}

}  // namespace tunppp::bench
