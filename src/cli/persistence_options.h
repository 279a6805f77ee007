#pragma once

#include <tunppp/dialer.h>

#include "base/result.h"

namespace CLI {
class App;
}

namespace tunppp::cli {

/// --persist, --retry-delay, --longest-delay, --wait.
struct PersistenceArguments {
  bool persist = false;
  double retry_delay = 1;  // seconds, all of them
  double longest_delay = 60;
  double wait = 0;
};

void add_persistence_options(CLI::App& command, PersistenceArguments& arguments);
void set_persistence(const PersistenceArguments& arguments, DialerOptions& options);

/// The line's device as it is by now: one that must be here is chosen at once, one that may still
/// come when it does. `stdio`: the line is standard input and output. Fails with usage, no_modem or
/// tty_missing.
Status name_device(DialerOptions& options, bool stdio);

}  // namespace tunppp::cli
