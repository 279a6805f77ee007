#include <fmt/format.h>
#include <tunppp/link.h>

#include <iterator>

#include "auth/chap.h"
#include "auth/eap_packet.h"
#include "auth/pap.h"
#include "base/protocol.h"
#include "base/reader.h"
#include "cp/packet.h"
#include "cp/text.h"
#include "hdlc/header.h"
#include "ipcp/options.h"
#include "ipv6cp/options.h"
#include "lcp/options.h"
#include "lcp/quality_report.h"
#include "ndp/packet.h"

namespace tunppp {
namespace {

/// Where in a Protocol-Reject the packet lies that was rejected: behind code, identifier, length and
/// protocol.
constexpr std::size_t rejected_information = 6;

/// Compression of data is not part of this; peers ask for it all the same.
std::string describe_ccp(Bytes information) {
  const auto packet = cp::PacketView::parse(information);
  if (!packet) return "CCP (malformed)";
  return "CCP " + cp::describe_packet(*packet, cp::describe_unknown);
}

std::string_view router_discovery(Bytes packet) {
  if (ndp::parse_advertisement(packet)) return " router advertisement";
  if (ndp::parse_solicitation(packet)) return " router solicitation";
  return "";
}

/// A peer that rejects PAP hands our Authenticate-Request back, password and all.
bool rejects_pap(Bytes lcp_packet) {
  constexpr std::uint8_t protocol_reject = 8;
  Reader reader(lcp_packet);
  const bool is_reject = reader.u8() == protocol_reject;
  reader.bytes(3);
  return reader.u16() == protocol::pap && is_reject;
}

}  // namespace

std::string describe(Bytes frame) {
  const auto header = hdlc::parse_header(frame);
  if (!header) return fmt::format("no PPP frame, {} octets", frame.size());
  const Bytes information = frame.subspan(header->size);
  switch (header->protocol) {
    case protocol::ipv4: return fmt::format("IP, {} octets", information.size());
    case protocol::lcp: return lcp::describe(information);
    case protocol::lqr: return lcp::describe_quality_report(information);
    case protocol::pap: return auth::describe_pap(information);
    case protocol::chap: return auth::describe_chap(information);
    case protocol::eap: return auth::describe_eap(information);
    case protocol::ipcp: return ipcp::describe(information);
    case protocol::ipv6cp: return ipv6cp::describe(information);
    case protocol::ccp: return describe_ccp(information);
    case protocol::ipv6: return fmt::format("IPv6{}, {} octets", router_discovery(information),
                                            information.size());
    case protocol::vj_compressed:
      return fmt::format("IP, TCP header compressed, {} octets", information.size());
    case protocol::vj_uncompressed:
      return fmt::format("IP, TCP header to be remembered, {} octets", information.size());
    default: break;
  }
  return fmt::format("protocol 0x{:04x}, {} octets", header->protocol, information.size());
}

std::vector<std::byte> mask_secrets(Bytes frame) {
  const auto header = hdlc::parse_header(frame);
  if (!header) return {frame.begin(), frame.end()};
  Bytes information = frame.subspan(header->size);
  std::vector<std::byte> masked(frame.begin(), frame.end() - std::ssize(information));
  const auto append = [&masked](Bytes octets) {
    masked.insert(masked.end(), octets.begin(), octets.end());
  };
  if (header->protocol == protocol::pap) {
    append(auth::mask_pap(information));
    return masked;
  }
  const bool is_reject = header->protocol == protocol::lcp && rejects_pap(information);
  if (is_reject) {  // without padding, in which it may lie as well
    if (const auto packet = cp::PacketView::parse(information)) information = packet->whole;
  }
  if (!is_reject || information.size() < rejected_information) {
    append(information);
    return masked;
  }
  append(information.first(rejected_information));
  append(auth::mask_pap(information.subspan(rejected_information)));
  const std::size_t length = masked.size() - header->size;
  masked[header->size + 2] = static_cast<std::byte>(length >> 8);
  masked[header->size + 3] = static_cast<std::byte>(length & 0xff);
  return masked;
}

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::dead: return "dead";
    case Phase::establish: return "establish";
    case Phase::authenticate: return "authenticate";
    case Phase::network: return "network";
    case Phase::terminate: return "terminate";
  }
  return "";
}

std::string_view to_string(Drop drop) {
  switch (drop) {
    case Drop::no_frame: return "no_frame";
    case Drop::fcs_error: return "fcs_error";
    case Drop::runt: return "runt";
    case Drop::aborted: return "aborted";
    case Drop::overlong: return "overlong";
    case Drop::bad_header: return "bad_header";
    case Drop::malformed: return "malformed";
    case Drop::unexpected: return "unexpected";
    case Drop::not_open: return "not_open";
    case Drop::lost_header: return "lost_header";
    case Drop::transmit_full: return "transmit_full";
    case Drop::count: break;
  }
  return "";
}

}  // namespace tunppp
