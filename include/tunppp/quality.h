#pragma once

#include <cstdint>

namespace tunppp {

/// From link quality reports (RFC 1989), in packets, since LCP opened.
struct QualityStatistics {
  std::uint64_t reports_sent = 0;
  std::uint64_t reports_received = 0;
  std::uint64_t lost_to_us = 0;    ///< sent by the peer and not received
  std::uint64_t lost_to_peer = 0;  ///< sent by us and not received there
  std::uint64_t reports_lost_to_us = 0;
  std::uint64_t reports_lost_to_peer = 0;
};

}  // namespace tunppp
