#pragma once

#include <string>
#include <vector>

#include "interop/matrix_row.h"

namespace tunppp::test {

/// A method of the matrix, in the words of both sides.
struct MethodNames {
  std::string name;           ///< as in the matrix
  std::string ours;           ///< for --accept and --require
  std::string pppd_requires;  ///< pppd's option
  std::string pppd_agreed;    ///< what its log has in the Configure-Ack
};
const MethodNames& method_names(const std::string& name);

/// Where the certificates and secrets of both ends lie.
struct ProofFiles {
  std::string password;     ///< of alice, here
  std::string secrets;      ///< who may dial in, here
  std::string certificate;  ///< ours, and its key; without ".pem" and ".key"
  std::string ca;
  std::string crl;
};

/// The options of pppd, without those for debugging, and the lines of its secrets files.
std::vector<std::string> pppd_options(const MatrixRow& row);
std::vector<std::string> pppd_secrets(const MatrixRow& row, const std::string& password);
/// What proves who is who, for both ends; `certificate` is pppd's, as /tls/NAME.
std::vector<std::string> pppd_proof(bool we_serve, const std::string& method,
                                    const std::string& certificate);
std::vector<std::string> our_proof(bool we_serve, const std::string& method,
                                   const ProofFiles& files);
/// The arguments of tunppp, but for those of our_proof().
std::vector<std::string> our_arguments(const MatrixRow& row, const std::string& device);

}  // namespace tunppp::test
