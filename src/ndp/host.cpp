#include "ndp/host.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/timer_table.h"

namespace tunppp::ndp {
namespace {

constexpr std::size_t address_limit = 8;
/// RFC 4862 section 5.5.3 e: no advertisement, which anybody may have sent, takes an address away
/// sooner.
constexpr Duration least_remaining = std::chrono::hours(2);

std::optional<Instant> deadline(Instant now, Duration lifetime) {
  if (lifetime == forever) return std::nullopt;
  return now + lifetime;
}

/// Of two ends the later; nullopt is never.
bool is_before(std::optional<Instant> a, std::optional<Instant> b) {
  return a && (!b || *a < *b);
}

bool is_over(std::optional<Instant> end, Instant now) { return end && *end <= now; }

}  // namespace

void Host::start(Instant now, const InterfaceIdentifier& identifier, std::uint16_t link_mtu) {
  stop();
  running_ = true;
  identifier_ = identifier;
  link_mtu_ = link_mtu;
  mtu_ = link_mtu;
  if (config_.solicit) solicit_anew(now);
}

void Host::stop() {
  running_ = false;
  solicit_at_.reset();
  router_ = {};
  router_until_.reset();
  addresses_.clear();
  dns_.clear();
}

void Host::solicit_anew(Instant now) {
  solicitations_ = 0;
  pause_ = config_.solicitation_interval;
  solicit(now);
}

/// At first as RFC 4861 section 6.3.7 has it; then, "to be robust against packet loss", with pauses
/// that double (RFC 7559 section 2), until a router has answered.
void Host::solicit(Instant now) {
  std::array<std::byte, 64> storage;
  Writer packet(storage);
  write_solicitation(packet, link_local(identifier_));
  owner_.send_ipv6(packet.written());
  if (++solicitations_ > config_.max_solicitations) {
    pause_ = std::min(2 * pause_, config_.solicitation_longest);
  }
  solicit_at_ = now + pause_;
}

void Host::receive(Instant now, Bytes packet) {
  if (!running_ || !config_.solicit) return;
  const auto advertisement = parse_advertisement(packet);
  if (!advertisement || advertisement->source == link_local(identifier_)) return;
  if (advertisement->mtu) take_mtu(*advertisement->mtu);
  for (const PrefixInformation& information : advertisement->prefixes) {
    take_prefix(now, information);
  }
  take_router(now, *advertisement);
  take_dns(now, advertisement->dns);
}

void Host::take_router(Instant now, const Advertisement& advertisement) {
  const bool offers = advertisement.router_lifetime > Duration{0};
  // The line has one other end; a second router behind it changes nothing while the first holds.
  const bool holds = router_until_.has_value();
  if (holds && advertisement.source != router_) return;
  if (!holds && !offers) return;
  router_ = advertisement.source;
  router_until_.reset();
  if (offers) {
    router_until_ = now + advertisement.router_lifetime;
    solicit_at_.reset();
  }
  owner_.tell(Ipv6DefaultRoute{router_, advertisement.router_lifetime});
}

/// RFC 4862 section 5.5.3, a to e.
void Host::take_prefix(Instant now, const PrefixInformation& it) {
  const bool usable = it.autonomous && it.prefix.length == 64 && !it.prefix.address.is_link_local() &&
                      !it.prefix.address.is_multicast() && it.preferred <= it.valid;
  if (!usable) return;
  const Ipv6Address address = join(it.prefix, identifier_);
  // Without L the prefix is not on the link: only the address itself is (section 5.5.3; RFC 5942).
  const std::uint8_t prefix_length = it.on_link ? 64 : 128;
  auto found = std::find_if(addresses_.begin(), addresses_.end(),
                            [&](const Address& known) { return known.address == address; });
  Duration valid = it.valid;
  if (found == addresses_.end()) {
    if (valid == Duration{0} || addresses_.size() >= address_limit) return;
    found = addresses_.insert(found, Address{address, prefix_length, {}});
  } else {
    const Duration remaining = found->valid_until ? *found->valid_until - now : forever;
    if (valid <= least_remaining && valid <= remaining) {
      valid = std::min(remaining, least_remaining);
    }
  }
  found->valid_until = deadline(now, valid);
  owner_.tell(Ipv6AddressAdded{address, found->prefix_length, it.preferred, valid});
}

/// "in the case where the DNS Repository and Resolver Repository have the maximum number ... the
/// entry ... with the shortest Lifetime" gives way (RFC 8106 section 6.1).
void Host::take_dns(Instant now, const std::vector<NameServer>& servers) {
  if (servers.empty()) return;
  const auto addresses = [this] {
    std::vector<Ipv6Address> list;
    for (const Server& server : dns_) list.push_back(server.address);
    return list;
  };
  const std::vector<Ipv6Address> before = addresses();
  for (const NameServer& it : servers) {
    auto found = std::find_if(dns_.begin(), dns_.end(),
                              [&](const Server& known) { return known.address == it.address; });
    if (it.lifetime == Duration{0}) {
      if (found != dns_.end()) dns_.erase(found);
      continue;
    }
    if (found == dns_.end()) {
      if (dns_.size() >= dns_limit) {
        dns_.erase(std::min_element(dns_.begin(), dns_.end(), [](const Server& a, const Server& b) {
          return is_before(a.until, b.until);
        }));
      }
      found = dns_.insert(dns_.end(), Server{it.address, {}});
    }
    found->until = deadline(now, it.lifetime);
  }
  if (addresses() != before) tell_dns();
}

void Host::tell_dns() {
  Ipv6Dns event;
  for (const Server& server : dns_) event.servers.push_back(server.address);
  owner_.tell(std::move(event));
}

/// "If the MTU option is ... between the minimum [1280] and maximum [of the link]" (section 6.3.4)
void Host::take_mtu(std::uint32_t mtu) {
  if (mtu < least_mtu || mtu > link_mtu_ || mtu == mtu_) return;
  mtu_ = static_cast<std::uint16_t>(mtu);
  owner_.tell(Ipv6Mtu{mtu_});
}

std::optional<Instant> Host::next_timeout() const {
  auto next = earliest(solicit_at_, router_until_);
  for (const Address& address : addresses_) next = earliest(next, address.valid_until);
  for (const Server& server : dns_) next = earliest(next, server.until);
  return next;
}

void Host::handle_timeout(Instant now) {
  const auto expired = std::stable_partition(
      addresses_.begin(), addresses_.end(),
      [now](const Address& address) { return !is_over(address.valid_until, now); });
  const std::vector<Address> gone(expired, addresses_.end());
  addresses_.erase(expired, addresses_.end());
  for (const Address& address : gone) owner_.tell(Ipv6AddressRemoved{address.address});

  const std::size_t servers = dns_.size();
  std::erase_if(dns_, [now](const Server& server) { return is_over(server.until, now); });
  if (dns_.size() != servers) tell_dns();

  if (is_over(router_until_, now)) {
    router_until_.reset();
    owner_.tell(Ipv6DefaultRoute{router_, Duration{0}});
    if (!solicit_at_) return solicit_anew(now);
  }
  if (is_over(solicit_at_, now)) solicit(now);
}

}  // namespace tunppp::ndp
