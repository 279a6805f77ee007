#pragma once

#include <tunppp/bytes.h>
#include <tunppp/entropy.h>
#include <tunppp/secret.h>
#include <tunppp/time.h>
#include <tunppp/tls_config.h>

#include <memory>
#include <string>
#include <vector>

namespace tunppp::crypto {

/// One handshake of TLS 1.2 (with Botan 3 also 1.3) with certificates on both sides, without I/O:
/// octets go in and octets come out. Nothing is encrypted by it but its own messages. No session is
/// ever resumed, so that each handshake proves who both sides are.
class TlsChannel {
 public:
  enum class Role { client, server };
  enum class State {
    handshaking,
    established,  ///< both sides are who they should be, and (from TLS 1.3 on) the server said so
    distrusted,   ///< we do not accept the peer, or what it sent; it has been told by an alert
    refused,      ///< the peer sent an alert: it does not accept us
  };

  /// A configuration that is of no use makes a channel that is `distrusted` from the start.
  /// `entropy` must outlive it. `now` is for certificates, with TlsConfig::boot_time.
  TlsChannel(Role role, const TlsConfig& config, Instant now, Entropy& entropy);
  ~TlsChannel();
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;

  /// Octets from the peer, cut anywhere. Of a channel that is at its end: ignored.
  void receive(Bytes octets);
  /// What is to be sent now: the messages of one flight, or an alert.
  std::vector<std::byte> take_output();

  State state() const;
  /// For people, when distrusted or refused: why.
  const std::string& words() const;
  /// Something to be told to people once established; may be empty.
  const std::string& notice() const;
  /// The name in the peer's certificate, once that was verified: as TlsConfig::peer_name wanted it,
  /// else the first of common name, DNS name, mail address.
  const std::string& peer_name() const;
  /// The MSK of RFC 5216 section 2.3, 64 octets; empty before it is established.
  Secret key() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// What is wrong with the texts in a configuration, as one sentence, or nothing: PEM that cannot be
/// read, a private key that does not belong to the certificate ...
std::string check(const TlsConfig& config);

/// The name in our own certificate; empty if there is none.
std::string own_name(const TlsConfig& config);

}  // namespace tunppp::crypto
