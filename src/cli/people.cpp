#include "cli/people.h"

#include <fmt/format.h>

namespace tunppp::cli {
namespace {

double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

std::string round_trip(const RoundTrip& it) {
  if (it.count == 0) return {};
  return fmt::format("; round trip {:.1f} ms, least {:.1f} ms", milliseconds(it.smoothed),
                     milliseconds(it.least));
}

std::string quality(const QualityStatistics& it) {
  if (it.reports_received == 0) return {};
  return fmt::format("; by {} quality reports {} frames were lost to us and {} to the peer",
                     it.reports_received, it.lost_to_us, it.lost_to_peer);
}

struct Text {
  std::string operator()(const PhaseReached& it) const { return it.text; }
  std::string operator()(const AddressesSet&) const { return {}; }  // the phase "up" says it
  std::string operator()(const Ipv6AddressesSet&) const { return {}; }  // the phase "ipv6" does
  std::string operator()(const NetworkFailed& it) const {
    return fmt::format("no {}: {}", it.protocol == NetworkProtocol::ipv6 ? "IPv6" : "IPv4", it.text);
  }
  std::string operator()(const DnsSet& it) const { return it.text; }
  std::string operator()(const Counters& it) const {
    std::string text = fmt::format("traffic: {} packets received ({} octets), {} sent ({} octets)",
                                   it.link.received_packets, it.link.received_packet_octets,
                                   it.link.sent_packets, it.link.sent_packet_octets);
    text += round_trip(it.link.round_trip) + quality(it.link.quality);
    const auto lost = [&text](std::uint64_t count, std::string_view where) {
      if (count > 0) text += fmt::format("; {} lost {}", count, where);
    };
    lost(it.device_dropped, "in the interface before they could be read");
    lost(it.queue_dropped, "in the full queue towards the line");
    lost(it.delay_dropped, "to tell their senders to slow down");
    lost(it.not_ipv4, "for no protocol carries them");
    lost(it.not_sent, "for the link was closed");
    lost(it.write_failed, "that the interface did not take");
    lost(it.link.dropped(Drop::fcs_error), "damaged on the line");
    return text;
  }
  /// That the signal goes up and down is for programs.
  std::string operator()(const ModemStatus& it) const {
    return it.notable ? it.text : std::string();
  }
  std::string operator()(const Warning& it) const { return "warning: " + it.text; }
  std::string operator()(const Dialogue& it) const {
    if (it.modem) return fmt::format("{} {}", it.sent ? "->" : "<-", it.text);
    return fmt::format("{} {}", it.sent ? "sent" : "rcvd", it.text);
  }
  std::string operator()(const SessionEnded& it) const { return fmt::format("end: {}", it.text); }
};

}  // namespace

std::string to_text(Duration elapsed, const DialerEvent& event) {
  const std::string text = std::visit(Text(), event);
  if (text.empty()) return {};
  const double seconds = std::chrono::duration<double>(elapsed).count();
  return fmt::format("{:6.2f} s  {}\n", seconds, text);
}

void People::event(Duration elapsed, const DialerEvent& event) {
  const auto* ended = std::get_if<SessionEnded>(&event);
  if (!ended || ended->reason == EndReason::requested) {
    const std::string line = to_text(elapsed, event);
    if (!line.empty()) output_.write(line);
    return;
  }
  const EndReasonInfo& row = info(ended->reason);
  errors_.write(fmt::format("tunppp: {}\n", ended->text));
  if (!row.remedy.empty()) errors_.write(fmt::format("        {}\n", row.remedy));
}

}  // namespace tunppp::cli
