#pragma once

#include <tunppp/bytes.h>

#include <array>
#include <cstdint>
#include <optional>

namespace tunppp::hdlc {

/// Address, control and protocol field of a received frame (RFC 1662 3.1, RFC 1661 2).
struct FrameHeader {
  std::uint16_t protocol = 0;
  /// Octets that the header takes; the information field follows.
  std::size_t size = 0;
  bool address_control_compressed = false;
  bool protocol_compressed = false;
};

/// Takes both fields compressed or not, whatever was negotiated: modems compress without asking.
/// Nothing if the frame is cut short or the protocol breaks RFC 1661 2 (the low octet is odd, the
/// high octet even).
std::optional<FrameHeader> parse_header(Bytes frame);

struct EncodedHeader {
  std::array<std::byte, 4> octets{};
  std::size_t size = 0;

  Bytes bytes() const { return Bytes(octets).first(size); }
};

/// With address-and-control-field compression (`acfc`) and protocol-field compression (`pfc`) as
/// negotiated for sending. LCP is never compressed (RFC 1661 6.5, 6.6).
EncodedHeader encode_header(std::uint16_t protocol, bool acfc, bool pfc);

}  // namespace tunppp::hdlc
