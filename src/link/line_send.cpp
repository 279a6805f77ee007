// What a line sends: packets in frames, with the header, the check and the map that each must have.

#include <algorithm>
#include <array>
#include <utility>

#include "base/protocol.h"
#include "base/writer.h"
#include "link/line.h"
#include "link/line_sizes.h"

namespace tunppp::link {
namespace {

bool is_lcp_request(unsigned code) {
  return code == static_cast<unsigned>(cp::Code::configure_request) ||
         code == static_cast<unsigned>(cp::Code::terminate_request);
}

}  // namespace

std::uint16_t Line::remote_mru() const {
  const std::size_t room = largest_packet(transmit_.capacity());
  return static_cast<std::uint16_t>(std::min<std::size_t>(lcp_.peers().mru, room));
}

void Line::send_authentication(std::uint16_t protocol, Bytes packet) {
  send_control(protocol, packet);
}

void Line::send_control(std::uint16_t protocol, Bytes packet) {
  const auto code = packet.empty() ? 0 : std::to_integer<unsigned>(packet.front());
  const bool is_lcp = protocol == protocol::lcp;
  const hdlc::EncodedHeader header = control_header(protocol);
  const auto earlier_fcs = is_lcp ? check_that_open_peer_wants(code) : std::nullopt;
  const std::size_t size = hdlc::Framer::max_encoded_size(header.size + packet.size());
  if (transmit_.room() < (earlier_fcs ? 2 * size : size)) return count(Drop::transmit_full);
  if (tap_ != nullptr) show(Direction::sent, protocol, packet);
  // "LCP ... packets with Code 1 through 7 MUST be sent as if no options had been negotiated"
  Framing::EncodeOptions options{.default_accm = is_lcp && code <= 7};
  if (earlier_fcs) {
    options.fcs = *earlier_fcs;
    encode(header.bytes(), packet, options);
  }
  const bool configures = is_lcp && code <= 6;
  options.fcs = configures ? hdlc::Fcs::fcs16 : framing_.control_fcs();
  encode(header.bytes(), packet, options);
}

hdlc::EncodedHeader Line::control_header(std::uint16_t protocol) const {
  if (protocol == protocol::lcp) return hdlc::encode_header(protocol, false, false);
  return hdlc::encode_header(protocol, lcp_.peers().address_control_compression,
                             lcp_.peers().protocol_field_compression);
}

/// "it is recommended that the LCP Configure-Request or Terminate-Request packet be sent with the
/// last negotiated FCS, then ... a duplicate LCP packet is sent with the default FCS ... in the
/// Ack-Sent and Opened states, since the peer could mistakenly believe that the link has Opened"
/// (RFC 1570 section 2.1.1). The negotiated one, if there is a need for it.
std::optional<hdlc::Fcs> Line::check_that_open_peer_wants(unsigned code) const {
  if (!is_lcp_request(code)) return std::nullopt;
  const hdlc::Fcs fcs = lcp_.state() == cp::State::ack_sent
                            ? to_fcs(lcp::control_check(lcp_.peers().fcs))
                            : open_peer_fcs_;
  return fcs == hdlc::Fcs::fcs16 ? std::nullopt : std::optional(fcs);
}

/// A peer that asks to begin anew or to end has gone back to the default by itself, and one that
/// takes part in a negotiation has as well.
void Line::note_lcp_received(Bytes packet) {
  const auto code = packet.empty() ? 0U : std::to_integer<unsigned>(packet.front());
  const bool negotiates = code >= 1 && code <= 6 && !lcp_.opened();
  if (is_lcp_request(code) || negotiates) open_peer_fcs_ = hdlc::Fcs::fcs16;
}

bool Line::has_room(std::size_t packet_size) const {
  const std::size_t needed = hdlc::Framer::max_encoded_size(header_limit + packet_size);
  return transmit_.room() >= needed + control_reserve;
}

bool Line::send_packet(NetworkProtocol protocol, Bytes packet) {
  if (!has_room(packet.size())) return false;
  const bool is_ipv4 = protocol == NetworkProtocol::ipv4;
  if (is_ipv4 && compression_ != nullptr && compression_->send) {
    encode_compressed(packet);
  } else {
    if (tap_ != nullptr) show(Direction::sent, static_cast<std::uint16_t>(protocol), packet);
    encode((is_ipv4 ? headers_.ipv4 : headers_.ipv6).bytes(), packet, {.fcs = framing_.data_fcs()});
  }
  ++statistics_.sent_packets;
  statistics_.sent_packet_octets += packet.size();
  return true;
}

/// What is left of the TCP/IP header goes before the framer as a part of the frame's own, so the
/// data behind it is not copied.
void Line::encode_compressed(Bytes packet) {
  const auto [type, compressed, rest] = compression_->send->compress(packet);
  std::uint16_t number = protocol::ipv4;
  const hdlc::EncodedHeader* header = &headers_.ipv4;
  if (type == vj::PacketType::compressed_tcp) {
    number = protocol::vj_compressed;
    header = &headers_.vj_compressed;
  } else if (type == vj::PacketType::uncompressed_tcp) {
    number = protocol::vj_uncompressed;
    header = &headers_.vj_uncompressed;
  }
  if (tap_ != nullptr) show(Direction::sent, number, compressed, rest);
  std::array<std::byte, header_limit + vj::compressed_limit> storage;
  Writer whole(storage);
  whole.bytes(header->bytes());
  whole.bytes(compressed);
  encode(whole.written(), rest, {.fcs = framing_.data_fcs()});
}

void Line::encode(Bytes header, Bytes packet, Framing::EncodeOptions options) {
  const MutableBytes room =
      transmit_.prepare(hdlc::Framer::max_encoded_size(header.size() + packet.size()));
  // After an idle line a flag first, so that noise since the last frame is not taken for a part of
  // this one; in a burst one flag between two frames is enough.
  options.opening_flag = transmit_.empty();
  transmit_.commit(framing_.encode(header, packet, room, options));
  ++statistics_.sent_frames;
}

void Line::show(Direction direction, std::uint16_t protocol, Bytes information, Bytes rest) {
  std::vector<std::byte> frame;
  frame.reserve(header_limit + information.size() + rest.size());
  const auto header = hdlc::encode_header(protocol, false, false);
  frame.assign(header.bytes().begin(), header.bytes().end());
  frame.insert(frame.end(), information.begin(), information.end());
  frame.insert(frame.end(), rest.begin(), rest.end());
  tap_->frame(now_, id_, direction, frame);
}

}  // namespace tunppp::link
