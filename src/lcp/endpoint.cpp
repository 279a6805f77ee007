#include <fmt/format.h>
#include <tunppp/config.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace tunppp {
namespace {

using Class = EndpointDiscriminator::Class;

/// What RFC 1990 section 5.1.3 says of the length of each class, and what pppd calls it.
struct ClassRow {
  Class kind;
  std::string_view name;
  std::size_t least;
  std::size_t most;
  std::size_t step;
};
constexpr std::array<ClassRow, 6> classes{{
    {Class::null, "null", 0, 0, 1},
    {Class::local, "local", 1, 20, 1},
    {Class::ipv4, "IP", 4, 4, 1},
    {Class::mac, "MAC", 6, 6, 1},
    {Class::magic_number, "magic", 4, 20, 4},
    {Class::phone, "phone", 1, 15, 1},
}};

const ClassRow* row_of(Class kind) {
  const auto index = static_cast<std::size_t>(kind);
  return index < classes.size() ? &classes[index] : nullptr;
}

std::string joined(const std::vector<std::byte>& octets, char separator, int base) {
  std::string text;
  for (const std::byte octet : octets) {
    if (!text.empty()) text += separator;
    const auto value = std::to_integer<unsigned>(octet);
    text += base == 16 ? fmt::format("{:02x}", value) : fmt::format("{}", value);
  }
  return text;
}

/// Numbers of an octet each; nullopt when one is none.
std::optional<std::vector<std::byte>> split(std::string_view text, char separator, int base) {
  std::vector<std::byte> octets;
  for (;;) {
    const std::size_t end = std::min(text.find(separator), text.size());
    unsigned value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + end, value, base);
    if (error != std::errc() || stop != text.data() + end || value > 255) return std::nullopt;
    octets.push_back(static_cast<std::byte>(value));
    if (end == text.size()) return octets;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::vector<std::byte>> digits(std::string_view text) {
  std::vector<std::byte> octets;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    octets.push_back(static_cast<std::byte>(digit));
  }
  return octets;
}

std::optional<std::vector<std::byte>> parse_address(Class kind, std::string_view text) {
  switch (kind) {
    case Class::null: return std::vector<std::byte>();
    case Class::ipv4: return split(text, '.', 10);
    case Class::mac: return split(text, ':', 16);
    case Class::phone: return digits(text);
    case Class::local:
    case Class::magic_number: return split(text, '.', 16);
  }
  return std::nullopt;
}

std::string address_text(const EndpointDiscriminator& endpoint) {
  switch (endpoint.kind) {
    case Class::ipv4: return joined(endpoint.address, '.', 10);
    case Class::mac: return joined(endpoint.address, ':', 16);
    case Class::phone: break;
    default: return joined(endpoint.address, '.', 16);
  }
  std::string text;
  for (const std::byte octet : endpoint.address) {
    const auto digit = std::to_integer<char>(octet);
    text += digit >= ' ' && digit <= '~' ? digit : '.';
  }
  return text;
}

}  // namespace

bool is_valid(const EndpointDiscriminator& endpoint) {
  const ClassRow* row = row_of(endpoint.kind);
  const std::size_t size = endpoint.address.size();
  return row != nullptr && size >= row->least && size <= row->most && size % row->step == 0;
}

std::string to_string(const EndpointDiscriminator& endpoint) {
  const ClassRow* row = row_of(endpoint.kind);
  const std::string name = row != nullptr
                               ? std::string(row->name)
                               : fmt::format("class {}", static_cast<unsigned>(endpoint.kind));
  return endpoint.address.empty() ? name : name + ":" + address_text(endpoint);
}

std::optional<EndpointDiscriminator> parse_endpoint(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view name = text.substr(0, colon);
  const std::string_view rest = text.substr(std::min(colon + 1, text.size()));
  for (const ClassRow& row : classes) {
    if (row.name != name || (row.kind == Class::null && colon != text.size())) continue;
    auto address = parse_address(row.kind, rest);
    if (!address) return std::nullopt;
    EndpointDiscriminator endpoint{row.kind, std::move(*address)};
    if (is_valid(endpoint)) return endpoint;
    return std::nullopt;
  }
  return std::nullopt;
}

std::string_view to_string(FrameCheck check) {
  switch (check) {
    case FrameCheck::none: return "null";
    case FrameCheck::fcs16: return "16";
    case FrameCheck::fcs32: return "32";
  }
  return "";
}

}  // namespace tunppp
