// A router's part of Neighbor Discovery for a guest that has no radvd: advertises one prefix and one
// name server on an interface, at once and for each solicitation.
//   router_advertiser INTERFACE PREFIX NAMESERVER [VALID_SECONDS [MTU]]
// A program of its own, static, and without the code that it is to test.
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

struct RdnssOption {
  std::uint8_t type = 25;
  std::uint8_t length = 3;
  std::uint16_t reserved = 0;
  std::uint32_t lifetime = 0;
  in6_addr server{};
};

struct Message {
  nd_router_advert head{};
  nd_opt_prefix_info prefix{};
  nd_opt_mtu mtu{};
  RdnssOption rdnss{};
};

Message message_of(const char* prefix, const char* server, std::uint32_t valid, std::uint32_t mtu) {
  Message message;
  message.head.nd_ra_type = ND_ROUTER_ADVERT;
  message.head.nd_ra_curhoplimit = 64;
  message.head.nd_ra_router_lifetime = htons(1800);
  message.prefix.nd_opt_pi_type = ND_OPT_PREFIX_INFORMATION;
  message.prefix.nd_opt_pi_len = 4;
  message.prefix.nd_opt_pi_prefix_len = 64;
  message.prefix.nd_opt_pi_flags_reserved = ND_OPT_PI_FLAG_ONLINK | ND_OPT_PI_FLAG_AUTO;
  message.prefix.nd_opt_pi_valid_time = htonl(valid);
  message.prefix.nd_opt_pi_preferred_time = htonl(valid / 2);
  message.mtu.nd_opt_mtu_type = ND_OPT_MTU;
  message.mtu.nd_opt_mtu_len = 1;
  message.mtu.nd_opt_mtu_mtu = htonl(mtu);
  message.rdnss.lifetime = htonl(valid);
  if (::inet_pton(AF_INET6, prefix, &message.prefix.nd_opt_pi_prefix) != 1 ||
      ::inet_pton(AF_INET6, server, &message.rdnss.server) != 1) {
    std::fprintf(stderr, "no IPv6 address: %s, %s\n", prefix, server);
    std::exit(2);
  }
  return message;
}

void set(int fd, int option, int value) {
  if (::setsockopt(fd, IPPROTO_IPV6, option, &value, sizeof value) == 0) return;
  std::perror("setsockopt");
  std::exit(1);
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) return 2;
  const unsigned index = ::if_nametoindex(arguments[1]);
  const auto valid = static_cast<std::uint32_t>(count > 4 ? std::atol(arguments[4]) : 3600);
  const auto mtu = static_cast<std::uint32_t>(count > 5 ? std::atol(arguments[5]) : 1500);
  const Message message = message_of(arguments[2], arguments[3], valid, mtu);

  const int fd = ::socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
  if (fd < 0 || index == 0) {
    std::perror("cannot begin");
    return 1;
  }
  set(fd, IPV6_MULTICAST_HOPS, 255);
  set(fd, IPV6_UNICAST_HOPS, 255);
  set(fd, IPV6_MULTICAST_IF, static_cast<int>(index));
  icmp6_filter filter;
  ICMP6_FILTER_SETBLOCKALL(&filter);
  ICMP6_FILTER_SETPASS(ND_ROUTER_SOLICIT, &filter);
  ::setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
  ipv6_mreq group{};
  ::inet_pton(AF_INET6, "ff02::2", &group.ipv6mr_multiaddr);
  group.ipv6mr_interface = index;
  ::setsockopt(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &group, sizeof group);

  sockaddr_in6 everybody{};
  everybody.sin6_family = AF_INET6;
  everybody.sin6_scope_id = index;
  ::inet_pton(AF_INET6, "ff02::1", &everybody.sin6_addr);
  for (;;) {
    if (::sendto(fd, &message, sizeof message, 0, reinterpret_cast<const sockaddr*>(&everybody),
                 sizeof everybody) < 0) {
      std::perror("sendto");
      return 1;
    }
    char solicitation[512];
    if (::recv(fd, solicitation, sizeof solicitation, 0) < 0) return 1;
  }
}
