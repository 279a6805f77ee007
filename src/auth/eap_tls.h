#pragma once

#include <tunppp/entropy.h>
#include <tunppp/tls_config.h>

#include <memory>
#include <string>

#include "auth/eap_method.h"

/// EAP-TLS, RFC 5216: the handshake of TLS inside of EAP, certificates on both sides.
namespace tunppp::auth {

/// `mtu`: the longest EAP packet that the other side takes. `entropy` must outlive the method.
std::unique_ptr<EapMethod> make_eap_tls_peer(const TlsConfig& config, std::size_t mtu,
                                             Entropy& entropy);
std::unique_ptr<EapMethod> make_eap_tls_server(const TlsConfig& config, std::size_t mtu,
                                               Entropy& entropy);

/// The name in our certificate; empty without one.
std::string tls_own_name(const TlsConfig& config);

/// "start", "ack", "<first of 3012 octets, 1000 here>" ...
std::string describe_eap_tls(Bytes data);

}  // namespace tunppp::auth
