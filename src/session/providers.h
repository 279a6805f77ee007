#pragma once

#include <tunppp/dialer.h>

#include <string>
#include <vector>

namespace tunppp::session {

/// The ways to a bearer in the order in which they are tried, never none: what a provider leaves
/// open is as in the options.
std::vector<Provider> providers_of(const ModemOptions& modem, const AuthConfig& auth);

/// "internet.example", or what else tells it from the others.
std::string describe(const Provider& provider);

/// Whether an attempt that ended so says nothing against the next provider. SIM, network and modem
/// are the same for all of them; APN and credentials are not.
bool another_may_do(EndReason reason);

/// What each provider said, for the sentence in which the last one ends.
class ProviderVerdicts {
 public:
  void add(const Provider& provider, const SessionEnded& ended);
  /// Who comes last has the word, and the others are told of behind it.
  SessionEnded sum() const;

 private:
  struct Verdict {
    std::string provider;
    SessionEnded ended;
  };
  std::vector<Verdict> verdicts_;
};

}  // namespace tunppp::session
