#pragma once

#include <tunppp/dialer.h>

#include <string>

namespace tunppp::cli {

struct Outputs {
  std::string events;           ///< "json", "json:FD" or "json:PATH"; empty: none
  bool line_on_stdout = false;  ///< nothing else may be printed there
};

/// Runs one session in the foreground, with what is for people and the events where they belong.
/// SIGINT, SIGTERM and SIGHUP close it in order, a second one ends it at once. The exit code.
int run_session(DialerOptions options, const Outputs& outputs);

}  // namespace tunppp::cli
