#include "lcp/options.h"

#include <fmt/format.h>

#include "base/protocol.h"
#include "base/reader.h"

namespace tunppp::lcp {
namespace {

constexpr std::uint8_t chap_algorithm_md5 = 5;  // RFC 1994 section 3

void begin(Writer& out, OptionType type, std::uint8_t value_size) {
  out.u8(static_cast<std::uint8_t>(type));
  out.u8(static_cast<std::uint8_t>(value_size + 2));
}

}  // namespace

void write_mru(Writer& out, std::uint16_t mru) {
  begin(out, OptionType::mru, 2);
  out.u16(mru);
}

void write_accm(Writer& out, std::uint32_t accm) {
  begin(out, OptionType::accm, 4);
  out.u32(accm);
}

void write_authentication(Writer& out, AuthMethod method) {
  switch (method) {
    case AuthMethod::pap:
      begin(out, OptionType::authentication_protocol, 2);
      out.u16(protocol::pap);
      return;
    case AuthMethod::chap_md5:
      begin(out, OptionType::authentication_protocol, 3);
      out.u16(protocol::chap);
      out.u8(chap_algorithm_md5);
      return;
  }
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

std::optional<AuthMethod> parse_authentication(const cp::Option& option) {
  Reader reader(option.value);
  const std::uint16_t protocol = reader.u16();
  if (protocol == protocol::pap && option.value.size() == 2) return AuthMethod::pap;
  if (protocol == protocol::chap && option.value.size() == 3 && reader.u8() == chap_algorithm_md5) {
    return AuthMethod::chap_md5;
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
      const auto method = parse_authentication(option);
      if (method) return *method == AuthMethod::pap ? "<auth pap>" : "<auth chap md5>";
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
