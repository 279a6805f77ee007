#include "session/profile_values.h"

#include <fmt/format.h>

#include <algorithm>

#include "modem/at_guard.h"

namespace tunppp::session {

using std::string_view;

void ProfileValues::wrong(Node node, string_view text) {
  if (failure_) return;
  failure_ = Failure{EndReason::usage,
                     {},
                     fmt::format("{}:{}: {}: {}", source_, node.source().begin.line, key_, text)};
}

void ProfileValues::no_such_key(Node node, string_view known) {
  wrong(node, fmt::format("there is no such key; there are {}", known));
}

std::optional<std::string> ProfileValues::text(Node node) {
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

void ProfileValues::plain(Node node, string_view& into) {
  if (auto value = text(node)) into = into_.keep(std::move(*value));
}

void ProfileValues::command(Node node, string_view& into, Placeholders known) {
  const auto value = text(node);
  if (!value) return;
  if (!value->empty() && !value->starts_with("AT")) return wrong(node, "it must begin with AT");
  if (modem::may_block_sim(*value))
    return wrong(node,
                 "a profile does not send PINs: dial has --pin-file, which takes care of the "
                 "tries that are left");
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

void ProfileValues::commands(Node node, std::span<const string_view>& into, Placeholders known) {
  const toml::array* const array = node.as_array();
  if (!array) return wrong(node, "a list of strings is wanted");
  std::vector<string_view>& list = into_.lists.emplace_back();
  for (const toml::node& item : *array) {
    string_view value;
    command(item, value, known);
    if (value.empty()) wrong(item, "it is empty");
    list.push_back(value);
  }
  into = list;
}

void ProfileValues::texts(Node node, std::span<const string_view>& into) {
  const toml::array* const array = node.as_array();
  if (!array) return wrong(node, "a list of strings is wanted");
  std::vector<string_view>& list = into_.lists.emplace_back();
  for (const toml::node& item : *array) {
    string_view value;
    plain(item, value);
    if (value.empty()) wrong(item, "it is empty");
    list.push_back(value);
  }
  into = list;
}

void ProfileValues::words(Node node, std::span<string_view> into) {
  const toml::array* const array = node.as_array();
  if (!array || array->size() != into.size())
    return wrong(node, fmt::format("a list of {} strings is wanted", into.size()));
  for (std::size_t i = 0; i < into.size(); ++i) plain((*array)[i], into[i]);
}

void ProfileValues::number(Node node, std::int64_t least, std::int64_t most, std::size_t& into) {
  const auto value = node.value<std::int64_t>();
  if (!node.is_integer() || !value || *value < least || *value > most)
    return wrong(node, fmt::format("a number from {} to {} is wanted", least, most));
  into = static_cast<std::size_t>(*value);
}

void ProfileValues::milliseconds(Node node, Duration& into) {
  std::size_t value = 0;
  number(node, 0, 10'000, value);
  into = std::chrono::milliseconds(value);
}

void ProfileValues::seconds(Node node, Duration& into) {
  const auto value = node.value<double>();
  if (!node.is_number() || !value || !(*value >= 0 && *value <= 600))
    return wrong(node, "seconds from 0 to 600 are wanted");
  into = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(*value));
}

void ProfileValues::flag(Node node, bool& into) {
  const auto value = node.value<bool>();
  if (!node.is_boolean() || !value) return wrong(node, "true or false is wanted");
  into = *value;
}

}  // namespace tunppp::session
