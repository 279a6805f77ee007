#pragma once

#include <optional>
#include <string_view>

#include "modem/at_codes.h"
#include "modem/dial.h"

namespace tunppp::modem {

/// What a +CME ERROR says by itself about why there is no connection; nullopt: nothing of use.
std::optional<EndReason> reason_of(const FinalResult& result);

/// The same for the answer to AT+CEER: words, or the number of a session management cause
/// (3GPP TS 24.008 section 10.5.6.6, TS 24.301 section 9.9.4.4).
std::optional<EndReason> reason_of_report(std::string_view extended_report);

/// Why a dial failed, from its result code and from what AT+CEER said after it (may be empty).
DialOutcome dial_failure(const FinalResult& result, std::string_view extended_report);

/// A command that cannot be done without was refused, or nothing came.
DialOutcome failed_at(std::string_view command, const FinalResult& result);

}  // namespace tunppp::modem
