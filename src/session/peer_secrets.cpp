#include "session/peer_secrets.h"

#include <fmt/format.h>
#include <string.h>

#include <iterator>
#include <utility>

#include "session/password_file.h"

namespace tunppp::session {
namespace {

std::optional<Secret> secret_of(const auth::SecretsEntry& entry) {
  if (entry.secret_file.empty()) return entry.secret;
  Result<std::string> text = read_private_file(entry.secret_file, "secret");
  if (!text) return std::nullopt;
  std::optional<Secret> secret = auth::first_word(*text);
  ::explicit_bzero(text->data(), text->size());
  return secret;
}

}  // namespace

Result<PeerSecrets> PeerSecrets::read(const std::string& path) {
  Result<std::string> text = read_private_file(path, "secrets file");
  if (!text) return text.failure();
  Result<PeerSecrets> secrets = parse(*text, path);
  ::explicit_bzero(text->data(), text->size());
  return secrets;
}

Result<PeerSecrets> PeerSecrets::parse(std::string_view text, const std::string& origin) {
  auth::SecretsText parsed = auth::parse_secrets(text);
  if (const auto& mistake = parsed.mistake) {
    return Failure{EndReason::usage,
                   {},
                   fmt::format("line {} of the secrets file {} is not \"client server secret\"{}{}",
                               mistake->line, origin, mistake->text.empty() ? "" : ": ",
                               mistake->text)};
  }
  PeerSecrets secrets;
  secrets.entries_ = std::move(parsed.entries);
  return secrets;
}

void PeerSecrets::append(PeerSecrets others) {
  std::move(others.entries_.begin(), others.entries_.end(), std::back_inserter(entries_));
}

std::optional<KnownSecret> PeerSecrets::find(std::string_view client,
                                             std::string_view server) const {
  const auth::SecretsEntry* entry = auth::best_entry(entries_, client, server);
  if (entry == nullptr) return std::nullopt;
  std::optional<Secret> secret = secret_of(*entry);
  if (!secret) return std::nullopt;
  return KnownSecret(std::move(*secret), entry->addresses);
}

}  // namespace tunppp::session
