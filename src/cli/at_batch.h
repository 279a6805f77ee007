#pragma once

#include <tunppp/end_reason.h>

#include "cli/at_line.h"
#include "session/loop.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace tunppp::cli {

/// Says what went wrong, without the advice that only helps with a dial. The exit code.
int failed(EndReason reason, std::string_view text);

/// Sends commands one after another and shows what the modem says; ends at the first that fails.
/// After a prompt the next one is its text. When all is done it stays for `wait`, for what the
/// modem says by itself. The exit code.
int run_at_commands(session::Loop& loop, AtLine& line, std::vector<std::string> commands,
                    std::chrono::seconds wait);

/// The same with what standard input brings line by line; to its end. The
/// text for a prompt ends with ctrl-Z, or with the input.
int run_at_input(session::Loop& loop, AtLine& line, std::chrono::seconds wait);

}  // namespace tunppp::cli
