#include "session/ipv6_network.h"

#include <fmt/format.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace tunppp::session {

Status Ipv6Network::up(const Ipv6Up& event) {
  const std::uint16_t mtu = std::min(event.mtu, interface_.options().mtu);
  if (Status status = interface_.bring_up(mtu)) return status;
  if (!ipv6_) {
    Result<tun::Ipv6Interface> ipv6 = tun::Ipv6Interface::attach(interface_.name());
    if (!ipv6) return ipv6.failure();
    ipv6_.emplace(std::move(*ipv6));
  }
  if (Status status = ipv6_->enable()) return status;
  if (Status status = ipv6_->add_address(event.local, 64, forever, forever)) return status;
  addresses_ = Ipv6AddressesSet{.interface = interface_.name(),
                                .local = event.local,
                                .remote = event.remote,
                                .mtu = mtu,
                                .global = {},
                                .default_route_metric = {}};
  if (!router_prefix_) return {};
  return add({join(*router_prefix_, event.local_identifier), 64, forever, forever});
}

void Ipv6Network::down() {
  addresses_.reset();
  if (ipv6_) ipv6_->disable();
}

Status Ipv6Network::add(const Ipv6AddressAdded& event) {
  if (!addresses_) return {};
  if (Status status = ipv6_->add_address(event.address, event.prefix_length, event.preferred,
                                         event.valid))
    return status;
  const Ipv6AddressesSet::Global added{event.address, event.prefix_length, event.preferred,
                                       event.valid};
  for (Ipv6AddressesSet::Global& known : addresses_->global) {
    if (known.address != event.address) continue;
    known = added;
    return {};
  }
  addresses_->global.push_back(added);
  return {};
}

Status Ipv6Network::remove(const Ipv6AddressRemoved& event) {
  if (!addresses_) return {};
  const auto found = std::find_if(addresses_->global.begin(), addresses_->global.end(),
                                  [&](const auto& known) { return known.address == event.address; });
  if (found == addresses_->global.end()) return {};
  const std::uint8_t prefix_length = found->prefix_length;
  addresses_->global.erase(found);
  return ipv6_->remove_address(event.address, prefix_length);
}

Status Ipv6Network::route(const Ipv6DefaultRoute& event) {
  if (!addresses_ || !interface_.options().default_route) return {};
  const std::uint32_t metric = interface_.options().metric;
  if (event.lifetime == Duration::zero()) {
    addresses_->default_route_metric.reset();
    return ipv6_->remove_default_route(metric);
  }
  if (Status status = ipv6_->add_default_route(metric)) return status;
  addresses_->default_route_metric = metric;
  return {};
}

Status Ipv6Network::set_mtu(const Ipv6Mtu& event) {
  if (!addresses_) return {};
  addresses_->mtu = std::min(event.mtu, interface_.options().mtu);
  return ipv6_->set_mtu(addresses_->mtu);
}

std::string to_text(const Ipv6AddressesSet& addresses) {
  std::string text = fmt::format("{}, {}", addresses.interface, to_string(addresses.local));
  if (!addresses.remote.is_unspecified()) text += " to " + to_string(addresses.remote);
  for (const Ipv6AddressesSet::Global& it : addresses.global) text += ", " + to_string(it.address);
  text += fmt::format(", MTU {}", addresses.mtu);
  if (addresses.default_route_metric)
    text += fmt::format(", default route (metric {})", *addresses.default_route_metric);
  return text;
}

std::string interface_with(Ipv4Address address, const std::string& except) {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  for (const ifaddrs* it = list; it != nullptr; it = it->ifa_next) {
    if (it->ifa_addr == nullptr || it->ifa_addr->sa_family != AF_INET || except == it->ifa_name)
      continue;
    sockaddr_in socket_address{};
    std::memcpy(&socket_address, it->ifa_addr, sizeof socket_address);
    if (std::memcmp(&socket_address.sin_addr, address.octets.data(), address.octets.size()) == 0)
      return it->ifa_name;
  }
  return {};
}

}  // namespace tunppp::session
