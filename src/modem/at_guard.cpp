#include "modem/at_guard.h"

#include <array>
#include <string>

#include "modem/at_fields.h"

namespace tunppp::modem {
namespace {

struct Danger {
  std::string_view begins;
  std::string_view why;
};

constexpr std::string_view hangs_up = "it would end the connection";
constexpr std::string_view confuses = "tunppp would not understand the modem any more";
constexpr std::string_view goes_offline = "the modem would leave the network";
constexpr std::string_view restarts = "the modem would begin anew or switch off";
constexpr std::string_view locks_sim = "a wrong PIN or PUK blocks the SIM; dial has --pin-file";
constexpr std::string_view line_lost = "the line to the modem would be lost";

/// Commands with a name of one letter, after AT, with what follows them.
constexpr auto basic_dangers = std::to_array<Danger>({
    {"D", hangs_up},
    {"A", hangs_up},
    {"H", hangs_up},
    {"O", "the AT port would leave command mode"},
    {"Z", hangs_up},
    {"&F", hangs_up},
    {"Q1", confuses},
    {"V0", confuses},
    {"Q2", confuses},
});

constexpr auto extended_dangers = std::to_array<Danger>({
    {"+CFUN=", goes_offline},
    {"+CGACT=0", hangs_up},
    {"+CGATT=0", goes_offline},
    {"+COPS=", "looking for networks or choosing one interrupts the connection"},
    {"+CGDATA", "the AT port would leave command mode"},
    {"+CMUX", line_lost},
    {"+IPR=", line_lost},
    {"+ICF=", line_lost},
    {"+IFC=", line_lost},
    {"+CPIN=", locks_sim},
    {"+CPWD=", locks_sim},
    {"+CLCK=", locks_sim},
    {"+QPOWD", restarts},
    {"+CPOWD", restarts},
    {"+CPOF", restarts},
    {"+CRESET", restarts},
    {"+CUSBPIDSWITCH=", restarts},
    {"#SHDN", restarts},
    {"#REBOOT", restarts},
    {"^RESET", restarts},
    {"!RESET", restarts},
    {"^NDISDUP=", hangs_up},
});

/// Harmless though one of the above begins so.
constexpr auto harmless = std::to_array<std::string_view>({"+CFUN=?", "+CGDATA=?", "+CMUX?",
                                                           "+CMUX=?", "+IPR=?", "+IFC=?", "+ICF=?",
                                                           "+CPWD=?", "+CLCK=?", "+CPOF=?",
                                                           "+CLCK=\",2"});  // which only asks

template <class Table>
std::string_view why(std::string_view command, const Table& table) {
  for (const Danger& danger : table)
    if (command.starts_with(danger.begins)) return danger.why;
  return {};
}

std::string_view danger_of_extended(std::string_view command) {
  for (const std::string_view form : harmless)
    if (command == form) return {};
  if (command == "+CFUN=1" || command == "+CFUN=1,0") return {};
  return why(command, extended_dangers);
}

/// In capitals and without blanks, as a modem reads it. What stands in quotes is left out: it may
/// hold a semicolon.
std::string canonical(std::string_view line) {
  std::string text;
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (quoted || c == ' ' || c == '\t') continue;
    text.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return text;
}

bool is_basic(char c) { return (c >= 'A' && c <= 'Z') || c == '&'; }
bool begins_another(char c) {
  return is_basic(c) || std::string_view(";+^#$!%*").find(c) != std::string_view::npos;
}

/// The first command of what is left: to the next semicolon, or a letter with its digits (V.250
/// sections 5.3.1 and 5.4.1).
std::string_view first_command(std::string_view rest) {
  if (!is_basic(rest.front())) return rest.substr(0, rest.find(';'));
  std::size_t end = rest.starts_with('&') ? 2 : 1;
  while (end < rest.size() && !begins_another(rest[end])) ++end;
  return rest.substr(0, end);
}

}  // namespace

std::string_view danger_of(std::string_view command_line) {
  const std::string line = canonical(command_line);
  std::string_view rest = line;
  if (rest.starts_with("AT")) rest.remove_prefix(2);
  while (!rest.empty()) {
    if (rest.front() == ';') {
      rest.remove_prefix(1);
      continue;
    }
    const std::string_view command = first_command(rest);
    const std::string_view danger =
        is_basic(command.front()) ? why(command, basic_dangers) : danger_of_extended(command);
    if (!danger.empty()) return danger;
    rest.remove_prefix(command.size());
  }
  return {};
}

}  // namespace tunppp::modem
