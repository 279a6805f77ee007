#include "session/toml_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace tunppp::session {
namespace {

using std::string_view;

struct BeyondItsParser {};

Failure is_no_toml(string_view file, std::size_t line, string_view why) {
  return {EndReason::usage, {}, fmt::format("{}:{}: {}", file, line, why)};
}

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

bool is_comment(string_view line) {
  const std::size_t first = line.find_first_not_of(" \t");
  return first != string_view::npos && line[first] == '#';
}

/// `text` without what toml++ 3.3 could stumble over: asked whether a character beyond ASCII is a
/// blank, it reaches what it takes for unreachable. Comments lose theirs; for all else
/// `first_line` says where the first stands.
std::string in_ascii(string_view text, std::size_t& first_line) {
  std::string ascii;
  first_line = 0;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const string_view line = text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
    const std::size_t start = ascii.size();
    ascii += line;
    if (is_comment(line))
      std::replace_if(
          ascii.begin() + static_cast<std::ptrdiff_t>(start), ascii.end(),
          [](char c) { return !is_ascii(c); }, '?');
    else if (first_line == 0 && !std::all_of(line.begin(), line.end(), is_ascii))
      first_line = number;
    text.remove_prefix(line.size());
  }
  return ascii;
}

}  // namespace

void toml_is_beyond_its_parser() {
  throw BeyondItsParser();
}

Result<toml::table> parse_toml(string_view text, string_view file) {
  constexpr string_view byte_order_mark = "\xef\xbb\xbf";  // of an editor on Windows
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::size_t beyond_ascii = 0;
  const std::string ascii = in_ascii(text, beyond_ascii);
  if (beyond_ascii > 0)
    return is_no_toml(file, beyond_ascii,
                      "there is a letter that is not ASCII; in quotes write it as \\u and four "
                      "hexadecimal digits (\\u00e9), or put the comment on a line of its own");
  try {
    return toml::parse(ascii, file);
  } catch (const toml::parse_error& error) {
    return is_no_toml(file, error.source().begin.line, error.description());
  } catch (const BeyondItsParser&) {
    return is_no_toml(file, 1, "this is no TOML: is there a [ without its ]?");
  }
}

}  // namespace tunppp::session
