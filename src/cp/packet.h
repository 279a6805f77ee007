#pragma once

#include <tunppp/bytes.h>

#include <cstdint>
#include <optional>

#include "base/reader.h"

namespace tunppp::cp {

/// RFC 1661 section 5. LCP and every NCP share the codes 1 to 7.
enum class Code : std::uint8_t {
  configure_request = 1,
  configure_ack = 2,
  configure_nak = 3,
  configure_reject = 4,
  terminate_request = 5,
  terminate_ack = 6,
  code_reject = 7,
};

inline constexpr std::size_t packet_header_size = 4;

/// A control packet: code, identifier, length, data. Valid once made.
struct PacketView {
  std::uint8_t code;
  std::uint8_t identifier;
  Bytes data;   ///< what Length covers behind the header
  Bytes whole;  ///< header and data, without padding

  /// "Octets outside the range of the Length field are treated as padding" (section 5); a Length
  /// below 4 or beyond the octets that are there is no packet.
  static std::optional<PacketView> parse(Bytes octets) {
    Reader reader(octets);
    PacketView packet{};
    packet.code = reader.u8();
    packet.identifier = reader.u8();
    const std::size_t length = reader.u16();
    if (!reader.ok() || length < packet_header_size || length > octets.size()) return std::nullopt;
    packet.whole = octets.first(length);
    packet.data = packet.whole.subspan(packet_header_size);
    return packet;
  }
};

/// One configuration option: type, length, value.
struct Option {
  std::uint8_t type;
  Bytes value;
  Bytes whole;
};

/// Takes the options of a Configure packet one by one. A length below 2 or beyond the rest ends
/// the walk and makes well_formed() false.
class OptionWalk {
 public:
  explicit OptionWalk(Bytes options) : rest_(options) {}

  std::optional<Option> next() {
    if (rest_.empty()) return std::nullopt;
    const std::size_t length = rest_.size() < 2 ? 0 : std::to_integer<std::size_t>(rest_[1]);
    if (length < 2 || length > rest_.size()) {
      well_formed_ = false;
      rest_ = {};
      return std::nullopt;
    }
    Option option{std::to_integer<std::uint8_t>(rest_[0]), rest_.subspan(2, length - 2),
                  rest_.first(length)};
    rest_ = rest_.subspan(length);
    return option;
  }

  bool well_formed() const { return well_formed_; }

 private:
  Bytes rest_;
  bool well_formed_ = true;
};

inline bool well_formed_options(Bytes options) {
  OptionWalk walk(options);
  while (walk.next()) {
  }
  return walk.well_formed();
}

}  // namespace tunppp::cp
