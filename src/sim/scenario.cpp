#include "sim/scenario.h"

#include <algorithm>
#include <array>

#include "sim/random.h"

namespace tunppp::sim {
namespace {

using Kind = ScenarioEvent::Kind;
using Key = ScenarioKey;

const std::array<ScenarioKind, static_cast<std::size_t>(Kind::count)>& kinds() {
  static const std::array<ScenarioKind, static_cast<std::size_t>(Kind::count)> table{{
      {Kind::registration_lost,
       "registration-lost",
       "the modem is registered no more, and does not search",
       {},
       {Key::lasting}},
      {Kind::registration_denied,
       "registration-denied",
       "the network denies registration",
       {},
       {Key::lasting}},
      {Kind::registration_searching,
       "registration-searching",
       "the modem searches for a network",
       {},
       {Key::lasting}},
      {Kind::registration_restored,
       "registration-restored",
       "registered as `[modem]` says",
       {},
       {}},
      {Kind::carrier_dropped,
       "carrier-dropped",
       "the network ends the call: `NO CARRIER`; with `for`, each call meanwhile is refused so",
       {},
       {Key::lasting}},
      {Kind::detached,
       "detached",
       "the network takes away packet service: `AT+CGATT?` tells 0, a call ends",
       {},
       {Key::lasting}},
      {Kind::deactivated,
       "deactivated",
       "the network takes away the bearer: `+CGEV: NW PDN DEACT`, a call ends",
       {},
       {}},
      {Kind::sim_busy, "sim-busy", "the SIM is busy: `+CME ERROR: 14`", {}, {Key::lasting}},
      {Kind::sim_removed,
       "sim-removed",
       "the SIM is taken out; with `for`, and put in again: it wants its PIN anew",
       {},
       {Key::lasting}},
      {Kind::sim_restored, "sim-restored", "the SIM is in it and ready for its PIN", {}, {}},
      {Kind::signal,
       "signal",
       "`AT+CSQ` tells this `value`: 0 to 31, or 99 for unknown",
       {Key::value},
       {Key::lasting}},
      {Kind::text,
       "text",
       "a line that nobody asked for; not on a tty that carries PPP",
       {Key::text},
       {Key::port}},
      {Kind::garbage,
       "garbage",
       "octets in the middle of anything: `octets` in hexadecimal, or `count` of them by chance",
       {},
       {Key::octets, Key::count, Key::seed, Key::port}},
      {Kind::answer,
       "answer",
       "the `command` is not carried out; it is answered `answer` (lines parted by `\\n`, the "
       "last is the result), so many `times`",
       {Key::command, Key::answer},
       {Key::times, Key::lasting}},
      {Kind::silence, "silence", "the modem says nothing and hears nothing", {}, {Key::lasting}},
      {Kind::slow, "slow", "each answer takes `delay` seconds", {Key::delay}, {Key::lasting}},
      {Kind::echo_stuck,
       "echo-stuck",
       "`ATE0` is answered `OK` and not obeyed",
       {},
       {Key::lasting}},
      {Kind::data_mode,
       "data-mode",
       "the modem is in data mode, as a program that was killed leaves it",
       {},
       {}},
      {Kind::power_lost,
       "power-lost",
       "the power is gone; with `for`, it comes back and the modem boots with its boot codes",
       {},
       {Key::lasting}},
      {Kind::hung_up,
       "hung-up",
       "the tty is gone, as when a plug is pulled; with `for`, there is a new one under the same "
       "link then",
       {},
       {Key::lasting, Key::port}},
  }};
  return table;
}

}  // namespace

std::string_view name_of(ScenarioKey key) {
  constexpr std::array<std::string_view, 11> names{"for",   "text",    "octets", "count",
                                                   "seed",  "command", "answer", "times",
                                                   "value", "delay",   "port"};
  return names[static_cast<std::size_t>(key)];
}

bool ScenarioKind::knows(std::string_view key) const {
  const auto named = [key](ScenarioKey known) { return name_of(known) == key; };
  return std::any_of(wanted.begin(), wanted.end(), named) ||
         std::any_of(optional.begin(), optional.end(), named);
}

std::span<const ScenarioKind> scenario_kinds() {
  return kinds();
}

const ScenarioKind& info(ScenarioEvent::Kind kind) {
  return kinds()[static_cast<std::size_t>(kind)];
}

std::string scenario_garbage(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::string octets(count, '\0');
  for (char& octet : octets) octet = static_cast<char>(random.next() >> 56);
  return octets;
}

}  // namespace tunppp::sim
