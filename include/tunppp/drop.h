#pragma once

#include <tunppp/export.h>

#include <cstdint>
#include <string_view>

namespace tunppp {

/// Why frames and packets were not used. Nothing is dropped that is not counted here.
enum class Drop : std::uint8_t {
  no_frame,          ///< text before the first flag, such as a modem's CONNECT
  fcs_error,         ///< damaged on the line
  runt,              ///< too short to be a frame
  aborted,           ///< given up by the sender (7d 7e)
  overlong,          ///< longer than any frame may be
  bad_header,        ///< not a PPP header
  malformed,         ///< a control packet whose lengths do not fit
  unexpected,        ///< an answer to what was never asked, or with an old identifier
  not_open,          ///< a protocol that is not open in this phase
  lost_header,       ///< a compressed TCP header that a lost frame made unreadable (RFC 1144 4.1)
  transmit_full,     ///< an answer of ours for which the line had no room
  count,
};
TUNPPP_EXPORT std::string_view to_string(Drop drop);

}  // namespace tunppp
