#include "tun/interface.h"

#include <fmt/format.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <sys/socket.h>
#include <algorithm>
#include <cstring>
#include <fstream>

#include "tun/request.h"

namespace tunppp::tun {
namespace {

Netlink::Message change_of_link(unsigned index, unsigned flags = 0, unsigned changed_flags = 0) {
  ifinfomsg link{};
  link.ifi_family = AF_UNSPEC;
  link.ifi_index = static_cast<int>(index);
  link.ifi_flags = flags;
  link.ifi_change = changed_flags;
  return request(RTM_SETLINK, 0, link);
}

/// The value of an attribute, wherever it lies in memory; zero when it is not there.
template <typename Value>
Value value_of(const nlattr* attribute) {
  Value value{};
  if (attribute != nullptr)
    std::memcpy(&value, ::nla_data(attribute),
                std::min(sizeof value, static_cast<std::size_t>(::nla_len(attribute))));
  return value;
}

std::string text_of(nlattr* attribute) {
  return attribute == nullptr ? std::string() : std::string(::nla_get_string(attribute));
}

std::string kind_in(nlattr* link_info) {
  if (link_info == nullptr) return {};
  nlattr* attributes[IFLA_INFO_MAX + 1] = {};
  ::nla_parse_nested(attributes, IFLA_INFO_MAX, link_info, nullptr);
  return text_of(attributes[IFLA_INFO_KIND]);
}

InterfaceCounters counters_in(const nlattr* attribute) {
  const auto kernel = value_of<rtnl_link_stats64>(attribute);
  return {.rx_packets = kernel.rx_packets,
          .tx_packets = kernel.tx_packets,
          .rx_bytes = kernel.rx_bytes,
          .tx_bytes = kernel.tx_bytes,
          .rx_errors = kernel.rx_errors,
          .tx_errors = kernel.tx_errors,
          .rx_dropped = kernel.rx_dropped,
          .tx_dropped = kernel.tx_dropped};
}

// A router reports that it joined ff02::2, even from an interface without an address. Netlink has
// no request for this, and in a container the file may be read-only: then routers say that much.
void switch_ipv6_off(const std::string& name) {
  std::ofstream(fmt::format("/proc/sys/net/ipv6/conf/{}/disable_ipv6", name)) << 1;
}

InterfaceInfo parse_link(nlmsghdr* header) {
  nlattr* attributes[IFLA_MAX + 1] = {};
  ::nlmsg_parse(header, sizeof(ifinfomsg), attributes, IFLA_MAX, nullptr);
  ifinfomsg link{};
  std::memcpy(&link, ::nlmsg_data(header), sizeof link);
  return {.index = static_cast<unsigned>(link.ifi_index),
          .name = text_of(attributes[IFLA_IFNAME]),
          .kind = kind_in(attributes[IFLA_LINKINFO]),
          .mtu = value_of<std::uint32_t>(attributes[IFLA_MTU]),
          .transmit_queue_length = value_of<std::uint32_t>(attributes[IFLA_TXQLEN]),
          .up = (link.ifi_flags & IFF_UP) != 0,
          .carrier = value_of<std::uint8_t>(attributes[IFLA_CARRIER]) != 0,
          .state = OperationalState{value_of<std::uint8_t>(attributes[IFLA_OPERSTATE])},
          .counters = counters_in(attributes[IFLA_STATS64])};
}

Result<InterfaceInfo> query(Netlink& netlink, Netlink::Message message, const std::string& name) {
  InterfaceInfo info;
  const Netlink::Answer answer = netlink.transact(std::move(message), [&](nlmsghdr* header) {
    if (header->nlmsg_type == RTM_NEWLINK) info = parse_link(header);
  });
  if (answer.code) return failure("look up the interface " + name, answer);
  return info;
}

Result<InterfaceInfo> query_by_name(Netlink& netlink, const std::string& name) {
  Netlink::Message message = request(RTM_GETLINK, 0, ifinfomsg{});
  ::nla_put_string(message.get(), IFLA_IFNAME, name.c_str());
  return query(netlink, std::move(message), name);
}

}  // namespace

Result<std::optional<InterfaceInfo>> find_interface(const std::string& name) {
  Result<Netlink> netlink = Netlink::open();
  if (!netlink) return netlink.failure();
  Result<InterfaceInfo> info = query_by_name(*netlink, name);
  if (info) return std::optional(*info);
  if (info.failure().code == std::errc::no_such_device) return std::optional<InterfaceInfo>();
  return info.failure();
}

Interface::Interface(Netlink netlink, std::string name, unsigned index)
    : netlink_(std::move(netlink)), name_(std::move(name)), index_(index) {}

Result<Interface> Interface::attach(const std::string& name) {
  Result<Netlink> netlink = Netlink::open();
  if (!netlink) return netlink.failure();
  const Result<InterfaceInfo> info = query_by_name(*netlink, name);
  if (!info) return info.failure();
  return Interface(std::move(*netlink), name, info->index);
}

Result<InterfaceInfo> Interface::info() {
  ifinfomsg link{};
  link.ifi_index = static_cast<int>(index_);
  return query(netlink_, request(RTM_GETLINK, 0, link), name_);
}

Status Interface::disable_ipv6_address_generation() {
  ipv6_silent_ = true;
  Netlink::Message message = change_of_link(index_);
  nlattr* families = ::nla_nest_start(message.get(), IFLA_AF_SPEC);
  nlattr* ipv6 = ::nla_nest_start(message.get(), AF_INET6);
  ::nla_put_u8(message.get(), IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
  ::nla_nest_end(message.get(), ipv6);
  ::nla_nest_end(message.get(), families);
  const Netlink::Answer answer = netlink_.transact(std::move(message));
  switch_ipv6_off(name_);
  // A kernel without IPv6, or an MTU too small for it: nobody is there to invent an address.
  if (!answer.code || answer.code == std::errc::address_family_not_supported ||
      answer.code == std::errc::operation_not_supported)
    return {};
  return failure("keep the kernel from giving " + name_ + " an IPv6 address", answer);
}

Status Interface::set_mtu(unsigned mtu) {
  Netlink::Message message = change_of_link(index_);
  ::nla_put_u32(message.get(), IFLA_MTU, mtu);
  const Netlink::Answer answer = netlink_.transact(std::move(message));
  if (answer.code) return failure(fmt::format("set the MTU of {} to {}", name_, mtu), answer);
  // Below 1280 the kernel removes IPv6 from the interface, above it begins anew, with its defaults.
  if (ipv6_silent_) return disable_ipv6_address_generation();
  return {};
}

Status Interface::set_transmit_queue_length(unsigned packets) {
  Netlink::Message message = change_of_link(index_);
  ::nla_put_u32(message.get(), IFLA_TXQLEN, packets);
  const Netlink::Answer answer = netlink_.transact(std::move(message));
  if (!answer.code) return {};
  return failure(fmt::format("set the transmit queue of {} to {} packets", name_, packets), answer);
}

Status Interface::set_up(bool up) {
  const Netlink::Answer answer =
      netlink_.transact(change_of_link(index_, up ? unsigned{IFF_UP} : 0U, IFF_UP));
  if (!answer.code) return {};
  return failure(fmt::format("take {} {}", name_, up ? "up" : "down"), answer);
}

Status Interface::add_address(Ipv4Address local, Ipv4Address remote) {
  return change_address(true, local, remote);
}

Status Interface::remove_address(Ipv4Address local, Ipv4Address remote) {
  return change_address(false, local, remote);
}

Status Interface::change_address(bool add, Ipv4Address local, Ipv4Address remote) {
  ifaddrmsg address{};
  address.ifa_family = AF_INET;
  address.ifa_prefixlen = 32;
  address.ifa_scope = RT_SCOPE_UNIVERSE;
  address.ifa_index = index_;
  Netlink::Message message =
      request(add ? RTM_NEWADDR : RTM_DELADDR, add ? NLM_F_CREATE | NLM_F_EXCL : 0, address);
  put(message, IFA_LOCAL, local);
  put(message, IFA_ADDRESS, remote.is_unspecified() ? local : remote);
  const Netlink::Answer answer = netlink_.transact(std::move(message));
  if (!answer.code) return {};
  if (add && answer.code == std::errc::file_exists) return {};
  if (!add &&
      (answer.code == std::errc::address_not_available || answer.code == std::errc::no_such_device))
    return {};
  return failure(fmt::format("{} the address {} peer {} {} {}", add ? "add" : "remove",
                             to_string(local), to_string(remote), add ? "to" : "from", name_),
                 answer);
}

Status Interface::add_default_route(std::uint32_t metric) {
  return change_route(true, {}, 0, metric);
}
Status Interface::remove_default_route(std::uint32_t metric) {
  return change_route(false, {}, 0, metric);
}
Status Interface::add_host_route(Ipv4Address host, std::uint32_t metric) {
  return change_route(true, host, 32, metric);
}
Status Interface::remove_host_route(Ipv4Address host, std::uint32_t metric) {
  return change_route(false, host, 32, metric);
}

Status Interface::change_route(bool add, Ipv4Address destination, unsigned prefix_length,
                               std::uint32_t metric) {
  rtmsg route{};
  route.rtm_family = AF_INET;
  route.rtm_dst_len = static_cast<unsigned char>(prefix_length);
  route.rtm_table = RT_TABLE_MAIN;
  route.rtm_protocol = route_protocol;
  route.rtm_scope = RT_SCOPE_LINK;
  route.rtm_type = RTN_UNICAST;
  // APPEND: behind a route that has the same metric. Without it the kernel puts ours before it.
  Netlink::Message message =
      request(add ? RTM_NEWROUTE : RTM_DELROUTE, add ? NLM_F_CREATE | NLM_F_APPEND : 0, route);
  if (prefix_length > 0) put(message, RTA_DST, destination);
  ::nla_put_u32(message.get(), RTA_OIF, index_);
  ::nla_put_u32(message.get(), RTA_PRIORITY, metric);
  const Netlink::Answer answer = netlink_.transact(std::move(message));
  const std::errc already_so = add ? std::errc::file_exists : std::errc::no_such_process;
  if (!answer.code || answer.code == already_so) return {};
  const std::string what =
      prefix_length == 0 ? "the default route" : "the route to " + to_string(destination);
  return failure(
      fmt::format("{} {} with metric {} through {}", add ? "add" : "remove", what, metric, name_),
      answer);
}

}  // namespace tunppp::tun
