#pragma once

#include <vector>

#include "vj/header.h"

namespace tunppp::vj {

enum class PacketType : std::uint8_t {
  ip,                ///< as it was
  uncompressed_tcp,  ///< as it was, but the IP protocol field holds the connection's number
  compressed_tcp,
};

/// The sending half. One for each direction of a link, since IPCP opened.
class Compressor {
 public:
  /// As the peer announced in IPCP (RFC 1332 section 4): how many connections it remembers (1 to
  /// 255), and whether the connection's number may be left out when it is that of the packet before.
  Compressor(std::size_t slots, bool compress_slot_id);

  /// What to send: `header`, then what follows of the packet. Both are valid until the next call.
  struct Output {
    PacketType type;
    Bytes header;
    Bytes rest;
  };
  Output compress(Bytes packet);

 private:
  struct Slot {
    Header last{};
    std::uint8_t number = 0;
    bool used = false;
  };

  Slot& slot_for(const Header& header, bool& known);
  Output uncompressed(Slot& slot, const Header& header, Bytes packet);

  std::vector<Slot> slots_;  ///< the one that was used last is the first
  bool compress_slot_id_;
  int last_number_ = -1;
  std::array<std::byte, compressed_limit> output_{};
};

}  // namespace tunppp::vj
