#include "session/at_server.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "modem/at_fields.h"
#include "modem/at_guard.h"
#include "session/at_socket.h"

namespace tunppp::session {
namespace {

using at::Tag;

Failure failed(const std::string& path, std::string_view what) {
  const std::error_code code(errno, std::system_category());
  return {EndReason::usage, code, fmt::format("{} {}: {}", path, what, code.message())};
}

/// Printable ASCII, so that a line is one line.
bool is_command(std::string_view line) {
  if (!modem::starts_with_ignoring_case(line, "AT")) return false;
  for (const char c : line)
    if (c < ' ' || c > '~') return false;
  return true;
}

}  // namespace

struct AtServer::Client final : private FdWatch::Listener {
  Client(AtServer& owner, Loop& loop, int number, std::uint64_t name)
      : server(owner), socket(number), id(name), watch(loop, number, *this) {
    watch.watch_read(true);
  }

  void say(Tag tag, std::string_view words) {
    if (gone) return;
    const bool own = tag != Tag::unsolicited;
    if (unread.size() > (own ? max_unread_answers : max_unread)) {
      if (own) return server.leave(*this);
      ++lost;
      return;
    }
    if (lost > 0) unread += at::line_of(Tag::lost, std::to_string(std::exchange(lost, 0)));
    unread += at::line_of(tag, words);
    flush();
  }

  void flush() {
    while (!unread.empty() && !gone) {
      const ssize_t count =
          ::send(socket.fd(), unread.data(), unread.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count > 0) {
        unread.erase(0, static_cast<std::size_t>(count));
      } else if (errno == EAGAIN || errno == EINTR) {
        return watch.watch_write();
      } else {
        return server.leave(*this);
      }
    }
  }

  void fd_readable() override {
    std::array<char, 2048> buffer;
    const ssize_t count = ::recv(socket.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return server.leave(*this);
    lines.receive(
        {buffer.data(), static_cast<std::size_t>(count)},
        [this](std::string_view line) {
          if (!gone) server.take_line(*this, line);
        },
        [this] {
          if (!gone) server.take_overlong(*this);
        });
  }
  void fd_writable() override { flush(); }

  AtServer& server;
  at::Descriptor socket;
  std::uint64_t id;
  at::LineReader lines;
  std::string unread;
  std::uint64_t lost = 0;
  bool gone = false;
  bool busy = false;
  bool prompted = false;
  std::string text;
  bool text_is_too_long = false;
  FdWatch watch;  // and it goes before the descriptor does
};

Result<std::unique_ptr<AtServer>> AtServer::create(Loop& loop, const std::string& directory,
                                                   at::Hello hello, Port& port) {
  const bool made = ::mkdir(directory.c_str(), 0755) == 0;
  if (!made && errno != EEXIST) return failed(directory, "cannot be made");
  const std::string path = at::socket_path(directory, hello.interface);
  Result<at::Descriptor> socket = at::listen_at(path);
  if (!socket) return socket.failure();
  std::unique_ptr<AtServer> server(
      new AtServer(loop, std::move(*socket), path, std::move(hello), port));
  if (made) server->made_directory_ = directory;
  return server;
}

AtServer::AtServer(Loop& loop, at::Descriptor socket, std::string path, at::Hello hello, Port& port)
    : loop_(loop),
      socket_(std::move(socket)),
      path_(std::move(path)),
      hello_(std::move(hello)),
      port_(port),
      watch_(loop, socket_.fd(), *this),
      sweep_(loop, [this] { sweep(); }) {
  watch_.watch_read(true);
}

AtServer::~AtServer() {
  ::unlink(path_.c_str());
  if (!made_directory_.empty()) ::rmdir(made_directory_.c_str());
}

void AtServer::fd_readable() {
  const int fd = ::accept4(socket_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  Client& client = clients_.emplace_back(*this, loop_, fd, next_id_++);
  if (clients_.size() > max_clients) {
    client.say(Tag::refused, "too many programs use this port already");
    return leave(client);
  }
  const std::string hello = at::hello_line(hello_);
  client.say(Tag::hello, std::string_view(hello).substr(2, hello.size() - 3));
}

void AtServer::take_line(Client& client, std::string_view line) {
  if (line.empty()) return;
  if (client.prompted) return take_text(client, line);
  if (line.front() == at::text_line || line == std::string_view(&at::end_text, 1) ||
      line == std::string_view(&at::no_text, 1))
    return client.say(Tag::refused, "the modem waits for no text");
  take_command(client, line);
}

void AtServer::take_overlong(Client& client) {
  client.text_is_too_long = client.prompted;
  if (!client.prompted)
    client.say(Tag::refused, fmt::format("it is longer than {} octets", at::max_line));
}

void AtServer::take_command(Client& client, std::string_view line) {
  const bool force = line.front() == at::force;
  if (force) line.remove_prefix(1);
  line = modem::trim(line);
  if (client.busy) return client.say(Tag::refused, "the command before has not been answered yet");
  if (!is_command(line)) return client.say(Tag::refused, "this is no AT command");
  const std::string_view danger = modem::danger_of(line);
  if (!force && !danger.empty())
    return client.say(Tag::refused,
                      fmt::format("{}{} is up: {}", at::not_while, hello_.interface, danger));
  client.busy = true;
  if (port_.ask(client.id, line)) return;
  client.busy = false;
  client.say(Tag::refused, "the AT port takes no more commands now");
}

void AtServer::take_text(Client& client, std::string_view line) {
  if (line.front() == at::text_line) {
    line.remove_prefix(1);
    client.text_is_too_long |= client.text.size() + line.size() > max_text;
    if (client.text_is_too_long) return;
    if (!client.text.empty()) client.text.push_back('\r');
    client.text.append(line);
    return;
  }
  std::optional<std::string> text;
  const bool too_long = std::exchange(client.text_is_too_long, false);
  if (line.front() == at::end_text && !too_long) text = std::move(client.text);
  if (too_long)
    client.say(Tag::refused, fmt::format("the text is longer than {} octets", max_text));
  client.text.clear();
  client.prompted = false;
  client.busy = true;
  port_.give_text(client.id, std::move(text));
}

void AtServer::answered(const modem::CommandAnswered& answer) {
  for (Client& client : clients_) {
    if (client.id != answer.id || client.gone) continue;
    for (const std::string& line : answer.lines) client.say(Tag::answer, line);
    client.busy = false;
    client.prompted = answer.final.code == modem::FinalCode::prompt;
    if (client.prompted)
      client.say(Tag::prompt, "end the text with <");
    else if (answer.final.code == modem::FinalCode::timeout)
      client.say(Tag::no_result, "the modem did not answer in time");
    else
      client.say(Tag::result, answer.final.text);
    return;
  }
}

void AtServer::unsolicited(std::string_view line) {
  for (Client& client : clients_) client.say(Tag::unsolicited, line);
}

/// Not at once: it may be the client itself who calls.
void AtServer::leave(Client& client) {
  if (std::exchange(client.gone, true)) return;
  client.watch.watch_read(false);
  port_.forget(client.id);
  sweep_.notify();
}

void AtServer::sweep() {
  clients_.remove_if([](const Client& client) { return client.gone; });
}

}  // namespace tunppp::session
