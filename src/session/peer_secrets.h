#pragma once

#include <tunppp/dialer.h>
#include <tunppp/secret.h>

#include "auth/secrets_file.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunppp::session {

/// Who proves itself to whom with what, in the format of pppd's pap-secrets and chap-secrets: one
/// line
///
///     client  server  secret  [addresses ...]  [-- options ...]
///
/// with words separated by blanks, quoted by " or ', characters escaped by \, comments after #, and
/// * for any client or any server. A secret @/path is the first word of that file. The client gets
/// only an address of the list: a single one, a subnet 10.0.0.0/24, one with ! before it not, * any,
/// - none; where the list is missing, only the one that we give it. Options are read and ignored.
class PeerSecrets {
 public:
  static Result<PeerSecrets> read(const std::string& path);
  /// `origin` is for the text of a failure.
  static Result<PeerSecrets> parse(std::string_view text, const std::string& origin);

  /// All of `others` as well, after our own.
  void append(PeerSecrets others);
  /// The secret of `client` towards `server`; a line that names them goes before one with *. Where it
  /// is in a file of its own, that one is read now; none, if it cannot be.
  std::optional<KnownSecret> find(std::string_view client, std::string_view server) const;
  bool empty() const { return entries_.empty(); }

 private:
  std::vector<auth::SecretsEntry> entries_;
};

}  // namespace tunppp::session
