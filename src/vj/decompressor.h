#pragma once

#include <optional>
#include <vector>

#include "vj/header.h"

namespace tunppp::vj {

/// The receiving half.
class Decompressor {
 public:
  /// Octets that must be writable before a compressed packet, for the header to grow into.
  static constexpr std::size_t headroom = header_limit;

  /// As we announced in IPCP.
  explicit Decompressor(std::size_t slots);

  /// A whole packet from one with its header compressed, made in place: `packet` must have
  /// `headroom` octets before it. Nothing when it cannot be told what the header was.
  std::optional<MutableBytes> decompress(MutableBytes packet);
  /// A packet of type uncompressed TCP: remembered and put back as it was, in place.
  std::optional<MutableBytes> remember(MutableBytes packet);
  /// A frame was lost on the line: it may have said which connection the next packets belong to,
  /// so those that do not say so themselves are thrown away (section 4.1).
  void frame_lost() { toss_ = true; }

 private:
  struct Slot {
    Header last{};
    bool used = false;
  };
  std::vector<Slot> slots_;
  std::size_t current_ = 0;
  bool toss_ = true;
};

}  // namespace tunppp::vj
