#pragma once

#include <tunppp/dialer.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command.h"

namespace tunppp::cli {

/// Who proves what to whom, as it was written on the command line.
struct AuthArguments {
  std::string user{};
  std::string password_file{};
  std::string accept = "any";
  std::string require{};
  std::vector<std::string> secrets_files{};
  std::string name{};
  std::string remote_name{};
  double rechallenge = 0;
  double timeout = 60;

  /// How many of its files are standard input.
  int standard_inputs() const;
};

/// Adds the options to the command, to be stored in `arguments`, which must stay where it is.
void add_auth_options(CLI::App& command, AuthArguments& arguments);

/// Reads the files, and says in `options` how to authenticate; after read_tls_options().
Status set_authentication(const AuthArguments& arguments, DialerOptions& options);

}  // namespace tunppp::cli
