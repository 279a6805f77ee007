#include "negotiation.h"

#include <algorithm>

#include "base/timer_table.h"

namespace tunppp::bench {

// --- An end that is a link -----------------------------------------------------------------------

void LinkEnd::start(Instant now) {
  link_.open(now);
  link_.line_up(first_line, now);
  drain(now);
}

void LinkEnd::receive(Instant now, Bytes octets) {
  while (!octets.empty()) {
    octets = octets.subspan(link_.receive(first_line, now, octets));
    drain(now);
  }
}

std::vector<std::byte> LinkEnd::take() {
  const Bytes pending = link_.poll_transmit();
  std::vector<std::byte> octets(pending.begin(), pending.end());
  link_.transmitted(octets.size());
  return octets;
}

bool LinkEnd::hear(Instant now, LinkEnd& other) {
  const Bytes pending = other.link_.poll_transmit();
  if (pending.empty()) return false;
  const std::size_t count = pending.size();
  receive(now, pending);
  other.link_.transmitted(count);
  return true;
}

void LinkEnd::handle_timeout(Instant now) {
  link_.handle_timeout(now);
  drain(now);
}

void LinkEnd::drain(Instant now) {
  while (const auto event = link_.poll_event()) {
    if (const auto* question = std::get_if<SecretWanted>(&*event)) {
      link_.provide_secret(now, question->token, Secret("s3cret"));
    } else if (std::holds_alternative<Ipv4Up>(*event)) {
      if (!ipv4_up_) ipv4_up_ = now;
    } else if (std::holds_alternative<Ipv6AddressAdded>(*event)) {
      if (!ipv6_up_) ipv6_up_ = now;
    } else if (const auto* ended = std::get_if<LinkEnded>(&*event)) {
      end_ = ended->text;
    }
  }
  while (link_.poll_packet()) {
  }
}

// --- The line ------------------------------------------------------------------------------------

std::optional<Instant> Negotiation::next_moment() const {
  auto next = earliest(client_.next_timeout(), server_.next_timeout());
  for (const UnderWay& each : under_way_) next = earliest(next, each.arrival);
  return next;
}

void Negotiation::advance() {
  while (!under_way_.empty() && under_way_.front().arrival <= now_) {
    UnderWay arrived = std::move(under_way_.front());
    under_way_.pop_front();
    arrived.to->receive(now_, arrived.octets);
  }
  for (End* end : {static_cast<End*>(&client_), &server_}) {
    if (end->next_timeout().value_or(Instant::max()) <= now_) end->handle_timeout(now_);
  }
  collect();
}

void Negotiation::collect() {
  for (auto [from, to] : {std::pair<End*, End*>{&client_, &server_}, {&server_, &client_}}) {
    auto octets = from->take();
    if (!octets.empty()) under_way_.push_back({now_ + one_way_, to, std::move(octets)});
  }
}

Outcome run(const Scenario& scenario, Duration round_trip) {
  LinkEnd client(scenario.client, 1);
  const auto server = scenario.server(scenario.server_config);
  Negotiation negotiation(client, *server, round_trip);
  const auto up = [&] {
    return (scenario.wanted == Wanted::ipv4 ? client.ipv4_up() : client.ipv6_up()).has_value();
  };
  negotiation.run([&] { return up() || !client.end().empty(); }, std::chrono::minutes(5));
  Outcome outcome;
  outcome.up = up();
  outcome.time = negotiation.elapsed();
  outcome.round_trips = static_cast<double>(outcome.time.count()) /
                        static_cast<double>(std::max<Duration::rep>(round_trip.count(), 1));
  return outcome;
}

}  // namespace tunppp::bench
