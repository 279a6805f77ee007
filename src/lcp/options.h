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

/// RFC 1661 section 6, RFC 1662 section 7.1, RFC 1570 section 2.1, RFC 1990 section 5.1.
enum class OptionType : std::uint8_t {
  mru = 1,
  accm = 2,
  authentication_protocol = 3,
  quality_protocol = 4,
  magic_number = 5,
  protocol_field_compression = 7,
  address_control_compression = 8,
  fcs_alternatives = 9,
  mrru = 17,
  short_sequence_numbers = 18,
  endpoint_discriminator = 19,
};

/// The value of FCS-Alternatives: what the peer may send, one bit each.
namespace fcs_bit {
inline constexpr std::uint8_t null = 1;
inline constexpr std::uint8_t fcs16 = 2;
inline constexpr std::uint8_t fcs32 = 4;
inline constexpr std::uint8_t all = null | fcs16 | fcs32;
}  // namespace fcs_bit

/// Hundredths of a second between two link quality reports. Zero: a report is sent only in answer
/// to one (RFC 1989 section 2.5).
using ReportPeriod = std::uint32_t;

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
  std::optional<ReportPeriod> report_period;  ///< nullopt: no reports are wanted
  std::uint8_t fcs = 0;                       ///< fcs_bit; 0: the default
  std::uint16_t mrru = 0;                     ///< 0: no multilink
  bool short_sequence_numbers = false;
  std::optional<EndpointDiscriminator> endpoint;
};

/// What frames of the network layer carry, towards who sent such an option.
FrameCheck data_check(std::uint8_t fcs_bits);
/// What all other frames carry: null is not for them (RFC 1570 section 2.1.2).
FrameCheck control_check(std::uint8_t fcs_bits);

void write_mru(Writer& out, std::uint16_t mru);
void write_accm(Writer& out, std::uint32_t accm);
void write_authentication(Writer& out, AuthProtocol protocol);
void write_magic_number(Writer& out, std::uint32_t magic_number);
void write_flag(Writer& out, OptionType type);
void write_quality(Writer& out, ReportPeriod period);
void write_fcs(Writer& out, std::uint8_t bits);
void write_mrru(Writer& out, std::uint16_t mrru);
void write_endpoint(Writer& out, const EndpointDiscriminator& endpoint);
/// All that differ from the defaults, in the order of their types.
void write(Writer& out, const Options& options);

/// Values of options; nullopt when the length does not fit the type.
std::optional<std::uint16_t> parse_u16(const cp::Option& option);
std::optional<std::uint32_t> parse_u32(const cp::Option& option);
std::optional<std::uint8_t> parse_u8(const cp::Option& option);
/// nullopt as well for another protocol than Link-Quality-Report.
std::optional<ReportPeriod> parse_quality(const cp::Option& option);
/// nullopt as well for a class that RFC 1990 does not know, or whose length is wrong.
std::optional<EndpointDiscriminator> parse_endpoint(const cp::Option& option);
/// nullopt as well for a protocol or algorithm that tunppp does not know.
std::optional<AuthProtocol> parse_authentication(const cp::Option& option);

/// "LCP ConfReq id=1 <mru 1400> <magic 0x2f1a0001>"
std::string describe(Bytes packet);

}  // namespace tunppp::lcp
