#include "hdlc/header.h"

#include "base/protocol.h"

namespace tunppp::hdlc {
namespace {

constexpr std::byte all_stations{0xff};
constexpr std::byte unnumbered_information{0x03};

bool odd(std::byte octet) {
  return (octet & std::byte{1}) != std::byte{0};
}

}  // namespace

std::optional<FrameHeader> parse_header(Bytes frame) {
  FrameHeader header;
  // ff never begins a protocol field (RFC 1661 6.5), so there is nothing to mix up.
  header.address_control_compressed = frame.empty() || frame[0] != all_stations;
  if (!header.address_control_compressed) {
    // Other control values are discarded (RFC 1662 3.1).
    if (frame.size() < 2 || frame[1] != unnumbered_information) return std::nullopt;
    header.size = 2;
  }

  const Bytes protocol = frame.subspan(header.size);
  if (protocol.empty()) return std::nullopt;
  if (odd(protocol[0])) {
    header.protocol = std::to_integer<std::uint16_t>(protocol[0]);
    header.protocol_compressed = true;
    header.size += 1;
    return header;
  }
  if (protocol.size() < 2 || !odd(protocol[1])) return std::nullopt;
  header.protocol = static_cast<std::uint16_t>(std::to_integer<unsigned>(protocol[0]) << 8 |
                                               std::to_integer<unsigned>(protocol[1]));
  header.size += 2;
  return header;
}

EncodedHeader encode_header(std::uint16_t number, bool acfc, bool pfc) {
  EncodedHeader header;
  const auto put = [&header](std::byte octet) { header.octets[header.size++] = octet; };
  if (!acfc || number == protocol::lcp) {
    put(all_stations);
    put(unnumbered_information);
  }
  // ff would be taken for the address (RFC 1661 6.5: 00ff is not compressed, lest it be).
  const bool compressible = number < 0xff;
  if (!pfc || !compressible) put(static_cast<std::byte>(number >> 8));
  put(static_cast<std::byte>(number & 0xff));
  return header;
}

}  // namespace tunppp::hdlc
