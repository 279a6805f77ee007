#include "tun/ipv6_interface.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <algorithm>
#include <cerrno>
#include <fstream>

#include "tun/interface.h"
#include "tun/request.h"

namespace tunppp::tun {
namespace {

constexpr std::uint32_t infinite = 0xffffffff;

/// Rounded up, that the kernel is not before us.
std::uint32_t seconds(Duration lifetime) {
  if (lifetime == forever) return infinite;
  const auto whole = std::chrono::ceil<std::chrono::seconds>(lifetime).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(whole, 0, infinite));
}

ifaddrmsg address_message(unsigned index, const Ipv6Address& address, std::uint8_t prefix_length) {
  ifaddrmsg message{};
  message.ifa_family = AF_INET6;
  message.ifa_prefixlen = prefix_length;
  message.ifa_scope = address.is_link_local() ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  message.ifa_index = index;
  return message;
}

}  // namespace

Result<Ipv6Interface> Ipv6Interface::attach(const std::string& name) {
  Result<Netlink> netlink = Netlink::open();
  if (!netlink) return netlink.failure();
  const unsigned index = ::if_nametoindex(name.c_str());
  if (index == 0) {
    const std::error_code code(errno, std::generic_category());
    return Failure{EndReason::interface_failed, code,
                   fmt::format("cannot look up the interface {}: {}", name, code.message())};
  }
  return Ipv6Interface(std::move(*netlink), name, index);
}

/// Netlink has no request for these.
Status Ipv6Interface::set(const char* setting, unsigned value) {
  const std::string path = fmt::format("/proc/sys/net/ipv6/conf/{}/{}", name_, setting);
  errno = 0;
  std::ofstream file(path);
  file << value;
  file.close();
  if (file) return {};
  // Read-only in a container, but perhaps as it should be.
  unsigned present = ~value;
  std::ifstream(path) >> present;
  if (present == value) return {};
  const std::error_code code(errno == 0 ? EIO : errno, std::generic_category());
  return Failure{EndReason::interface_failed, code,
                 fmt::format("cannot set {} to {}: {}", path, value, code.message())};
}

Status Ipv6Interface::enable() {
  if (Status status = set("accept_ra", 0)) return status;
  return set("disable_ipv6", 0);
}

void Ipv6Interface::disable() {
  static_cast<void>(set("disable_ipv6", 1));
}

Status Ipv6Interface::set_mtu(unsigned mtu) {
  return set("mtu", mtu);
}

Status Ipv6Interface::add_address(const Ipv6Address& address, std::uint8_t prefix_length,
                                  Duration preferred, Duration valid) {
  Netlink::Message message = request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE,
                                     address_message(index_, address, prefix_length));
  put(message, IFA_LOCAL, address);
  put(message, IFA_ADDRESS, address);
  ::nla_put_u32(message.get(), IFA_FLAGS, IFA_F_NODAD);
  const ifa_cacheinfo lifetimes{.ifa_prefered = seconds(preferred),
                                .ifa_valid = seconds(valid),
                                .cstamp = 0,
                                .tstamp = 0};
  ::nla_put(message.get(), IFA_CACHEINFO, sizeof lifetimes, &lifetimes);
  const Netlink::Answer answer = netlink_.transact(std::move(message));
  if (!answer.code) return {};
  return failure(fmt::format("add the address {} to {}", to_string(address), name_), answer);
}

Status Ipv6Interface::remove_address(const Ipv6Address& address, std::uint8_t prefix_length) {
  Netlink::Message message =
      request(RTM_DELADDR, 0, address_message(index_, address, prefix_length));
  put(message, IFA_LOCAL, address);
  put(message, IFA_ADDRESS, address);
  const Netlink::Answer answer = netlink_.transact(std::move(message));
  if (!answer.code || answer.code == std::errc::address_not_available ||
      answer.code == std::errc::no_such_device)
    return {};
  return failure(fmt::format("remove the address {} from {}", to_string(address), name_), answer);
}

Status Ipv6Interface::change_default_route(bool add, std::uint32_t metric) {
  rtmsg route{};
  route.rtm_family = AF_INET6;
  route.rtm_table = RT_TABLE_MAIN;
  route.rtm_protocol = route_protocol;
  route.rtm_scope = RT_SCOPE_UNIVERSE;
  route.rtm_type = RTN_UNICAST;
  Netlink::Message message =
      request(add ? RTM_NEWROUTE : RTM_DELROUTE, add ? NLM_F_CREATE | NLM_F_APPEND : 0, route);
  ::nla_put_u32(message.get(), RTA_OIF, index_);
  ::nla_put_u32(message.get(), RTA_PRIORITY, metric);
  const Netlink::Answer answer = netlink_.transact(std::move(message));
  const std::errc already_so = add ? std::errc::file_exists : std::errc::no_such_process;
  if (!answer.code || answer.code == already_so) return {};
  return failure(fmt::format("{} the IPv6 default route with metric {} through {}",
                             add ? "add" : "remove", metric, name_),
                 answer);
}

}  // namespace tunppp::tun
