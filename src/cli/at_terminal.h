#pragma once

#include "cli/at_line.h"
#include "session/loop.h"

#include <string>

namespace tunppp::cli {

/// A person at a terminal types commands; what the modem says by itself appears as it comes. Ends
/// with ctrl-D or quit. The exit code.
int run_at_terminal(session::Loop& loop, AtLine& line, const std::string& name);

}  // namespace tunppp::cli
