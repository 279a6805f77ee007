#include "session/at_protocol.h"

#include <fmt/format.h>

namespace tunppp::session::at {

std::string hello_line(const Hello& hello) {
  const auto word = [](const std::string& it) { return it.empty() ? std::string("-") : it; };
  return line_of(Tag::hello, fmt::format("{} {} {}", word(hello.interface), word(hello.device),
                                         word(hello.at_device)));
}

std::optional<Hello> parse_hello(std::string_view line) {
  if (!line.starts_with("= ")) return std::nullopt;
  line.remove_prefix(2);
  std::string words[3];
  for (std::string& word : words) {
    const std::size_t end = line.find(' ');
    word = std::string(line.substr(0, end));
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    if (word.empty()) return std::nullopt;
    if (word == "-") word.clear();
  }
  return Hello{words[0], words[1], words[2]};
}

}  // namespace tunppp::session::at
