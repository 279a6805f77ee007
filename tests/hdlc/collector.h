#pragma once

#include "hdlc/deframer.h"
#include "octets.h"

namespace tunppp::hdlc::test {

/// A sink that keeps everything it is told.
struct Collector {
  struct Dropped {
    Drop why;
    Octets content;
    friend bool operator==(const Dropped&, const Dropped&) = default;
  };

  bool frame(MutableBytes content) {
    frames.push_back(octets(Bytes(content)));
    return frames.size() != stop_after;
  }
  void dropped(Drop why, Bytes content) { drops.push_back({why, octets(content)}); }

  std::size_t count(Drop why) const {
    std::size_t found = 0;
    for (const Dropped& drop : drops) found += drop.why == why;
    return found;
  }
  friend bool operator==(const Collector&, const Collector&) = default;

  std::vector<Octets> frames{};
  std::vector<Dropped> drops{};
  std::size_t stop_after = 0;
};

}  // namespace tunppp::hdlc::test
