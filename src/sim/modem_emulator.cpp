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

// Unsolicited codes that real modems mix in; two of them look like answers.
constexpr auto noise = std::to_array<std::string_view>({
    "+QIND: \"csq\",20,99",
    "^RSSI: 20",
    "+CREG: 1",
    "+CEREG: 1,\"1A2B\",\"01C3D4E5\",7",
    "RING",
});

}  // namespace

ModemEmulator::ModemEmulator(ModemEmulatorOptions options)
    : options_(std::move(options)),
      pin_retries_(options_.pin_retries),
      attached_(options_.attached),
      scenario_(options_.scenario) {}

// --- inputs ---

void ModemEmulator::power_on(Instant now) {
  now_ = now;
  pin_done_ = options_.pin.empty();
  sim_busy_ = options_.sim == ModemEmulatorOptions::Sim::busy_at_first;
  says_boot_codes_ = options_.boot_time > Duration::zero();
  if (options_.silent) return;
  scenario_.power_up(now);
  if (options_.start_in_data_mode) {
    search_over_ = true;
    enter_data_mode(false);
  } else {
    mode_ = Mode::booting;
    timers_.set(Timer::boot, now + options_.boot_time);
  }
  handle_timeout(now);
}

void ModemEmulator::receive_from_host(Instant now, Bytes in) {
  now_ = now;
  if (in.empty() || faults_.silent) return;
  if (mode_ == Mode::data) {
    watch_for_escape(in);
    append(to_network_, in);
  }
  if (mode_ == Mode::data || mode_ == Mode::off || mode_ == Mode::booting) return;
  for (const std::byte octet : in) hear(static_cast<char>(octet));
}

void ModemEmulator::receive_from_network(Instant now, Bytes in) {
  now_ = now;
  if (mode_ != Mode::data || faults_.silent) return;
  if (later_.empty()) return append(to_host_, in);
  // CONNECT is still on its way, perhaps octet by octet.
  later_.push_back(
      {later_.back().due, std::string(reinterpret_cast<const char*>(in.data()), in.size())});
}

void ModemEmulator::set_dtr(Instant now, bool on) {
  now_ = now;
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
        sim_busy_ = false;
        start_searching();
        break;
      case Timer::registration:
        registered();
        break;
      case Timer::dial:
        dialled();
        break;
      case Timer::noise:
        timers_.set(Timer::noise, now + *options_.noise_period);
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
  play_scenario();
}

// --- outputs ---

void ModemEmulator::written_to_host(std::size_t count) {
  written(to_host_, host_written_, count);
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
  return earliest(timers_.next(), scenario_.next_timeout());
}

// --- modes ---

void ModemEmulator::booted() {
  mode_ = Mode::command;
  if (says_boot_codes_) {
    for (const std::string_view code : options_.model->boot_codes)
      if (!code.starts_with("+CPIN") || sim_ready()) info(code);
    if (options_.sim == ModemEmulatorOptions::Sim::absent) info("+CPIN: NOT INSERTED");
  }
  if (options_.noise_period) timers_.set(Timer::noise, now_ + *options_.noise_period);
  if (sim_busy_)
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
  const bool quiet = now_ - last_from_host_ >= options_.guard_time;
  last_from_host_ = now_;
  timers_.stop(Timer::escape);
  if (!only_plus || (plus_signs_ == 0 && !quiet) || in.size() > 3) {
    plus_signs_ = 0;
    return;
  }
  plus_signs_ += static_cast<int>(in.size());
  if (plus_signs_ == 3) timers_.set(Timer::escape, now_ + options_.guard_time);
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
  const bool refuse = refused() && options_.refusal == ModemEmulatorOptions::Refusal::in_ppp;
  events_.push_back({resumed ? Event::Kind::resumed : Event::Kind::connected, refuse});
  if (!resumed) scenario_.connected(now_);
}

void ModemEmulator::end_call(std::string_view words) {
  timers_.stop(Timer::escape);
  mode_ = Mode::command;
  events_.push_back({Event::Kind::disconnected});
  scenario_.call_ended();
  result(words);
}

// --- octets ---

void ModemEmulator::say(std::string_view text, Duration delay) {
  if (faults_.silent) return;
  const std::size_t size = options_.chunk == 0 ? text.size() : options_.chunk;
  Instant due = now_ + delay;
  if (!later_.empty()) due = std::max(due, later_.back().due);
  if (later_.empty() && delay == Duration::zero() && options_.chunk == 0)
    return append(to_host_, octets_of(text));
  for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) {
    if (options_.chunk != 0) due += options_.chunk_gap;
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
  info(noise[next_noise_]);
  next_noise_ = (next_noise_ + 1) % noise.size();
}

// --- registration ---

void ModemEmulator::start_searching() {
  if (!sim_ready() || functionality_ != 1 || search_over_) return;
  timers_.set(Timer::registration, now_ + options_.registration_delay);
}

void ModemEmulator::registered() {
  search_over_ = true;
  tell_registration();
}

void ModemEmulator::tell_registration() {
  if (!hears_commands()) return;
  for (const auto& [name, form] : registration_forms_)
    if (form > 0) info(fmt::format("{}: {}", name, registration_fields()));
}

bool ModemEmulator::hears_commands() const {
  return mode_ == Mode::command || mode_ == Mode::dialling || mode_ == Mode::online_command;
}

}  // namespace tunppp::sim
