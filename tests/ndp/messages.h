#pragma once

#include <tunppp/address.h>
#include <tunppp/event.h>

#include <variant>
#include <vector>

#include "base/octets.h"
#include "ndp/owner.h"

/// Neighbor Discovery messages, typed out here so that they share nothing with the code.
namespace tunppp::ndp::test {

using namespace tunppp::test;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

inline Ipv6Address ip(const char* text) { return parse_ipv6(text).value(); }

inline Octets octets_of(const char* text) {
  Octets out;
  for (std::uint8_t octet : ip(text).octets) out.push_back(std::byte{octet});
  return out;
}

inline Octets u32(std::uint32_t value) {
  return octets({value >> 24, value >> 16 & 0xff, value >> 8 & 0xff, value & 0xff});
}

/// RFC 1071 over the pseudo-header of RFC 8200 section 8.1 and the message.
inline unsigned checksum(const Octets& packet) {
  std::uint64_t sum = packet.size() - 40 + 58;
  for (std::size_t i = 8; i < packet.size(); ++i) sum += at(packet, i) << (i % 2 == 0 ? 8 : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<unsigned>(~sum & 0xffff);
}

inline Octets ipv6_packet(const char* source, const char* destination, const Octets& message,
                          unsigned hop_limit = 255) {
  const auto size = static_cast<unsigned>(message.size());
  Octets packet = octets({0x60, 0, 0, 0, size >> 8, size & 0xff, 58, hop_limit}) +
                  octets_of(source) + octets_of(destination) + message;
  const unsigned sum = checksum(packet);
  packet[42] = static_cast<std::byte>(sum >> 8);
  packet[43] = static_cast<std::byte>(sum & 0xff);
  return packet;
}

inline Octets prefix(const char* address, std::uint32_t valid, std::uint32_t preferred,
                     unsigned flags = 0xc0, unsigned length = 64) {
  return octets({3, 4, length, flags}) + u32(valid) + u32(preferred) + u32(0) + octets_of(address);
}
inline Octets rdnss(std::uint32_t lifetime, const std::vector<const char*>& servers) {
  Octets option = octets({25, static_cast<unsigned>(1 + 2 * servers.size()), 0, 0}) + u32(lifetime);
  for (const char* server : servers) option = option + octets_of(server);
  return option;
}
inline Octets mtu(std::uint32_t value) { return octets({5, 1, 0, 0}) + u32(value); }

inline Octets advertisement_message(unsigned router_lifetime, const Octets& options) {
  return octets({134, 0, 0, 0, 64, 0, router_lifetime >> 8, router_lifetime & 0xff}) + u32(0) +
         u32(0) + options;
}
inline Octets advertisement(unsigned router_lifetime, const Octets& options = {},
                            const char* source = "fe80::1") {
  return ipv6_packet(source, "ff02::1", advertisement_message(router_lifetime, options));
}
inline Octets solicitation(const char* source = "fe80::2") {
  return ipv6_packet(source, "ff02::2", octets({133, 0, 0, 0, 0, 0, 0, 0}));
}

struct FakeOwner final : Owner {
  void send_ipv6(Bytes packet) override { sent.push_back(copy(packet)); }
  void tell(Event event) override { events.push_back(std::move(event)); }

  template <class E>
  std::vector<E> all() const {
    std::vector<E> found;
    for (const Event& event : events)
      if (const auto* it = std::get_if<E>(&event)) found.push_back(*it);
    return found;
  }

  std::vector<Octets> sent;
  std::vector<Event> events;
};

}  // namespace tunppp::ndp::test
