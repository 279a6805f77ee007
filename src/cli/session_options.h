#pragma once

#include <tunppp/dialer.h>

#include "base/result.h"

#include <cstdint>
#include <optional>
#include <string>

#include "cli/command.h"
#include "cli/lcp_options.h"
#include "cli/network_options.h"
#include "cli/tls_options.h"

namespace tunppp::cli {

/// What dial and serve have in common on the command line, as it was written there.
struct SessionArguments {
  std::string device;
  std::optional<std::uint32_t> baud;
  bool stdio = false;
  std::string flow = "none";
  LcpArguments lcp;
  double timeout = 0;
  std::string events;
  double counters = 0;
  TlsArguments tls;
  NetworkArguments network;
  DialerOptions options;
};

/// Adds the options to the command, to be stored in `arguments`, which must stay where it is.
void add_session_options(CLI::App& command, SessionArguments& arguments);
/// What they mean all together, or what is wrong with them.
Result<DialerOptions> session_options(const SessionArguments& arguments);

}  // namespace tunppp::cli
