#include "cli/at_batch.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <deque>
#include <optional>
#include <utility>

#include "cli/exit_codes.h"
#include "cli/stop_signals.h"
#include "modem/at_codes.h"
#include "modem/at_fields.h"
#include "session/at_protocol.h"

namespace tunppp::cli {
namespace {

constexpr char end_of_text = '\x1a';  // ctrl-Z

void show(std::string_view line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

class Batch final : private AtLine::Listener {
 public:
  Batch(session::Loop& loop, AtLine& line, bool text_has_end, std::chrono::seconds wait)
      : loop_(loop),
        line_(line),
        text_has_end_(text_has_end),
        wait_(wait),
        signals_(loop, {SIGINT, SIGTERM, SIGHUP},
                 [this] { finish(exit_code(EndReason::interrupted)); }),
        waited_(loop, [this] { finish(exit_code(EndReason::requested)); }) {}

  /// Before start() and at any time after it.
  void add(std::string command) {
    waiting_.push_back(std::move(command));
    next();
  }
  void too_long() {
    finish(failed(EndReason::usage,
                  fmt::format("a line on standard input is longer than {} octets; it was not sent",
                              session::at::max_line)));
  }
  void end_of_input() {
    input_over_ = true;
    next();
  }
  int run() {
    line_.listen(*this);
    running_ = true;
    next();
    if (!over_) loop_.run();
    return exit_code_;
  }

 private:
  void next() {
    if (!running_ || over_) return;
    if (prompted_) return next_text();
    if (busy_) return;
    while (!waiting_.empty()) {
      command_ = std::string(modem::trim(waiting_.front()));
      waiting_.pop_front();
      if (command_.empty()) continue;
      if (!is_at_command(command_))
        return finish(failed(EndReason::usage, fmt::format("{} is no AT command: it does not begin "
                                                           "with AT",
                                                           command_)));
      busy_ = true;
      return line_.ask(command_);
    }
    if (input_over_) waited_.set(session::boot_time() + wait_);
  }

  void next_text() {
    bool whole = !text_has_end_ && !waiting_.empty();
    while (!waiting_.empty()) {
      std::string part = std::move(waiting_.front());
      waiting_.pop_front();
      const std::size_t end = part.find(end_of_text);
      whole = whole || end != std::string::npos;
      if (!text_.empty()) text_.push_back('\r');
      text_ += part.substr(0, end);
      if (whole) break;
    }
    if (!whole && !input_over_) return;
    prompted_ = false;
    const bool nothing = !whole && text_.empty();
    text_missing_ = nothing;
    line_.give_text(nothing ? std::nullopt : std::optional(std::exchange(text_, {})));
  }

  void at_answer(std::string_view line) override { show(line); }
  void at_unsolicited(std::string_view line) override { show(fmt::format("* {}", line)); }

  void at_end(const AtEnd& end) override {
    using Kind = AtEnd::Kind;
    const std::string shown = modem::mask_secrets(command_);
    switch (end.kind) {
      case Kind::done:
        if (text_missing_) return finish(no_text());
        show(end.text);
        busy_ = false;
        return next();
      case Kind::prompt:
        prompted_ = true;
        return next();
      case Kind::failed: {
        if (text_missing_) return finish(no_text());
        show(end.text);
        const auto final = modem::parse_final(end.text, modem::ResultForm::words_or_digits);
        return finish(failed(EndReason::modem_error,
                             fmt::format("the modem refused {}: {}", shown,
                                         final && final->number ? modem::in_words(*final)
                                                                : end.text)));
      }
      case Kind::silent:
        if (text_missing_) return finish(no_text());
        return finish(failed(EndReason::modem_silent, fmt::format("{}: {}", shown, end.text)));
      case Kind::refused:
        return finish(
            failed(EndReason::usage, fmt::format("{} was not sent: {}", shown, end.text)));
    }
  }
  void at_closed(std::string_view why) override { finish(failed(EndReason::carrier_lost, why)); }
  int no_text() const {
    return failed(EndReason::usage,
                  fmt::format("{} waits for a text, and there was none: it is the next argument",
                              modem::mask_secrets(command_)));
  }

  void finish(int code) {
    if (std::exchange(over_, true)) return;
    exit_code_ = code;
    loop_.stop();
  }

  session::Loop& loop_;
  AtLine& line_;
  bool text_has_end_;
  std::chrono::seconds wait_;
  StopSignals signals_;
  session::Timer waited_;
  std::deque<std::string> waiting_;
  std::string command_;
  std::string text_;
  bool running_ = false;
  bool busy_ = false;
  bool prompted_ = false;
  bool text_missing_ = false;
  bool input_over_ = false;
  bool over_ = false;
  int exit_code_ = 0;
};

/// Standard input, read as it comes.
class Input final : private session::FdWatch::Listener {
 public:
  Input(session::Loop& loop, Batch& batch) : batch_(batch), watch_(loop, STDIN_FILENO, *this) {
    watch_.watch_read(true);
  }

 private:
  void fd_readable() override {
    std::array<char, 4096> buffer;
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count > 0)
      return lines_.receive(
          {buffer.data(), static_cast<std::size_t>(count)},
          [this](std::string_view line) { batch_.add(std::string(line)); },
          [this] { batch_.too_long(); });
    watch_.watch_read(false);
    if (lines_.rest_is_too_long()) return batch_.too_long();
    if (!lines_.rest().empty()) batch_.add(std::string(lines_.rest()));
    batch_.end_of_input();
  }
  void fd_writable() override {}

  Batch& batch_;
  session::at::LineReader lines_;
  session::FdWatch watch_;
};

/// Of a file, /dev/null ...: what cannot be waited for is there already.
void read_all(Batch& batch) {
  session::at::LineReader lines;
  std::array<char, 4096> buffer;
  for (ssize_t count; (count = ::read(STDIN_FILENO, buffer.data(), buffer.size())) > 0;)
    lines.receive(
        {buffer.data(), static_cast<std::size_t>(count)},
        [&batch](std::string_view line) { batch.add(std::string(line)); },
        [&batch] { batch.too_long(); });
  if (lines.rest_is_too_long()) return batch.too_long();
  if (!lines.rest().empty()) batch.add(std::string(lines.rest()));
  batch.end_of_input();
}

bool can_be_waited_for() {
  struct stat status {};
  return ::fstat(STDIN_FILENO, &status) == 0 &&
         (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) || ::isatty(STDIN_FILENO));
}

}  // namespace

int failed(EndReason reason, std::string_view text) {
  fmt::print(stderr, "tunppp: {}\n", text);
  return exit_code(reason);
}

int run_at_commands(session::Loop& loop, AtLine& line, std::vector<std::string> commands,
                    std::chrono::seconds wait) {
  Batch batch(loop, line, false, wait);
  for (std::string& command : commands) batch.add(std::move(command));
  batch.end_of_input();
  return batch.run();
}

int run_at_input(session::Loop& loop, AtLine& line, std::chrono::seconds wait) {
  Batch batch(loop, line, true, wait);
  std::optional<Input> input;
  if (can_be_waited_for())
    input.emplace(loop, batch);
  else
    read_all(batch);
  return batch.run();
}

}  // namespace tunppp::cli
