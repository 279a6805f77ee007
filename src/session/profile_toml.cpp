#include "session/profile_toml.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "session/toml_file.h"

namespace tunppp::session {
namespace {

using modem::Profile;
using std::string_view;

/// Converts one table, and keeps the first thing that was wrong.
class Reader {
 public:
  Reader(string_view source, UserProfile& into) : source_(source), into_(into) {}

  Status read(const toml::table& table);

 private:
  using Setter = void (Reader::*)(const toml::node&);
  struct Key {
    string_view name;
    Setter set;
  };
  static const std::array<Key, 21> keys;

  void wrong(const toml::node& node, string_view text) {
    if (failure_) return;
    failure_ = Failure{EndReason::usage,
                       {},
                       fmt::format("{}:{}: {}: {}", source_, node.source().begin.line, key_, text)};
  }

  std::optional<std::string> text(const toml::node& node) {
    const auto value = node.value<std::string>();
    if (!node.is_string() || !value) {
      wrong(node, "a string is wanted");
      return std::nullopt;
    }
    if (std::any_of(value->begin(), value->end(), [](char c) { return c >= 0 && c < ' '; })) {
      wrong(node, "a control character is in it");
      return std::nullopt;
    }
    return *value;
  }

  void plain(const toml::node& node, string_view& into) {
    if (auto value = text(node)) into = into_.keep(std::move(*value));
  }

  /// An AT command with placeholders out of `known`; may be empty: the modem has none.
  void command(const toml::node& node, string_view& into, std::span<const string_view> known) {
    const auto value = text(node);
    if (!value) return;
    if (!value->empty() && !value->starts_with("AT")) return wrong(node, "it must begin with AT");
    string_view rest = *value;
    for (std::size_t open = rest.find('{'); open != rest.npos; open = rest.find('{')) {
      const std::size_t close = rest.find('}', open);
      if (close == rest.npos) return wrong(node, "a { without its }");
      const string_view name = rest.substr(open + 1, close - open - 1);
      if (std::find(known.begin(), known.end(), name) == known.end())
        return wrong(node, fmt::format("nothing stands for {{{}}} here", name));
      rest.remove_prefix(close + 1);
    }
    into = into_.keep(*value);
  }
  void command(const toml::node& node, string_view& into) { command(node, into, cid_only); }

  void commands(const toml::node& node, std::span<const string_view>& into, bool are_commands) {
    const toml::array* const array = node.as_array();
    if (!array) return wrong(node, "a list of strings is wanted");
    std::vector<string_view>& list = into_.lists.emplace_back();
    for (const toml::node& item : *array) {
      string_view value;
      are_commands ? command(item, value) : plain(item, value);
      if (value.empty()) wrong(item, "it is empty");
      list.push_back(value);
    }
    into = list;
  }

  template <std::size_t size>
  void words(const toml::node& node, std::array<string_view, size>& into) {
    const toml::array* const array = node.as_array();
    if (!array || array->size() != size)
      return wrong(node, fmt::format("a list of {} strings is wanted", size));
    for (std::size_t i = 0; i < size; ++i) plain((*array)[i], into[i]);
  }

  void usb(const toml::node& node) {
    const toml::array* const array = node.as_array();
    if (!array) return wrong(node, "a list like [\"2c7c:0125\"] is wanted");
    for (const toml::node& item : *array) {
      const auto value = text(item);
      if (!value) return;
      const auto hex = [](string_view digits) -> std::optional<std::uint16_t> {
        std::uint16_t number = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
        if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
        return number;
      };
      const string_view pair = *value;
      const auto vendor =
          pair.size() == 9 && pair[4] == ':' ? hex(pair.substr(0, 4)) : std::nullopt;
      const auto product = vendor ? hex(pair.substr(5)) : std::nullopt;
      if (!product) return wrong(item, "a USB identity looks like 2c7c:0125");
      into_.usb.push_back({*vendor, *product, into_.profile.name, {}});
    }
    into_.profile.usb = into_.usb;
  }

  void boot_wait(const toml::node& node) {
    const auto seconds = node.value<double>();
    if (!node.is_number() || !seconds || !(*seconds >= 0 && *seconds <= 600))
      return wrong(node, "seconds from 0 to 600 are wanted");
    into_.profile.boot_wait =
        std::chrono::duration_cast<Duration>(std::chrono::duration<double>(*seconds));
  }

  void pin_retries_field(const toml::node& node) {
    const auto field = node.value<std::int64_t>();
    if (!node.is_integer() || !field || *field < 0 || *field > 20)
      return wrong(node, "the number of a field, from 0, is wanted");
    into_.profile.pin_retries.field = static_cast<std::size_t>(*field);
  }

  void radio(const toml::node& node) {
    const toml::table* const table = node.as_table();
    if (!table) return wrong(node, "a table is wanted");
    modem::RadioCommands& to = into_.profile.radio;
    const std::pair<string_view, string_view*> choices[] = {
        {"auto", &to.automatic}, {"gsm", &to.gsm},     {"umts", &to.umts},
        {"lte", &to.lte},        {"lte-m", &to.lte_m}, {"nb-iot", &to.nb_iot}};
    to = {};
    for (const auto& [name, value] : *table) {
      const string_view wanted = name.str();
      key_ = fmt::format("radio.{}", wanted);
      const auto found = std::find_if(std::begin(choices), std::end(choices),
                                      [&](const auto& choice) { return choice.first == wanted; });
      if (found == std::end(choices)) return wrong(value, "there is no such key");
      command(value, *found->second, {});
    }
  }

