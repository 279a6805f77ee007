#include "sim/emulated_modem.h"

#include <algorithm>

namespace tunppp::sim {

namespace {

/// What may wait inside the modem for a side that does not read.
constexpr std::size_t capacity = 16 * 1024;

}  // namespace

EmulatedModem::EmulatedModem(session::Loop& loop, ModemEmulatorOptions options, Owner& owner,
                             std::optional<CmuxHabits> habits)
    : ports_(std::move(options), habits),
      owner_(owner),
      timer_(loop,
             [this] {
               ports_.handle_timeout(session::boot_time());
               changed();
             }),
      events_(loop, [this] { tell_owner(); }),
      network_(*this, loop) {
  for (std::size_t line = 0; line < hosts_.size(); ++line)
    hosts_[line] = std::make_unique<Host>(*this, loop, line);
}

void EmulatedModem::power_on() {
  ports_.power_on(session::boot_time());
  changed();
}

void EmulatedModem::raise_dtr(std::size_t line) {
  ports_.set_dtr(session::boot_time(), line, true);
  changed();
}

void EmulatedModem::drop_dtr(std::size_t line) {
  ports_.set_dtr(session::boot_time(), line, false);
  changed();
}

void EmulatedModem::close_channel(std::uint8_t dlci) {
  ports_.close_channel(session::boot_time(), dlci);
  changed();
}

void EmulatedModem::forget_multiplexer() {
  ports_.forget_multiplexer(session::boot_time());
  changed();
}

void EmulatedModem::drop_carrier() {
  ports_.drop_carrier(session::boot_time());
  changed();
}

/// After every input.
void EmulatedModem::changed() {
  timer_.set(ports_.next_timeout());
  events_.notify();
  for (const auto& host : hosts_) host->poke();
  network_.poke();
}

void EmulatedModem::tell_owner() {
  using Kind = ModemEmulator::Event::Kind;
  while (auto event = ports_.poll_event()) {
    switch (event->kind) {
      case Kind::connected:
        call_up_ = true;
        owner_.call_connected(event->refuse);
        break;
      case Kind::suspended:
      case Kind::resumed:
        owner_.call_suspended(event->kind == Kind::suspended);
        break;
      case Kind::disconnected:
        call_up_ = false;
        network_.poke();
        owner_.call_ended();
        break;
      case Kind::unplugged:
      case Kind::plugged_in:
        owner_.plug(event->port, event->kind == Kind::plugged_in);
        break;
      case Kind::multiplexer:
      case Kind::restarted:
        break;  // of the ports alone
    }
  }
}

Pipe::Result EmulatedModem::End::read(MutableBytes out) {
  Bytes waiting = incoming();
  std::size_t count = std::min(waiting.size(), out.size());
  std::copy_n(waiting.begin(), count, out.begin());
  taken(session::boot_time(), count);
  if (count > 0) modem_.changed();
  return {.count = count, .closed = count == 0 && closed()};
}

Pipe::Result EmulatedModem::End::write(Bytes in) {
  if (closed()) return {.closed = true};
  std::size_t count = std::min(in.size(), capacity - std::min(capacity, outgoing()));
  if (count == 0) return {};
  give(session::boot_time(), in.first(count));
  modem_.changed();
  return {.count = count};
}

void EmulatedModem::End::watch_read(bool on) {
  watching_read_ = on;
  poke();
}

void EmulatedModem::End::watch_write() {
  watching_write_ = true;
  poke();
}

// Half of the room, so that a slow reader is not fed octet by octet.
bool EmulatedModem::End::writable() const {
  return watching_write_ && outgoing() <= capacity / 2;
}

void EmulatedModem::End::poke() {
  if (listener_ && (readable() || writable())) wakeup_.notify();
}

void EmulatedModem::End::wake() {
  if (listener_ && readable()) listener_->pipe_readable();
  if (listener_ && writable()) {
    watching_write_ = false;
    listener_->pipe_writable();
  }
  poke();
}

}  // namespace tunppp::sim
