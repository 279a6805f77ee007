#include "session/peer_secrets.h"

#include <fmt/format.h>
#include <string.h>

#include "session/password_file.h"

namespace tunppp::session {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

/// The words of one line; nullopt for a quote or an escape that does not end.
std::optional<std::vector<std::string>> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::size_t i = 0;
  for (;;) {
    while (i < line.size() && is_blank(line[i])) ++i;
    if (i == line.size() || line[i] == '#') return words;

    std::string word;
    char quote = 0;
    for (; i < line.size() && (quote || !is_blank(line[i])); ++i) {
      if (line[i] == '\\') {
        if (++i == line.size()) return std::nullopt;
        word += line[i];
      } else if (quote ? line[i] == quote : (line[i] == '"' || line[i] == '\'')) {
        quote = quote ? '\0' : line[i];
      } else {
        word += line[i];
      }
    }
    if (quote) return std::nullopt;
    words.push_back(std::move(word));
  }
}

/// How well a name in the file fits: not at all, by *, or by itself.
int fit(std::string_view pattern, std::string_view name) {
  if (pattern == name) return 2;
  return pattern == "*" ? 1 : 0;
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
  PeerSecrets secrets;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::optional<std::vector<std::string>> words = words_of(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));

    if (!words || (!words->empty() && words->size() < 3))
      return Failure{EndReason::usage,
                     {},
                     fmt::format("line {} of the secrets file {} is not \"client server secret\"{}",
                                 number, origin, words ? "" : ": a quote or escape does not end")};
    if (words->empty()) continue;
    std::string& secret = (*words)[2];
    secrets.lines_.push_back({(*words)[0], (*words)[1], Secret(secret)});
    ::explicit_bzero(secret.data(), secret.size());
  }
  return secrets;
}

std::optional<Secret> PeerSecrets::find(std::string_view client, std::string_view server) const {
  const Line* best = nullptr;
  int best_fit = 0;
  for (const Line& line : lines_) {
    const int client_fit = fit(line.client, client);
    const int server_fit = fit(line.server, server);
    if (client_fit == 0 || server_fit == 0 || client_fit * 2 + server_fit <= best_fit) continue;
    best = &line;
    best_fit = client_fit * 2 + server_fit;
  }
  if (!best) return std::nullopt;
  return best->secret;
}

}  // namespace tunppp::session
