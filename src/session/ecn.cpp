#include "session/ecn.h"

#include "tun/checksum.h"
#include "tun/headers.h"

namespace tunppp::session {
namespace {

using tun::get_u16;
using tun::get_u8;
using tun::put_u8;
namespace ipv4 = tun::ipv4;
namespace ipv6 = tun::ipv6;

constexpr unsigned not_capable = 0;
constexpr unsigned experienced = 3;

bool mark_ipv4(std::byte* ip) {
  const unsigned service = get_u8(ip + ipv4::type_of_service);
  if ((service & 3) == not_capable) return false;
  // RFC 1624: the new checksum from the old one and what has changed.
  tun::InternetChecksum checksum;
  checksum.remove_number(get_u16(ip + ipv4::checksum));
  checksum.remove_number(get_u16(ip));
  put_u8(ip + ipv4::type_of_service, service | experienced);
  checksum.add_number(get_u16(ip));
  store_checksum(checksum, ip + ipv4::checksum);
  return true;
}

bool mark_ipv6(std::byte* ip) {
  constexpr unsigned shift = 4;  // the class lies across the first octets: vvvvcccc ccccffff
  const unsigned octet = get_u8(ip + 1);
  if ((octet >> shift & 3) == not_capable) return false;
  put_u8(ip + 1, octet | experienced << shift);
  return true;
}

}  // namespace

bool mark_congestion(MutableBytes packet) {
  const unsigned version = tun::ip_version(packet);
  if (version == 4 && packet.size() >= ipv4::min_header) return mark_ipv4(packet.data());
  if (version == 6 && packet.size() >= ipv6::header) return mark_ipv6(packet.data());
  return false;
}

}  // namespace tunppp::session
