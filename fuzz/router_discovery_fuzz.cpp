// Router discovery in both roles: packets whose checksum is made right, and time.
#include <set>

#include "link_fuzz.h"
#include "ndp/host.h"
#include "ndp/router.h"

namespace tunppp::fuzz {
namespace {

/// Keeps account of what was told, and checks that it makes sense.
class CheckingOwner final : public ndp::Owner {
 public:
  void send_ipv6(Bytes packet) override {
    require(ndp::parse_solicitation(packet) || ndp::parse_advertisement(packet),
            "what is sent can be read");
  }
  void tell(Event event) override {
    if (const auto* added = std::get_if<Ipv6AddressAdded>(&event)) {
      require(added->valid > Duration{0}, "it is valid for a while");
      require(!added->address.is_link_local() && !added->address.is_multicast(), "a global address");
      addresses_.insert(added->address);
    } else if (const auto* removed = std::get_if<Ipv6AddressRemoved>(&event)) {
      require(addresses_.erase(removed->address) == 1, "only what was added is removed");
    } else if (const auto* dns = std::get_if<Ipv6Dns>(&event)) {
      require(dns->servers.size() <= ndp::dns_limit, "name servers are bounded");
    } else if (const auto* mtu = std::get_if<Ipv6Mtu>(&event)) {
      require(mtu->mtu >= ndp::least_mtu && mtu->mtu <= 1500, "an MTU that the link can carry");
    }
    require(addresses_.size() <= 8, "addresses are bounded");
  }

 private:
  std::set<Ipv6Address> addresses_;
};

/// An IPv6 header before what the input says, and a right checksum most of the time.
std::vector<std::byte> ipv6_packet(Bytes message, unsigned flags) {
  std::vector<std::byte> packet(40);
  packet[0] = std::byte{0x60};
  packet[4] = static_cast<std::byte>(message.size() >> 8);
  packet[5] = static_cast<std::byte>(message.size() & 0xff);
  packet[6] = std::byte{58};
  packet[7] = std::byte{255};
  packet[8] = std::byte{0xfe};
  packet[9] = std::byte{0x80};
  packet[23] = static_cast<std::byte>(flags & 3);
  packet[24] = std::byte{0xff};
  packet[25] = std::byte{2};
  packet[39] = std::byte{1};
  packet.insert(packet.end(), message.begin(), message.end());
  if (packet.size() < 44 || (flags & 4) != 0) return packet;
  packet[42] = packet[43] = std::byte{0};
  std::uint32_t sum = static_cast<std::uint32_t>(message.size()) + 58;
  for (std::size_t i = 8; i < packet.size(); ++i) {
    sum += std::to_integer<std::uint32_t>(packet[i]) << (i % 2 == 0 ? 8 : 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  packet[42] = static_cast<std::byte>(~sum >> 8 & 0xff);
  packet[43] = static_cast<std::byte>(~sum & 0xff);
  return packet;
}

void run(Input input) {
  CheckingOwner owner;
  ndp::Host host(NdpConfig(), owner);
  AdvertiseConfig advertise;
  advertise.prefix.address.octets[0] = 0x20;
  advertise.dns.resize(20);
  ndp::Router router(advertise, owner);
  InterfaceIdentifier identifier;
  identifier.octets[7] = 9;
  Instant now{};
  host.start(now, identifier, 1500);
  router.start(now, identifier);
  while (!input.empty()) {
    switch (input.octet() % 4) {
      case 0: now += std::chrono::seconds(input.number()); [[fallthrough]];
      case 1:
        host.handle_timeout(now);
        router.handle_timeout(now);
        require(!host.next_timeout() || *host.next_timeout() > now, "timeouts lie ahead");
        break;
      default: {
        const unsigned flags = input.octet();
        const auto packet = ipv6_packet(input.octets(input.number() % 600), flags);
        host.receive(now, packet);
        router.receive(now, packet);
        break;
      }
    }
  }
}

}  // namespace
}  // namespace tunppp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tunppp::fuzz::run(tunppp::fuzz::Input(std::as_bytes(std::span(data, size))));
  return 0;
}
