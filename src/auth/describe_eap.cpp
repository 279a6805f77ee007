#include <fmt/format.h>

#include "auth/eap_md5.h"
#include "auth/eap_mschap_v2.h"
#include "auth/eap_packet.h"
#include "auth/eap_tls.h"
#include "base/reader.h"
#include "cp/text.h"

namespace tunppp::auth {
namespace {

/// Section 5.3.2: vendor and type, and in a Nak those that are wanted instead.
std::string describe_expanded(Bytes data) {
  Reader reader(data);
  const unsigned vendor = static_cast<unsigned>(reader.u8()) << 16 | reader.u16();
  const std::uint32_t type = reader.u32();
  if (!reader.ok()) return "Expanded (malformed)";
  return fmt::format("Expanded <vendor {}> <type {}> <{} octets>", vendor, type,
                     reader.remaining());
}

std::string describe_type(const EapPacketView& packet) {
  const std::string text = cp::printable(packet.data);
  switch (packet.type) {
    case EapType::identity:
    case EapType::notification: {
      const std::string name = eap_type_name(packet.type);
      return packet.data.empty() ? name : fmt::format("{} \"{}\"", name, text);
    }
    case EapType::nak: return fmt::format("Nak <{}>", eap_type_names(packet.data));
    case EapType::md5_challenge: return "MD5-Challenge " + describe_eap_md5(packet.data);
    case EapType::mschap_v2: return "MSCHAPv2 " + describe_eap_mschap_v2(packet.data);
    case EapType::tls: return "TLS " + describe_eap_tls(packet.data);
    case EapType::expanded: return describe_expanded(packet.data);
    default:
      return fmt::format("{} <{} octets>", eap_type_name(packet.type), packet.data.size());
  }
}

}  // namespace

std::string describe_eap(Bytes octets) {
  const auto packet = EapPacketView::parse(octets);
  if (!packet) return "EAP (malformed)";
  const unsigned id = packet->identifier;
  switch (packet->code) {
    case EapCode::request: return fmt::format("EAP Request id={} {}", id, describe_type(*packet));
    case EapCode::response: return fmt::format("EAP Response id={} {}", id, describe_type(*packet));
    case EapCode::success: return fmt::format("EAP Success id={}", id);
    case EapCode::failure: return fmt::format("EAP Failure id={}", id);
  }
  return "";
}

}  // namespace tunppp::auth
