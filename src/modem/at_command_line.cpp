#include "modem/at_command_line.h"

namespace tunppp::modem {
namespace {

constexpr std::string_view extended = "+^#$!%*";

std::string canonical(std::string_view line) {
  std::string text;
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if ((quoted && c != '"') || c == ' ' || c == '\t') continue;
    text.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return text;
}

bool is_basic(char c) {
  return (c >= 'A' && c <= 'Z') || c == '&';
}
bool begins_another(char c) {
  return is_basic(c) || c == ';' || extended.find(c) != extended.npos;
}

/// To the next semicolon, or a letter with its digits. What ATD dials goes on to the end.
std::string_view first_command(std::string_view rest) {
  if (!is_basic(rest.front()) || rest.front() == 'D') return rest.substr(0, rest.find(';'));
  std::size_t end = rest.starts_with('&') ? 2 : 1;
  while (end < rest.size() && !begins_another(rest[end])) ++end;
  return rest.substr(0, end);
}

}  // namespace

std::vector<std::string> commands_of(std::string_view line) {
  const std::string text = canonical(line);
  std::string_view rest = text;
  if (rest.starts_with("AT")) rest.remove_prefix(2);
  std::vector<std::string> commands;
  while (!rest.empty()) {
    if (rest.front() == ';') {
      rest.remove_prefix(1);
      continue;
    }
    const std::string_view command = first_command(rest);
    commands.emplace_back(command);
    rest.remove_prefix(command.size());
  }
  return commands;
}

std::string_view name_of(std::string_view command) {
  if (command.empty() || extended.find(command.front()) == extended.npos) return {};
  return command.substr(0, command.find_first_of("=?"));
}

bool is_call(std::string_view command) {
  if (command.empty()) return false;
  if (name_of(command) == "+CGDATA") return true;
  return std::string_view("DAOH").find(command.front()) != std::string_view::npos;
}

bool changes_result_form(std::string_view command) {
  return command.starts_with('V') || command.starts_with('Z') || command.starts_with("&F");
}

}  // namespace tunppp::modem
