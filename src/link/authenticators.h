#pragma once

#include <tunppp/config.h>
#include <tunppp/entropy.h>

#include <memory>
#include <vector>

#include "auth/authenticator.h"
#include "lcp/options.h"

namespace tunppp::link {

/// Those of `methods` that this build can do, and for which `config` has what they need.
std::vector<AuthMethod> available(std::vector<AuthMethod> methods, const AuthConfig& config);

/// What authenticators are made of; all of it must outlive them.
struct AuthenticatorParts {
  const AuthConfig& config;
  Entropy& entropy;
  auth::Host& host;
  std::size_t mtu;  ///< octets of information that the peer takes
};

/// Who proves us to the peer, and who has the peer prove itself.
std::unique_ptr<auth::Authenticator> make_prover(lcp::AuthProtocol protocol,
                                                 const AuthenticatorParts& parts);
std::unique_ptr<auth::Authenticator> make_checker(lcp::AuthProtocol protocol,
                                                  const AuthenticatorParts& parts);

}  // namespace tunppp::link
