#include "session/modem_monitor.h"

#include <array>
#include <utility>

namespace tunppp::session {

ModemMonitor::ModemMonitor(Loop& loop, Pipe& pipe, modem::MonitorOptions options, Owner& owner)
    : pipe_(pipe), monitor_(options), owner_(owner), timer_(loop, [this] {
        monitor_.handle_timeout(boot_time());
        settle();
      }) {}

ModemMonitor::~ModemMonitor() {
  if (!closed_) close();
}

void ModemMonitor::start() {
  pipe_.listen(this);
  pipe_.watch_read(true);
  monitor_.start(boot_time());
  settle();
}

bool ModemMonitor::ask(std::uint64_t id, std::string_view command) {
  if (closed_ || !monitor_.ask(boot_time(), id, command)) return false;
  settle();
  return true;
}

void ModemMonitor::give_text(std::uint64_t id, std::optional<std::string> text) {
  monitor_.give_text(boot_time(), id, std::move(text));
  settle();
}

void ModemMonitor::forget(std::uint64_t id) {
  monitor_.forget(boot_time(), id);
  settle();
}

void ModemMonitor::pipe_readable() {
  std::array<std::byte, 2048> buffer;
  const Pipe::Result result = pipe_.read(buffer);
  monitor_.receive(boot_time(), Bytes(buffer).first(result.count));
  settle();
  if (!result.closed || closed_) return;
  close();
  owner_.monitor_closed();
}

void ModemMonitor::settle() {
  if (closed_) return;
  write();
  while (const auto event = monitor_.poll_event()) owner_.monitor_event(*event);
  timer_.set(monitor_.next_timeout());
}

void ModemMonitor::write() {
  while (!monitor_.poll_transmit().empty()) {
    const Pipe::Result result = pipe_.write(monitor_.poll_transmit());
    monitor_.transmitted(result.count);
    if (result.closed) return;  // and so will a read be
    if (result.count > 0) continue;
    pipe_.watch_write();
    return;
  }
}

void ModemMonitor::close() {
  closed_ = true;
  pipe_.listen(nullptr);
  pipe_.watch_read(false);
  timer_.set(std::nullopt);
}

}  // namespace tunppp::session
