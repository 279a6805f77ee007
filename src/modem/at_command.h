#pragma once

#include <tunppp/secret.h>
#include <tunppp/time.h>

#include <string>
#include <string_view>

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
  command,  ///< OK, ERROR and their like
  call,     ///< also CONNECT, NO CARRIER, BUSY ...
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
  /// A prompt ends it and stays open: the text that it asks for comes next, as a raw command. Else
  /// prompts are refused.
  bool keep_prompt = false;
};

/// AT+CFUN=1 and the like; the timeout from the table of timeouts by command.
AtCommand at_command(std::string_view text, AnswerForm form = AnswerForm::none);
/// ATD, ATO, ATH.
AtCommand call_command(std::string_view text);
/// Octets as they are; empty to only wait for a result code.
AtCommand raw_command(std::string_view octets, Duration timeout);

/// How long the modem may take: "AT+COPS?" 75 s, "ATD..." 180 s.
Duration timeout_of(std::string_view command);

}  // namespace tunppp::modem
