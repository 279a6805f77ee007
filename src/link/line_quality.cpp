// How good a line is and how long it may be used: link quality reports, echoes, session time.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/protocol.h"
#include "base/writer.h"
#include "link/line.h"

namespace tunppp::link {
namespace {

/// How long before the end of a session the peer is told of it again.
constexpr Duration warning_time = std::chrono::seconds(60);

}  // namespace

// --- Link quality reports ------------------------------------------------------------------------

void Line::receive_quality_report(Bytes packet) {
  if (!lcp_.opened()) return count(Drop::not_open);
  if (!quality_.running()) return lcp_.reject_protocol(protocol::lqr, packet);
  const auto report = lcp::QualityReport::parse(packet);
  if (!report) return count(Drop::malformed);
  const std::uint32_t ours = lcp_.ours().magic_number;
  if (ours != 0 && report->magic_number == ours) return count(Drop::unexpected);  // a loop
  quality_.receive(now_, *report, line_counters());
}

void Line::send_quality_report() {
  const std::size_t size = control_header(protocol::lqr).size + lcp::QualityReport::size;
  if (transmit_.room() < hdlc::Framer::max_encoded_size(size)) return count(Drop::transmit_full);
  lcp::LineCounters counters = line_counters();
  // "This number MUST include this Link-Quality-Report" (RFC 1989 section 2.6)
  Framing::add_sent(counters, size, framing_.control_fcs());
  std::array<std::byte, lcp::QualityReport::size> storage;
  Writer packet(storage);
  quality_.make(lcp_.ours().magic_number, counters).emit(packet);
  send_control(protocol::lqr, packet.written());
}

lcp::LineCounters Line::line_counters() const {
  lcp::LineCounters counters = framing_.counters();
  std::uint64_t errors = 0;
  for (const Drop drop :
       {Drop::fcs_error, Drop::runt, Drop::aborted, Drop::overlong, Drop::bad_header}) {
    errors += statistics_.dropped(drop);
  }
  counters.in_errors = static_cast<std::uint32_t>(errors);
  return counters;
}

void Line::judge_quality(const lcp::QualityMonitor::Judgement& judgement) {
  owner_.line_event(QualityChanged{id_, judgement.good, judgement.lost_to_us,
                                   judgement.lost_to_peer, judgement.missing_reports});
  if (judgement.good || !config_.lcp.quality.close_when_bad) return;
  if (judgement.missing_reports > 0) {
    return fail(EndReason::quality_bad, fmt::format("{} quality reports of the peer are missing",
                                                    judgement.missing_reports));
  }
  fail(EndReason::quality_bad,
       fmt::format("too much is lost on the line: {:.0f} % on the way to us, {:.0f} % on the way "
                   "to the peer",
                   100 * judgement.lost_to_us, 100 * judgement.lost_to_peer));
}

// --- Echoes, and what the peer says of itself ----------------------------------------------------

void Line::echo_answered(Duration round_trip) {
  RoundTrip& all = statistics_.round_trip;
  const bool first = all.count++ == 0;
  all.last = round_trip;
  all.least = first ? round_trip : std::min(all.least, round_trip);
  all.smoothed = first ? round_trip : all.smoothed + (round_trip - all.smoothed) / 8;
}

void Line::identified(const std::string& text) {
  owner_.line_event(IdentificationReceived{id_, text});
}

void Line::time_remaining(std::optional<Duration> remaining, const std::string& text) {
  owner_.line_event(TimeRemaining{id_, remaining, text});
}

// --- How long the session may go on --------------------------------------------------------------

/// The time runs from the first opening on, and not anew when LCP is negotiated again.
void Line::limit_session() {
  const Duration limit = config_.lcp.session_limit;
  if (limit == Duration{0}) return;
  if (!session_end_) {
    session_end_ = now_ + limit;
    if (limit > warning_time) session_warning_ = *session_end_ - warning_time;
  }
  lcp_.send_time_remaining(*session_end_ - now_);
}

void Line::watch_session(Instant now) {
  if (session_warning_ && now >= *session_warning_) {
    session_warning_.reset();
    if (session_end_) lcp_.send_time_remaining(*session_end_ - now);
  }
  if (!session_end_ || now < *session_end_) return;
  session_end_.reset();
  fail(EndReason::session_limit, "the session has lasted as long as it may");
}

}  // namespace tunppp::link
