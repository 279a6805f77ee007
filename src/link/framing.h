#pragma once

#include <tunppp/config.h>

#include "hdlc/deframer.h"
#include "hdlc/framer.h"
#include "hdlc/header.h"
#include "lcp/options.h"
#include "lcp/quality_monitor.h"

namespace tunppp::link {

hdlc::Fcs to_fcs(FrameCheck check);

/// Framer and deframer of a line, set to what LCP has agreed upon while it is open, and to the
/// defaults else.
class Framing {
 public:
  explicit Framing(bool accept_all_controls) : accept_all_controls_(accept_all_controls) {}

  /// LCP has opened.
  void apply(const lcp::Options& ours, const lcp::Options& peers);
  /// LCP is no longer open. What the peer sent before it heard of that still carries the check that
  /// was agreed upon, and if it is `under_way` for good it is escaped as agreed, too.
  void forget(bool under_way);
  /// A new line.
  void reset();

  hdlc::Deframer& deframer() { return deframer_; }
  const hdlc::Deframer& deframer() const { return deframer_; }

  /// Whether a frame has the check that its protocol must have, and counts it if so. A check that
  /// the deframer left in there is taken off.
  bool verify(std::uint16_t protocol, MutableBytes& content);

  struct EncodeOptions {
    bool opening_flag = false;
    bool default_accm = false;
    hdlc::Fcs fcs = hdlc::Fcs::fcs16;
  };
  std::size_t encode(Bytes header, Bytes packet, MutableBytes room, const EncodeOptions& options);

  /// What is appended to packets of the network layer, and to all others.
  hdlc::Fcs data_fcs() const { return data_fcs_; }
  hdlc::Fcs control_fcs() const { return control_fcs_; }

  /// Of what was sent and received; errors are counted elsewhere.
  const lcp::LineCounters& counters() const { return counters_; }
  /// What sending one more frame makes of them.
  static void add_sent(lcp::LineCounters& counters, std::size_t content, hdlc::Fcs fcs);

 private:
  bool has_its_check(std::uint16_t protocol, MutableBytes& content) const;

  const bool accept_all_controls_;
  hdlc::Framer framer_;
  hdlc::Deframer deframer_;
  hdlc::Fcs data_fcs_ = hdlc::Fcs::fcs16;
  hdlc::Fcs control_fcs_ = hdlc::Fcs::fcs16;
  hdlc::Fcs receive_fcs_ = hdlc::Fcs::fcs16;
  lcp::LineCounters counters_{};
};

inline void Framing::add_sent(lcp::LineCounters& counters, std::size_t content, hdlc::Fcs fcs) {
  ++counters.out_packets;
  counters.out_octets += static_cast<std::uint32_t>(content + hdlc::fcs_size(fcs) + 1);
}

inline bool Framing::verify(std::uint16_t protocol, MutableBytes& content) {
  const hdlc::Fcs found = deframer_.found();
  const std::size_t octets = content.size() + hdlc::fcs_size(found) + 1;
  const bool as_agreed = found == receive_fcs_ && found != hdlc::Fcs::none;
  if (!as_agreed && !has_its_check(protocol, content)) return false;
  ++counters_.in_packets;
  counters_.in_octets += static_cast<std::uint32_t>(octets);
  return true;
}

}  // namespace tunppp::link
