#pragma once

#include <tunppp/bytes.h>

#include <cstdint>

namespace tunppp::modem::cmux {

/// The two forms of 3GPP TS 27.010: with a length field (clause 5.2) or with octets escaped as in
/// HDLC (clause 5.2.6 and after). Both ends must use the same.
enum class Option : std::uint8_t { basic, advanced };

constexpr std::byte basic_flag{0xf9};
constexpr std::byte advanced_flag{0x7e};
constexpr std::byte flag_of(Option option) {
  return option == Option::basic ? basic_flag : advanced_flag;
}
constexpr std::byte advanced_escape{0x7d};
constexpr std::byte advanced_modifier{0x20};

/// Types of frame, with the poll/final bit left out (clause 5.2.1.3, table 2).
enum class FrameType : std::uint8_t {
  sabm = 0x2f,
  ua = 0x63,
  dm = 0x0f,
  disc = 0x43,
  uih = 0xef,
  ui = 0x03,
};
constexpr std::uint8_t poll_final_bit = 0x10;

/// DLCI 0 is the control channel, 62 and 63 are reserved (clause 5.6).
constexpr std::uint8_t last_dlci = 61;

struct Frame {
  std::uint8_t dlci = 0;
  bool command_response = false;  ///< the C/R bit as it stands on the line
  FrameType type = FrameType::uih;
  bool poll_final = false;
  Bytes info{};
};

/// FCS of TS 27.010 clause 5.2.1.6 over `octets`, going on from `seed`.
std::uint8_t fcs_update(std::uint8_t seed, Bytes octets);
constexpr std::uint8_t fcs_seed = 0xff;
/// What remains after the FCS itself has gone through, if nothing was damaged.
constexpr std::uint8_t fcs_good = 0xcf;

/// The most octets that a frame takes on the line.
constexpr std::size_t max_frame_octets(Option option, std::size_t info) {
  return option == Option::basic ? info + 7 : 2 * (info + 3) + 2;
}

/// Writes one frame with both flags; `out` has room for max_frame_octets(). Returns its size.
std::size_t write_frame(Option option, const Frame& frame, MutableBytes out);

}  // namespace tunppp::modem::cmux
