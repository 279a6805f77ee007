#include "ndp/packet.h"

#include <algorithm>

#include "base/reader.h"

namespace tunppp::ndp {
namespace {

constexpr std::size_t ipv6_header = 40;
constexpr std::uint8_t icmpv6 = 58;
constexpr std::uint8_t router_solicitation = 133;
constexpr std::uint8_t router_advertisement = 134;
/// "so that a node can be sure that the packet was not forwarded by a router" (section 6.1)
constexpr std::uint8_t whole_hop_limit = 255;
constexpr std::uint32_t infinite = 0xffffffff;

/// RFC 4861 section 4.6, RFC 8106 section 5.1.
enum class OptionType : std::uint8_t { prefix_information = 3, mtu = 5, rdnss = 25 };

constexpr std::uint8_t on_link_flag = 0x80;
constexpr std::uint8_t autonomous_flag = 0x40;

Ipv6Address read_address(Reader& in) {
  Ipv6Address address;
  const Bytes octets = in.bytes(address.octets.size());
  std::transform(octets.begin(), octets.end(), address.octets.begin(),
                 [](std::byte octet) { return std::to_integer<std::uint8_t>(octet); });
  return address;
}

void write_address(Writer& out, const Ipv6Address& address) {
  out.bytes(std::as_bytes(std::span(address.octets)));
}

std::uint32_t sum(Bytes octets) {
  std::uint32_t total = 0;
  for (std::size_t at = 0; at < octets.size(); ++at) {
    total += std::to_integer<std::uint32_t>(octets[at]) << (at % 2 == 0 ? 8 : 0);
  }
  return total;
}

/// Over the pseudo-header and the message (RFC 8200 section 8.1). Zero over a whole message whose
/// checksum is right. `packet` is an IPv6 packet without extension headers.
std::uint16_t checksum(Bytes packet) {
  const Bytes message = packet.subspan(ipv6_header);
  std::uint32_t total = sum(packet.subspan(8, 32)) + sum(message) + icmpv6 +
                        static_cast<std::uint32_t>(message.size());
  while (total > 0xffff) total = (total & 0xffff) + (total >> 16);
  return static_cast<std::uint16_t>(~total & 0xffff);
}

struct Message {
  Ipv6Address source;
  Reader body;  ///< behind type, code and checksum
};

/// What both kinds have in common. Extension headers are not looked through: nobody puts them
/// before Neighbor Discovery, and as fragments they are forbidden (RFC 6980).
std::optional<Message> parse(Bytes packet, std::uint8_t type) {
  Reader in(packet);
  const std::uint32_t version = in.u32() >> 28;
  const std::size_t length = in.u16();
  const std::uint8_t next_header = in.u8();
  const std::uint8_t hop_limit = in.u8();
  const Ipv6Address source = read_address(in);
  read_address(in);
  if (!in.ok() || version != 6 || next_header != icmpv6 || hop_limit != whole_hop_limit) {
    return std::nullopt;
  }
  if (length < 8 || length > in.remaining()) return std::nullopt;
  packet = packet.first(ipv6_header + length);
  Reader body(packet.subspan(ipv6_header));
  const bool right_kind = body.u8() == type && body.u8() == 0;
  body.u16();
  if (!right_kind || checksum(packet) != 0) return std::nullopt;
  return Message{source, body};
}

/// "If a host sees a ... Prefix Length that differs from 64" only matters to who forms an address.
void read_prefix(Reader& in, std::vector<PrefixInformation>& prefixes) {
  PrefixInformation information;
  information.prefix.length = in.u8();
  const std::uint8_t flags = in.u8();
  information.on_link = (flags & on_link_flag) != 0;
  information.autonomous = (flags & autonomous_flag) != 0;
  information.valid = lifetime(in.u32());
  information.preferred = lifetime(in.u32());
  in.u32();
  information.prefix.address = read_address(in);
  if (!in.ok() || information.prefix.length > 128 || prefixes.size() >= prefix_limit) return;
  // "The bits in the prefix field after the prefix length are reserved and MUST be ... ignored"
  for (std::size_t bit = information.prefix.length; bit < 128; ++bit) {
    information.prefix.address.octets[bit / 8] &= static_cast<std::uint8_t>(~(0x80 >> bit % 8));
  }
  prefixes.push_back(information);
}

void read_rdnss(Reader& in, std::vector<NameServer>& servers) {
  in.u16();
  const Duration duration = lifetime(in.u32());
  while (in.remaining() >= 16 && servers.size() < dns_limit) {
    const Ipv6Address address = read_address(in);
    if (!address.is_unspecified() && !address.is_multicast()) servers.push_back({address, duration});
  }
}

/// One option after the other; false when a length is zero or runs over the end, for then the whole
/// message is to be discarded (section 6.1). `advertisement` may be nullptr.
bool read_options(Reader& in, Advertisement* advertisement) {
  while (in.remaining() > 0) {
    const std::uint8_t type = in.u8();
    const std::size_t length = in.u8() * std::size_t{8};
    if (length == 0 || length - 2 > in.remaining()) return false;
    Reader option(in.bytes(length - 2));
    if (advertisement == nullptr) continue;
    switch (static_cast<OptionType>(type)) {
      case OptionType::prefix_information:
        if (length == 32) read_prefix(option, advertisement->prefixes);
        break;
      case OptionType::mtu:
        option.u16();
        if (length == 8) advertisement->mtu = option.u32();
        break;
      case OptionType::rdnss:
        // "the minimum value is 3 ... the length ... odd" (RFC 8106 section 5.1)
        if (length >= 24 && length % 16 == 8) read_rdnss(option, advertisement->dns);
        break;
    }
  }
  return true;
}

/// The IPv6 header and the head of the message; finish() puts lengths and checksum into them.
void begin(Writer& out, std::uint8_t type, const Ipv6Address& source,
           const Ipv6Address& destination) {
  out.u32(0x60000000);
  out.u16(0);
  out.u8(icmpv6);
  out.u8(whole_hop_limit);
  write_address(out, source);
  write_address(out, destination);
  out.u8(type);
  out.u8(0);
  out.u16(0);
}

void finish(Writer& out) {
  if (!out.ok()) return;
  out.set_u16(4, static_cast<std::uint16_t>(out.size() - ipv6_header));
  out.set_u16(ipv6_header + 2, checksum(out.written()));
}

}  // namespace

Duration lifetime(std::uint32_t seconds) {
  return seconds == infinite ? forever : std::chrono::seconds(seconds);
}

std::uint32_t seconds(Duration lifetime) {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(lifetime).count();
  return whole >= infinite ? infinite : static_cast<std::uint32_t>(std::max<std::int64_t>(whole, 0));
}

bool is_router_discovery(Bytes packet) {
  constexpr std::size_t next_header_at = 6;
  if (packet.size() < ipv6_header + 8) return false;
  const auto type = std::to_integer<std::uint8_t>(packet[ipv6_header]);
  return std::to_integer<std::uint8_t>(packet[next_header_at]) == icmpv6 &&
         (type == router_solicitation || type == router_advertisement);
}

std::optional<Advertisement> parse_advertisement(Bytes packet) {
  auto message = parse(packet, router_advertisement);
  if (!message || !message->source.is_link_local()) return std::nullopt;
  Reader& in = message->body;
  Advertisement advertisement;
  advertisement.source = message->source;
  advertisement.hop_limit = in.u8();
  in.u8();  // M and O: there is no DHCPv6 client here
  advertisement.router_lifetime = std::chrono::seconds(in.u16());
  in.u32();  // reachable time and
  in.u32();  // retransmission timer: the other end of a line is always reachable
  if (!in.ok() || !read_options(in, &advertisement)) return std::nullopt;
  return advertisement;
}

std::optional<Solicitation> parse_solicitation(Bytes packet) {
  auto message = parse(packet, router_solicitation);
  if (!message || message->source.is_multicast()) return std::nullopt;
  message->body.u32();
  if (!message->body.ok() || !read_options(message->body, nullptr)) return std::nullopt;
  return Solicitation{message->source};
}

void write_solicitation(Writer& out, const Ipv6Address& source) {
  begin(out, router_solicitation, source, all_routers);
  out.u32(0);
  finish(out);
}

void write_advertisement(Writer& out, const Advertisement& it, const Ipv6Address& destination) {
  begin(out, router_advertisement, it.source, destination);
  out.u8(it.hop_limit);
  out.u8(0);
  out.u16(static_cast<std::uint16_t>(std::min<std::uint32_t>(seconds(it.router_lifetime), 0xffff)));
  out.u32(0);
  out.u32(0);
  if (it.mtu) {
    out.u8(static_cast<std::uint8_t>(OptionType::mtu));
    out.u8(1);
    out.u16(0);
    out.u32(*it.mtu);
  }
  for (const PrefixInformation& information : it.prefixes) {
    out.u8(static_cast<std::uint8_t>(OptionType::prefix_information));
    out.u8(4);
    out.u8(information.prefix.length);
    out.u8(static_cast<std::uint8_t>((information.on_link ? on_link_flag : 0) |
                                     (information.autonomous ? autonomous_flag : 0)));
    out.u32(seconds(information.valid));
    out.u32(seconds(information.preferred));
    out.u32(0);
    write_address(out, information.prefix.address);
  }
  if (!it.dns.empty()) {
    out.u8(static_cast<std::uint8_t>(OptionType::rdnss));
    out.u8(static_cast<std::uint8_t>(1 + 2 * it.dns.size()));
    out.u16(0);
    out.u32(seconds(it.dns.front().lifetime));
    for (const NameServer& server : it.dns) write_address(out, server.address);
  }
  finish(out);
}

}  // namespace tunppp::ndp
