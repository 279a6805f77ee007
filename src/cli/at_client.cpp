#include "cli/at_client.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "modem/at_codes.h"
#include "tty/directory.h"
#include "tty/holders.h"

namespace tunppp::cli {
namespace {

namespace at = session::at;

/// For a session to say hello; it may be busy with packets.
constexpr int hello_patience = 1000;  // ms

/// Reads the first line and leaves it there.
std::optional<at::Hello> hello_of(int fd) {
  std::array<char, at::max_line> buffer;
  pollfd waiting{fd, POLLIN, 0};
  if (::poll(&waiting, 1, hello_patience) <= 0) return std::nullopt;
  const ssize_t count = ::recv(fd, buffer.data(), buffer.size(), MSG_PEEK | MSG_DONTWAIT);
  if (count <= 0) return std::nullopt;
  const std::string_view said(buffer.data(), static_cast<std::size_t>(count));
  return at::parse_hello(said.substr(0, said.find('\n')));
}

}  // namespace

AtClient::AtClient(session::Loop& loop, at::Descriptor socket, bool force)
    : socket_(std::move(socket)), force_(force), watch_(loop, socket_.fd(), *this) {}

void AtClient::listen(AtLine::Listener& listener) {
  listener_ = &listener;
  watch_.watch_read(true);
}

void AtClient::ask(std::string_view command) {
  say(force_ ? fmt::format("{}{}\n", at::force, command) : fmt::format("{}\n", command));
}

void AtClient::give_text(std::optional<std::string> text) {
  if (!text) return say(fmt::format("{}\n", at::no_text));
  std::string lines;
  for (std::string_view rest = *text;;) {
    const std::size_t end = rest.find('\r');
    lines += fmt::format("{}{}\n", at::text_line, rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  say(fmt::format("{}{}\n", lines, at::end_text));
}

void AtClient::say(std::string_view line) {
  unsent_ += line;
  flush();
}

void AtClient::flush() {
  while (!unsent_.empty() && !closed_) {
    const ssize_t count =
        ::send(socket_.fd(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0)
      unsent_.erase(0, static_cast<std::size_t>(count));
    else if (errno == EAGAIN || errno == EINTR)
      return watch_.watch_write();
    else
      return;  // reading tells the same, from the loop
  }
}

void AtClient::fd_readable() {
  std::array<char, 4096> buffer;
  const ssize_t count = ::recv(socket_.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) return close("the session has ended");
  lines_.receive(
      {buffer.data(), static_cast<std::size_t>(count)},
      [this](std::string_view line) { take(line); },
      [this] { listener_->at_unsolicited("(a line that was too long was left out)"); });
}

void AtClient::take(std::string_view line) {
  if (closed_ || line.size() < 2) return;
  const std::string_view text = line.substr(2);
  switch (static_cast<at::Tag>(line.front())) {
    case at::Tag::hello:
      return;
    case at::Tag::answer:
      return listener_->at_answer(text);
    case at::Tag::unsolicited:
      return listener_->at_unsolicited(text);
    case at::Tag::lost:
      return listener_->at_unsolicited(fmt::format("({} lines were left out)", text));
    case at::Tag::prompt:
      return listener_->at_end({AtEnd::Kind::prompt, {}});
    case at::Tag::no_result:
      return listener_->at_end({AtEnd::Kind::silent, std::string(text)});
    case at::Tag::refused: {
      const std::string_view advice =
          text.starts_with(at::not_while) ? "; --force sends it all the same" : "";
      return listener_->at_end({AtEnd::Kind::refused, fmt::format("{}{}", text, advice)});
    }
    case at::Tag::result: {
      const auto final = modem::parse_final(text, modem::ResultForm::words_or_digits);
      const bool good = final && (final->is_ok() || final->code == modem::FinalCode::connect);
      return listener_->at_end({good ? AtEnd::Kind::done : AtEnd::Kind::failed, std::string(text)});
    }
  }
}

void AtClient::close(std::string_view why) {
  closed_ = true;
  watch_.watch_read(false);
  listener_->at_closed(why);
}

Result<at::Descriptor> session_of_interface(const std::string& directory,
                                            const std::string& interface) {
  const std::string path = at::socket_path(directory, interface);
  Result<at::Descriptor> socket = at::connect_to(path);
  if (socket) return socket;
  const int code = socket.failure().code.value();
  if (code != ENOENT && code != ECONNREFUSED) return socket;
  return Failure{
      EndReason::tty_missing, socket.failure().code,
      fmt::format("no session of {} lends its AT port: there is no {}. tunppp dial has one "
                  "with --at-device or --cmux",
                  interface, path)};
}

std::optional<at::Descriptor> session_that_holds(const std::string& directory,
                                                 const std::string& device) {
  for (const std::filesystem::path& path : tty::entries(directory)) {
    if (path.extension() != ".at") continue;
    Result<at::Descriptor> socket = at::connect_to(path);
    if (!socket) continue;
    const auto hello = hello_of(socket->fd());
    if (!hello) continue;
    if (tty::is_same_tty(device, hello->at_device) || tty::is_same_tty(device, hello->device))
      return std::move(*socket);
  }
  return std::nullopt;
}

}  // namespace tunppp::cli
