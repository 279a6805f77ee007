#include "sim/scenario_toml.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "session/toml_file.h"

namespace tunppp::sim {
namespace {

using std::string_view;
using After = ScenarioEvent::After;

constexpr double max_seconds = std::chrono::duration<double>(max_scenario_time).count();
constexpr double min_period = std::chrono::duration<double>(min_scenario_period).count();

Duration duration(double seconds) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

template <class Value>
using Words = std::map<string_view, Value>;

const Words<ModemEmulatorOptions::Sim> sims{{"ready", ModemEmulatorOptions::Sim::ready},
                                            {"absent", ModemEmulatorOptions::Sim::absent},
                                            {"busy", ModemEmulatorOptions::Sim::busy_at_first}};
const Words<ModemEmulatorOptions::Registration> registrations{
    {"home", ModemEmulatorOptions::Registration::home},
    {"roaming", ModemEmulatorOptions::Registration::roaming},
    {"denied", ModemEmulatorOptions::Registration::denied},
    {"never", ModemEmulatorOptions::Registration::never}};
const Words<ModemEmulatorOptions::Refusal> refusals{
    {"no-carrier", ModemEmulatorOptions::Refusal::no_carrier},
    {"cme-error", ModemEmulatorOptions::Refusal::cme_error},
    {"in-ppp", ModemEmulatorOptions::Refusal::in_ppp}};
const Words<SleepMode> sleeps{
    {"never", SleepMode::never}, {"dtr", SleepMode::by_dtr}, {"idle", SleepMode::when_idle}};
const Words<After> afters{{"power-up", After::power_up},
                          {"connect", After::connect},
                          {"first-connect", After::first_connect}};

template <class Entries>
std::string listed(const Entries& entries) {
  std::vector<string_view> names;
  for (const auto& [name, value] : entries) names.push_back(name);
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Converts one file, and keeps the first thing that was wrong.
class Reader {
 public:
  Reader(string_view file, ModemEmulatorOptions& into) : file_(file), modem_(into) {}

  Status read(const toml::table& file);

 private:
  using Setter = void (Reader::*)(const toml::node&);
  using Setters = std::map<string_view, Setter>;
  static const Setters modem_keys;
  static const Setters event_keys;

  void wrong(const toml::node& node, string_view text) {
    if (failure_) return;
    const std::string key = key_.empty() ? "" : key_ + ": ";
    failure_ = Failure{EndReason::usage,
                       {},
                       fmt::format("{}:{}: {}{}", file_, node.source().begin.line, key, text)};
  }

  void table(const toml::node& node, const Setters& keys, string_view what);
  void event(const toml::node& node);
  void check_event(const toml::node& node, const toml::table& given);
  void check_garbage(const toml::node& node, const toml::table& given);

  // --- values ---

  std::optional<std::string> text(const toml::node& node) {
    auto value = node.value_exact<std::string>();
    if (!value) {
      wrong(node, "wants a text in quotes");
      return std::nullopt;
    }
    if (value->size() <= max_scenario_text) return value;
    wrong(node, fmt::format("is longer than {} characters", max_scenario_text));
    return std::nullopt;
  }

  /// One line: nothing in it ends it.
  void line(const toml::node& node, std::string& into) {
    const auto value = text(node);
    if (!value) return;
    if (std::any_of(value->begin(), value->end(), [](char c) { return c >= 0 && c < ' '; }))
      return wrong(node, "a control character is in it; it is one line");
    into = *value;
  }

  void digits(const toml::node& node, std::size_t least, std::size_t most, std::string& into) {
    std::string value;
    line(node, value);
    const bool all = std::all_of(value.begin(), value.end(),
                                 [](unsigned char c) { return std::isdigit(c) != 0; });
    if (!all || value.size() < least || value.size() > most)
      return wrong(node, fmt::format("wants {} to {} digits in quotes", least, most));
    into = std::move(value);
  }

  void seconds(const toml::node& node, double least, Duration& into) {
    const auto value = node.value<double>();
    if (!node.is_number() || !value || !(*value >= least && *value <= max_seconds))
      return wrong(node, fmt::format("wants seconds from {} to {:.0f}", least, max_seconds));
    into = duration(*value);
  }

  template <class Number>
  void number(const toml::node& node, std::int64_t least, std::int64_t most, Number& into) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < least || *value > most)
      return wrong(node, fmt::format("wants a whole number from {} to {}", least, most));
    into = static_cast<Number>(*value);
  }

