#include "sim/modem_emulator.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <span>
#include <utility>

namespace tunppp::sim {
namespace {

constexpr Duration sim_read_time = std::chrono::seconds(3);
constexpr std::size_t max_command_line = 512;
constexpr std::size_t max_commands_kept = 256;
/// What is said to nobody is lost.
constexpr std::size_t max_unread = 64 * 1024;

Bytes octets_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

void append(std::vector<std::byte>& to, Bytes in) {
  to.insert(to.end(), in.begin(), in.end());
}

/// Drops what has been written, once all of it has, or much: under a steady stream there is always
/// something left.
void written(std::vector<std::byte>& buffer, std::size_t& already, std::size_t count) {
  constexpr std::size_t much = 16 * 1024;
  already += count;
  assert(already <= buffer.size());
  if (already < buffer.size() && already < much) return;
  buffer.erase(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(already));
  already = 0;
}

}  // namespace

ModemEmulator::Modem::Modem(ModemEmulatorOptions wanted)
    : options(std::move(wanted)),
      scenario(options.scenario),
      functionality(options.functionality),
      pin_retries(options.pin_retries),
      attached(options.attached) {}

ModemEmulator::ModemEmulator(ModemEmulatorOptions options)
    : modem_(std::make_shared<Modem>(std::move(options))) {
  modem_->ports.push_back(this);
}

ModemEmulator::ModemEmulator(ModemEmulator& first, [[maybe_unused]] std::size_t number)
    : modem_(first.modem_) {
  assert(number == modem_->ports.size());
  modem_->ports.push_back(this);
}

const std::vector<ModemEmulator*>& ModemEmulator::all_ports() const {
  for (ModemEmulator* port : modem_->ports) port->now_ = now_;
  return modem_->ports;
}

bool ModemEmulator::any_call_up() const {
  return std::any_of(modem_->ports.begin(), modem_->ports.end(),
                     [](const ModemEmulator* port) { return port->call_up(); });
}

void ModemEmulator::end_calls(std::string_view words) {
  for (ModemEmulator* port : all_ports())
    if (port->call_up()) port->end_call(words);
}

// --- inputs ---

void ModemEmulator::power_on(Instant now) {
  now_ = now;
  if (is_first()) {
    modem_->pin_done = modem_->options.pin.empty();
    modem_->sim_busy = modem_->options.sim == ModemEmulatorOptions::Sim::busy_at_first;
    modem_->says_boot_codes = modem_->options.boot_time > Duration::zero();
  }
  sleep_.fall_asleep(modem_->options.sleep);
  if (modem_->options.silent) return;
  if (is_first()) modem_->scenario.power_up(now);
  if (modem_->options.start_in_data_mode && is_first()) {
    modem_->search_over = true;
    enter_data_mode(false);
  } else {
    mode_ = Mode::booting;
    timers_.set(Timer::boot, now + modem_->options.boot_time);
  }
  handle_timeout(now);
}

void ModemEmulator::receive_from_host(Instant now, Bytes in) {
  now_ = now;
  if (in.empty() || modem_->faults.silent) return;
  if (mode_ == Mode::data) {
    watch_for_escape(in);
    append(to_network_, in);
  }
  if (mode_ == Mode::data || mode_ == Mode::off || mode_ == Mode::booting) return;
  if (mode_ == Mode::command && !sleep_.hears(now)) return;
  for (const std::byte octet : in) hear(static_cast<char>(octet));
}

void ModemEmulator::receive_from_network(Instant now, Bytes in) {
  now_ = now;
  if (mode_ != Mode::data || modem_->faults.silent) return;
  if (later_.empty()) return append(to_host_, in);
  // CONNECT is still on its way, perhaps octet by octet.
  later_.push_back(
      {later_.back().due, std::string(reinterpret_cast<const char*>(in.data()), in.size())});
}

void ModemEmulator::set_dtr(Instant now, bool on) {
  now_ = now;
  sleep_.set_dtr(on);
  if (on || !call_up() || dtr_form_ == 0) return;
  if (dtr_form_ == 1) return mode_ == Mode::data ? escape() : void();
  end_call("NO CARRIER");
}

void ModemEmulator::drop_carrier(Instant now) {
  now_ = now;
  if (call_up()) end_call("NO CARRIER");
}

void ModemEmulator::handle_timeout(Instant now) {
  now_ = now;
  while (const auto timer = timers_.expire(now)) {
    switch (*timer) {
      case Timer::boot:
        booted();
        break;
      case Timer::sim:
        modem_->sim_busy = false;
        start_searching();
        break;
      case Timer::registration:
        registered();
        break;
      case Timer::dial:
        dialled();
        break;
      case Timer::noise:
        timers_.set(Timer::noise, now + *modem_->options.noise_period);
        say_noise();
        break;
      case Timer::escape:
        escape();
        break;
      case Timer::output:
        release_output();
        break;
      case Timer::count:
        break;
    }
  }
  if (is_first()) play_scenario();
}

// --- outputs ---

void ModemEmulator::written_to_host(std::size_t count) {
  written(to_host_, host_written_, count);
}

void ModemEmulator::forget_output() {
  timers_.stop(Timer::output);
  later_.clear();
  to_host_.clear();
  host_written_ = 0;
}

void ModemEmulator::written_to_network(std::size_t count) {
  written(to_network_, network_written_, count);
}

std::optional<ModemEmulator::Event> ModemEmulator::poll_event() {
  if (events_.empty()) return std::nullopt;
  const Event event = events_.front();
  events_.pop_front();
  return event;
}

std::optional<Instant> ModemEmulator::next_timeout() const {
  if (modem_->ports.front() != this) return timers_.next();
  return earliest(timers_.next(), modem_->scenario.next_timeout());
}

// --- modes ---

void ModemEmulator::booted() {
  mode_ = Mode::command;
  if (modem_->says_boot_codes) {
    for (const std::string_view code : modem_->options.model->boot_codes)
      if (!code.starts_with("+CPIN") || sim_ready()) info(code);
    if (modem_->options.sim == ModemEmulatorOptions::Sim::absent) info("+CPIN: NOT INSERTED");
  }
  if (modem_->options.noise_period) timers_.set(Timer::noise, now_ + *modem_->options.noise_period);
  if (!is_first()) return;
  if (modem_->sim_busy)
    timers_.set(Timer::sim, now_ + sim_read_time);
  else
    start_searching();
}

void ModemEmulator::hear(char octet) {
  if (mode_ == Mode::dialling) {
    // V.250 section 5.6.1: an octet from the host aborts a dial under way.
    timers_.stop(Timer::dial);
    mode_ = Mode::command;
    result("NO CARRIER");
    return;
  }
  if (mode_ == Mode::data) {  // a command of the same read has dialled
    const std::byte data{static_cast<unsigned char>(octet)};
    return append(to_network_, {&data, 1});
  }
  if (echo_) say({&octet, 1}, {});
  if (octet == '\r') {
    const std::string line = std::exchange(heard_, {});
    if (commands_.size() < max_commands_kept && !line.empty()) commands_.push_back(line);
    return interpret(line);
  }
  if (octet != '\n' && octet != '\0' && heard_.size() < max_command_line) heard_.push_back(octet);
}

/// +++ counts when nothing else comes for the guard time before and after it.
void ModemEmulator::watch_for_escape(Bytes in) {
  const bool only_plus =
      std::all_of(in.begin(), in.end(), [](std::byte octet) { return octet == std::byte{'+'}; });
  const bool quiet = now_ - last_from_host_ >= modem_->options.guard_time;
  last_from_host_ = now_;
  timers_.stop(Timer::escape);
  if (!only_plus || (plus_signs_ == 0 && !quiet) || in.size() > 3) {
    plus_signs_ = 0;
    return;
  }
  plus_signs_ += static_cast<int>(in.size());
  if (plus_signs_ == 3) timers_.set(Timer::escape, now_ + modem_->options.guard_time);
  if (plus_signs_ > 3) plus_signs_ = 0;
}

void ModemEmulator::escape() {
  plus_signs_ = 0;
  mode_ = Mode::online_command;
  events_.push_back({Event::Kind::suspended});
  result("OK");
}

void ModemEmulator::enter_data_mode(bool resumed) {
  mode_ = Mode::data;
  last_from_host_ = now_;
  plus_signs_ = 0;
  heard_.clear();
  const bool refuse = refused() && modem_->options.refusal == ModemEmulatorOptions::Refusal::in_ppp;
  events_.push_back({resumed ? Event::Kind::resumed : Event::Kind::connected, refuse});
  if (!resumed) modem_->scenario.connected(now_);
}

void ModemEmulator::end_call(std::string_view words) {
  timers_.stop(Timer::escape);
  mode_ = Mode::command;
  events_.push_back({Event::Kind::disconnected});
  modem_->scenario.call_ended();
  if (words == "NO CARRIER" && words_ && modem_->options.model->family().lone_line_feed)
    return say("\nNO CARRIER\r\n", modem_->options.answer_delay);
  result(words);
}

// --- octets ---

void ModemEmulator::say(std::string_view text, Duration delay) {
  if (modem_->faults.silent || poll_to_host().size() > max_unread) return;
  const std::size_t size = modem_->options.chunk == 0 ? text.size() : modem_->options.chunk;
  Instant due = now_ + delay;
  if (!later_.empty()) due = std::max(due, later_.back().due);
  if (later_.empty() && delay == Duration::zero() && modem_->options.chunk == 0)
    return append(to_host_, octets_of(text));
  for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) {
    if (modem_->options.chunk != 0) due += modem_->options.chunk_gap;
    later_.push_back({due, std::string(text.substr(0, size))});
  }
  if (!later_.empty()) timers_.set(Timer::output, later_.front().due);
}

