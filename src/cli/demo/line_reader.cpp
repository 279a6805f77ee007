#include "cli/demo/line_reader.h"

#include <boost/json.hpp>

#include <array>

namespace tunppp::cli::demo {

std::optional<std::string> LineReader::next(const Patience& patience) {
  for (;;) {
    if (const std::size_t end = text_.find('\n'); end != std::string::npos) {
      std::string line = text_.substr(0, end);
      text_.erase(0, end + 1);
      return line;
    }
    if (!patience.wait(fd_.get(), POLLIN)) return std::nullopt;
    std::array<char, 4096> buffer;
    const ssize_t count = ::read(fd_.get(), buffer.data(), buffer.size());
    if (count <= 0) return std::nullopt;
    text_.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

std::optional<std::string> wait_for_remote_address(LineReader& events, const Patience& patience) {
  while (const std::optional<std::string> line = events.next(patience)) {
    boost::json::error_code error;
    const boost::json::value value = boost::json::parse(*line, error);
    const boost::json::object* event = value.if_object();
    if (error || !event || !event->contains("event")) continue;
    if (event->at("event") == "addresses") return std::string(event->at("remote").as_string());
  }
  return std::nullopt;
}

}  // namespace tunppp::cli::demo
