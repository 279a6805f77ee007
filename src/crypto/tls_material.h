#pragma once

#include <botan/certstor.h>
#include <botan/pk_keys.h>
#include <botan/x509_crl.h>
#include <botan/x509cert.h>
#include <tunppp/tls_config.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tunppp::crypto {

using WallTime = std::chrono::system_clock::time_point;

/// What a TlsConfig is made of, as Botan has it. With Botan, so for this folder alone.
struct TlsMaterial {
  std::vector<Botan::X509_Certificate> chain;  ///< ours
  std::shared_ptr<Botan::Private_Key> key;
  Botan::Certificate_Store_In_Memory trusted;  ///< authorities, and their lists
  bool has_crl = false;
  /// It must be later than this: when the youngest of what we were given was made.
  WallTime earliest{};

  /// What is wrong with the configuration, in one sentence, or nothing.
  std::string load(const TlsConfig& config);
};

/// Text of a certificate or of a library, for people: printable, and not long.
std::string readable(const std::string& text);
/// The common name, else a DNS name or mail address.
std::string name_in(const Botan::X509_Certificate& certificate);
bool has_name(const Botan::X509_Certificate& certificate, const std::string& name);

}  // namespace tunppp::crypto
