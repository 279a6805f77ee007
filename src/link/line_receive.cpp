// What a line receives: frames, and to whom their packets go.

#include <utility>

#include "base/protocol.h"
#include "link/line.h"
#include "ndp/packet.h"

namespace tunppp::link {
namespace {

/// RFC 1661 section 2: "8*** - b***, network layer control protocols".
bool is_network_control(std::uint16_t protocol) {
  return protocol >= 0x8000 && protocol < 0xc000;
}

Drop to_drop(hdlc::Drop drop) {
  switch (drop) {
    case hdlc::Drop::fcs_error:
      return Drop::fcs_error;
    case hdlc::Drop::runt:
      return Drop::runt;
    case hdlc::Drop::aborted:
      return Drop::aborted;
    case hdlc::Drop::overlong:
      return Drop::overlong;
    case hdlc::Drop::before_first_flag:
      return Drop::no_frame;
    case hdlc::Drop::count:
      break;
  }
  return Drop::runt;
}

}  // namespace

struct Line::FrameSink {
  Line& line;
  bool frame(MutableBytes content) { return line.frame(content); }
  void dropped(hdlc::Drop drop, Bytes) { line.frame_lost(to_drop(drop)); }
};

std::size_t Line::receive(Instant now, Bytes octets) {
  now_ = now;
  if (!slots_.begin_receive()) return 0;
  const std::size_t taken = framing_.deframer().receive(octets, FrameSink{*this});
  statistics_.received_octets += taken;
  return taken;
}

bool Line::frame(MutableBytes content) {
  const auto header = hdlc::parse_header(content);
  if (!header) {
    count(Drop::bad_header);
    return true;
  }
  if (!framing_.verify(header->protocol, content)) {
    frame_lost(lcp_.opened() ? Drop::fcs_error : Drop::not_open);
    return true;
  }
  ++statistics_.received_frames;
  lcp_.frame_received();
  const MutableBytes information = content.subspan(header->size);
  if (tap_ != nullptr) show(Direction::received, header->protocol, information);

  std::optional<MutableBytes> packet;
  switch (header->protocol) {
    case protocol::ipv4:
      if (ipv4_open_) return keep(NetworkProtocol::ipv4, information);
      break;
    case protocol::ipv6:
      if (ipv6_open_) return keep(NetworkProtocol::ipv6, information);
      break;
    case protocol::vj_compressed:
    case protocol::vj_uncompressed:
      if (!ipv4_open_ || compression_ == nullptr || !compression_->receive) break;
      packet = decompress(header->protocol, information);
      if (packet) return keep(NetworkProtocol::ipv4, *packet);
      count(Drop::lost_header);
      return true;
    default:
      break;
  }
  control_frame(header->protocol, information);
  settle();
  return owner_.can_go_on();
}

/// In place: there is headroom before the frame for a whole TCP/IP header.
std::optional<MutableBytes> Line::decompress(std::uint16_t protocol, MutableBytes information) {
  vj::Decompressor& receiver = *compression_->receive;
  return protocol == protocol::vj_compressed ? receiver.decompress(information)
                                             : receiver.remember(information);
}

bool Line::keep(NetworkProtocol protocol, MutableBytes packet) {
  if (packet.empty()) {
    count(Drop::not_open);
    return true;
  }
  ++statistics_.received_packets;
  statistics_.received_packet_octets += packet.size();
  const bool more = slots_.keep({protocol, id_, packet});
  framing_.deframer().set_buffer(slots_.filling());
  if (protocol != NetworkProtocol::ipv6 || !ndp::is_router_discovery(packet)) return more;
  owner_.router_discovery(packet);
  return more && owner_.can_go_on();
}

/// Text before the first flag was no frame.
void Line::frame_lost(Drop drop) {
  count(drop);
  if (compression_ != nullptr && drop != Drop::no_frame) compression_->frame_lost();
}

void Line::control_frame(std::uint16_t protocol, Bytes information) {
  switch (protocol) {
    case protocol::lcp:
      note_lcp_received(information);
      return lcp_.receive(now_, information);
    case protocol::lqr:
      return receive_quality_report(information);
    case protocol::pap:
    case protocol::chap:
    case protocol::eap:
      return receive_authentication(protocol, information);
    default:
      break;
  }
  if (!ready() && prove_ && is_network_control(protocol)) {
    prove_->network_packet(now_);  // to whom it may say that a lost Success was one
    settle();
  }
  // "any non-LCP packets received during this phase MUST be silently discarded" (RFC 1661
  // section 3.4, and 3.5 for the network layer)
  if (!ready()) return count(Drop::not_open);
  if (!owner_.network_control(protocol, information)) lcp_.reject_protocol(protocol, information);
}

void Line::receive_authentication(std::uint16_t protocol, Bytes packet) {
  if (!lcp_.opened()) return count(Drop::not_open);
  const auto code = packet.empty() ? 0 : std::to_integer<unsigned>(packet.front());
  // PAP: 1 goes to who checks. CHAP and EAP: 2 does. All others go to who proves itself.
  const bool to_checker = code == (protocol == protocol::pap ? 1U : 2U);
  const auto& agreed = to_checker ? lcp_.ours().authentication : lcp_.peers().authentication;
  auto* receiver = to_checker ? check_.get() : prove_.get();
  if (receiver == nullptr || !agreed || lcp::protocol_number(*agreed) != protocol) {
    return count(Drop::unexpected);
  }
  if (!to_checker && check_ && check_->has_sent(packet)) return count(Drop::unexpected);
  receiver->receive(now_, packet);
}

}  // namespace tunppp::link
