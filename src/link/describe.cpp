#include <fmt/format.h>
#include <tunppp/link.h>

#include "auth/chap.h"
#include "auth/pap.h"
#include "base/protocol.h"
#include "base/reader.h"
#include "hdlc/header.h"
#include "ipcp/options.h"
#include "lcp/options.h"

namespace tunppp {
namespace {

/// Where in a Protocol-Reject the packet lies that was rejected: behind code, identifier, length and
/// protocol.
constexpr std::size_t rejected_information = 6;

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
    case protocol::pap: return auth::describe_pap(information);
    case protocol::chap: return auth::describe_chap(information);
    case protocol::ipcp: return ipcp::describe(information);
    default: break;
  }
  return fmt::format("protocol 0x{:04x}, {} octets", header->protocol, information.size());
}

std::vector<std::byte> mask_secrets(Bytes frame) {
  std::vector<std::byte> copy(frame.begin(), frame.end());
  const auto header = hdlc::parse_header(frame);
  if (!header) return copy;
  const Bytes information = frame.subspan(header->size);
  const bool is_pap = header->protocol == protocol::pap;
  const bool is_reject = header->protocol == protocol::lcp && rejects_pap(information);
  if (!is_pap && !is_reject) return copy;

  const std::size_t before = header->size + (is_reject ? rejected_information : 0);
  const auto masked = auth::mask_pap(frame.subspan(before));
  copy.resize(before);
  copy.insert(copy.end(), masked.begin(), masked.end());
  if (is_reject) {
    const std::size_t length = copy.size() - header->size;
    copy[header->size + 2] = static_cast<std::byte>(length >> 8);
    copy[header->size + 3] = static_cast<std::byte>(length & 0xff);
  }
  return copy;
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
    case Drop::transmit_full: return "transmit_full";
    case Drop::count: break;
  }
  return "";
}

}  // namespace tunppp
