#pragma once

#include <tunppp/secret.h>

#include <chrono>
#include <optional>
#include <string>

namespace tunppp {

/// Certificates for EAP-TLS (RFC 5216). All of them are texts in PEM, not names of files.
struct TlsConfig {
  /// Ours, then those of the intermediate authorities up to the one that the peer knows.
  std::string certificate{};
  /// PKCS #8 ("PRIVATE KEY" or "ENCRYPTED PRIVATE KEY"), or PKCS #1 ("RSA PRIVATE KEY").
  std::optional<Secret> private_key{};
  std::optional<Secret> passphrase{};  ///< of an encrypted private key
  /// The authorities one of which has to stand at the root of the peer's certificate.
  std::string ca{};
  /// Lists of revoked certificates of these authorities. If there are any, the authority that signed
  /// the peer's certificate must have one, and it must not be out of date.
  std::string crl{};
  /// Who the peer has to be: a DNS name, a mail address or the common name in its certificate.
  /// Empty: anybody with a certificate of the authorities, made for the peer's role.
  std::string peer_name{};
  /// What the wall clock showed when BootClock was zero. Empty: the time is unknown, as on a device
  /// without a battery before it is online. Then, and when the clock shows a time before the latest
  /// of our own certificates and lists was made, a certificate of the peer is refused as expired only
  /// if it must have expired by then, none as not yet valid, and an AuthNotice says so.
  std::optional<std::chrono::sys_seconds> boot_time{};
};

}  // namespace tunppp
