#pragma once

#include <tunppp/bytes.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/octets.h"

/// Frames as RFC 1662 has them, written down once more for the tests: one octet, one bit at a time.
namespace tunppp::test {

inline std::uint16_t fcs16(Bytes content) {
  unsigned fcs = 0xffff;
  for (std::byte octet : content) {
    fcs ^= std::to_integer<unsigned>(octet);
    for (int bit = 0; bit < 8; ++bit) fcs = (fcs & 1) != 0 ? fcs >> 1 ^ 0x8408 : fcs >> 1;
  }
  return static_cast<std::uint16_t>(fcs ^ 0xffff);
}

/// What stands between address and FCS, framed with everything escaped that may have to be.
inline Octets frame_of(Octets content) {
  const unsigned fcs = fcs16(content);
  content.push_back(static_cast<std::byte>(fcs & 0xff));
  content.push_back(static_cast<std::byte>(fcs >> 8));
  Octets out{std::byte{0x7e}};
  for (std::byte octet : content) {
    const auto value = std::to_integer<unsigned>(octet);
    if (value < 0x20 || value == 0x7d || value == 0x7e) {
      out.push_back(std::byte{0x7d});
      octet ^= std::byte{0x20};
    }
    out.push_back(octet);
  }
  out.push_back(std::byte{0x7e});
  return out;
}

inline Octets header(std::uint16_t protocol) {
  return octets({0xff, 0x03, static_cast<unsigned>(protocol >> 8), protocol & 0xffU});
}

inline Octets frame_of(std::uint16_t protocol, const Octets& information) {
  return frame_of(header(protocol) + information);
}

/// A frame that a link sent, taken apart, with its octets as they stood on the line.
struct SentFrame {
  Octets raw;      ///< between the flags
  Octets content;  ///< unescaped, without the FCS
  bool good = false;
  std::uint16_t protocol = 0;
  Octets information;
  bool address_control_compressed = false;
  bool protocol_compressed = false;

  unsigned code() const { return at(information, 0); }
  unsigned identifier() const { return at(information, 1); }
  Octets data() const {
    return information.size() < 4 ? Octets{} : Octets(information.begin() + 4, information.end());
  }
};

inline SentFrame take_apart(const Octets& raw) {
  SentFrame frame;
  frame.raw = raw;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    frame.content.push_back(raw[i] == std::byte{0x7d} && i + 1 < raw.size()
                                ? raw[++i] ^ std::byte{0x20}
                                : raw[i]);
  }
  if (frame.content.size() < 4) return frame;
  const std::size_t end = frame.content.size() - 2;
  const unsigned fcs = at(frame.content, end) | at(frame.content, end + 1) << 8;
  frame.content.resize(end);
  frame.good = fcs == fcs16(frame.content);
  std::size_t begin = 0;
  frame.address_control_compressed = at(frame.content, 0) != 0xff;
  if (!frame.address_control_compressed) begin = 2;
  frame.protocol_compressed = (at(frame.content, begin) & 1) != 0;
  frame.protocol = static_cast<std::uint16_t>(at(frame.content, begin++));
  if (!frame.protocol_compressed) {
    frame.protocol =
        static_cast<std::uint16_t>(frame.protocol << 8 | at(frame.content, begin++));
  }
  begin = std::min(begin, frame.content.size());
  frame.information.assign(frame.content.begin() + static_cast<std::ptrdiff_t>(begin),
                           frame.content.end());
  return frame;
}

/// All whole frames of a stream that begins and ends with a flag.
inline std::vector<SentFrame> frames_of(Bytes stream) {
  std::vector<SentFrame> out;
  Octets raw;
  for (std::byte octet : stream) {
    if (octet != std::byte{0x7e}) {
      raw.push_back(octet);
      continue;
    }
    if (!raw.empty()) out.push_back(take_apart(raw));
    raw.clear();
  }
  return out;
}

}  // namespace tunppp::test
