#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tunppp::modem {

/// The commands of one line (V.250 section 5.3 and 5.4): "at+csq;+cfun = 0" holds "+CSQ" and
/// "+CFUN=0". As a modem reads them: in capitals, without blanks; what stands in quotes is left
/// out, but for the quotes.
std::vector<std::string> commands_of(std::string_view line);

/// "+CFUN" of "+CFUN=0"; empty for those with a name of one letter.
std::string_view name_of(std::string_view command);

/// Whether it may end with CONNECT, NO CARRIER and their like: ATD, ATA, ATO, ATH, +CGDATA.
bool is_call(std::string_view command);

/// Whether result codes may be digits after it, or words: ATV, and what brings back its former or
/// factory setting (V.250 sections 6.1.1, 6.1.2 and 6.2.6).
bool changes_result_form(std::string_view command);

}  // namespace tunppp::modem
