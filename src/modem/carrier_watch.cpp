#include "modem/carrier_watch.h"

#include <algorithm>
#include <string_view>

#include "modem/at_line.h"

namespace tunppp::modem {
namespace {

bool is_text(std::byte octet) {
  const auto value = std::to_integer<unsigned char>(octet);
  return (value >= ' ' && value < 0x7f) || value == '\r' || value == '\n';
}

std::optional<FinalCode> ending(std::string_view line) {
  const auto result = parse_final(line, ResultForm::words);
  if (!result || result->code == FinalCode::prompt) return std::nullopt;
  return result->code;
}

/// The first result code among lines that are nothing but text.
std::optional<FinalCode> result_in_text(Bytes text) {
  AtLineSplitter splitter;
  std::optional<FinalCode> found;
  while (!found) {
    const AtLineSplitter::Taken taken = splitter.take(text);
    text = text.subspan(taken.count);
    if (!taken.line) break;
    found = ending(*taken.line);
  }
  return found;
}

}  // namespace

std::optional<FinalCode> result_code_in(Bytes tail) {
  while (!tail.empty() && tail.front() == std::byte{0}) tail = tail.subspan(1);
  const std::string_view text(reinterpret_cast<const char*>(tail.data()), tail.size());
  if (std::all_of(tail.begin(), tail.end(), is_text)) {
    if (const auto found = result_in_text(tail)) return found;
    // A deframer that drops control characters (RFC 1662 section 7.1) has dropped the line ends.
    const std::size_t begin = text.find_first_not_of("\r\n");
    if (begin == text.npos) return std::nullopt;
    return ending(text.substr(begin, text.find_last_not_of("\r\n") + 1 - begin));
  }
  // The modem may cut into a frame. Then only the whole line at the very end is believed: a packet
  // may well carry these words, but a frame does not stop with them.
  constexpr std::string_view cut_in = "\r\nNO CARRIER\r\n";
  if (text.ends_with(cut_in)) return FinalCode::no_carrier;
  return std::nullopt;
}

}  // namespace tunppp::modem
