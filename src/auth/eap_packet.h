#pragma once

#include <tunppp/bytes.h>
#include <tunppp/config.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Packets of the Extensible Authentication Protocol, RFC 3748 section 4.
namespace tunppp::auth {

enum class EapCode : std::uint8_t { request = 1, response = 2, success = 3, failure = 4 };

/// Section 5; TLS: RFC 5216, MS-CHAPv2: draft-kamath-pppext-eap-mschapv2.
enum class EapType : std::uint8_t {
  none = 0,  ///< in a Nak: no method at all
  identity = 1,
  notification = 2,
  nak = 3,
  md5_challenge = 4,
  tls = 13,
  mschap_v2 = 26,
  expanded = 254,
};

/// Code, identifier, length, type.
inline constexpr std::size_t eap_header_size = 5;
/// A Request without an end, as far as we are concerned: more of them in one conversation are no
/// authentication any more.
inline constexpr unsigned eap_max_rounds = 1000;

struct EapPacketView {
  EapCode code;
  std::uint8_t identifier;
  EapType type;  ///< none in Success and Failure
  Bytes data;    ///< behind the type

  /// "Octets outside the range of the Length field should be treated as Data Link Layer padding and
  /// MUST be ignored upon reception. A message with the Length field set to a value larger than the
  /// number of received octets MUST be silently discarded." (section 4)
  static std::optional<EapPacketView> parse(Bytes octets);
};

/// A Request or Response.
std::vector<std::byte> eap_packet(EapCode code, std::uint8_t identifier, EapType type, Bytes data);
/// Success or Failure.
std::vector<std::byte> eap_verdict(bool success, std::uint8_t identifier);

/// Which type carries a method, and back; nothing for what is no method of EAP.
std::optional<EapType> eap_type(AuthMethod method);
std::optional<AuthMethod> auth_method(EapType type);
/// The methods of EAP among these, in their order.
std::vector<AuthMethod> eap_methods(const std::vector<AuthMethod>& methods);
/// "EAP-TLS"; "EAP type 25" for one without a name.
std::string eap_type_name(EapType type);
/// What a Nak with these types says: "EAP-MD5, EAP-TLS", or "no method".
std::string eap_type_names(Bytes types);

/// "EAP Request id=1 MD5-Challenge <16 octets> name="lns""
std::string describe_eap(Bytes packet);

}  // namespace tunppp::auth
