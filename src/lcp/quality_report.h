#pragma once

#include <tunppp/bytes.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/writer.h"

namespace tunppp::lcp {

/// A Link-Quality-Report as it travels (RFC 1989 section 2.6). The names are from the point of view
/// of who receives it: `last_out` is what it sent itself, `peer_in` how much of that arrived.
struct QualityReport {
  static constexpr std::size_t size = 48;

  std::uint32_t magic_number = 0;
  std::uint32_t last_out_reports = 0;
  std::uint32_t last_out_packets = 0;
  std::uint32_t last_out_octets = 0;
  std::uint32_t peer_in_reports = 0;
  std::uint32_t peer_in_packets = 0;
  std::uint32_t peer_in_discards = 0;
  std::uint32_t peer_in_errors = 0;
  std::uint32_t peer_in_octets = 0;
  std::uint32_t peer_out_reports = 0;
  std::uint32_t peer_out_packets = 0;
  std::uint32_t peer_out_octets = 0;

  /// nullopt when it is cut short; what follows is padding.
  static std::optional<QualityReport> parse(Bytes packet);
  void emit(Writer& out) const;

  friend bool operator==(const QualityReport&, const QualityReport&) = default;
};

/// "LQR magic=0x2f1a0001 out=3/120/9000 last=2/80/6000 in=2/79/5900 discards=0 errors=1", each
/// triple in reports, packets and octets.
std::string describe_quality_report(Bytes packet);

}  // namespace tunppp::lcp
