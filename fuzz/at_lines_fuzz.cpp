// What a modem says, in any chunks: the lines must be the same, and whoever reads them must cope.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "modem/at_codes.h"
#include "modem/at_fields.h"
#include "modem/at_line.h"
#include "modem/carrier_watch.h"
#include "modem/registration.h"

namespace {

using namespace tunppp;

std::vector<std::string> split(Bytes in, std::size_t chunk) {
  modem::AtLineSplitter splitter;
  std::vector<std::string> lines;
  while (!in.empty()) {
    const Bytes piece = in.first(std::min(chunk, in.size()));
    const auto taken = splitter.take(piece);
    if (taken.count > piece.size()) std::abort();
    if (taken.count == 0 && !taken.line) std::abort();  // or this would never end
    if (taken.line) lines.emplace_back(*taken.line);
    in = in.subspan(taken.count);
  }
  if (const auto line = splitter.flush()) lines.emplace_back(*line);
  return lines;
}

void read(const std::string& line) {
  if (line.size() > modem::AtLineSplitter::max_line) std::abort();
  for (const char c : line)
    if (c < ' ' || c == 0x7f) std::abort();
  if (const auto final = modem::parse_final(line, modem::ResultForm::words_or_digits))
    if (modem::in_words(*final).empty()) std::abort();
  (void)modem::looks_unsolicited(line);
  (void)modem::in_words(modem::parse_registration(line));
  const std::string masked = modem::mask_secrets(line);
  if (modem::mask_secrets(masked) != masked) std::abort();
  const std::size_t fields = std::min<std::size_t>(modem::field_count(line), 16);
  for (std::size_t i = 0; i < fields; ++i) (void)modem::field(line, i);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t chunk = 1u + data[0] % 16u;
  const Bytes in = std::as_bytes(std::span(data, size)).subspan(1);
  const auto whole = split(in, std::max<std::size_t>(in.size(), 1));
  if (split(in, chunk) != whole) std::abort();
  for (const std::string& line : whole) read(line);
  (void)modem::result_code_in(in);
  return 0;
}
