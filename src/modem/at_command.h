#pragma once

#include <tunppp/secret.h>
#include <tunppp/time.h>

#include <string>
#include <string_view>
#include <vector>

namespace tunppp::modem {

/// Which lines between the command and its final result code are the answer.
enum class AnswerForm {
  none,          ///< only the final result code counts
  prefixed,      ///< lines that begin with the command's own name: +CSQ: 20,99
  bare,          ///< any line that is not unsolicited: serial numbers, names
  registration,  ///< +CREG: <n>,<stat>..., to be told from the unsolicited +CREG: <stat>...
};

/// Which final result codes end the command.
enum class Finals {
  command,             ///< OK, ERROR and their like
  command_or_connect,  ///< also CONNECT, which no modem says by itself
  call,                ///< also NO CARRIER, BUSY ...
};

/// What is to be done when the modem waits for text (`> `).
enum class Prompts {
  refuse,     ///< it ends the command, and is left with escape
  keep,       ///< it ends the command and stays: the text comes next, as a raw command
  pass_over,  ///< this is that text: many modems prompt again for each of its lines
};

/// One command, or three plus signs, or nothing but waiting for a result code.
struct AtCommand {
  Secret text;  ///< with AT, without CR; it may hold a PIN, so it is wiped
  Duration timeout{};
  AnswerForm form = AnswerForm::none;
  Finals finals = Finals::command;
  /// Written as it is, without CR, and without draining before or after: +++ and silence.
  bool raw = false;
  /// What stands before an answer's line: "+CSQ:". Derived from the text.
  std::string prefix{};
  /// Holds a PIN or a password: nothing that may be its echo is shown.
  bool secret = false;
  Prompts prompts = Prompts::refuse;
  /// Of a line whose commands are not ours: their names, "+CSQ", and an empty one for all that have
  /// one letter. Lines that carry one of them are no unsolicited ones.
  std::vector<std::string> names{};
};

/// AT+CFUN=1 and the like; the timeout from the table of timeouts by command.
AtCommand at_command(std::string_view text, AnswerForm form = AnswerForm::none);
/// ATD, ATO, ATH.
AtCommand call_command(std::string_view text);
/// A line that a person typed, with any commands in it: all that is said is the answer, except what
/// cannot be.
AtCommand user_command(std::string_view text);
/// The text that a prompt waits for, and its end.
AtCommand prompt_text(std::string_view octets, Duration timeout, const AtCommand& asked);
/// Octets as they are; empty to only wait for a result code.
AtCommand raw_command(std::string_view octets, Duration timeout);

/// How long the modem may take: "AT+COPS?" 75 s, "ATD..." 180 s.
Duration timeout_of(std::string_view command);

}  // namespace tunppp::modem
