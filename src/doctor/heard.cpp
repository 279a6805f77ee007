#include "doctor/heard.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "doctor/text.h"
#include "modem/cmux/frame_reader.h"

namespace tunppp::doctor {
namespace {

using std::string_view_literals::operator""sv;

/// How frames of PPP begin (RFC 1662 section 3.1), with the control octet escaped or not: LCP, IP
/// and what negotiates it.
constexpr auto ppp_beginnings = std::to_array<std::string_view>(
    {"\xff\x03\xc0\x21"sv, "\xff\x7d\x23\xc0\x21"sv, "\x7e\xc0\x21"sv, "\xff\x03\x80\x21"sv,
     "\xff\x7d\x23\x80\x21"sv, "\xff\x03\x00\x21"sv, "\xff\x7d\x23\x7d\x20\x21"sv,
     "\x7e\x21\x45"sv});

bool has_ppp(std::string_view text) {
  return text.find('\x7e') != text.npos &&
         std::any_of(ppp_beginnings.begin(), ppp_beginnings.end(),
                     [&](std::string_view part) { return text.find(part) != text.npos; });
}

bool has_frame(std::string_view text, modem::cmux::Option option) {
  modem::cmux::FrameReader reader(option, HeardOctets::limit);
  Bytes rest = std::as_bytes(std::span(text));
  while (const auto frame = reader.next(rest))
    if (frame->dlci <= modem::cmux::last_dlci) return true;
  return false;
}

/// "$GPGGA," "$GNRMC," "$PQXFI,": NMEA 0183's sentences.
bool has_nmea(std::string_view text) {
  for (std::size_t at = text.find('$'); at != text.npos; at = text.find('$', at + 1)) {
    const std::string_view name = text.substr(at + 1, 5);
    const bool capitals = name.size() == 5 && std::all_of(name.begin(), name.end(), [](char c) {
                            return c >= 'A' && c <= 'Z';
                          });
    if (capitals && (name.front() == 'G' || name.front() == 'P' || name.front() == 'B') &&
        at + 6 < text.size() && text[at + 6] == ',')
      return true;
  }
  return false;
}

bool is_text(char c) {
  return (c >= ' ' && c < 0x7f) || c == '\r' || c == '\n' || c == '\t' || c == '\0';
}

void keep_last(std::string& text, std::size_t limit) {
  if (text.size() > limit) text.erase(0, text.size() - limit);
}

}  // namespace

void HeardOctets::add(Bytes said) {
  said_.append(reinterpret_cast<const char*>(said.data()), said.size());
  keep_last(said_, limit);
}

void HeardOctets::sent(Bytes octets) {
  constexpr std::size_t most = 64;
  if (sent_.size() >= most) sent_.erase(sent_.begin());
  sent_.emplace_back(trimmed({reinterpret_cast<const char*>(octets.data()), octets.size()}));
}

/// What came back as it was sent is nobody's answer.
std::string HeardOctets::without_echo() const {
  std::string text = said_;
  bool echoed = false;
  for (const std::string& sent : sent_) {
    const std::size_t at = sent.empty() ? text.npos : text.find(sent);
    if (at == text.npos) continue;
    text.erase(at, sent.size());
    echoed = true;
  }
  // Line ends may have been turned into others on the way.
  const bool nothing_else = text.find_first_not_of("\r\n") == text.npos;
  return echoed && nothing_else ? "" : text;
}

bool HeardOctets::has_cmux_frame() const {
  const std::string text = without_echo();
  return has_frame(text, modem::cmux::Option::basic) ||
         has_frame(text, modem::cmux::Option::advanced);
}

Heard HeardOctets::what() const {
  if (said_.empty()) return Heard::nothing;
  const std::string text = without_echo();
  if (text.empty()) return Heard::echo;
  if (has_nmea(text)) return Heard::nmea;
  if (has_ppp(text)) return Heard::ppp;
  if (has_cmux_frame()) return Heard::cmux;
  return std::all_of(text.begin(), text.end(), is_text) ? Heard::text : Heard::binary;
}

std::string HeardOctets::sample() const {
  constexpr std::size_t most_text = 60;
  constexpr std::size_t most_octets = 16;
  const std::string text = without_echo();
  if (std::all_of(text.begin(), text.end(), is_text))
    return std::string(trimmed(text)).substr(0, most_text);
  std::string octets;
  for (const char octet : said_.substr(0, most_octets))
    octets += fmt::format("{}{:02x}", octets.empty() ? "" : " ", static_cast<unsigned char>(octet));
  return octets;
}

}  // namespace tunppp::doctor
