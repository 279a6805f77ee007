#include <fmt/format.h>
#include <tunppp/link.h>

#include <algorithm>

#include "auth/chap.h"
#include "auth/pap.h"
#include "base/protocol.h"
#include "hdlc/header.h"
#include "ipcp/options.h"
#include "lcp/options.h"

namespace tunppp {

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
  constexpr std::size_t mask_size = 8;
  std::vector<std::byte> copy(frame.begin(), frame.end());
  const auto header = hdlc::parse_header(frame);
  if (!header || header->protocol != protocol::pap) return copy;
  const Bytes password = auth::pap_password(frame.subspan(header->size));
  if (password.data() == nullptr) return copy;

  // Password-Length stands before the password, the packet's Length behind code and identifier.
  const auto at = static_cast<std::ptrdiff_t>(password.data() - frame.data());
  const auto begin = copy.begin() + at;
  std::fill(begin, begin + static_cast<std::ptrdiff_t>(password.size()), std::byte{0});
  copy.erase(begin, begin + static_cast<std::ptrdiff_t>(password.size()));
  copy.insert(copy.begin() + at, mask_size, std::byte{'*'});
  copy[static_cast<std::size_t>(at) - 1] = std::byte{mask_size};
  const std::size_t length = copy.size() - header->size;
  copy[header->size + 2] = static_cast<std::byte>(length >> 8);
  copy[header->size + 3] = static_cast<std::byte>(length & 0xff);
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
