#include "modem/at_fields.h"

#include <algorithm>
#include <charconv>

namespace tunppp::modem {
namespace {

/// Where the first field of the list ends.
std::size_t field_end(std::string_view list) {
  bool quoted = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] == '"') quoted = !quoted;
    if (list[i] == ',' && !quoted) return i;
  }
  return list.size();
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_letter(char a, char b) {
  return lower(a) == lower(b);
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::string_view unquote(std::string_view text) {
  text = trim(text);
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return text;
  return text.substr(1, text.size() - 2);
}

std::string_view raw_field(std::string_view list, std::size_t n) {
  for (; n > 0; --n) {
    const std::size_t end = field_end(list);
    if (end == list.size()) return {};
    list.remove_prefix(end + 1);
  }
  return trim(list.substr(0, field_end(list)));
}

std::string_view field(std::string_view list, std::size_t n) {
  return unquote(raw_field(list, n));
}

std::size_t field_count(std::string_view list) {
  std::size_t count = 1;
  for (std::size_t end = field_end(list); end != list.size(); end = field_end(list)) {
    list.remove_prefix(end + 1);
    ++count;
  }
  return count;
}

std::optional<int> to_int(std::string_view text) {
  text = trim(text);
  if (text.empty() || text.size() > 9) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.front() == '-')
    return std::nullopt;
  return value;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_letter);
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same_letter) != text.end();
}

}  // namespace tunppp::modem
