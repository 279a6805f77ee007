#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "modem/at_codes.h"
#include "modem/at_fields.h"

namespace tunppp::modem {
namespace {

enum class Where { command, command_and_answer };

/// A command that carries a secret, and how many of its parameters may be shown.
struct SecretCommand {
  std::string_view name;
  std::size_t shown_fields;
  Where where;
};

constexpr auto secret_commands = std::to_array<SecretCommand>({
    {"+CPIN", 0, Where::command},
    {"+CPIN2", 0, Where::command},
    {"+CPUK", 0, Where::command},
    {"^CPIN", 0, Where::command},
    {"+CPWD", 0, Where::command},
    {"+CLCK", 2, Where::command},
    {"+CSIM", 0, Where::command_and_answer},  // may carry VERIFY with the PIN in it
    {"+CRSM", 0, Where::command_and_answer},
    {"+CGAUTH", 2, Where::command_and_answer},
    {"+XGAUTH", 2, Where::command_and_answer},
    {"+QICSGP", 3, Where::command_and_answer},
    {"+UAUTHREQ", 2, Where::command_and_answer},
    {"+CNCFG", 3, Where::command_and_answer},
    {"+KCNXCFG", 3, Where::command_and_answer},
    {"$QCPDPP", 2, Where::command_and_answer},
    {"^NDISDUP", 3, Where::command_and_answer},
    {"^AUTHDATA", 2, Where::command_and_answer},
    {"#PDPAUTH", 2, Where::command_and_answer},
    {"+WPPP", 2, Where::command_and_answer},
    {"+CSTT", 1, Where::command_and_answer},
    {"+SAPBR", 3, Where::command_and_answer},
    {"+UPSD", 2, Where::command_and_answer},
    {"#SGACT", 2, Where::command_and_answer},
});

constexpr std::string_view mask = "<masked>";

std::size_t find_ignoring_case(std::string_view text, std::string_view part) {
  for (std::size_t i = 0; i + part.size() <= text.size(); ++i)
    if (starts_with_ignoring_case(text.substr(i), part)) return i;
  return std::string_view::npos;
}

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// Where the parameters of this command begin in the line, if it is in there.
std::size_t parameters(std::string_view line, const SecretCommand& command) {
  std::size_t at = find_ignoring_case(line, command.name);
  if (at == std::string_view::npos) return at;
  at += command.name.size();
  const std::size_t blanks = at;
  while (at < line.size() && line[at] == ' ') ++at;
  if (at == line.size()) return std::string_view::npos;
  if (line[at] == '=' || (line[at] == ':' && command.where == Where::command_and_answer))
    return at + 1;
  // Whoever forgot the equals sign has typed the secret all the same.
  const bool forgotten = line[at] == '"' || (at > blanks && is_letter_or_digit(line[at]));
  return forgotten ? at : std::string_view::npos;
}

/// The line without what stands from the first of its secrets on, which may be in any of several
/// commands; nullopt: it has none.
std::optional<std::string> without_secrets(std::string_view line) {
  std::size_t first = std::string_view::npos;
  std::optional<std::string> shown;
  for (const SecretCommand& command : secret_commands) {
    const std::size_t begin = parameters(line, command);
    if (begin == std::string_view::npos || begin > first) continue;
    const std::string_view list = line.substr(begin);
    if (list.starts_with('?')) continue;  // the test command
    if (command.shown_fields > 0 && field_count(list) <= command.shown_fields) continue;
    first = begin;
    shown = std::string(line.substr(0, begin));
    for (std::size_t i = 0; i < command.shown_fields; ++i)
      shown->append(raw_field(list, i)).push_back(',');
    shown->append(mask);
  }
  return shown;
}

}  // namespace

std::string mask_secrets(std::string_view line) {
  std::string shown(line);
  // A field that is shown may hold another one.
  for (auto less = without_secrets(shown); less && *less != shown; less = without_secrets(shown))
    shown = std::move(*less);
  return shown;
}

}  // namespace tunppp::modem
