#include "cp/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace tunppp::cp {
namespace {

constexpr std::size_t text_limit = 200;

constexpr const char* code_names[] = {"ConfReq", "ConfAck", "ConfNak", "ConfRej",
                                      "TermReq", "TermAck", "CodeRej"};

bool carries_options(std::uint8_t code) { return code >= 1 && code <= 4; }

}  // namespace

std::string printable(Bytes text) {
  std::string out;
  for (std::byte octet : text.first(std::min(text.size(), text_limit))) {
    const auto character = std::to_integer<char>(octet);
    out += character >= ' ' && character <= '~' ? character : '.';
  }
  return out;
}

std::string describe_header(const PacketView& packet) {
  const bool known = packet.code >= 1 && packet.code <= std::size(code_names);
  const std::string name =
      known ? code_names[packet.code - 1] : fmt::format("code {}", packet.code);
  return fmt::format("{} id={}", name, packet.identifier);
}

std::string describe_packet(const PacketView& packet,
                            std::string (*describe_option)(const Option& option)) {
  std::string out = describe_header(packet);
  if (carries_options(packet.code)) {
    OptionWalk walk(packet.data);
    while (const auto option = walk.next()) out += " " + describe_option(*option);
    if (!walk.well_formed()) out += " <malformed>";
  } else if (packet.code == static_cast<std::uint8_t>(Code::code_reject)) {
    if (!packet.data.empty()) {
      out += fmt::format(" of code {}", std::to_integer<unsigned>(packet.data[0]));
    }
  } else if (!packet.data.empty()) {
    out += fmt::format(" \"{}\"", printable(packet.data));
  }
  return out;
}

std::string describe_unknown(const Option& option) {
  std::string out = fmt::format("<option {}", option.type);
  for (std::byte octet : option.value) {
    fmt::format_to(std::back_inserter(out), " {:02x}", std::to_integer<unsigned>(octet));
  }
  return out + ">";
}

}  // namespace tunppp::cp
