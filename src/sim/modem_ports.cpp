#include "sim/modem_ports.h"

#include <algorithm>
#include <utility>

#include "base/timer_table.h"
#include "modem/at_fields.h"
#include "modem/profile.h"

namespace tunppp::sim {
namespace {

using modem::field;
using modem::to_int;

/// TS 27.007 section 5.7.
constexpr std::size_t default_frame_size = 31;

modem::cmux::MuxerOptions muxer_options(std::string_view list, std::size_t channels) {
  modem::cmux::MuxerOptions options;
  options.initiator = false;
  options.option =
      to_int(field(list, 0)) == 1 ? modem::cmux::Option::advanced : modem::cmux::Option::basic;
  options.frame_size = static_cast<std::size_t>(
      std::clamp(to_int(field(list, 3)).value_or(default_frame_size), 1, 32768));
  options.channels = channels;
  return options;
}

}  // namespace

CmuxHabits habits_of(const ModemModel& model) {
  CmuxHabits habits;
  const modem::Profile* profile = modem::find_profile(model.profile);
  if (!profile) return habits;
  const std::string_view command = profile->cmux.command;
  habits.refuses = command.empty() || !model.family().multiplexes;
  habits.long_lengths = model.family().long_frame_lengths;
  if (profile->has(modem::Quirk::small_frames)) habits.most_info = profile->cmux.frame_size;
  habits.ignores_disconnect = profile->has(modem::Quirk::no_channel_disconnect);
  habits.refuses_long_form = command.find("{frame_size}") == command.npos;
  habits.wants_parameters = profile->cmux.negotiate;
  return habits;
}

ModemPorts::ModemPorts(ModemEmulatorOptions options, std::optional<CmuxHabits> habits)
    : habits_(habits ? *habits : habits_of(*options.model)) {
  ports_.push_back(std::make_unique<ModemEmulator>(std::move(options)));
  while (ports_.size() < lines + channels - 1)
    ports_.push_back(std::make_unique<ModemEmulator>(*ports_.front(), ports_.size()));
  ports_.front()->set_multiplexer(
      {.is_there = !habits_.refuses, .takes_list = !habits_.refuses_long_form});
}

// --- getters ---

const ModemEmulator& ModemPorts::channel(std::uint8_t dlci) const {
  return dlci == 1 ? *ports_.front() : *ports_[lines + dlci - 2U];
}

ModemEmulator& ModemPorts::channel(std::uint8_t dlci) {
  return const_cast<ModemEmulator&>(std::as_const(*this).channel(dlci));
}

const ModemEmulator& ModemPorts::calling_port() const {
  for (const auto& port : ports_)
    if (port->call_up()) return *port;
  return *ports_.front();
}

ModemEmulator& ModemPorts::calling_port() {
  return const_cast<ModemEmulator&>(std::as_const(*this).calling_port());
}

// --- inputs ---

void ModemPorts::power_on(Instant now) {
  cmux_.reset();
  multiplexing_asked_ = false;
  for (const auto& port : ports_) port->power_on(now);
  settle(now);
}

void ModemPorts::receive_from_host(Instant now, std::size_t line, Bytes in) {
  if (line == 0 && cmux_)
    cmux_->receive(now, in);
  else
    ports_[line]->receive_from_host(now, in);
  settle(now);
}

void ModemPorts::receive_from_network(Instant now, Bytes in) {
  calling_port().receive_from_network(now, in);
  settle(now);
}

/// Behind a multiplexer the signals of the line itself mean nothing.
void ModemPorts::set_dtr(Instant now, std::size_t line, bool on) {
  if (line != 0 || !cmux_) ports_[line]->set_dtr(now, on);
  settle(now);
}

void ModemPorts::drop_carrier(Instant now) {
  calling_port().drop_carrier(now);
  settle(now);
}

void ModemPorts::close_channel(Instant now, std::uint8_t dlci) {
  if (cmux_) cmux_->close_channel(now, dlci);
  settle(now);
}

void ModemPorts::forget_multiplexer(Instant now) {
  if (cmux_) end_multiplexer(now);
  settle(now);
}

void ModemPorts::handle_timeout(Instant now) {
  for (const auto& port : ports_) port->handle_timeout(now);
  if (cmux_) cmux_->handle_timeout(now);
  settle(now);
}

// --- outputs ---

Bytes ModemPorts::poll_to_host(std::size_t line) const {
  if (line == 0 && !raw_.empty()) return std::as_bytes(std::span(raw_));
  if (line == 0 && cmux_) return cmux_->poll_transmit();
  return ports_[line]->poll_to_host();
}

void ModemPorts::written_to_host(Instant now, std::size_t line, std::size_t count) {
  if (line == 0 && !raw_.empty())
    raw_.erase(0, count);
  else if (line == 0 && cmux_)
    cmux_->transmitted(count);
  else
    ports_[line]->written_to_host(count);
  settle(now);
}

void ModemPorts::written_to_network(Instant now, std::size_t count) {
  calling_port().written_to_network(count);
  settle(now);
}

std::optional<ModemEmulator::Event> ModemPorts::poll_event() {
  if (events_.empty()) return std::nullopt;
  const ModemEmulator::Event event = events_.front();
  events_.pop_front();
  return event;
}

std::optional<Instant> ModemPorts::next_timeout() const {
  std::optional<Instant> next = cmux_ ? cmux_->next_timeout() : std::nullopt;
  for (const auto& port : ports_) next = earliest(next, port->next_timeout());
  return next;
}

std::size_t ModemPorts::waiting_for_network(std::size_t line) const {
  // The multiplexer has room of its own, and tells the host when that is full.
  return line == 0 && cmux_ ? 0 : ports_[line]->poll_to_network().size();
}

// --- after every input ---

void ModemPorts::settle(Instant now) {
  for (const auto& port : ports_) collect_events(*port);
  if (multiplexing_asked_ && ports_.front()->has_said_all()) multiplex();
  if (!cmux_) return;
  cmux_->exchange(now);
  if (cmux_->ended()) end_multiplexer(now);
  for (const auto& port : ports_) collect_events(*port);
}

void ModemPorts::collect_events(ModemEmulator& port) {
  using Kind = ModemEmulator::Event::Kind;
  while (auto event = port.poll_event()) {
    if (event->kind == Kind::restarted) cmux_.reset();
    if (event->kind == Kind::multiplexer) {
      multiplexing_asked_ = true;
      multiplexer_list_ = event->list;
    } else if (event->kind != Kind::restarted) {
      events_.push_back(std::move(*event));
    }
  }
}

/// OK goes out as it is; whatever comes then is in frames.
void ModemPorts::multiplex() {
  multiplexing_asked_ = false;
  ModemEmulator& first = *ports_.front();
  const Bytes said = first.poll_to_host();
  raw_.append(reinterpret_cast<const char*>(said.data()), said.size());
  first.written_to_host(said.size());
  std::vector<ModemEmulator*> on_channels;
  for (std::uint8_t dlci = 1; dlci <= channels; ++dlci) on_channels.push_back(&channel(dlci));
  cmux_.emplace(muxer_options(multiplexer_list_, habits_.one_channel ? 1 : channels), habits_,
                std::move(on_channels));
}

/// A call ends with its channel.
void ModemPorts::end_multiplexer(Instant now) {
  const Bytes said = cmux_->poll_transmit();
  raw_.append(reinterpret_cast<const char*>(said.data()), said.size());
  cmux_.reset();
  for (std::uint8_t dlci = 1; dlci <= channels; ++dlci) {
    ModemEmulator& port = channel(dlci);
    port.set_dtr(now, false);
    if (dlci > 1) port.forget_output();  // nobody is left who could read it
  }
}

}  // namespace tunppp::sim
