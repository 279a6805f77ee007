#pragma once

#include <tunppp/config.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command.h"

namespace tunppp::cli {

/// The options for EAP and its certificates, as they were written on the command line.
struct TlsArguments {
  std::string identity;
  std::string certificate;
  std::string private_key;
  std::string passphrase_file;
  std::string ca;
  std::string crl;
  std::string peer_name;
  bool no_clock = false;
};

/// Adds the options to the command, to be stored in `arguments`, which must stay where it is.
void add_tls_options(CLI::App& command, TlsArguments& arguments);

/// Reads the files into `auth`, and tells what is wrong with them.
Status read_tls_options(const TlsArguments& arguments, AuthConfig& auth);

/// What is missing for EAP-TLS, if it is one of the methods.
Status check_certificates_for(const std::vector<AuthMethod>& methods, const AuthConfig& auth);

}  // namespace tunppp::cli
