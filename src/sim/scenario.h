#pragma once

#include <tunppp/time.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tunppp::sim {

/// Something that happens to an emulated modem by itself, when its time has come.
struct ScenarioEvent {
  enum class Kind : std::uint8_t {
    registration_lost,
    registration_denied,
    registration_searching,
    registration_restored,
    carrier_dropped,
    detached,
    deactivated,
    sim_busy,
    sim_removed,
    sim_restored,
    signal,
    text,
    garbage,
    answer,
    silence,
    slow,
    echo_stuck,
    data_mode,
    power_lost,
    hung_up,
    count
  };
  /// From when `at` counts.
  enum class After : std::uint8_t { power_up, connect, first_connect };

  Kind kind = Kind::text;
  Duration at{};
  After after = After::power_up;
  std::optional<Duration> every{};    ///< again and again; after CONNECT as long as the call lasts
  std::optional<Duration> lasting{};  ///< undone after so long; nullopt: it stays

  std::string text{};          ///< text: a line. answer: what is said instead. garbage: octets
  std::string command{};       ///< answer: of this command
  std::optional<int> times{};  ///< answer: so often; nullopt: always
  int signal = 99;             ///< signal: as +CSQ tells it
  Duration delay{};            ///< slow: of each answer
  std::size_t port = 0;        ///< text, garbage, hung_up: which tty of the modem, from 0
};

/// A key that only some events have.
enum class ScenarioKey : std::uint8_t {
  lasting,  ///< `for`
  text,
  octets,
  count,
  seed,
  command,
  answer,
  times,
  value,
  delay,
  port,
};
std::string_view name_of(ScenarioKey key);

/// A kind of event, as it is written and explained.
struct ScenarioKind {
  ScenarioEvent::Kind kind;
  std::string_view name;     ///< "registration-lost"
  std::string_view meaning;  ///< a sentence for people
  std::vector<ScenarioKey> wanted{};
  std::vector<ScenarioKey> optional{};

  /// A key by its name, wanted or optional.
  bool knows(std::string_view key) const;
};
/// All of them, by ScenarioEvent::Kind.
std::span<const ScenarioKind> scenario_kinds();
const ScenarioKind& info(ScenarioEvent::Kind kind);

/// What a scenario may hold.
inline constexpr std::size_t max_scenario_events = 1000;
inline constexpr std::size_t max_scenario_text = 4096;  ///< octets of one text or of garbage
inline constexpr Duration max_scenario_time = std::chrono::hours(24 * 365);
/// Shorter ones would be nothing but this event.
inline constexpr Duration min_scenario_period = std::chrono::milliseconds(10);

/// `count` octets of garbage, the same for the same seed.
std::string scenario_garbage(std::size_t count, std::uint64_t seed);

}  // namespace tunppp::sim
