#include "cli/run_session.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "cli/exit_codes.h"
#include "cli/people.h"
#include "session/events.h"

namespace tunppp::cli {
namespace {

/// A signal handler reaches nothing that is not global.
std::atomic<Dialer*> running{nullptr};

void stop_running(int) {
  const int error = errno;
  if (Dialer* dialer = running.load()) dialer->stop();
  errno = error;
}

class StopOnSignals {
 public:
  explicit StopOnSignals(Dialer& dialer) {
    running = &dialer;
    struct sigaction action {};
    action.sa_handler = stop_running;
    action.sa_flags = SA_RESTART;
    for (std::size_t i = 0; i < std::size(signals); ++i)
      ::sigaction(signals[i], &action, &before_[i]);
  }
  ~StopOnSignals() {
    for (std::size_t i = 0; i < std::size(signals); ++i)
      ::sigaction(signals[i], &before_[i], nullptr);
    running = nullptr;
  }
  StopOnSignals(const StopOnSignals&) = delete;
  StopOnSignals& operator=(const StopOnSignals&) = delete;

 private:
  static constexpr int signals[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction before_[std::size(signals)];
};

/// Where events go. A descriptor that was given stays open.
struct EventPlace {
  int fd = STDOUT_FILENO;
  bool ours = false;
};

Result<EventPlace> open_events(const std::string& argument) {
  constexpr std::string_view json = "json";
  std::string_view where = argument;
  if (!where.starts_with(json) || (where.size() > json.size() && where[json.size()] != ':'))
    return Failure{
        EndReason::usage,
        {},
        fmt::format("--events wants json, json:DESCRIPTOR or json:FILE, not {}", argument)};
  where.remove_prefix(json.size());
  if (where.empty()) return EventPlace{};
  where.remove_prefix(1);

  int number = -1;
  const auto [end, error] = std::from_chars(where.data(), where.data() + where.size(), number);
  if (error == std::errc() && end == where.data() + where.size()) {
    if (::fcntl(number, F_GETFD) >= 0) return EventPlace{number, false};
    return Failure{
        EndReason::usage, {}, fmt::format("--events: descriptor {} is not open", number)};
  }
  const std::string path(where);
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0)
    return Failure{EndReason::usage,
                   {},
                   fmt::format("--events: cannot write {}: {}", path, std::strerror(errno))};
  return EventPlace{fd, true};
}

/// Everybody who is told.
class Audience final : public DialerObserver {
 public:
  void add(std::unique_ptr<DialerObserver> observer) { observers_.push_back(std::move(observer)); }
  void event(Duration elapsed, const DialerEvent& event) override {
    for (const auto& observer : observers_) observer->event(elapsed, event);
  }

 private:
  std::vector<std::unique_ptr<DialerObserver>> observers_;
};

}  // namespace

int run_session(DialerOptions options, const Outputs& outputs) {
  EventPlace events{.fd = -1, .ours = false};
  if (!outputs.events.empty()) {
    const Result<EventPlace> opened = open_events(outputs.events);
    if (!opened) return fail(opened.failure().reason, opened.failure().text);
    events = *opened;
  }

  const bool stdout_taken = outputs.line_on_stdout || events.fd == STDOUT_FILENO;
  Audience audience;
  audience.add(std::make_unique<People>(stdout_taken ? STDERR_FILENO : STDOUT_FILENO));
  if (events.fd >= 0) audience.add(std::make_unique<session::JsonEvents>(events.fd));

  Dialer dialer(std::move(options), audience);
  SessionEnded ended;
  {
    const StopOnSignals stop(dialer);
    ended = dialer.run();
  }
  if (events.ours) ::close(events.fd);
  return exit_code(ended.reason);
}

}  // namespace tunppp::cli
