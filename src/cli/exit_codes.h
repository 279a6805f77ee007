#pragma once

#include <tunppp/end_reason.h>

#include <string>

namespace tunppp::cli {

int exit_code(EndReason reason);

/// The table of all exit codes, for people.
std::string exit_codes_text();
/// The same as the page docs/EXIT_CODES.md.
std::string exit_codes_markdown();

/// "tunppp: what happened" and what to do about it, on standard error; the exit code.
int fail(EndReason reason, const std::string& text);

}  // namespace tunppp::cli
