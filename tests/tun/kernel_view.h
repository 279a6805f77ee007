#pragma once

#include <tunppp/address.h>
#include <tunppp/bytes.h>

#include "tun/netlink.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tunppp::tun {

inline Ipv4Address ipv4(const char* text) {
  return *parse_ipv4(text);
}

/// A line of the kernel's IPv4 routing table.
struct Route {
  std::string interface;
  Ipv4Address destination;
  Ipv4Address mask;
  std::uint32_t metric = 0;
  friend bool operator==(const Route&, const Route&) = default;
};
/// In the kernel's order, from /proc/net/route.
std::vector<Route> routes();
std::vector<Route> default_routes();

/// Our address and the peer's, as getifaddrs(3) tells them.
struct AddressPair {
  std::string local;
  std::string peer;
  friend bool operator==(const AddressPair&, const AddressPair&) = default;
};
std::vector<AddressPair> ipv4_addresses(const std::string& interface);
/// From /proc/net/if_inet6, as hexadecimal digits.
std::vector<std::string> ipv6_addresses(const std::string& interface);

/// The address that the kernel would send from: tells which route wins.
std::string source_towards(const char* destination);

/// A UDP socket that closes itself.
class Datagrams {
 public:
  Datagrams();
  Datagrams(const Datagrams&) = delete;
  Datagrams& operator=(const Datagrams&) = delete;
  ~Datagrams();
  int fd() const { return fd_; }
  bool send(const char* destination, std::uint16_t port, const std::string& text) const;
  bool bind(std::uint16_t port) const;

 private:
  int fd_;
};

bool readable(int fd, int milliseconds = 10'000);

/// An IPv4 packet with a UDP datagram in it; its checksum is left out, as UDP allows.
std::vector<std::byte> udp_packet(Ipv4Address from, Ipv4Address to, std::uint16_t port,
                                  const std::string& text);

/// A default route as an administrator makes it: protocol static, no gateway.
void add_foreign_default_route(unsigned interface, std::uint32_t metric);

/// Runs `body` in a process of its own and returns what it returns, 0 to 255.
int in_a_process(const std::function<int()>& body);
/// Every capability of the calling process goes; it stays root by number.
bool drop_capabilities();

}  // namespace tunppp::tun
