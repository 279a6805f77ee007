#include "session/events.h"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace tunppp::session {
namespace {

namespace json = boost::json;

double seconds(Duration duration) {
  // Microseconds are plenty, and keep the number short.
  return static_cast<double>(
             std::chrono::duration_cast<std::chrono::microseconds>(duration).count()) /
         1e6;
}

json::array listed(const std::vector<IpAddress>& addresses) {
  json::array list;
  for (const IpAddress& address : addresses) list.emplace_back(to_string(address));
  return list;
}

/// Seconds; null: without end.
json::value lifetime(Duration duration) {
  return duration == forever ? json::value(nullptr) : json::value(seconds(duration));
}

json::array listed(const std::vector<Ipv6AddressesSet::Global>& addresses) {
  json::array list;
  for (const Ipv6AddressesSet::Global& it : addresses)
    list.push_back(json::object{{"address", to_string(it.address)},
                                {"prefix_length", it.prefix_length},
                                {"preferred", lifetime(it.preferred)},
                                {"valid", lifetime(it.valid)}});
  return list;
}

json::object line_drops(const LinkStatistics& statistics) {
  json::object drops;
  for (std::size_t i = 0; i < statistics.drops.size(); ++i)
    drops[to_string(static_cast<Drop>(i))] = statistics.drops[i];
  return drops;
}

double milliseconds(Duration duration) { return seconds(duration) * 1000; }

/// null where no echo was ever answered.
json::value round_trip(const RoundTrip& it) {
  if (it.count == 0) return nullptr;
  return json::object{{"answers", it.count},
                      {"last_ms", milliseconds(it.last)},
                      {"least_ms", milliseconds(it.least)},
                      {"smoothed_ms", milliseconds(it.smoothed)}};
}

/// null where the peers exchange no reports.
json::value quality(const QualityStatistics& it) {
  if (it.reports_received == 0 && it.reports_sent == 0) return nullptr;
  return json::object{{"reports_sent", it.reports_sent},
                      {"reports_received", it.reports_received},
                      {"lost_to_us", it.lost_to_us},
                      {"lost_to_peer", it.lost_to_peer},
                      {"reports_lost_to_us", it.reports_lost_to_us},
                      {"reports_lost_to_peer", it.reports_lost_to_peer}};
}

/// null for what the modem does not tell.
json::value told(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}
template <class Number>
json::value told(const std::optional<Number>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

struct Fields {
  json::object operator()(const PhaseReached& it) const {
    return {{"event", "phase"}, {"phase", it.phase}, {"text", it.text}};
  }
  json::object operator()(const AddressesSet& it) const {
    json::object object{{"event", "addresses"},
                        {"interface", it.interface},
                        {"local", to_string(it.local)},
                        {"remote", to_string(it.remote)},
                        {"mtu", it.mtu},
                        {"default_route_metric", nullptr}};
    if (it.default_route_metric) object["default_route_metric"] = *it.default_route_metric;
    return object;
  }
  json::object operator()(const Ipv6AddressesSet& it) const {
    json::object object{{"event", "ipv6"},
                        {"interface", it.interface},
                        {"local", to_string(it.local)},
                        {"remote", nullptr},
                        {"mtu", it.mtu},
                        {"global", listed(it.global)},
                        {"default_route_metric", nullptr}};
    if (!it.remote.is_unspecified()) object["remote"] = to_string(it.remote);
    if (it.default_route_metric) object["default_route_metric"] = *it.default_route_metric;
    return object;
  }
  json::object operator()(const NetworkFailed& it) const {
    return {{"event", "network_failed"},
            {"protocol", it.protocol == NetworkProtocol::ipv6 ? "ipv6" : "ipv4"},
            {"reason", info(it.reason).name},
            {"text", it.text}};
  }
  json::object operator()(const DnsSet& it) const {
    return {{"event", "dns"},
            {"servers", listed(it.servers)},
            {"method", it.method},
            {"text", it.text}};
  }
  json::object operator()(const Counters& it) const {
    const LinkStatistics& link = it.link;
    return {{"event", "counters"},
            {"received",
             {{"line_octets", link.received_octets},
              {"frames", link.received_frames},
              {"packets", link.received_packets},
              {"packet_octets", link.received_packet_octets},
              {"to_interface", it.interface_written}}},
            {"sent",
             {{"line_octets", link.sent_octets},
              {"frames", link.sent_frames},
              {"packets", link.sent_packets},
              {"packet_octets", link.sent_packet_octets},
              {"from_interface", it.interface_read},
              {"congestion_marked", it.congestion_marked}}},
            {"super_packets",
             {{"read", it.super_packets_read}, {"written", it.super_packets_written}}},
            {"dropped",
             {{"by_device", it.device_dropped},
              {"queue_full", it.queue_dropped},
              {"queue_delay", it.delay_dropped},
              {"not_ipv4", it.not_ipv4},
              {"not_sent", it.not_sent},
              {"not_written", it.write_failed}}},
            {"line_dropped", line_drops(link)},
            {"round_trip", round_trip(link.round_trip)},
            {"quality", quality(link.quality)}};
  }
  json::object operator()(const ModemStatus& it) const {
    return {{"event", "modem_status"},
            {"registration", told(it.registration)},
            {"operator", told(it.operator_name)},
            {"radio", told(it.radio)},
            {"cell", told(it.cell)},
            {"signal_dbm", told(it.signal_dbm)},
            {"rsrp_dbm", told(it.rsrp_dbm)},
            {"rsrq_db", told(it.rsrq_db)},
            {"sinr_db", told(it.sinr_db)},
            {"text", it.text}};
  }
  json::object operator()(const Warning& it) const {
    return {{"event", "warning"}, {"text", it.text}};
  }
  json::object operator()(const Dialogue& it) const {
    return {{"event", "dialogue"},
            {"with", it.modem ? "modem" : "peer"},
            {"direction", it.sent ? "sent" : "received"},
            {"text", it.text}};
  }
  json::object operator()(const SessionEnded& it) const {
    const EndReasonInfo& row = info(it.reason);
    return {{"event", "end"},
            {"reason", row.name},
            {"exit_code", row.exit_code},
            {"text", it.text},
            {"remedy", row.remedy}};
  }
};

/// JSON is UTF-8; a modem or a peer may say what is not.
bool is_ascii(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}

void make_valid(json::value& value) {
  if (json::string* text = value.if_string()) {
    if (is_ascii(*text)) return;
    for (char& c : *text)
      if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  } else if (json::object* object = value.if_object()) {
    for (auto& [key, member] : *object) make_valid(member);
  }
}

}  // namespace

std::string to_json(Duration elapsed, const DialerEvent& event) {
  json::value value = std::visit(Fields(), event);
  make_valid(value);
  // The time comes first, for those who read along.
  std::string line = json::serialize(value);
  return fmt::format("{{\"elapsed\":{:.6f},{}\n", seconds(elapsed), line.substr(1));
}

void JsonEvents::event(Duration elapsed, const DialerEvent& event) {
  if (output_.lost() > lost_told_) {
    const std::uint64_t lost = output_.lost();
    output_.write(to_json(
        elapsed, Warning{fmt::format("{} events were lost: nobody read them", lost - lost_told_)}));
    if (output_.lost() > lost) return;
    lost_told_ = lost;
  }
  output_.write(to_json(elapsed, event));
}

}  // namespace tunppp::session
