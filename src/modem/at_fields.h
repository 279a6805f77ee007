#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace tunppp::modem {

/// Without blanks at both ends.
std::string_view trim(std::string_view text);
/// Without blanks and one pair of quotes around it.
std::string_view unquote(std::string_view text);
/// The n-th (from 0) of the fields that commas separate, commas in quotes apart; as it stands,
/// trimmed. Empty when there are not so many.
std::string_view raw_field(std::string_view list, std::size_t n);
/// The same without its quotes.
std::string_view field(std::string_view list, std::size_t n);
std::size_t field_count(std::string_view list);
/// A decimal number of at most nine digits and nothing else.
std::optional<int> to_int(std::string_view text);

/// ASCII only, as AT commands are.
bool equal_ignoring_case(std::string_view a, std::string_view b);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);
bool contains_ignoring_case(std::string_view text, std::string_view part);

}  // namespace tunppp::modem
