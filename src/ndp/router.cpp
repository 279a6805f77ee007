#include "ndp/router.h"

#include <algorithm>
#include <array>

namespace tunppp::ndp {
namespace {

/// RFC 4861 section 10: MAX_INITIAL_RTR_ADVERTISEMENTS and MAX_INITIAL_RTR_ADVERT_INTERVAL.
constexpr unsigned initial_advertisements = 3;
constexpr Duration initial_interval = std::chrono::seconds(16);
/// Answers are no more than this often, whatever the peer sends.
constexpr Duration least_pause = std::chrono::milliseconds(500);

}  // namespace

void Router::start(Instant now, const InterfaceIdentifier& identifier) {
  source_ = link_local(identifier);
  sent_ = 0;
  last_answer_ = now - least_pause;
  next_ = now;
  handle_timeout(now);
}

void Router::receive(Instant now, Bytes packet) {
  if (!next_ || now - last_answer_ < least_pause) return;
  const auto solicitation = parse_solicitation(packet);
  if (!solicitation) return;
  last_answer_ = now;
  // "If the ... source address is the unspecified address" the answer goes to all nodes, and may to
  // a single one otherwise (section 6.2.6).
  advertise(now, solicitation->source.is_unspecified() ? all_nodes : solicitation->source);
}

void Router::handle_timeout(Instant now) {
  if (!next_ || now < *next_) return;
  advertise(now, all_nodes);
  ++sent_;
  next_ = now + (sent_ < initial_advertisements ? std::min(initial_interval, config_.interval)
                                                : config_.interval);
}

void Router::advertise(Instant, const Ipv6Address& destination) {
  Advertisement advertisement{.source = source_,
                              .hop_limit = config_.hop_limit,
                              .router_lifetime = config_.router_lifetime,
                              .mtu = {},
                              .prefixes = {},
                              .dns = {}};
  if (config_.mtu != 0) advertisement.mtu = config_.mtu;
  advertisement.prefixes.push_back({.prefix = config_.prefix,
                                    .on_link = false,
                                    .autonomous = true,
                                    .valid = config_.valid_lifetime,
                                    .preferred = config_.preferred_lifetime});
  // "Lifetime SHOULD be ... 3 * MaxRtrAdvInterval" (RFC 8106 section 5.1)
  for (const Ipv6Address& server : config_.dns) {
    if (advertisement.dns.size() < dns_limit) {
      advertisement.dns.push_back({server, 3 * config_.interval});
    }
  }
  std::array<std::byte, 512> storage;
  Writer packet(storage);
  write_advertisement(packet, advertisement, destination);
  if (packet.ok()) owner_.send_ipv6(packet.written());
}

}  // namespace tunppp::ndp
