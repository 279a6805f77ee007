#pragma once

#include <tunppp/config.h>
#include <tunppp/quality.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "lcp/options.h"
#include "lcp/quality_report.h"

namespace tunppp::lcp {

/// What a line has carried, modulo 2^32. Octets are those under the FCS, the FCS, and one flag for
/// each frame (RFC 1989 section 2.3).
struct LineCounters {
  std::uint32_t out_packets = 0;
  std::uint32_t out_octets = 0;
  std::uint32_t in_packets = 0;
  std::uint32_t in_discards = 0;
  std::uint32_t in_errors = 0;
  std::uint32_t in_octets = 0;  ///< of good frames only
};

/// Link quality monitoring of one line while its LCP is open (RFC 1989): when to send a report,
/// what is in it, and what the peer's reports say.
class QualityMonitor {
 public:
  QualityMonitor(const QualityConfig& config, QualityStatistics& statistics)
      : config_(config), statistics_(statistics) {}

  /// LCP has opened. `ours`: the period that the peer agreed to report in; `peers`: the one that we
  /// did; nullopt: no reports in that direction.
  void start(Instant now, std::optional<ReportPeriod> ours, std::optional<ReportPeriod> peers);
  void stop();
  bool running() const { return ours_ || peers_; }

  std::optional<Instant> next_timeout() const;
  void handle_timeout(Instant now);
  /// A report of the peer. `counters` include it.
  void receive(Instant now, const QualityReport& report, const LineCounters& counters);

  /// Whether a report wants to be sent; asked again it says no.
  bool take_due();
  /// That report. `counters` include it: how large its frame is must be known before.
  QualityReport make(std::uint32_t magic_number, const LineCounters& counters);

  /// What has changed since it was asked last.
  struct Judgement {
    bool good;
    double lost_to_us;
    double lost_to_peer;
    unsigned missing_reports;
  };
  std::optional<Judgement> take_judgement();

 private:
  /// What both sides counted at one report of the peer.
  struct Sample {
    std::uint32_t sent_to_us;        ///< packets, as the peer says
    std::uint32_t received_by_us;
    std::uint32_t reports_sent_to_us;
    std::uint32_t reports_received_by_us;
    std::uint32_t sent_to_peer;      ///< packets, as of the report of ours that it heard last
    std::uint32_t received_by_peer;
    std::uint32_t reports_sent_to_peer;
    std::uint32_t reports_received_by_peer;
    bool heard_us;  ///< else the last four say nothing yet
  };

  void note(const Sample& sample);
  void judge();
  void judged(const Judgement& judgement);
  void expect_report(Instant now);

  const QualityConfig& config_;
  QualityStatistics& statistics_;
  std::optional<ReportPeriod> ours_;
  std::optional<ReportPeriod> peers_;

  Duration send_period_{0};    ///< zero: only in answer
  Duration expect_period_{0};  ///< zero: none are expected
  std::optional<Instant> send_deadline_;
  std::optional<Instant> expect_deadline_;
  bool due_ = false;

  std::uint32_t out_reports_ = 0;
  std::uint32_t in_reports_ = 0;
  std::optional<QualityReport> last_;  ///< of the peer
  LineCounters saved_{};               ///< when that came
  std::uint32_t saved_in_reports_ = 0;

  std::vector<Sample> samples_;  ///< the last config_.window + 1, oldest first
  unsigned missing_ = 0;
  bool good_ = true;
  std::optional<Judgement> judgement_;
};

}  // namespace tunppp::lcp
