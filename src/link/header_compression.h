#pragma once

#include <optional>

#include "vj/compressor.h"
#include "vj/decompressor.h"

namespace tunppp::link {

/// Van Jacobson compression of the two directions, each as IPCP agreed to it or not at all.
struct HeaderCompression {
  std::optional<vj::Compressor> send;
  std::optional<vj::Decompressor> receive;

  /// A frame was damaged or lost: what it said of connections is lost with it (RFC 1144 4.1).
  void frame_lost() {
    if (receive) receive->frame_lost();
  }
};

}  // namespace tunppp::link
