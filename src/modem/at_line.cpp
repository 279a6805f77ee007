#include "modem/at_line.h"

namespace tunppp::modem {
namespace {

constexpr char cr = '\r';
constexpr char lf = '\n';
constexpr char first_printable = ' ';
constexpr char del = 0x7f;

char without_parity(std::byte octet) {
  return static_cast<char>(octet & std::byte{0x7f});
}

}  // namespace

AtLineSplitter::Taken AtLineSplitter::take(Bytes in) {
  for (std::size_t i = 0; i < in.size(); ++i) {
    const char c = without_parity(in[i]);
    if (c == lf) {
      if (auto line = finish()) return {i + 1, line};
    } else if (c == cr) {
      cr_seen_ = true;
    } else if (c >= first_printable && c != del) {
      // CRs alone ended the line before; this octet begins the next one.
      if (cr_seen_)
        if (auto line = finish()) return {i, line};
      if (line_.size() == max_line)
        cut_ = true;
      else
        line_.push_back(c);
      if (line_ == "> ") return {i + 1, finish()};
    }
  }
  return {in.size(), std::nullopt};
}

std::optional<std::string_view> AtLineSplitter::flush() {
  if (!ended_by_cr()) return std::nullopt;
  return finish();
}

void AtLineSplitter::clear() {
  line_.clear();
  cr_seen_ = false;
  cut_ = false;
}

std::optional<std::string_view> AtLineSplitter::finish() {
  finished_.swap(line_);
  if (cut_) ++cut_lines_;
  clear();
  if (finished_.empty()) return std::nullopt;
  return finished_;
}

}  // namespace tunppp::modem
