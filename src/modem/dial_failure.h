#pragma once

#include <string_view>

#include "modem/at_codes.h"
#include "modem/dial.h"

namespace tunppp::modem {

/// Why a dial failed, from its result code and from what AT+CEER said after it (may be empty).
DialOutcome dial_failure(const FinalResult& result, std::string_view extended_report);

}  // namespace tunppp::modem
