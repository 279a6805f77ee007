#include "lcp/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/protocol.h"
#include "base/reader.h"

namespace tunppp::lcp {
namespace {

struct AuthProtocolRow {
  std::uint16_t protocol;
  std::optional<std::uint8_t> algorithm;  ///< of CHAP
  std::string_view name;
};

/// One a value of AuthProtocol. Algorithms: RFC 1994 section 3, RFC 2433 section 3, RFC 2759
/// section 3.
constexpr std::array<AuthProtocolRow, 5> auth_protocol_rows{{
    {protocol::pap, std::nullopt, "pap"},
    {protocol::chap, 0x05, "chap md5"},
    {protocol::chap, 0x80, "chap ms"},
    {protocol::chap, 0x81, "chap ms-v2"},
    {protocol::eap, std::nullopt, "eap"},
}};

const AuthProtocolRow& row(AuthProtocol protocol) {
  return auth_protocol_rows[static_cast<std::size_t>(protocol)];
}

void begin(Writer& out, OptionType type, std::uint8_t value_size) {
  out.u8(static_cast<std::uint8_t>(type));
  out.u8(static_cast<std::uint8_t>(value_size + 2));
}

}  // namespace

AuthProtocol auth_protocol(AuthMethod method) {
  switch (method) {
    case AuthMethod::pap: return AuthProtocol::pap;
    case AuthMethod::chap_md5: return AuthProtocol::chap_md5;
    case AuthMethod::mschap: return AuthProtocol::mschap;
    case AuthMethod::mschap_v2: return AuthProtocol::mschap_v2;
    case AuthMethod::eap_md5:
    case AuthMethod::eap_mschap_v2:
    case AuthMethod::eap_tls: break;
  }
  return AuthProtocol::eap;
}

std::vector<AuthProtocol> auth_protocols(const std::vector<AuthMethod>& methods) {
  std::vector<AuthProtocol> protocols;
  for (AuthMethod method : methods) {
    const AuthProtocol protocol = auth_protocol(method);
    if (std::find(protocols.begin(), protocols.end(), protocol) == protocols.end()) {
      protocols.push_back(protocol);
    }
  }
  return protocols;
}

std::uint16_t protocol_number(AuthProtocol protocol) { return row(protocol).protocol; }

void write_mru(Writer& out, std::uint16_t mru) {
  begin(out, OptionType::mru, 2);
  out.u16(mru);
}

void write_accm(Writer& out, std::uint32_t accm) {
  begin(out, OptionType::accm, 4);
  out.u32(accm);
}

void write_authentication(Writer& out, AuthProtocol protocol) {
  const AuthProtocolRow& value = row(protocol);
  begin(out, OptionType::authentication_protocol, value.algorithm ? 3 : 2);
  out.u16(value.protocol);
  if (value.algorithm) out.u8(*value.algorithm);
}

void write_magic_number(Writer& out, std::uint32_t magic_number) {
  begin(out, OptionType::magic_number, 4);
  out.u32(magic_number);
}

void write_flag(Writer& out, OptionType type) { begin(out, type, 0); }

void write(Writer& out, const Options& options) {
  if (options.mru != default_mru) write_mru(out, options.mru);
  if (options.accm != default_accm) write_accm(out, options.accm);
  if (options.authentication) write_authentication(out, *options.authentication);
  if (options.magic_number != 0) write_magic_number(out, options.magic_number);
  if (options.protocol_field_compression) write_flag(out, OptionType::protocol_field_compression);
  if (options.address_control_compression) write_flag(out, OptionType::address_control_compression);
}

std::optional<std::uint16_t> parse_u16(const cp::Option& option) {
  if (option.value.size() != 2) return std::nullopt;
  return Reader(option.value).u16();
}

std::optional<std::uint32_t> parse_u32(const cp::Option& option) {
  if (option.value.size() != 4) return std::nullopt;
  return Reader(option.value).u32();
}

std::optional<AuthProtocol> parse_authentication(const cp::Option& option) {
  Reader reader(option.value);
  const std::uint16_t number = reader.u16();
  const auto algorithm = reader.remaining() == 1 ? std::optional(reader.u8()) : std::nullopt;
  if (!reader.ok() || reader.remaining() != 0) return std::nullopt;
  for (std::size_t i = 0; i < auth_protocol_rows.size(); ++i) {
    const AuthProtocolRow& known = auth_protocol_rows[i];
    if (known.protocol == number && known.algorithm == algorithm) return AuthProtocol(i);
  }
  return std::nullopt;
}

namespace {

std::string describe_option(const cp::Option& option) {
  switch (static_cast<OptionType>(option.type)) {
    case OptionType::mru:
      if (const auto mru = parse_u16(option)) return fmt::format("<mru {}>", *mru);
      break;
    case OptionType::accm:
      if (const auto accm = parse_u32(option)) return fmt::format("<accm 0x{:x}>", *accm);
      break;
    case OptionType::authentication_protocol: {
      const auto protocol = parse_authentication(option);
      if (protocol) return fmt::format("<auth {}>", row(*protocol).name);
      break;
    }
    case OptionType::magic_number:
      if (const auto magic = parse_u32(option)) return fmt::format("<magic 0x{:08x}>", *magic);
      break;
    case OptionType::protocol_field_compression: return "<pcomp>";
    case OptionType::address_control_compression: return "<accomp>";
  }
  return cp::describe_unknown(option);
}

}  // namespace

std::string describe(Bytes octets) {
  const auto packet = cp::PacketView::parse(octets);
  if (!packet) return "LCP (malformed)";
  Reader data(packet->data);
  const unsigned id = packet->identifier;
  switch (packet->code) {
    case 8: return fmt::format("LCP ProtRej id={} of protocol 0x{:04x}", id, data.u16());
    case 9: return fmt::format("LCP EchoReq id={} magic=0x{:08x}", id, data.u32());
    case 10: return fmt::format("LCP EchoRep id={} magic=0x{:08x}", id, data.u32());
    case 11: return fmt::format("LCP DiscReq id={} magic=0x{:08x}", id, data.u32());
    default: return "LCP " + cp::describe_packet(*packet, describe_option);
  }
}

}  // namespace tunppp::lcp
