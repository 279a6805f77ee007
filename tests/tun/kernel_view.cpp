#include "kernel_view.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/capability.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tunppp::tun {
namespace {

// /proc/net/route prints the 32 bits as the machine's integer.
Ipv4Address from_hexadecimal(const std::string& digits) {
  const auto bits = static_cast<std::uint32_t>(std::stoul(digits, nullptr, 16));
  Ipv4Address address;
  std::memcpy(address.octets.data(), &bits, sizeof bits);
  return address;
}

std::string text_of(const sockaddr* address) {
  if (address == nullptr) return {};
  sockaddr_in in{};
  std::memcpy(&in, address, sizeof in);
  char text[INET_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET, &in.sin_addr, text, sizeof text);
  return text;
}

sockaddr_in socket_address(const char* address, std::uint16_t port) {
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(port);
  ::inet_pton(AF_INET, address, &in.sin_addr);
  return in;
}

const sockaddr* generic(const sockaddr_in& address) {
  return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

}  // namespace

std::vector<Route> routes() {
  std::ifstream in("/proc/net/route");
  std::string line;
  std::getline(in, line);
  std::vector<Route> found;
  while (std::getline(in, line)) {
    std::istringstream words(line);
    std::string interface, destination, gateway, flags, references, use, metric, mask;
    words >> interface >> destination >> gateway >> flags >> references >> use >> metric >> mask;
    found.push_back({interface, from_hexadecimal(destination), from_hexadecimal(mask),
                     static_cast<std::uint32_t>(std::stoul(metric))});
  }
  return found;
}

std::vector<Route> default_routes() {
  std::vector<Route> found = routes();
  std::erase_if(found, [](const Route& route) { return !route.mask.is_unspecified(); });
  return found;
}

std::vector<AddressPair> ipv4_addresses(const std::string& interface) {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) throw std::runtime_error("getifaddrs");
  std::vector<AddressPair> found;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next)
    if (entry->ifa_addr != nullptr && entry->ifa_addr->sa_family == AF_INET &&
        interface == entry->ifa_name)
      found.push_back({text_of(entry->ifa_addr), text_of(entry->ifa_dstaddr)});
  ::freeifaddrs(list);
  return found;
}

std::vector<std::string> ipv6_addresses(const std::string& interface) {
  std::ifstream in("/proc/net/if_inet6");
  std::vector<std::string> found;
  std::string address, index, prefix, scope, flags, name;
  while (in >> address >> index >> prefix >> scope >> flags >> name)
    if (name == interface) found.push_back(address);
  return found;
}

std::string source_towards(const char* destination) {
  const Datagrams socket;
  const sockaddr_in there = socket_address(destination, 9);
  if (::connect(socket.fd(), generic(there), sizeof there) != 0) return "unreachable";
  sockaddr_storage here{};
  socklen_t size = sizeof here;
  auto* address = static_cast<sockaddr*>(static_cast<void*>(&here));
  if (::getsockname(socket.fd(), address, &size) != 0) return "unknown";
  return text_of(address);
}

Datagrams::Datagrams() : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
Datagrams::~Datagrams() {
  ::close(fd_);
}

bool Datagrams::send(const char* destination, std::uint16_t port, const std::string& text) const {
  const sockaddr_in there = socket_address(destination, port);
  return ::sendto(fd_, text.data(), text.size(), 0, generic(there), sizeof there) ==
         static_cast<ssize_t>(text.size());
}

bool Datagrams::bind(std::uint16_t port) const {
  const sockaddr_in here = socket_address("0.0.0.0", port);
  return ::bind(fd_, generic(here), sizeof here) == 0;
}

bool readable(int fd, int milliseconds) {
  pollfd file{fd, POLLIN, 0};
  return ::poll(&file, 1, milliseconds) == 1;
}

std::vector<std::byte> udp_packet(Ipv4Address from, Ipv4Address to, std::uint16_t port,
                                  const std::string& text) {
  std::vector<std::byte> packet(28 + text.size());
  const auto put16 = [&](std::size_t at, std::size_t value) {
    packet[at] = static_cast<std::byte>(value >> 8);
    packet[at + 1] = static_cast<std::byte>(value);
  };
  packet[0] = std::byte{0x45};
  put16(2, packet.size());
  packet[8] = std::byte{64};
  packet[9] = std::byte{IPPROTO_UDP};
  std::memcpy(&packet[12], from.octets.data(), 4);
  std::memcpy(&packet[16], to.octets.data(), 4);
  put16(20, 4711);
  put16(22, port);
  put16(24, 8 + text.size());
  std::memcpy(&packet[28], text.data(), text.size());
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < 20; i += 2)
    sum += std::to_integer<std::uint32_t>(packet[i]) << 8 |
           std::to_integer<std::uint32_t>(packet[i + 1]);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  put16(10, ~sum & 0xffff);
  return packet;
}

void add_foreign_default_route(unsigned interface, std::uint32_t metric) {
  Result<Netlink> netlink = Netlink::open();
  Netlink::Message message = Netlink::request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
  rtmsg route{};
  route.rtm_family = AF_INET;
  route.rtm_table = RT_TABLE_MAIN;
  route.rtm_protocol = RTPROT_STATIC;
  route.rtm_scope = RT_SCOPE_LINK;
  route.rtm_type = RTN_UNICAST;
  ::nlmsg_append(message.get(), &route, sizeof route, NLMSG_ALIGNTO);
  ::nla_put_u32(message.get(), RTA_OIF, interface);
  ::nla_put_u32(message.get(), RTA_PRIORITY, metric);
  if (const auto answer = netlink->transact(std::move(message)); answer.code)
    throw std::system_error(answer.code, answer.explanation);
}

int in_a_process(const std::function<int()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(body());
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  return ::syscall(SYS_capset, &header, none) == 0;
}

}  // namespace tunppp::tun
