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

void write_quality(Writer& out, ReportPeriod period) {
  begin(out, OptionType::quality_protocol, 6);
  out.u16(protocol::lqr);
  out.u32(period);
}

void write_fcs(Writer& out, std::uint8_t bits) {
  begin(out, OptionType::fcs_alternatives, 1);
  out.u8(bits);
}

void write_mrru(Writer& out, std::uint16_t mrru) {
  begin(out, OptionType::mrru, 2);
  out.u16(mrru);
}

void write_endpoint(Writer& out, const EndpointDiscriminator& endpoint) {
  begin(out, OptionType::endpoint_discriminator,
        static_cast<std::uint8_t>(1 + endpoint.address.size()));
  out.u8(static_cast<std::uint8_t>(endpoint.kind));
  out.bytes(endpoint.address);
}

FrameCheck data_check(std::uint8_t fcs_bits) {
  return (fcs_bits & fcs_bit::null) != 0 ? FrameCheck::none : control_check(fcs_bits);
}

FrameCheck control_check(std::uint8_t fcs_bits) {
  return (fcs_bits & fcs_bit::fcs32) != 0 ? FrameCheck::fcs32 : FrameCheck::fcs16;
}

void write(Writer& out, const Options& options) {
  if (options.mru != default_mru) write_mru(out, options.mru);
  if (options.accm != default_accm) write_accm(out, options.accm);
  if (options.authentication) write_authentication(out, *options.authentication);
  if (options.report_period) write_quality(out, *options.report_period);
  if (options.magic_number != 0) write_magic_number(out, options.magic_number);
  if (options.protocol_field_compression) write_flag(out, OptionType::protocol_field_compression);
  if (options.address_control_compression) write_flag(out, OptionType::address_control_compression);
  if (options.fcs != 0) write_fcs(out, options.fcs);
  if (options.mrru != 0) write_mrru(out, options.mrru);
  if (options.short_sequence_numbers) write_flag(out, OptionType::short_sequence_numbers);
  if (options.endpoint) write_endpoint(out, *options.endpoint);
}

std::optional<std::uint16_t> parse_u16(const cp::Option& option) {
  if (option.value.size() != 2) return std::nullopt;
  return Reader(option.value).u16();
}

std::optional<std::uint32_t> parse_u32(const cp::Option& option) {
  if (option.value.size() != 4) return std::nullopt;
  return Reader(option.value).u32();
}

std::optional<std::uint8_t> parse_u8(const cp::Option& option) {
  if (option.value.size() != 1) return std::nullopt;
  return Reader(option.value).u8();
}

std::optional<ReportPeriod> parse_quality(const cp::Option& option) {
  Reader value(option.value);
  const std::uint16_t number = value.u16();
  const ReportPeriod period = value.u32();
  if (!value.ok() || value.remaining() != 0 || number != protocol::lqr) return std::nullopt;
  return period;
}

std::optional<EndpointDiscriminator> parse_endpoint(const cp::Option& option) {
  Reader value(option.value);
  EndpointDiscriminator endpoint;
  endpoint.kind = static_cast<EndpointDiscriminator::Class>(value.u8());
  const Bytes address = value.rest();
  if (!value.ok()) return std::nullopt;
  endpoint.address.assign(address.begin(), address.end());
  return is_valid(endpoint) ? std::optional(std::move(endpoint)) : std::nullopt;
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

std::string fcs_names(std::uint8_t bits) {
  std::string names;
  const auto add = [&](std::uint8_t bit, std::string_view name) {
    if ((bits & bit) != 0) names.append(names.empty() ? "" : ",").append(name);
  };
  add(fcs_bit::null, "null");
  add(fcs_bit::fcs16, "16");
  add(fcs_bit::fcs32, "32");
  if ((bits & ~fcs_bit::all) != 0) names += fmt::format(" 0x{:02x}", bits);
  return names.empty() ? "none" : names;
}

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
    case OptionType::quality_protocol:
      if (const auto period = parse_quality(option)) return fmt::format("<lqr {} ms>", std::uint64_t{*period} * 10);
      break;
    case OptionType::protocol_field_compression: return "<pcomp>";
    case OptionType::address_control_compression: return "<accomp>";
    case OptionType::fcs_alternatives:
      if (const auto bits = parse_u8(option)) return fmt::format("<fcs {}>", fcs_names(*bits));
      break;
    case OptionType::mrru:
      if (const auto mrru = parse_u16(option)) return fmt::format("<mrru {}>", *mrru);
      break;
    case OptionType::short_sequence_numbers: return "<ssnhf>";
    case OptionType::endpoint_discriminator:
      if (const auto endpoint = parse_endpoint(option)) {
        return fmt::format("<endpoint {}>", to_string(*endpoint));
      }
      break;
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
    case 12: {
      const std::uint32_t magic = data.u32();
      return fmt::format("LCP Ident id={} magic=0x{:08x} \"{}\"", id, magic,
                         cp::printable(data.rest()));
    }
    case 13: {
      const std::uint32_t magic = data.u32();
      const std::uint32_t seconds = data.u32();
      return fmt::format("LCP TimeRem id={} magic=0x{:08x} seconds={} \"{}\"", id, magic, seconds,
                         cp::printable(data.rest()));
    }
    default: return "LCP " + cp::describe_packet(*packet, describe_option);
  }
}

}  // namespace tunppp::lcp
