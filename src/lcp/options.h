#pragma once

#include <tunppp/config.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/writer.h"
#include "cp/packet.h"
#include "cp/text.h"

namespace tunppp::lcp {

/// RFC 1661 section 6 and RFC 1662 section 7.1.
enum class OptionType : std::uint8_t {
  mru = 1,
  accm = 2,
  authentication_protocol = 3,
  magic_number = 5,
  protocol_field_compression = 7,
  address_control_compression = 8,
};

/// The values of the Authentication-Protocol option; which method of EAP it will be is not LCP's.
enum class AuthProtocol : std::uint8_t { pap, chap_md5, mschap, mschap_v2, eap };
AuthProtocol auth_protocol(AuthMethod method);
/// In their order, each once.
std::vector<AuthProtocol> auth_protocols(const std::vector<AuthMethod>& methods);
/// The PPP protocol that it is spoken in.
std::uint16_t protocol_number(AuthProtocol protocol);

inline constexpr std::uint16_t default_mru = 1500;
inline constexpr std::uint32_t default_accm = 0xffffffff;

/// What one side asks for in its Configure-Request; without an option its default holds.
struct Options {
  std::uint16_t mru = default_mru;
  std::uint32_t accm = default_accm;
  std::optional<AuthProtocol> authentication;
  std::uint32_t magic_number = 0;  ///< 0: none
  bool protocol_field_compression = false;
  bool address_control_compression = false;
};

void write_mru(Writer& out, std::uint16_t mru);
void write_accm(Writer& out, std::uint32_t accm);
void write_authentication(Writer& out, AuthProtocol protocol);
void write_magic_number(Writer& out, std::uint32_t magic_number);
void write_flag(Writer& out, OptionType type);
/// All that differ from the defaults, in the order of their types.
void write(Writer& out, const Options& options);

/// Values of options; nullopt when the length does not fit the type.
std::optional<std::uint16_t> parse_u16(const cp::Option& option);
std::optional<std::uint32_t> parse_u32(const cp::Option& option);
/// nullopt as well for a protocol or algorithm that tunppp does not know.
std::optional<AuthProtocol> parse_authentication(const cp::Option& option);

/// "LCP ConfReq id=1 <mru 1400> <magic 0x2f1a0001>"
std::string describe(Bytes packet);

}  // namespace tunppp::lcp
