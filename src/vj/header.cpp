#include "vj/header.h"

#include <algorithm>

namespace tunppp::vj {
namespace {

constexpr std::uint8_t tcp = 6;
constexpr std::size_t least_ip = 20;
constexpr std::size_t least_tcp = 20;

}  // namespace

std::optional<Header> Header::parse(Bytes packet) {
  const auto octet = [&](std::size_t at) { return std::to_integer<unsigned>(packet[at]); };
  if (packet.size() < least_ip + least_tcp || octet(0) >> 4 != 4 || octet(9) != tcp) {
    return std::nullopt;
  }
  const bool fragment = (octet(6) & 0x3f) != 0 || octet(7) != 0;  // all but "don't fragment"
  Header header;
  header.ip_size_ = (octet(0) & 0x0f) * std::size_t{4};
  if (fragment || header.ip_size_ < least_ip || packet.size() < header.ip_size_ + least_tcp) {
    return std::nullopt;
  }
  header.tcp_size_ = (octet(header.ip_size_ + 12) >> 4) * std::size_t{4};
  if (header.tcp_size_ < least_tcp || packet.size() < header.size()) return std::nullopt;
  std::copy_n(packet.begin(), header.size(), header.octets_.begin());
  if (header.total_length() != packet.size()) return std::nullopt;
  return header;
}

void Header::set_ip_checksum() {
  set_u16(10, 0);
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < ip_size_; at += 2) sum += u16(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  set_u16(10, static_cast<std::uint16_t>(~sum & 0xffff));
}

bool Header::same(const Header& other, std::size_t from, std::size_t to) const {
  return std::equal(octets_.begin() + static_cast<std::ptrdiff_t>(from),
                    octets_.begin() + static_cast<std::ptrdiff_t>(to),
                    other.octets_.begin() + static_cast<std::ptrdiff_t>(from));
}

bool Header::same_connection(const Header& other) const {
  return same(other, 12, 20) && ip_size_ == other.ip_size_ &&
         same(other, ip_size_, ip_size_ + 4);
}

bool Header::same_constants(const Header& other) const {
  // Octet 12 has the reserved bits beside the data offset, and the flags have those of ECN
  // (RFC 3168), which RFC 1144 could not know: they change in whole headers only.
  constexpr unsigned carried = tcp_flag::psh | tcp_flag::urg;
  const bool same_bits = u8(ip_size_ + 12) == other.u8(other.ip_size_ + 12) &&
                         (flags() & ~carried) == (other.flags() & ~carried);
  return same(other, 0, 2) && same(other, 6, 10) && same_bits && tcp_size_ == other.tcp_size_ &&
         same(other, least_ip, ip_size_) && same(other, ip_size_ + least_tcp, size());
}

}  // namespace tunppp::vj
