#pragma once

#include <cstddef>

namespace tunppp::session {

/// How much may wait behind the queue, between the encoder and the line. What is encoded cannot be
/// overtaken, so this bounds how long an LCP echo waits behind data; and it must be enough to fill
/// one write, for each write costs the same whatever its size.
class LineOccupancy {
 public:
  static constexpr std::size_t limit = 4096;

  /// `pending`: octets that are encoded and not yet written.
  bool has_room(std::size_t pending) const { return pending < limit; }
};

}  // namespace tunppp::session
