#pragma once

#include <cstdint>
#include <optional>

#include "modem/cmux/frame.h"

namespace tunppp::modem::cmux {

/// Messages of the control channel (TS 27.010 clause 5.4.6.3), without the EA and C/R bits.
enum class ControlType : std::uint8_t {
  parameters = 0x20,     // PN
  power_saving = 0x10,   // PSC
  close_down = 0x30,     // CLD
  test = 0x08,           // Test
  flow_on = 0x28,        // FCon
  flow_off = 0x18,       // FCoff
  modem_status = 0x38,   // MSC
  not_supported = 0x04,  // NSC
  port = 0x24,           // RPN
  line_status = 0x14,    // RLS
  service = 0x34,        // SNC
};

struct ControlMessage {
  std::uint8_t type = 0;  ///< the six bits; a ControlType, or one that nobody knows
  bool command = false;   ///< and not the response to one
  Bytes value{};
};

/// V.24 signals as MSC carries them (clause 5.4.6.3.7).
namespace signal {
constexpr std::uint8_t flow = 0x02;     ///< FC: cannot take any more
constexpr std::uint8_t ready = 0x04;    ///< RTC: DTR, or DSR from the modem
constexpr std::uint8_t clear = 0x08;    ///< RTR: RTS, or CTS from the modem
constexpr std::uint8_t ring = 0x40;     ///< IC
constexpr std::uint8_t carrier = 0x80;  ///< DV: DCD from the modem
}  // namespace signal

/// Value of PN (clause 5.4.6.3.1).
struct ChannelParameters {
  std::uint8_t dlci = 0;
  std::uint8_t frame_type = 0;  ///< 0: UIH
  std::uint8_t priority = 0;
  std::uint8_t t1 = 0;  ///< in 10 ms
  std::uint16_t frame_size = 0;
  std::uint8_t retries = 0;
  std::uint8_t window = 0;
};
constexpr std::size_t channel_parameters_size = 8;

/// Takes one message from the front; nothing when the rest is none.
std::optional<ControlMessage> next_message(Bytes& in);
/// Writes one; `out` has room for 4 octets more than the value. Returns its size.
std::size_t write_message(const ControlMessage& message, MutableBytes out);

std::optional<ChannelParameters> parse_parameters(Bytes value);
void write_parameters(const ChannelParameters& parameters, MutableBytes out);

}  // namespace tunppp::modem::cmux
