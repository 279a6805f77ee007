#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/tls_material.h"

namespace tunppp::crypto {

/// Why a certificate is not accepted.
struct TlsRefusal {
  int alert;  ///< RFC 5246 section 7.2
  std::string words;
};

struct TlsVerdict {
  std::optional<TlsRefusal> refusal;
  std::string notice;  ///< what could not be checked; may be empty
};

/// Whether the chain, the peer's own certificate first, leads to one of our authorities, is made
/// for `usage`, and belongs to `peer_name`. `now` may be unknown, see TlsConfig::boot_time.
TlsVerdict verify(const TlsMaterial& material, const std::vector<Botan::X509_Certificate>& chain,
                  Botan::Usage_Type usage, const std::string& peer_name,
                  std::optional<WallTime> now);

/// The name of an alert, and what it means when the peer sends it: "it does not know the authority
/// that signed our certificate (TLS alert unknown_ca)".
std::string alert_words(int alert);

}  // namespace tunppp::crypto
