#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace tunppp::detect {

/// "2c7c" and the like: nothing but hexadecimal digits, and not too large.
template <typename Number>
std::optional<Number> hexadecimal(std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace tunppp::detect
