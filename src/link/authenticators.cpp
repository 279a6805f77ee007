#include "link/authenticators.h"

#include "auth/chap.h"
#include "auth/eap_peer.h"
#include "auth/eap_server.h"
#include "auth/pap.h"
#include "crypto/legacy.h"
#include "crypto/md5.h"

namespace tunppp::link {
namespace {

bool is_available(AuthMethod method, const AuthConfig& config) {
  if (method == AuthMethod::pap) return true;
  if (!crypto::available()) return false;
  switch (method) {
    case AuthMethod::mschap:
    case AuthMethod::mschap_v2:
    case AuthMethod::eap_mschap_v2:
      return crypto::legacy_available();
    case AuthMethod::eap_tls:
      return config.tls.private_key && !config.tls.certificate.empty();
    default:
      return true;
  }
}

}  // namespace

std::vector<AuthMethod> available(std::vector<AuthMethod> methods, const AuthConfig& config) {
  std::erase_if(methods, [&](AuthMethod method) { return !is_available(method, config); });
  return methods;
}

std::unique_ptr<auth::Authenticator> make_prover(lcp::AuthProtocol protocol,
                                                 const AuthenticatorParts& parts) {
  using enum auth::ChapAlgorithm;
  const auto& [config, entropy, host, mtu] = parts;
  switch (protocol) {
    case lcp::AuthProtocol::pap: return std::make_unique<auth::PapClient>(config, host);
    case lcp::AuthProtocol::chap_md5:
      return std::make_unique<auth::ChapClient>(md5, config, entropy, host);
    case lcp::AuthProtocol::mschap:
      return std::make_unique<auth::ChapClient>(mschap, config, entropy, host);
    case lcp::AuthProtocol::mschap_v2:
      return std::make_unique<auth::ChapClient>(mschap_v2, config, entropy, host);
    case lcp::AuthProtocol::eap: break;
  }
  return std::make_unique<auth::EapPeer>(config, mtu, entropy, host);
}

std::unique_ptr<auth::Authenticator> make_checker(lcp::AuthProtocol protocol,
                                                  const AuthenticatorParts& parts) {
  using enum auth::ChapAlgorithm;
  const auto& [config, entropy, host, mtu] = parts;
  switch (protocol) {
    case lcp::AuthProtocol::pap: return std::make_unique<auth::PapServer>(config, host);
    case lcp::AuthProtocol::chap_md5:
      return std::make_unique<auth::ChapServer>(md5, config, entropy, host);
    case lcp::AuthProtocol::mschap:
      return std::make_unique<auth::ChapServer>(mschap, config, entropy, host);
    case lcp::AuthProtocol::mschap_v2:
      return std::make_unique<auth::ChapServer>(mschap_v2, config, entropy, host);
    case lcp::AuthProtocol::eap: break;
  }
  return std::make_unique<auth::EapServer>(config, mtu, entropy, host);
}

}  // namespace tunppp::link
