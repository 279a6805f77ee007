#include "modem/at_command.h"

#include <algorithm>
#include <array>

#include "modem/at_codes.h"
#include "modem/at_command_line.h"
#include "modem/at_fields.h"

namespace tunppp::modem {
namespace {

using std::chrono::seconds;

struct CommandTimeout {
  std::string_view begins;
  seconds timeout;
};

// The first match counts, so the longer beginnings stand first. Collected from what MuditaOS (M),
// ModemManager (MM) and esp-protocols (E) allow.
constexpr auto timeouts = std::to_array<CommandTimeout>({
    {"AT+COPS=?", seconds(315)},  // MM
    {"AT+COPS=", seconds(180)},   // M; MM 120
    {"AT+COPS?", seconds(75)},    // E
    {"AT+CPIN", seconds(10)},     // MM; M 5
    {"AT+CFUN", seconds(15)},     // M, E
    {"AT+CREG", seconds(10)},     // MM
    {"AT+CGREG", seconds(10)},    // as CREG
    {"AT+CEREG", seconds(10)},    // as CREG
    {"AT+C5GREG", seconds(10)},   // as CREG
    {"AT+CGATT=", seconds(10)},   // MM, for Sierra
    {"AT+CGACT=0", seconds(45)},  // MM
    {"AT+CGACT=", seconds(150)},  // by analogy with QIACT, M
    {"AT+CUSD", seconds(120)},    // M
    {"AT+CMGS", seconds(120)},    // M
    {"ATD", seconds(180)},        // MM; 5 to 10 are usual
    {"ATO", seconds(180)},        // as ATD
    {"ATA", seconds(180)},        // as ATD
    {"AT+CGDATA", seconds(180)},  // as ATD
    {"AT+CMSS", seconds(120)},    // as CMGS
    {"ATH", seconds(90)},         // E, M
});

constexpr seconds probe_timeout{3};    // MM
constexpr seconds default_timeout{5};  // M

bool is_name_octet(char c) {
  return c != '=' && c != '?' && c != ';';
}

/// "+CREG:" of "AT+CREG?"; nothing for basic commands (ATI).
std::string answer_prefix(std::string_view command) {
  if (!starts_with_ignoring_case(command, "AT")) return {};
  command.remove_prefix(2);
  if (command.empty() || std::string_view("+^*#$%!&").find(command.front()) == command.npos)
    return {};
  std::string prefix;
  for (const char c : command) {
    if (!is_name_octet(c)) break;
    prefix.push_back(c);
  }
  return prefix + ":";
}

}  // namespace

Duration timeout_of(std::string_view command) {
  if (equal_ignoring_case(command, "AT")) return probe_timeout;
  for (const CommandTimeout& entry : timeouts)
    if (starts_with_ignoring_case(command, entry.begins)) return entry.timeout;
  return default_timeout;
}

AtCommand at_command(std::string_view text, AnswerForm form) {
  AtCommand command;
  command.text = Secret(text);
  command.timeout = timeout_of(text);
  command.form = form;
  command.prefix = answer_prefix(text);
  command.secret = mask_secrets(text) != text;
  return command;
}

AtCommand call_command(std::string_view text) {
  AtCommand command = at_command(text);
  command.finals = Finals::call;
  return command;
}

AtCommand user_command(std::string_view text) {
  AtCommand command = at_command(text, AnswerForm::bare);
  command.finals = Finals::command_or_connect;
  command.prompts = Prompts::keep;
  for (const std::string& part : commands_of(text)) {
    command.timeout = std::max(command.timeout, timeout_of("AT" + part));
    if (is_call(part)) command.finals = Finals::call;
    command.names.emplace_back(name_of(part));
  }
  return command;
}

AtCommand prompt_text(std::string_view octets, Duration timeout, const AtCommand& asked) {
  AtCommand command = raw_command(octets, timeout);
  command.form = AnswerForm::bare;
  command.finals = Finals::command;
  command.prompts = Prompts::pass_over;
  command.prefix = asked.prefix;
  command.names = asked.names;
  return command;
}

AtCommand raw_command(std::string_view octets, Duration timeout) {
  AtCommand command;
  command.text = Secret(octets);
  command.timeout = timeout;
  command.finals = Finals::call;
  command.raw = true;
  return command;
}

}  // namespace tunppp::modem
