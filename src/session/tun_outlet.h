#pragma once

#include <tunppp/dialer.h>

#include "tun/coalescing.h"
#include "tun/tun_device.h"

namespace tunppp::session {

/// From the link's buffers to TUN, without a copy; what belongs together in one write.
class TunOutlet {
 public:
  /// Both must outlive the outlet.
  TunOutlet(tun::TunDevice& tun, Counters& counters)
      : tun_(tun), counters_(counters), coalesces_(tun.offloads().vnet_header) {}

  /// The packet must stay where it is until flush(), and have tun::Coalescer::headroom.
  void write(MutableBytes packet) {
    if (coalesces_) return coalescer_.add(packet, Writer{*this});
    const iovec piece{packet.data(), packet.size()};
    write_pieces(std::span(&piece, 1));
  }
  /// At the end of each batch.
  void flush() {
    if (coalesces_) coalescer_.flush(Writer{*this});
  }

 private:
  struct Writer {
    TunOutlet& outlet;
    void operator()(std::span<const iovec> pieces) const { outlet.write_pieces(pieces); }
  };

  void write_pieces(std::span<const iovec> pieces) {
    const bool written = tun_.write(pieces).count > 0;
    // Each piece is one packet's.
    (written ? counters_.interface_written : counters_.write_failed) += pieces.size();
    if (written && pieces.size() > 1) ++counters_.super_packets_written;
  }

  tun::TunDevice& tun_;
  Counters& counters_;
  const bool coalesces_;
  tun::Coalescer coalescer_;
};

}  // namespace tunppp::session
