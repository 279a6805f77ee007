#include "modem/at_guard.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "modem/at_command_line.h"

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
constexpr std::string_view setting = "some of these settings interrupt the connection";
constexpr std::string_view deaf = "tunppp would not hear any more when the network goes";
constexpr std::string_view other_radio = "another radio or band interrupts the connection";

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
    {"&D0", "lowering DTR would not hang up any more"},
    {"\\Q", line_lost},
    {"Q2", confuses},
});

constexpr auto extended_dangers = std::to_array<Danger>({
    {"+CFUN=", goes_offline},
    {"+CGACT=0", hangs_up},
    {"+CGATT=0", goes_offline},
    {"+CREG=", deaf},
    {"+CGREG=", deaf},
    {"+CEREG=", deaf},
    {"+C5GREG=", deaf},
    {"+CGEREP=", deaf},
    {"+COPS=", "looking for networks or choosing one interrupts the connection"},
    {"+CGDATA", "the AT port would leave command mode"},
    {"+CMUX", line_lost},
    {"+IPR=", line_lost},
    {"+ICF=", line_lost},
    {"+IFC=", line_lost},
    {"+CPIN=", locks_sim},
    {"+CPIN2=", locks_sim},
    {"^CPIN=", locks_sim},
    {"+CPUK=", locks_sim},
    {"+CSIM=", locks_sim},  // VERIFY may be in it
    {"+CPWD=", locks_sim},
    {"+CLCK=", locks_sim},
    {"+QPOWD", restarts},
    {"+CPOWD", restarts},
    {"+CPOF", restarts},
    {"+CPWROFF", restarts},
    {"!POWERDOWN", restarts},
    {"#PSMREBOOT", restarts},
    {"#ENHRST=", restarts},
    {"+QRST=", restarts},
    {"+UFACTORY=", restarts},
    {"+CRESET", restarts},
    {"+CUSBPIDSWITCH=", restarts},
    {"#SHDN", restarts},
    {"#REBOOT", restarts},
    {"^RESET", restarts},
    {"!RESET", restarts},
    {"^NDISDUP=", hangs_up},
    {"+QIDEACT=", hangs_up},
    {"+CNACT=0", hangs_up},
    {"+CIPSHUT", hangs_up},
    {"+NETCLOSE", hangs_up},
    {"+CNMP=", other_radio},
    {"+CMNB=", other_radio},
    {"+CBANDCFG=", other_radio},
    {"+QCFG=\"\",", setting},  // with a value; without one it asks
    {"+QNWPREFCFG=\"\",", setting},
    {"+KSRAT=", other_radio},
    {"+URAT=", other_radio},
    {"+UMNOPROF=", other_radio},
    {"+WS46=", other_radio},
    {"#BND=", other_radio},
    {"^SYSCFG", other_radio},
    {"!SELRAT=", other_radio},
    {"!BAND=", other_radio},
});

/// That changes be told, in whatever form: what the session itself asks for.
bool asks_to_be_told(std::string_view command) {
  const std::string_view name = name_of(command);
  const bool reports = name.ends_with("REG") || name == "+CGEREP";
  const std::string_view value = command.substr(std::min(name.size() + 1, command.size()));
  return reports && !value.empty() && value.front() >= '1' && value.front() <= '9';
}

/// Questions change nothing, and neither does what only sounds like one of the above. But looking
/// for networks is a question, too.
bool is_harmless(std::string_view command) {
  if (command == "+COPS=?") return false;
  if (command.ends_with("=?")) return true;
  if (command.ends_with('?')) return command.find('=') == std::string_view::npos;
  return asks_to_be_told(command) || command == "+CFUN=1" || command == "+CFUN=1,0" ||
         command.starts_with("+CLCK=\"\",2");  // which only asks
}

template <class Table>
std::string_view why(std::string_view command, const Table& table) {
  for (const Danger& danger : table)
    if (command.starts_with(danger.begins)) return danger.why;
  return {};
}

std::string_view danger_of_one(std::string_view command) {
  const bool basic = name_of(command).empty();
  // V.250 section 5.3.1: a number that is missing is 0.
  const bool numberless =
      basic && !command.empty() && command.back() >= 'A' && command.back() <= 'Z';
  if (numberless) return why(std::string(command) + '0', basic_dangers);
  if (!basic && is_harmless(command)) return {};
  return basic ? why(command, basic_dangers) : why(command, extended_dangers);
}

}  // namespace

std::string_view danger_of(std::string_view command_line) {
  for (const std::string& command : commands_of(command_line))
    if (const std::string_view danger = danger_of_one(command); !danger.empty()) return danger;
  return {};
}

bool may_block_sim(std::string_view command_line) {
  const std::vector<std::string> commands = commands_of(command_line);
  return std::any_of(commands.begin(), commands.end(), [](const std::string& command) {
    return danger_of_one(command) == locks_sim;
  });
}

}  // namespace tunppp::modem
