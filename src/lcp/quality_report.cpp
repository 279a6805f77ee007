#include "lcp/quality_report.h"

#include <fmt/format.h>

#include "base/reader.h"

namespace tunppp::lcp {
namespace {

/// The fields in their order on the line.
constexpr std::uint32_t QualityReport::*fields[] = {
    &QualityReport::magic_number,     &QualityReport::last_out_reports,
    &QualityReport::last_out_packets, &QualityReport::last_out_octets,
    &QualityReport::peer_in_reports,  &QualityReport::peer_in_packets,
    &QualityReport::peer_in_discards, &QualityReport::peer_in_errors,
    &QualityReport::peer_in_octets,   &QualityReport::peer_out_reports,
    &QualityReport::peer_out_packets, &QualityReport::peer_out_octets,
};

}  // namespace

std::optional<QualityReport> QualityReport::parse(Bytes packet) {
  Reader reader(packet);
  QualityReport report;
  for (const auto field : fields) report.*field = reader.u32();
  return reader.ok() ? std::optional(report) : std::nullopt;
}

void QualityReport::emit(Writer& out) const {
  for (const auto field : fields) out.u32(this->*field);
}

std::string describe_quality_report(Bytes packet) {
  const auto report = QualityReport::parse(packet);
  if (!report) return "LQR (malformed)";
  return fmt::format(
      "LQR magic=0x{:08x} out={}/{}/{} last={}/{}/{} in={}/{}/{} discards={} errors={}",
      report->magic_number, report->peer_out_reports, report->peer_out_packets,
      report->peer_out_octets, report->last_out_reports, report->last_out_packets,
      report->last_out_octets, report->peer_in_reports, report->peer_in_packets,
      report->peer_in_octets, report->peer_in_discards, report->peer_in_errors);
}

}  // namespace tunppp::lcp
