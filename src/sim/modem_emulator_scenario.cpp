// What happens to the emulated modem by itself, as a scenario tells it.

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "modem/at_fields.h"
#include "sim/modem_emulator.h"

namespace tunppp::sim {

using Kind = ScenarioEvent::Kind;

namespace {

// As +CREG tells it: TS 27.007 section 7.2.
constexpr int not_registered = 0;
constexpr int searching = 2;
constexpr int denied = 3;

constexpr std::string_view no_carrier = "NO CARRIER";

}  // namespace

void ModemEmulator::play_scenario() {
  while (const auto act = modem_->scenario.poll(now_)) act->ends ? undo(*act->event) : happen(*act->event);
}

void ModemEmulator::happen(const ScenarioEvent& event) {
  switch (event.kind) {
    case Kind::registration_lost:
      return set_registration(not_registered);
    case Kind::registration_searching:
      return set_registration(searching);
    case Kind::registration_denied:
      return set_registration(denied);
    case Kind::registration_restored:
      return set_registration(std::nullopt);
    case Kind::carrier_dropped:
      modem_->faults.no_carrier = event.lasting.has_value();
      return end_calls(no_carrier);
    case Kind::detached:
      modem_->attached = false;
      end_calls(no_carrier);
      return tell("+CGEV: NW DETACH");
    case Kind::deactivated:
      end_calls(no_carrier);
      return tell(fmt::format("+CGEV: NW PDN DEACT {}", modem_->dialled_context));
    case Kind::sim_busy:
      modem_->sim_busy = true;
      return;
    case Kind::sim_removed:
      return take_sim_out();
    case Kind::sim_restored:
      return put_sim_in();
    case Kind::signal:
      modem_->faults.signal = event.signal;
      return;
    case Kind::text:
      if (port_of(event).hears_commands()) port_of(event).info(event.text);
      return;
    case Kind::garbage:
      return port_of(event).say(event.text, {});
    case Kind::answer:
      return modem_->faults.answers.push_back({&event, event.times});
    case Kind::silence:
      modem_->faults.silent = true;
      return;
    case Kind::slow:
      modem_->faults.answer_delay = event.delay;
      return;
    case Kind::echo_stuck:
      modem_->faults.echo_stuck = echo_ = true;
      return;
    case Kind::data_mode:
      if (!call_up()) enter_data_mode(false);
      return;
    case Kind::power_lost:
      return lose_power();
    case Kind::hung_up:
      return events_.push_back({.kind = Event::Kind::unplugged, .port = event.port});
    case Kind::count:
      return;
  }
}

void ModemEmulator::undo(const ScenarioEvent& event) {
  switch (event.kind) {
    case Kind::registration_lost:
    case Kind::registration_searching:
    case Kind::registration_denied:
      return set_registration(std::nullopt);
    case Kind::carrier_dropped:
      modem_->faults.no_carrier = false;
      return;
    case Kind::detached:
      modem_->attached = true;
      return;
    case Kind::sim_busy:
      modem_->sim_busy = false;
      return start_searching();
    case Kind::sim_removed:
      return put_sim_in();
    case Kind::signal:
      modem_->faults.signal = Faults{}.signal;
      return;
    case Kind::answer:
      std::erase_if(modem_->faults.answers, [&](const Replaced& it) { return it.event == &event; });
      return;
    case Kind::silence:
      modem_->faults.silent = false;
      return;
    case Kind::slow:
      modem_->faults.answer_delay.reset();
      return;
    case Kind::echo_stuck:
      modem_->faults.echo_stuck = false;
      return;
    case Kind::power_lost:
      return power_back();
    case Kind::hung_up:
      return events_.push_back({.kind = Event::Kind::plugged_in, .port = event.port});
    case Kind::registration_restored:
    case Kind::deactivated:
    case Kind::sim_restored:
    case Kind::text:
    case Kind::garbage:
    case Kind::data_mode:
    case Kind::count:
      return;
  }
}

ModemEmulator& ModemEmulator::port_of(const ScenarioEvent& event) const {
  return *all_ports()[std::min(event.port, modem_->ports.size() - 1)];
}

void ModemEmulator::set_registration(std::optional<int> state) {
  modem_->faults.registration = state;
  tell_registration();
}

void ModemEmulator::take_sim_out() {
  modem_->options.sim = ModemEmulatorOptions::Sim::absent;
  modem_->search_over = false;
  first_port().timers_.stop(Timer::registration);
  end_calls(no_carrier);
  tell("+CPIN: NOT INSERTED");
  tell_registration();
}

void ModemEmulator::put_sim_in() {
  modem_->options.sim = ModemEmulatorOptions::Sim::ready;
  modem_->sim_busy = false;
  modem_->pin_done = modem_->options.pin.empty();
  tell(modem_->pin_done ? "+CPIN: READY" : "+CPIN: SIM PIN");
  start_searching();
}

void ModemEmulator::lose_power() {
  modem_->scenario.call_ended();
  for (ModemEmulator* port : all_ports()) port->go_dark();
  events_.push_back({.kind = Event::Kind::restarted});
}

void ModemEmulator::go_dark() {
  if (call_up()) events_.push_back({.kind = Event::Kind::disconnected});
  mode_ = Mode::off;
  timers_ = {};
  later_.clear();
  heard_.clear();
}

/// It has forgotten all but what it stores.
void ModemEmulator::power_back() {
  modem_->faults.silent = modem_->faults.echo_stuck = false;
  modem_->faults.answer_delay.reset();
  modem_->functionality = 1;
  modem_->pin_done = modem_->options.pin.empty();
  modem_->search_over = false;
  modem_->own_contexts.clear();
  modem_->says_boot_codes = true;
  for (ModemEmulator* port : all_ports()) port->boot_again();
}

void ModemEmulator::boot_again() {
  echo_ = words_ = true;
  error_form_ = 0;
  dtr_form_ = 2;
  registration_forms_.clear();
  mode_ = Mode::booting;
  const Duration wanted = modem_->options.boot_time;
  timers_.set(Timer::boot,
              now_ + (wanted > Duration::zero() ? wanted : modem_->options.model->boot_time()));
}

/// Unsolicited, where it can be heard as such.
void ModemEmulator::tell(std::string_view line) {
  for (ModemEmulator* port : all_ports())
    if (port->hears_commands()) port->info(line);
}

bool ModemEmulator::answered_by_scenario(std::string_view command) {
  const auto found =
      std::find_if(modem_->faults.answers.begin(), modem_->faults.answers.end(), [&](const Replaced& it) {
        return it.left != 0 && modem::equal_ignoring_case(command, it.event->command);
      });
  if (found == modem_->faults.answers.end()) return false;
  if (found->left) --*found->left;
  std::string_view lines = found->event->text;
  for (std::size_t end = lines.find('\n'); end != lines.npos; end = lines.find('\n')) {
    info(lines.substr(0, end));
    lines.remove_prefix(end + 1);
  }
  result(lines);
  return true;
}

}  // namespace tunppp::sim
