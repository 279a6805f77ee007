#include "modem/carrier_watch.h"

#include <algorithm>
#include <string>
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

Bytes without_nuls(Bytes tail) {
  while (!tail.empty() && tail.front() == std::byte{0}) tail = tail.subspan(1);
  while (!tail.empty() && tail.back() == std::byte{0}) tail = tail.first(tail.size() - 1);
  return tail;
}

bool is_nothing_but_text(Bytes tail) {
  return std::all_of(tail.begin(), tail.end(), is_text);
}

std::vector<std::string> lines_of(Bytes text) {
  AtLineSplitter splitter;
  std::vector<std::string> lines;
  for (;;) {
    const AtLineSplitter::Taken taken = splitter.take(text);
    text = text.subspan(taken.count);
    if (!taken.line) break;
    lines.emplace_back(*taken.line);
  }
  if (const auto last = splitter.flush()) lines.emplace_back(*last);
  return lines;
}

}  // namespace

std::optional<FinalCode> result_code_in(Bytes tail) {
  tail = without_nuls(tail);
  const std::string_view text(reinterpret_cast<const char*>(tail.data()), tail.size());
  if (is_nothing_but_text(tail)) {
    for (const std::string& line : lines_of(tail))
      if (const auto found = ending(line)) return found;
    // A deframer that drops control characters (RFC 1662 section 7.1) has dropped the line ends,
    // and what was said before stands on the same line.
    const std::size_t begin = text.find_first_not_of("\r\n");
    if (begin == text.npos) return std::nullopt;
    const std::string_view inner = text.substr(begin, text.find_last_not_of("\r\n") + 1 - begin);
    if (text.find_first_of("\r\n") == text.npos && text.ends_with("NO CARRIER"))
      return FinalCode::no_carrier;
    return ending(inner);
  }
  // The modem may cut into a frame. Then only the whole line at the very end is believed: a packet
  // may well carry these words, but a frame does not stop with them.
  if (text.ends_with("\nNO CARRIER\r\n")) return FinalCode::no_carrier;  // Sierra: no CR before it
  return std::nullopt;
}

std::vector<std::string> unsolicited_in(Bytes tail) {
  tail = without_nuls(tail);
  if (!is_nothing_but_text(tail)) return {};
  std::vector<std::string> lines = lines_of(tail);
  // As above: its ends may have been dropped.
  if (lines.empty())
    lines.emplace_back(reinterpret_cast<const char*>(tail.data()), tail.size());
  std::erase_if(lines, [](const std::string& line) { return !looks_unsolicited(line); });
  return lines;
}

}  // namespace tunppp::modem
