// Link quality reports as octets, and a monitor whose peer is played from the input.
#include "lcp/quality_monitor.h"
#include "link_fuzz.h"

namespace tunppp::fuzz {
namespace {

void check_octets(Bytes octets) {
  for (char c : lcp::describe_quality_report(octets)) {
    require(c >= ' ' && c <= '~', "words are printable");
  }
  const auto report = lcp::QualityReport::parse(octets);
  require(report.has_value() == (octets.size() >= lcp::QualityReport::size),
          "any 48 octets are a report");
  if (!report) return;
  std::array<std::byte, lcp::QualityReport::size> room;
  Writer writer(room);
  report->emit(writer);
  require(std::equal(room.begin(), room.end(), octets.begin()), "what is read is written again");
}

class Play {
 public:
  explicit Play(Input input) : input_(input) {
    config_.window = input_.octet() % 8;
    config_.tolerated_loss = input_.octet() % 120;
    config_.missing_reports = input_.octet() % 4;
    config_.report_interval = std::chrono::milliseconds(10 * (1 + input_.octet()));
  }

  void run() {
    while (!input_.empty()) {
      step();
      while (const auto judgement = monitor_.take_judgement()) {
        require(judgement->lost_to_us >= 0 && judgement->lost_to_us <= 1, "a part of the whole");
        require(judgement->lost_to_peer >= 0 && judgement->lost_to_peer <= 1, "here as well");
        require(judgement->good != good_, "only changes are told");
        good_ = judgement->good;
      }
      if (monitor_.take_due()) {
        require(monitor_.running(), "nothing is reported that nobody asked for");
        const auto report = monitor_.make(1, counters_);
        require(report.peer_out_reports == ++reports_, "reports are numbered");
      }
    }
  }

 private:
  void step() {
    switch (input_.octet() % 6) {
      case 0: check_octets(input_.counted()); break;
      case 1: {
        const auto period = [](unsigned choice) {
          return choice == 0 ? std::nullopt : std::optional<lcp::ReportPeriod>(choice * choice - 1);
        };
        const auto ours = period(input_.octet());
        monitor_.start(now_, ours, period(input_.octet()));
        good_ = true;
        reports_ = 0;
        break;
      }
      case 2: monitor_.stop(); break;
      case 3: {
        const auto report = lcp::QualityReport::parse(input_.octets(lcp::QualityReport::size));
        counters_.in_packets += input_.number();
        if (report && monitor_.running()) monitor_.receive(now_, *report, counters_);
        break;
      }
      case 4: now_ += std::chrono::milliseconds(input_.number()); [[fallthrough]];
      default:
        monitor_.handle_timeout(now_);
        require(!monitor_.next_timeout() || *monitor_.next_timeout() > now_,
                "the next timeout lies ahead");
    }
  }

  Input input_;
  QualityConfig config_;
  QualityStatistics statistics_;
  lcp::QualityMonitor monitor_{config_, statistics_};
  lcp::LineCounters counters_;
  Instant now_{};
  bool good_ = true;
  std::uint32_t reports_ = 0;
};

}  // namespace
}  // namespace tunppp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tunppp::fuzz;
  Play(Input(std::as_bytes(std::span(data, size)))).run();
  return 0;
}
