#pragma once

#include <tunppp/allowed_addresses.h>
#include <tunppp/secret.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The text of pppd's chap-secrets and pap-secrets, as pppd(8) describes it.
namespace tunppp::auth {

/// One line: client, server, secret, then addresses, then -- and options.
struct SecretsEntry {
  std::string client;  ///< who proves itself; "*" stands for anybody
  std::string server;  ///< to whom; "*" stands for anybody
  Secret secret;
  std::string secret_file{};  ///< "@/path": the secret is the first word of that file
  AllowedAddresses addresses{};
  std::vector<std::string> unknown_addresses{};  ///< words that are none, such as names of hosts
  std::vector<std::string> options{};
};

struct SecretsMistake {
  unsigned line = 0;  ///< counts from 1
  std::string text;   ///< what is wrong with it; no word of the line itself
};

struct SecretsText {
  std::vector<SecretsEntry> entries{};
  std::optional<SecretsMistake> mistake{};  ///< the first; nothing behind it was read
};

SecretsText parse_secrets(std::string_view text);

/// The first word of a file that holds nothing but a secret; nullopt: it has none.
std::optional<Secret> first_word(std::string_view text);

/// The entry of `client` towards `server`. One that names the client goes before one that does not,
/// then one that names the server, then the one that comes first.
const SecretsEntry* best_entry(std::span<const SecretsEntry> entries, std::string_view client,
                               std::string_view server);

}  // namespace tunppp::auth
