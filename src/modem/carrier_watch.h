#pragma once

#include <tunppp/bytes.h>

#include <optional>
#include <string>
#include <vector>

#include "modem/at_codes.h"

namespace tunppp::modem {

/// Which result code the modem has spoken into the data stream, if any. `tail` is what came after
/// the last complete PPP frame; ask only when nothing has come for a while (200 ms), since a frame
/// on its way may carry any text.
///
/// NO CARRIER: the line was hung up. OK, ERROR: the modem is in command mode and takes our frames
/// for commands. Both end the use of the line.
std::optional<FinalCode> result_code_in(Bytes tail);

/// What the modem has said by itself there: "+CREG: 2", "RDY". Of the same tail, which must be
/// nothing but text: what stands in a frame is not looked at.
std::vector<std::string> unsolicited_in(Bytes tail);

}  // namespace tunppp::modem
