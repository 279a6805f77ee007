#pragma once

#include <tunppp/config.h>

#include <string>

#include "base/result.h"
#include "cli/command.h"

namespace tunppp::cli {

/// How the line is negotiated and watched, as it was written on the command line of dial and serve.
struct LcpArguments {
  std::string accm = "0";
  std::string fcs = "16";
  std::string endpoint;
  bool passive = false;
  double restart_timer = 3;
  unsigned max_configure = 10;
  unsigned max_terminate = 2;
  unsigned ncp_max_failure = 100;
  double echo_interval = 30;
  double lqr = 0;
  double session_limit = 0;
  LcpConfig config;  ///< what needs no translation
};

/// Adds the options to the command, to be stored in `arguments`, which must stay where it is.
void add_lcp_options(CLI::App& command, LcpArguments& arguments);
/// What they mean, or what is wrong with them.
Status set_lcp(const LcpArguments& arguments, LinkConfig& link);

/// A number of seconds as it was written.
Duration duration(double seconds);

}  // namespace tunppp::cli
