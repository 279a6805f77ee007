#include "auth/eap_packet.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>

#include "base/reader.h"
#include "cp/packet.h"

namespace tunppp::auth {
namespace {

struct MethodType {
  AuthMethod method;
  EapType type;
};

constexpr std::array<MethodType, 3> method_types{{
    {AuthMethod::eap_md5, EapType::md5_challenge},
    {AuthMethod::eap_mschap_v2, EapType::mschap_v2},
    {AuthMethod::eap_tls, EapType::tls},
}};

std::vector<std::byte> header(EapCode code, std::uint8_t identifier, std::size_t length) {
  assert(length <= 0xffff);
  return {static_cast<std::byte>(code), static_cast<std::byte>(identifier),
          static_cast<std::byte>(length >> 8), static_cast<std::byte>(length & 0xff)};
}

}  // namespace

std::optional<EapPacketView> EapPacketView::parse(Bytes octets) {
  const auto packet = cp::PacketView::parse(octets);
  if (!packet) return std::nullopt;
  const auto code = static_cast<EapCode>(packet->code);
  switch (code) {
    case EapCode::request:
    case EapCode::response: {
      Reader reader(packet->data);
      const auto type = static_cast<EapType>(reader.u8());
      if (!reader.ok()) return std::nullopt;
      return EapPacketView{code, packet->identifier, type, reader.rest()};
    }
    case EapCode::success:
    case EapCode::failure: return EapPacketView{code, packet->identifier, EapType::none, {}};
  }
  return std::nullopt;  // "EAP packets with other codes MUST be silently discarded" (section 4)
}

std::vector<std::byte> eap_packet(EapCode code, std::uint8_t identifier, EapType type, Bytes data) {
  std::vector<std::byte> packet = header(code, identifier, eap_header_size + data.size());
  packet.reserve(eap_header_size + data.size());
  packet.push_back(static_cast<std::byte>(type));
  packet.insert(packet.end(), data.begin(), data.end());
  return packet;
}

std::vector<std::byte> eap_verdict(bool success, std::uint8_t identifier) {
  return header(success ? EapCode::success : EapCode::failure, identifier, cp::packet_header_size);
}

std::optional<EapType> eap_type(AuthMethod method) {
  for (const MethodType& row : method_types) {
    if (row.method == method) return row.type;
  }
  return std::nullopt;
}

std::optional<AuthMethod> auth_method(EapType type) {
  for (const MethodType& row : method_types) {
    if (row.type == type) return row.method;
  }
  return std::nullopt;
}

std::vector<AuthMethod> eap_methods(const std::vector<AuthMethod>& methods) {
  std::vector<AuthMethod> found;
  for (const AuthMethod method : methods) {
    if (eap_type(method)) found.push_back(method);
  }
  return found;
}

std::string eap_type_name(EapType type) {
  switch (type) {
    case EapType::none: return "no method";
    case EapType::identity: return "Identity";
    case EapType::notification: return "Notification";
    case EapType::nak: return "Nak";
    case EapType::md5_challenge: return "EAP-MD5";
    case EapType::tls: return "EAP-TLS";
    case EapType::mschap_v2: return "EAP-MSCHAPv2";
    case EapType::expanded: return "an expanded EAP type";
  }
  switch (static_cast<unsigned>(type)) {  // those of others that people have heard of
    case 5: return "EAP-OTP";
    case 6: return "EAP-GTC";
    case 18: return "EAP-SIM";
    case 21: return "EAP-TTLS";
    case 23: return "EAP-AKA";
    case 25: return "PEAP";
    case 43: return "EAP-FAST";
    case 50: return "EAP-AKA'";
    case 52: return "EAP-PWD";
    default: return fmt::format("EAP type {}", static_cast<unsigned>(type));
  }
}

std::string eap_type_names(Bytes types) {
  constexpr std::size_t enough = 8;
  std::string names;
  for (const std::byte type : types.first(std::min(types.size(), enough))) {
    names += names.empty() ? "" : ", ";
    names += eap_type_name(static_cast<EapType>(type));
  }
  if (types.size() > enough) names += ", ...";
  return names.empty() ? eap_type_name(EapType::none) : names;
}

}  // namespace tunppp::auth
