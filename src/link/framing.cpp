#include "link/framing.h"

#include "base/protocol.h"

namespace tunppp::link {

hdlc::Fcs to_fcs(FrameCheck check) {
  switch (check) {
    case FrameCheck::none: return hdlc::Fcs::none;
    case FrameCheck::fcs16: break;
    case FrameCheck::fcs32: return hdlc::Fcs::fcs32;
  }
  return hdlc::Fcs::fcs16;
}

namespace {

/// Protocols 0xxx to 3xxx are packets of the network layer (RFC 1661 section 2), which have checks
/// of their own.
constexpr bool is_network_data(std::uint16_t protocol) { return protocol < 0x4000; }

}  // namespace

void Framing::apply(const lcp::Options& ours, const lcp::Options& peers) {
  framer_.set_accm(hdlc::Accm(peers.accm));
  if (!accept_all_controls_) deframer_.set_receive_accm(hdlc::Accm(ours.accm));
  data_fcs_ = to_fcs(lcp::data_check(peers.fcs));
  control_fcs_ = to_fcs(lcp::control_check(peers.fcs));
  // A peer that has not heard that we are open, or begins anew, sends LCP with the default.
  receive_fcs_ = to_fcs(lcp::data_check(ours.fcs));
  deframer_.set_fcs(receive_fcs_, hdlc::Fcs::fcs16);
}

void Framing::forget(bool under_way) {
  framer_.set_accm(hdlc::Accm::all());
  data_fcs_ = control_fcs_ = hdlc::Fcs::fcs16;
  const hdlc::Fcs agreed = receive_fcs_;
  receive_fcs_ = hdlc::Fcs::fcs16;
  if (agreed == hdlc::Fcs::fcs32) deframer_.set_fcs(hdlc::Fcs::fcs16, agreed);
  if (agreed == hdlc::Fcs::none) deframer_.set_fcs(hdlc::Fcs::fcs16);
  if (under_way) return;
  deframer_.set_receive_accm(accept_all_controls_ ? hdlc::Accm::none() : hdlc::Accm::all());
}

void Framing::reset() {
  forget(false);
  deframer_.set_fcs(hdlc::Fcs::fcs16);
  deframer_.reset();
}

bool Framing::has_its_check(std::uint16_t protocol, MutableBytes& content) const {
  const hdlc::Fcs found = deframer_.found();
  if (found == hdlc::Fcs::none) {
    if (is_network_data(protocol)) return true;
    // "When a configuration (LCP or NCP) or authentication packet is received, the FCS MUST be
    // verified" (RFC 1570 section 2.1.2)
    const std::size_t check = hdlc::fcs_size(hdlc::Fcs::fcs16);
    if (content.size() < check) return false;
    if (hdlc::fcs16(hdlc::fcs16_initial, content) != hdlc::fcs16_good) return false;
    content = content.first(content.size() - check);
    return true;
  }
  return protocol == protocol::lcp;  // which alone comes with another while the check is switched
}

std::size_t Framing::encode(Bytes header, Bytes packet, MutableBytes room,
                            const EncodeOptions& options) {
  add_sent(counters_, header.size() + packet.size(), options.fcs);
  return framer_.encode(header, packet, room,
                        {.opening_flag = options.opening_flag,
                         .default_accm = options.default_accm,
                         .fcs = options.fcs});
}

}  // namespace tunppp::link
