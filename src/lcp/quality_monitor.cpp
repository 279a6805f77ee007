#include "lcp/quality_monitor.h"

#include <algorithm>
#include <utility>

#include "base/timer_table.h"

namespace tunppp::lcp {
namespace {

/// A report is late when half a period more has gone by.
constexpr int patience_numerator = 3;
constexpr int patience_denominator = 2;

Duration duration(ReportPeriod hundredths) { return std::chrono::milliseconds(10) * hundredths; }

/// Counters wrap; one that seems to run backwards (frames out of order, a peer that lies) lost
/// nothing.
std::uint32_t lost(std::uint32_t sent, std::uint32_t received) {
  return sent > received ? sent - received : 0;
}

struct Loss {
  std::uint32_t sent;
  std::uint32_t lost_of_it;
  double part() const { return sent == 0 ? 0.0 : static_cast<double>(lost_of_it) / sent; }
};

Loss loss(std::uint32_t sent_before, std::uint32_t sent, std::uint32_t received_before,
          std::uint32_t received) {
  return {sent - sent_before, lost(sent - sent_before, received - received_before)};
}

}  // namespace

void QualityMonitor::start(Instant now, std::optional<ReportPeriod> ours,
                           std::optional<ReportPeriod> peers) {
  stop();
  ours_ = ours;
  peers_ = peers;
  if (!running()) return;
  // Who asks for reports that only answer needs a timer of its own (section 2.5).
  if (peers_.value_or(0) > 0) {
    send_period_ = duration(*peers_);
  } else if (ours_ && *ours_ == 0) {
    send_period_ = config_.report_interval;
  }
  if (ours_) expect_period_ = *ours_ > 0 ? duration(*ours_) : send_period_;
  if (send_period_ > Duration{0}) {
    due_ = true;
    send_deadline_ = now + send_period_;
  }
  expect_report(now);
}

void QualityMonitor::stop() {
  ours_.reset();
  peers_.reset();
  send_period_ = expect_period_ = Duration{0};
  send_deadline_.reset();
  expect_deadline_.reset();
  due_ = false;
  out_reports_ = in_reports_ = saved_in_reports_ = 0;
  last_.reset();
  saved_ = {};
  samples_.clear();
  missing_ = 0;
  good_ = true;
  judgement_.reset();
}

std::optional<Instant> QualityMonitor::next_timeout() const {
  return earliest(send_deadline_, expect_deadline_);
}

void QualityMonitor::handle_timeout(Instant now) {
  if (send_deadline_ && now >= *send_deadline_) {
    due_ = true;
    send_deadline_ = now + send_period_;
  }
  if (expect_deadline_ && now >= *expect_deadline_) {
    expect_deadline_ = now + expect_period_;
    if (++missing_ >= config_.missing_reports && config_.missing_reports > 0) {
      judged({false, 0, 0, missing_});
    }
  }
}

void QualityMonitor::expect_report(Instant now) {
  if (expect_period_ == Duration{0}) return;
  expect_deadline_ = now + expect_period_ * patience_numerator / patience_denominator;
}

void QualityMonitor::receive(Instant now, const QualityReport& report,
                             const LineCounters& counters) {
  ++in_reports_;
  ++statistics_.reports_received;
  missing_ = 0;
  expect_report(now);
  // "two successive ... PeerInLQRs are the same": the peer has heard nothing of us in between. And
  // whoever has no timer answers each report (sections 2.5 and 2.7).
  const bool unheard = last_ && last_->peer_in_reports == report.peer_in_reports;
  if (peers_ && (unheard || send_period_ == Duration{0})) due_ = true;
  last_ = report;
  saved_ = counters;
  saved_in_reports_ = in_reports_;
  note({report.peer_out_packets, counters.in_packets, report.peer_out_reports, in_reports_,
        report.last_out_packets, report.peer_in_packets, report.last_out_reports,
        report.peer_in_reports, report.peer_in_reports != 0});
}

void QualityMonitor::note(const Sample& sample) {
  if (!samples_.empty()) {
    const Sample& before = samples_.back();
    statistics_.lost_to_us += loss(before.sent_to_us, sample.sent_to_us, before.received_by_us,
                                   sample.received_by_us).lost_of_it;
    statistics_.reports_lost_to_us +=
        loss(before.reports_sent_to_us, sample.reports_sent_to_us, before.reports_received_by_us,
             sample.reports_received_by_us).lost_of_it;
    if (before.heard_us && sample.heard_us) {
      statistics_.lost_to_peer += loss(before.sent_to_peer, sample.sent_to_peer,
                                       before.received_by_peer, sample.received_by_peer).lost_of_it;
      statistics_.reports_lost_to_peer +=
          loss(before.reports_sent_to_peer, sample.reports_sent_to_peer,
               before.reports_received_by_peer, sample.reports_received_by_peer).lost_of_it;
    }
  }
  const std::size_t window = std::max(config_.window, 1U);
  if (samples_.size() > window) samples_.erase(samples_.begin());
  samples_.push_back(sample);
  if (samples_.size() > window) judge();
}

void QualityMonitor::judge() {
  const Sample& first = samples_.front();
  const Sample& last = samples_.back();
  const Loss to_us =
      loss(first.sent_to_us, last.sent_to_us, first.received_by_us, last.received_by_us);
  Loss to_peer{0, 0};
  if (first.heard_us && last.heard_us) {
    to_peer =
        loss(first.sent_to_peer, last.sent_to_peer, first.received_by_peer, last.received_by_peer);
  }
  const double tolerated = config_.tolerated_loss / 100.0;
  judged({to_us.part() <= tolerated && to_peer.part() <= tolerated, to_us.part(), to_peer.part(),
          0});
}

void QualityMonitor::judged(const Judgement& judgement) {
  if (judgement.good != good_) judgement_ = judgement;
  good_ = judgement.good;
}

bool QualityMonitor::take_due() { return std::exchange(due_, false); }

QualityReport QualityMonitor::make(std::uint32_t magic_number, const LineCounters& counters) {
  QualityReport report;
  report.magic_number = magic_number;
  if (last_) {
    report.last_out_reports = last_->peer_out_reports;
    report.last_out_packets = last_->peer_out_packets;
    report.last_out_octets = last_->peer_out_octets;
  }
  report.peer_in_reports = saved_in_reports_;
  report.peer_in_packets = saved_.in_packets;
  report.peer_in_discards = saved_.in_discards;
  report.peer_in_errors = saved_.in_errors;
  report.peer_in_octets = saved_.in_octets;
  report.peer_out_reports = ++out_reports_;
  report.peer_out_packets = counters.out_packets;
  report.peer_out_octets = counters.out_octets;
  ++statistics_.reports_sent;
  return report;
}

std::optional<QualityMonitor::Judgement> QualityMonitor::take_judgement() {
  return std::exchange(judgement_, std::nullopt);
}

}  // namespace tunppp::lcp
