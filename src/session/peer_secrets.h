#pragma once

#include <tunppp/secret.h>

#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunppp::session {

/// Who may dial in, in the format of pppd's pap-secrets and chap-secrets: one line
///
///     client  server  secret  [addresses ...]
///
/// with words separated by blanks, quoted by " or ', characters escaped by \, comments after #, and
/// * for any client or any server. Addresses are read but not yet acted upon.
class PeerSecrets {
 public:
  static Result<PeerSecrets> read(const std::string& path);
  /// `origin` is for the text of a failure.
  static Result<PeerSecrets> parse(std::string_view text, const std::string& origin);

  /// The secret of `client` towards `server`; a line that names them goes before one with *.
  std::optional<Secret> find(std::string_view client, std::string_view server) const;
  bool empty() const { return lines_.empty(); }

 private:
  struct Line {
    std::string client;
    std::string server;
    Secret secret;
  };
  std::vector<Line> lines_;
};

}  // namespace tunppp::session
