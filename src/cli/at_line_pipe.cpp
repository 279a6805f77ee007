#include "cli/at_line_pipe.h"

#include <algorithm>

namespace tunppp::cli {

AtLinePipe::AtLinePipe(AtLine& line) : line_(line) {
  line_.listen(*this);
}

Pipe::Result AtLinePipe::read(MutableBytes out) {
  const std::size_t count = std::min(out.size(), said_.size());
  const auto octets = std::as_bytes(std::span(said_)).first(count);
  std::copy(octets.begin(), octets.end(), out.begin());
  said_.erase(0, count);
  return {.count = count, .closed = closed_ && said_.empty()};
}

Pipe::Result AtLinePipe::write(Bytes in) {
  for (const std::byte octet : in) commands_.push_back(static_cast<char>(octet));
  ask_next();
  return {.count = in.size(), .closed = closed_};
}

void AtLinePipe::ask_next() {
  while (!busy_ && !closed_) {
    const std::size_t end = commands_.find('\r');
    if (end == commands_.npos) return;
    const std::string command = commands_.substr(0, end);
    commands_.erase(0, end + 1);
    if (!is_at_command(command)) continue;
    busy_ = true;
    line_.ask(command);
  }
}

void AtLinePipe::at_end(const AtEnd& end) {
  if (end.kind == AtEnd::Kind::prompt) return line_.give_text(std::nullopt);
  busy_ = false;
  if (end.kind == AtEnd::Kind::refused)
    say("ERROR");
  else if (end.kind != AtEnd::Kind::silent)
    say(end.text);
  ask_next();
}

void AtLinePipe::at_closed(std::string_view) {
  closed_ = true;
  tell();
}

void AtLinePipe::say(std::string_view line) {
  said_.append("\r\n").append(line).append("\r\n");
  tell();
}

void AtLinePipe::tell() {
  // What the listener does may end its interest.
  while (listener_ && watched_ && (!said_.empty() || closed_)) listener_->pipe_readable();
}

}  // namespace tunppp::cli
