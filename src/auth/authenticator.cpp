#include "auth/authenticator.h"

#include <algorithm>
#include <array>

#include "base/writer.h"
#include "cp/packet.h"

namespace tunppp::auth {

void send_packet(Host& host, std::uint16_t protocol, std::uint8_t code, std::uint8_t identifier,
                 Bytes data) {
  std::array<std::byte, 1024> storage;
  Writer packet(storage);
  data = data.first(std::min(data.size(), storage.size() - cp::packet_header_size));
  packet.u8(code);
  packet.u8(identifier);
  packet.u16(static_cast<std::uint16_t>(data.size() + cp::packet_header_size));
  packet.bytes(data);
  host.send_authentication(protocol, packet.written());
  std::fill(storage.begin(), storage.end(), std::byte{0});  // a PAP request holds the password
  asm volatile("" : : "r"(storage.data()) : "memory");
}

}  // namespace tunppp::auth