  void flag(const toml::node& node, bool& into) {
    const auto value = node.value_exact<bool>();
    if (!value) return wrong(node, "wants true or false");
    into = *value;
  }

  template <class Value>
  void word(const toml::node& node, const Words<Value>& words, Value& into) {
    const auto value = node.value_exact<std::string>();
    const auto found = value ? words.find(*value) : words.end();
    if (found == words.end())
      return wrong(node, fmt::format("wants one of these in quotes: {}", listed(words)));
    into = found->second;
  }

  // --- [modem] ---

  void set_model(const toml::node& node) {
    const auto name = text(node);
    if (!name) return;
    modem_.model = find_modem_model(*name);
    if (!modem_.model)
      wrong(node, fmt::format("there is no modem {}; tunppp sim --list shows all", *name));
  }
  void set_operator(const toml::node& node) { line(node, modem_.operator_name); }
  void set_iccid(const toml::node& node) { digits(node, 18, 20, modem_.iccid); }
  void set_imsi(const toml::node& node) { digits(node, 6, 15, modem_.imsi); }
  void set_imei(const toml::node& node) { digits(node, 15, 15, modem_.imei); }
  void set_sim(const toml::node& node) { word(node, sims, modem_.sim); }
  void set_pin(const toml::node& node) { digits(node, 4, 8, modem_.pin); }
  void set_pin_retries(const toml::node& node) { number(node, 0, 10, modem_.pin_retries); }
  void set_apn(const toml::node& node) { line(node, modem_.apn); }
  void set_at_user(const toml::node& node) { line(node, modem_.user); }
  void set_at_password(const toml::node& node) { line(node, modem_.password); }
  void set_refusal(const toml::node& node) { word(node, refusals, modem_.refusal); }
  void set_registration(const toml::node& node) { word(node, registrations, modem_.registration); }
  void set_registration_delay(const toml::node& node) {
    seconds(node, 0, modem_.registration_delay);
  }
  void set_attached(const toml::node& node) { flag(node, modem_.attached); }
  void set_attach_refusal(const toml::node& node) { number(node, 0, 999, modem_.attach_refusal); }
  void set_sleep(const toml::node& node) { word(node, sleeps, modem_.sleep); }
  void set_functionality(const toml::node& node) { number(node, 0, 4, modem_.functionality); }
  void set_silent(const toml::node& node) { flag(node, modem_.silent); }
  void set_sticky_echo(const toml::node& node) { flag(node, modem_.sticky_echo); }
  void set_data_mode(const toml::node& node) { flag(node, modem_.start_in_data_mode); }
  void set_boot_time(const toml::node& node) { seconds(node, 0, modem_.boot_time); }
  void set_unsolicited(const toml::node& node) {
    seconds(node, min_period, modem_.noise_period.emplace());
  }
  void set_chunk(const toml::node& node) { number(node, 0, 1000, modem_.chunk); }
  void set_answer_delay(const toml::node& node) { seconds(node, 0, modem_.answer_delay); }
  void set_dial_delay(const toml::node& node) { seconds(node, 0, modem_.dial_delay); }

  // --- [[event]] ---

