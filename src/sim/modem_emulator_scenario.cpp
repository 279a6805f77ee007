// What happens to the emulated modem by itself, as a scenario tells it.

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "modem/at_fields.h"
#include "sim/modem_emulator.h"

namespace tunppp::sim {

using Kind = ScenarioEvent::Kind;

namespace {

/// From the return of the power to the first code, where the modem has no time of its own.
constexpr Duration short_boot = std::chrono::seconds(1);

// As +CREG tells it: TS 27.007 section 7.2.
constexpr int not_registered = 0;
constexpr int searching = 2;
constexpr int denied = 3;

}  // namespace

void ModemEmulator::play_scenario() {
  while (const auto act = scenario_.poll(now_)) act->ends ? undo(*act->event) : happen(*act->event);
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
      faults_.no_carrier = event.lasting.has_value();
      return drop_carrier(now_);
    case Kind::detached:
      attached_ = false;
      drop_carrier(now_);
      return tell("+CGEV: NW DETACH");
    case Kind::deactivated:
      drop_carrier(now_);
      return tell(fmt::format("+CGEV: NW PDN DEACT {}", dialled_context_));
    case Kind::sim_busy:
      sim_busy_ = true;
      return;
    case Kind::sim_removed:
      return take_sim_out();
    case Kind::sim_restored:
      return put_sim_in();
    case Kind::signal:
      faults_.signal = event.signal;
      return;
    case Kind::text:
      return tell(event.text);
    case Kind::garbage:
      return say(event.text, {});
    case Kind::answer:
      return faults_.answers.push_back({&event, event.times});
    case Kind::silence:
      faults_.silent = true;
      return;
    case Kind::slow:
      faults_.answer_delay = event.delay;
      return;
    case Kind::echo_stuck:
      faults_.echo_stuck = echo_ = true;
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
      faults_.no_carrier = false;
      return;
    case Kind::detached:
      attached_ = true;
      return;
    case Kind::sim_busy:
      sim_busy_ = false;
      return start_searching();
    case Kind::sim_removed:
      return put_sim_in();
    case Kind::signal:
      faults_.signal = Faults{}.signal;
      return;
    case Kind::answer:
      std::erase_if(faults_.answers, [&](const Replaced& it) { return it.event == &event; });
      return;
    case Kind::silence:
      faults_.silent = false;
      return;
    case Kind::slow:
      faults_.answer_delay.reset();
      return;
    case Kind::echo_stuck:
      faults_.echo_stuck = false;
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

void ModemEmulator::set_registration(std::optional<int> state) {
  faults_.registration = state;
  tell_registration();
}

void ModemEmulator::take_sim_out() {
  options_.sim = ModemEmulatorOptions::Sim::absent;
  search_over_ = false;
  timers_.stop(Timer::registration);
  drop_carrier(now_);
  tell("+CPIN: NOT INSERTED");
  tell_registration();
}

void ModemEmulator::put_sim_in() {
  options_.sim = ModemEmulatorOptions::Sim::ready;
  sim_busy_ = false;
  pin_done_ = options_.pin.empty();
  tell(pin_done_ ? "+CPIN: READY" : "+CPIN: SIM PIN");
  start_searching();
}

void ModemEmulator::lose_power() {
  if (call_up()) events_.push_back({.kind = Event::Kind::disconnected});
  scenario_.call_ended();
  mode_ = Mode::off;
  for (const Timer timer : {Timer::boot, Timer::sim, Timer::registration, Timer::dial, Timer::noise,
                            Timer::escape, Timer::output})
    timers_.stop(timer);
  later_.clear();
  heard_.clear();
}

/// It has forgotten all but what it stores.
void ModemEmulator::power_back() {
  faults_.silent = faults_.echo_stuck = false;
  faults_.answer_delay.reset();
  echo_ = words_ = true;
  error_form_ = 0;
  dtr_form_ = 2;
  functionality_ = 1;
  pin_done_ = options_.pin.empty();
  search_over_ = false;
  registration_forms_.clear();
  says_boot_codes_ = true;
  mode_ = Mode::booting;
  timers_.set(Timer::boot, now_ + std::max(options_.boot_time, short_boot));
}

/// Unsolicited, where it can be heard as such.
void ModemEmulator::tell(std::string_view line) {
  if (hears_commands()) info(line);
}

bool ModemEmulator::answered_by_scenario(std::string_view command) {
  const auto found =
      std::find_if(faults_.answers.begin(), faults_.answers.end(), [&](const Replaced& it) {
        return it.left != 0 && modem::equal_ignoring_case(command, it.event->command);
      });
  if (found == faults_.answers.end()) return false;
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
