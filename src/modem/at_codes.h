#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tunppp::modem {

/// How a command ended (V.250 section 5.7.1, 3GPP TS 27.007 section 9, TS 27.005 section 3.2.5).
enum class FinalCode {
  ok,
  connect,
  error,
  cme_error,      ///< +CME ERROR: number, text or nothing
  cms_error,      ///< +CMS ERROR: number or text
  not_supported,  ///< COMMAND NOT SUPPORT
  no_carrier,
  no_answer,
  no_dialtone,
  busy,
  delayed,
  prompt,   ///< `> `: the modem waits for text
  timeout,  ///< none came in time
};

struct FinalResult {
  FinalCode code = FinalCode::timeout;
  std::optional<int> number;  ///< of +CME ERROR and +CMS ERROR, where the modem gives one
  std::string text;           ///< the line as it came; empty for a timeout

  bool is_ok() const { return code == FinalCode::ok; }
  bool is_cme(int wanted) const { return code == FinalCode::cme_error && number == wanted; }
};

/// Codes that only a call in progress (ATD, ATO, ATH, +++) may end with. Elsewhere they are
/// unsolicited.
bool is_call_result(FinalCode code);

enum class ResultForm {
  words,            ///< after ATV1
  words_or_digits,  ///< until it is known that ATV1 is in force
};

/// nullopt when the line is no final result code. Whole lines only.
std::optional<FinalResult> parse_final(std::string_view line, ResultForm form);

/// What the code means: "APN missing or unknown (+CME ERROR: 127)".
std::string in_words(const FinalResult& result);
/// Empty for numbers that nobody has described.
std::string_view cme_words(int number);
std::string_view cms_words(int number);

/// True for what a modem says by itself: "RDY", "RING", "+CREG: 1", "^RSSI: 20", "+QIND: SMS DONE".
bool looks_unsolicited(std::string_view line);

/// The command or its echo, fit for logs: PINs and passwords give way to `<masked>`, whatever their
/// length. AT+CPIN="1234" -> AT+CPIN=<masked>
std::string mask_secrets(std::string_view line);

}  // namespace tunppp::modem