void ModemEmulator::release_output() {
  while (!later_.empty() && later_.front().due <= now_) {
    append(to_host_, octets_of(later_.front().text));
    later_.pop_front();
  }
  if (!later_.empty()) timers_.set(Timer::output, later_.front().due);
}

void ModemEmulator::say_noise() {
  if (!hears_commands()) return;
  const auto codes = modem_->options.model->family().unsolicited;
  info(codes[next_noise_ % codes.size()]);
  ++next_noise_;
}

// --- registration ---

void ModemEmulator::start_searching() {
  if (!sim_ready() || modem_->functionality != 1 || modem_->search_over) return;
  first_port().timers_.set(Timer::registration, now_ + modem_->options.registration_delay);
}

void ModemEmulator::registered() {
  modem_->search_over = true;
  tell_registration();
}

/// To each port as it has asked for.
void ModemEmulator::tell_registration() {
  for (ModemEmulator* port : all_ports()) {
    if (!port->hears_commands()) continue;
    for (const auto& [name, form] : port->registration_forms_)
      if (form > 0) port->info(fmt::format("{}: {}", name, registration_fields()));
  }
}

bool ModemEmulator::hears_commands() const {
  return mode_ == Mode::command || mode_ == Mode::dialling || mode_ == Mode::online_command;
}

}  // namespace tunppp::sim