  void set_kind(const toml::node& node) {
    const auto name = text(node);
    if (!name) return;
    std::vector<string_view> names;
    for (const ScenarioKind& kind : scenario_kinds()) {
      names.push_back(kind.name);
      if (kind.name == *name) event_.kind = kind.kind;
    }
    if (info(event_.kind).name != *name)
      wrong(node, fmt::format("nothing is called {}; what can happen is {}", *name,
                              fmt::join(names, ", ")));
  }
  void set_at(const toml::node& node) { seconds(node, 0, event_.at); }
  void set_after(const toml::node& node) { word(node, afters, event_.after); }
  void set_every(const toml::node& node) { seconds(node, min_period, event_.every.emplace()); }
  void set_for(const toml::node& node) { seconds(node, 0, event_.lasting.emplace()); }
  void set_text(const toml::node& node) { line(node, event_.text); }
  void set_command(const toml::node& node) {
    line(node, event_.command);
    if (event_.command.size() < 3 || (event_.command.substr(0, 2) != "AT"))
      wrong(node, "wants an AT command as it is sent: \"AT+CGATT?\"");
  }
  void set_answer(const toml::node& node) {
    const auto value = text(node);
    if (!value) return;
    if (value->empty()) return wrong(node, "is empty; for no answer at all use silence");
    if (std::any_of(value->begin(), value->end(),
                    [](char c) { return c >= 0 && c < ' ' && c != '\n'; }))
      return wrong(node, "a control character is in it; write lines parted by \\n");
    event_.text = *value;
  }
  void set_octets(const toml::node& node) {
    const auto value = text(node);
    if (!value) return;
    std::string octets;
    string_view rest = *value;
    while (rest.size() >= 2) {
      const auto [end, error] = std::from_chars(rest.data(), rest.data() + 2, octet_.emplace(), 16);
      if (error != std::errc() || end != rest.data() + 2) break;
      octets.push_back(static_cast<char>(*octet_));
      rest.remove_prefix(2);
      if (rest.starts_with(' ')) rest.remove_prefix(1);
    }
    if (!rest.empty() || octets.empty())
      return wrong(node, "wants octets in hexadecimal: \"f8 00 f8\"");
    event_.text = std::move(octets);
  }
  void set_count(const toml::node& node) {
    number(node, 1, static_cast<std::int64_t>(max_scenario_text), garbage_count_);
  }
  void set_seed(const toml::node& node) { number(node, 0, INT64_MAX, garbage_seed_); }
  void set_times(const toml::node& node) { number(node, 1, 1'000'000, event_.times.emplace()); }
  void set_value(const toml::node& node) {
    number(node, 0, 99, event_.signal);
    if (event_.signal > 31 && event_.signal != 99)
      wrong(node, "wants 0 to 31, or 99 for a signal that is not known");
  }
  void set_delay(const toml::node& node) { seconds(node, 0, event_.delay); }
  void set_port(const toml::node& node) { number(node, 0, 15, event_.port); }