  void cmux(const toml::node& node) {
    const toml::table* const table = node.as_table();
    if (!table) return wrong(node, "a table is wanted");
    modem::CmuxParameters& to = into_.profile.cmux;
    for (const auto& [name, value] : *table) {
      const string_view wanted = name.str();
      key_ = fmt::format("cmux.{}", wanted);
      if (wanted == "command")
        command(value, to.command, cmux_values);
      else if (wanted == "frame_size")
        number(value, 1, 32768, to.frame_size);
      else if (wanted == "settle")
        milliseconds(value, to.settle);
      else if (wanted == "negotiate")
        flag(value, to.negotiate);
      else if (wanted == "disconnect")
        flag(value, to.disconnect);
      else
        wrong(value, "there is no such key");
    }
  }

  void number(const toml::node& node, std::int64_t least, std::int64_t most, std::size_t& into) {
    const auto value = node.value<std::int64_t>();
    if (!node.is_integer() || !value || *value < least || *value > most)
      return wrong(node, fmt::format("a number from {} to {} is wanted", least, most));
    into = static_cast<std::size_t>(*value);
  }

  void milliseconds(const toml::node& node, Duration& into) {
    std::size_t value = 0;
    number(node, 0, 10'000, value);
    into = std::chrono::milliseconds(value);
  }

  void flag(const toml::node& node, bool& into) {
    const auto value = node.value<bool>();
    if (!node.is_boolean() || !value) return wrong(node, "true or false is wanted");
    into = *value;
  }

  static constexpr std::array<string_view, 3> cmux_values{"mode", "speed", "frame_size"};
  static constexpr std::array<string_view, 1> cid_only{"cid"};
  static constexpr std::array<string_view, 6> all_values{"cid",  "pdp",  "apn",
                                                         "auth", "user", "password"};

  string_view source_;
  UserProfile& into_;
  std::string key_;
  Status failure_;

  // What the keys do.
  void set_like(const toml::node&) {}
  void set_name(const toml::node& node) { plain(node, into_.profile.name); }
  void set_description(const toml::node& node) { plain(node, into_.profile.description); }
  void set_models(const toml::node& node) { commands(node, into_.profile.models, false); }
  void set_init(const toml::node& node) { commands(node, into_.profile.init, true); }
  void set_set_up(const toml::node& node) { commands(node, into_.profile.set_up, true); }
  void set_before_dial(const toml::node& node) { commands(node, into_.profile.before_dial, true); }
  void set_context(const toml::node& node) {
    command(node, into_.profile.context.command, all_values);
  }
  void set_authenticate(const toml::node& node) {
    command(node, into_.profile.authenticate.command, all_values);
  }
  void set_pdp_words(const toml::node& node) { words(node, into_.profile.authenticate.pdp_words); }
  void set_auth_words(const toml::node& node) {
    words(node, into_.profile.authenticate.auth_words);
  }
  void set_pin_retries(const toml::node& node) { command(node, into_.profile.pin_retries.command); }
  void set_cell(const toml::node& node) { command(node, into_.profile.cell, {}); }
  void set_dial(const toml::node& node) { command(node, into_.profile.dial); }
  void set_hang_up(const toml::node& node) { command(node, into_.profile.hang_up, {}); }
  void set_power_off(const toml::node& node) { command(node, into_.profile.power_off, {}); }
};

const std::array<Reader::Key, 21> Reader::keys{{
    {"like", &Reader::set_like},
    {"name", &Reader::set_name},
    {"description", &Reader::set_description},
    {"usb", &Reader::usb},
    {"models", &Reader::set_models},
    {"boot_wait", &Reader::boot_wait},
    {"init", &Reader::set_init},
    {"set_up", &Reader::set_set_up},
    {"pin_retries", &Reader::set_pin_retries},
    {"pin_retries_field", &Reader::pin_retries_field},
    {"context", &Reader::set_context},
    {"authenticate", &Reader::set_authenticate},
    {"authenticate_pdp_words", &Reader::set_pdp_words},
    {"authenticate_auth_words", &Reader::set_auth_words},
    {"radio", &Reader::radio},
    {"cell", &Reader::set_cell},
    {"before_dial", &Reader::set_before_dial},
    {"dial", &Reader::set_dial},
    {"hang_up", &Reader::set_hang_up},
    {"power_off", &Reader::set_power_off},
    {"cmux", &Reader::cmux},
}};

Status Reader::read(const toml::table& table) {
  into_.profile = *modem::find_profile("generic");
  if (const toml::node* const like = table.get("like")) {
    key_ = "like";
    const auto name = text(*like);
    const Profile* const base = name ? modem::find_profile(*name) : nullptr;
    if (name && !base) wrong(*like, fmt::format("there is no modem profile {}", *name));
    if (failure_) return failure_;
    into_.profile = *base;
  }
  into_.profile.models = {};
  into_.profile.usb = {};
  into_.profile.name = "user";
  into_.profile.description = "a profile of the user's own";
  for (const auto& [name, value] : table) {
    const string_view wanted = name.str();
    key_ = std::string(wanted);
    const auto key = std::find_if(keys.begin(), keys.end(),
                                  [&](const Key& known) { return known.name == wanted; });
    if (key == keys.end())
      wrong(value, "there is no such key");
    else
      (this->*key->set)(value);
    if (failure_) return failure_;
  }
  if (into_.profile.dial.empty() || into_.profile.hang_up.empty() ||
      into_.profile.context.command.empty())
    return Failure{
        EndReason::usage,
        {},
        fmt::format("{}: a profile cannot do without dial, hang_up and context", source_)};
  return {};
}

}  // namespace

Result<std::unique_ptr<UserProfile>> parse_profile(string_view text, string_view source) {
  const Result<toml::table> parsed = parse_toml(text, source);
  if (!parsed) return parsed.failure();
  auto profile = std::make_unique<UserProfile>();
  if (Status status = Reader(source, *profile).read(*parsed)) return *status;
  return profile;
}

}  // namespace tunppp::session
