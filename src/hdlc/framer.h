#pragma once

#include "hdlc/accm.h"
#include "hdlc/fcs.h"
#include "hdlc/kernel.h"

#include <tunppp/bytes.h>

#include <array>
#include <optional>

namespace tunppp::hdlc {

/// Makes frames: flag, transparency, FCS (RFC 1662 3 and 4).
///
/// How it is used:
///   const EncodedHeader header = encode_header(0x0021, acfc, pfc);
///   out = out.subspan(framer.encode(header.bytes(), packet, out, {.opening_flag = was_idle}));
/// The map is set once, when it was negotiated, and a frame that must not rely on it (LCP codes 1
/// to 7) says so in its options; so which kernel runs is not decided anew for each packet.
class Framer {
 public:
  struct Options {
    /// After an idle line, so that noise since the last frame is not taken for part of this one.
    bool opening_flag = false;
    /// As if the map were ffffffff: LCP codes 1 to 7 (RFC 1662 7.1).
    bool default_accm = false;
    /// Instead of the one that is set: control packets never go without (RFC 1570 2.1.2).
    std::optional<Fcs> fcs{};
  };

  explicit Framer(const Kernels& kernels = active_kernels());

  /// What to escape: the map that the peer asked for. At first all.
  void set_accm(Accm accm);
  Accm accm() const { return negotiated_.accm; }
  void set_fcs(Fcs fcs);
  Fcs fcs() const { return fcs_; }

  /// How much room encode() needs for `content` octets of header and payload: everything escaped,
  /// the longest FCS as well, two flags, and the slack that full-width stores want.
  static constexpr std::size_t max_encoded_size(std::size_t content) {
    return 2 * (content + 4) + 2 + slack;
  }

  /// Writes a whole frame, its closing flag included, to the front of `out`, which must have
  /// max_encoded_size(header.size() + payload.size()). Returns octets written; what lies beyond
  /// them in `out` may have been overwritten.
  std::size_t encode(Bytes header, Bytes payload, MutableBytes out, Options options);
  std::size_t encode(Bytes header, Bytes payload, MutableBytes out) {
    return encode(header, payload, out, Options());
  }

 private:
  /// A header as it goes onto the line. Few different ones follow each other, so the last is kept.
  struct Prefix {
    std::uint64_t header = 0;  // its octets and their number
    std::array<std::byte, 8> stuffed{};
    std::size_t stuffed_size = 0;
    std::uint16_t fcs = fcs16_initial;
  };
  /// All that depends on a map.
  struct Escaping {
    Accm accm;
    std::array<std::uint32_t, 8> special;  // the octets to escape, one bit each
    Kernels::Stuff stuff;
    Kernels::Encode encode;
    Prefix prefix{};
  };
  Escaping escaping(Accm accm) const;
  static std::byte* put_header(Escaping& escaping, Bytes header, std::byte* to, std::uint16_t& fcs);

  const Kernels* kernels_;
  Escaping negotiated_;
  Escaping default_;
  Fcs fcs_ = Fcs::fcs16;
};

}  // namespace tunppp::hdlc