  string_view file_;
  ModemEmulatorOptions& modem_;
  ScenarioEvent event_;
  std::optional<std::uint8_t> octet_;
  std::size_t garbage_count_ = 0;
  std::uint64_t garbage_seed_ = 1;
  std::string key_;
  Status failure_;
};

const Reader::Setters Reader::modem_keys{
    {"model", &Reader::set_model},
    {"operator", &Reader::set_operator},
    {"iccid", &Reader::set_iccid},
    {"imsi", &Reader::set_imsi},
    {"imei", &Reader::set_imei},
    {"sim", &Reader::set_sim},
    {"pin", &Reader::set_pin},
    {"pin_retries", &Reader::set_pin_retries},
    {"apn", &Reader::set_apn},
    {"at_user", &Reader::set_at_user},
    {"at_password", &Reader::set_at_password},
    {"refusal", &Reader::set_refusal},
    {"registration", &Reader::set_registration},
    {"registration_delay", &Reader::set_registration_delay},
    {"attached", &Reader::set_attached},
    {"attach_refusal", &Reader::set_attach_refusal},
    {"sleep", &Reader::set_sleep},
    {"functionality", &Reader::set_functionality},
    {"silent", &Reader::set_silent},
    {"sticky_echo", &Reader::set_sticky_echo},
    {"data_mode", &Reader::set_data_mode},
    {"boot_time", &Reader::set_boot_time},
    {"unsolicited", &Reader::set_unsolicited},
    {"chunk", &Reader::set_chunk},
    {"answer_delay", &Reader::set_answer_delay},
    {"dial_delay", &Reader::set_dial_delay},
};

const Reader::Setters Reader::event_keys{
    {"event", &Reader::set_kind},    {"at", &Reader::set_at},
    {"after", &Reader::set_after},   {"every", &Reader::set_every},
    {"for", &Reader::set_for},       {"text", &Reader::set_text},
    {"octets", &Reader::set_octets}, {"count", &Reader::set_count},
    {"seed", &Reader::set_seed},     {"command", &Reader::set_command},
    {"answer", &Reader::set_answer}, {"times", &Reader::set_times},
    {"value", &Reader::set_value},   {"delay", &Reader::set_delay},
    {"port", &Reader::set_port},
};

Status Reader::read(const toml::table& file) {
  for (const auto& [name, node] : file) {
    key_.clear();
    if (name.str() == "modem") {
      table(node, modem_keys, "[modem]");
    } else if (name.str() == "event") {
      const toml::array* const events = node.as_array();
      if (!events) wrong(node, "events are written as [[event]], with two brackets");
      if (events && events->size() > max_scenario_events)
        wrong(node, fmt::format("there are more than {} events", max_scenario_events));
      if (events && !failure_)
        for (const toml::node& item : *events) event(item);
    } else {
      wrong(node,
            fmt::format("there is no key {}; a scenario has [modem] and [[event]]", name.str()));
    }
    if (failure_) break;
  }
  return failure_;
}

void Reader::table(const toml::node& node, const Setters& keys, string_view what) {
  const toml::table* const given = node.as_table();
  if (!given) return wrong(node, fmt::format("{} wants to be a table", what));
  for (const auto& [name, value] : *given) {
    key_ = name.str();
    const auto known = keys.find(name.str());
    if (known == keys.end())
      wrong(value, fmt::format("there is no such key; {} has {}", what, listed(keys)));
    else
      (this->*known->second)(value);
    if (failure_) return;
  }
  key_.clear();
}

void Reader::event(const toml::node& node) {
  event_ = {};
  garbage_count_ = 0;
  garbage_seed_ = 1;
  table(node, event_keys, "[[event]]");
  if (failure_) return;
  check_event(node, *node.as_table());
  if (!failure_) modem_.scenario.push_back(std::move(event_));
}

/// Each event has what it needs, and nothing that means nothing to it.
void Reader::check_event(const toml::node& node, const toml::table& given) {
  if (!given.contains("event"))
    return wrong(node, "an [[event]] wants event = and what is to happen, \"carrier-dropped\"");
  const ScenarioKind& kind = info(event_.kind);
  for (const auto& [name, value] : given) {
    static constexpr std::array<string_view, 4> always{"event", "at", "after", "every"};
    if (std::find(always.begin(), always.end(), name.str()) != always.end()) continue;
    if (kind.knows(name.str())) continue;
    return wrong(value, fmt::format("{} means nothing to {}", name.str(), kind.name));
  }
  for (const ScenarioKey key : kind.wanted)
    if (!given.contains(name_of(key)))
      return wrong(node, fmt::format("{} wants {} =", kind.name, name_of(key)));
  if (event_.every && event_.lasting && *event_.lasting >= *event_.every)
    return wrong(node, "for is to be shorter than every");
  if (event_.kind == ScenarioEvent::Kind::garbage) check_garbage(node, given);
}

void Reader::check_garbage(const toml::node& node, const toml::table& given) {
  if (given.contains("octets") == given.contains("count"))
    return wrong(node, "garbage wants either octets = or count =");
  if (given.contains("seed") && !given.contains("count"))
    return wrong(node, "seed goes with count");
  if (garbage_count_ > 0) event_.text = scenario_garbage(garbage_count_, garbage_seed_);
}

}  // namespace

Result<ModemEmulatorOptions> parse_scenario(string_view text, string_view file) {
  const Result<toml::table> table = session::parse_toml(text, file);
  if (!table) return table.failure();
  ModemEmulatorOptions options;
  if (Status status = Reader(file, options).read(*table)) return *status;
  return options;
}

}  // namespace tunppp::sim
