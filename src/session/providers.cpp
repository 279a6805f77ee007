#include "session/providers.h"

#include <fmt/format.h>

namespace tunppp::session {

std::vector<Provider> providers_of(const ModemOptions& modem, const AuthConfig& auth) {
  std::vector<Provider> providers = modem.providers;
  if (providers.empty()) providers.emplace_back();
  for (Provider& provider : providers) {
    if (provider.apn.empty()) provider.apn = modem.apn;
    if (provider.dial_string.empty()) provider.dial_string = modem.dial_string;
    // A password belongs to its user.
    if (!provider.user.empty()) continue;
    provider.user = auth.user;
    if (!provider.password) provider.password = auth.password;
  }
  return providers;
}

std::string describe(const Provider& provider) {
  if (!provider.apn.empty()) return provider.apn;
  return provider.dial_string.empty() ? "the modem's own APN" : provider.dial_string;
}

bool another_may_do(EndReason reason) {
  using enum EndReason;
  switch (reason) {
    case apn_refused:
    case apn_unknown:
    case not_subscribed:
    case pdp_type_refused:
    case bearer_auth_refused:
    case network_congested:
    case network_failure:
    case dial_failed:
    case carrier_lost:
    case command_mode:
    case peer_silent:
    case negotiation_failed:
    case auth_refused:
    case no_network_protocol:
    case no_address:
    case peer_closed:
    case peer_lost:
      return true;
    default:
      return false;
  }
}

void ProviderVerdicts::add(const Provider& provider, const SessionEnded& ended) {
  verdicts_.push_back({describe(provider), ended});
}

SessionEnded ProviderVerdicts::sum() const {
  SessionEnded last = verdicts_.back().ended;
  if (verdicts_.size() == 1) return last;
  last.text = fmt::format("{}: {}", verdicts_.back().provider, last.text);
  for (std::size_t i = 0; i + 1 < verdicts_.size(); ++i)
    last.text += fmt::format("; before that, {}: {}", verdicts_[i].provider,
                             verdicts_[i].ended.text);
  return last;
}

}  // namespace tunppp::session
