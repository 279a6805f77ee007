#pragma once

#include <cstddef>

#include "hdlc/framer.h"
#include "lcp/options.h"

/// How large frames get, and how much room of the transmit buffer is for what.
namespace tunppp::link {

inline constexpr std::size_t header_limit = 4;  // address, control, protocol
inline constexpr std::size_t fcs_limit = 4;
/// Kept free of data, so that an echo or a Configure-Ack never waits for the line to drain.
inline constexpr std::size_t control_reserve = hdlc::Framer::max_encoded_size(256);

inline constexpr std::size_t least_transmit_capacity = 8192;

/// The largest packet that an empty transmit buffer takes, each of its octets escaped.
constexpr std::size_t largest_packet(std::size_t transmit_capacity) {
  return (transmit_capacity - control_reserve - hdlc::Framer::max_encoded_size(header_limit)) / 2;
}
static_assert(largest_packet(least_transmit_capacity) >= lcp::default_mru);

}  // namespace tunppp::link
