#include "session/flow_hash.h"

#include "tun/headers.h"

#include <bit>
#include <cstring>

namespace tunppp::session {
namespace {

using tun::get_u16;
using tun::get_u8;
using tun::ip_version;
namespace ipv4 = tun::ipv4;
namespace ipv6 = tun::ipv6;
namespace tcp = tun::tcp;
namespace udp = tun::udp;

class Mixer {
 public:
  explicit Mixer(std::uint32_t seed) : state_(seed) {}
  void add(std::uint32_t word) {
    state_ = std::rotl((state_ ^ word) * 0x9e3779b1u, 15) * 0x85ebca77u;
  }
  void add(const std::byte* octets, std::size_t words) {
    for (std::size_t i = 0; i < words; ++i) {
      std::uint32_t word;
      std::memcpy(&word, octets + 4 * i, 4);
      add(word);
    }
  }
  std::uint32_t value() const {
    const std::uint32_t mixed = (state_ ^ state_ >> 15) * 0xc2b2ae3du;
    return mixed ^ mixed >> 16;
  }

 private:
  std::uint32_t state_;
};

void add_transport(Mixer& mixer, Bytes packet, std::size_t begin, std::uint8_t protocol) {
  mixer.add(protocol);
  if ((protocol == tcp::protocol || protocol == udp::protocol) && packet.size() >= begin + 4)
    mixer.add(packet.data() + begin, 1);
}

}  // namespace

std::uint32_t flow_hash(Bytes packet, std::uint32_t seed) {
  Mixer mixer(seed);
  const std::byte* ip = packet.data();
  const unsigned version = ip_version(packet);
  if (version == 4 && packet.size() >= ipv4::min_header) {
    mixer.add(ip + ipv4::addresses, ipv4::addresses_size / 4);
    // Only the first fragment has ports, and all are to stay together.
    const bool is_fragment = get_u16(ip + ipv4::fragment) & ipv4::is_fragment;
    const std::uint8_t protocol = get_u8(ip + ipv4::protocol);
    if (is_fragment)
      mixer.add(protocol);
    else
      add_transport(mixer, packet, ipv4::header_size(ip), protocol);
  } else if (version == 6 && packet.size() >= ipv6::header) {
    // Packets with extension headers, fragments among them, are told apart by addresses alone.
    mixer.add(ip + ipv6::addresses, ipv6::addresses_size / 4);
    add_transport(mixer, packet, ipv6::header, get_u8(ip + ipv6::next_header));
  }
  return mixer.value();
}

}  // namespace tunppp::session
