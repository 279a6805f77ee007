#include "auth/secrets_file.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace tunppp::auth {
namespace {

void wipe(std::string& text) {
  std::fill(text.begin(), text.end(), '\0');
  asm volatile("" : : "r"(text.data()) : "memory");
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

/// Takes the text apart into words and ends of lines.
class Words {
 public:
  enum class Found { word, line_end, text_end, no_end };  ///< of a quote or an escape

  explicit Words(std::string_view text) : text_(text) {}

  unsigned line() const { return line_; }

  Found next(std::string& word) {
    word.clear();
    skip_blanks();
    if (at_ == text_.size()) return Found::text_end;
    if (text_[at_] == '\n') {
      ++at_;
      ++line_;
      return Found::line_end;
    }
    return read(word);
  }

 private:
  static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
  }

  void skip_blanks() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (text_.substr(at_).starts_with("\\\n")) {
        at_ += 2;
        ++line_;
      } else if (is_blank(text_[at_])) {
        ++at_;
      } else {
        return;
      }
    }
  }

  /// A quoted part may stand anywhere in a word, a comment begins right behind it.
  Found read(std::string& word) {
    word.reserve(word_limit());  // growing, it would leave copies of a secret behind
    char quote = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (quote == 0 && (is_blank(c) || c == '\n' || c == '#')) break;
      ++at_;
      if (c == '\n') ++line_;
      if (c == '\\') {
        if (at_ == text_.size()) return Found::no_end;
        escape(word);
      } else if (c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else {
        word += c;
      }
    }
    return quote == 0 ? Found::word : Found::no_end;
  }

  /// No word is longer than what is left of the text; most are far shorter.
  std::size_t word_limit() const {
    const std::size_t line_end = std::min(text_.find('\n', at_), text_.size());
    const bool quoted = text_.substr(at_, line_end - at_).find_first_of("\"'\\") !=
                        std::string_view::npos;
    return quoted ? text_.size() - at_ : line_end - at_;
  }

  /// As in C, but \s is a blank, and the end of the line counts for nothing.
  void escape(std::string& word) {
    const char c = text_[at_++];
    switch (c) {
      case 'a': word += '\a'; return;
      case 'b': word += '\b'; return;
      case 'f': word += '\f'; return;
      case 'n': word += '\n'; return;
      case 'r': word += '\r'; return;
      case 's': word += ' '; return;
      case 't': word += '\t'; return;
      case 'x': word += number(16, 2); return;
      case '\n': ++line_; return;
      default: break;
    }
    if (digit_value(c) >= 8) {
      word += c;
      return;
    }
    --at_;
    word += number(8, 3);
  }

  char number(int base, int digits) {
    int value = 0;
    for (; digits > 0 && at_ < text_.size() && digit_value(text_[at_]) < base; --digits, ++at_) {
      value = value * base + digit_value(text_[at_]);
    }
    return static_cast<char>(value);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  unsigned line_ = 1;
};

/// "10.0.0.1", "10.0.0.0/24", each also with ! before it. A + behind a subnet, by which pppd derives
/// an address from the number of its interface, allows the whole of it.
std::optional<AllowedAddresses::Rule> parse_rule(std::string_view word) {
  AllowedAddresses::Rule rule;
  if (word.starts_with('!')) {
    rule.allow = false;
    word.remove_prefix(1);
  }
  const std::size_t slash = word.find('/');
  const auto address = parse_ipv4(word.substr(0, slash));
  if (!address) return std::nullopt;
  rule.address = *address;
  if (slash == std::string_view::npos) return rule;
  std::string_view bits = word.substr(slash + 1);
  if (bits.ends_with('+')) bits.remove_suffix(1);
  const auto [end, error] =
      std::from_chars(bits.data(), bits.data() + bits.size(), rule.prefix_length);
  const bool whole = error == std::errc() && end == bits.data() + bits.size();
  if (!whole || rule.prefix_length < 1 || rule.prefix_length > 32) return std::nullopt;
  return rule;
}

/// Words behind the secret. "-" and "*" end the list: nothing else, or anything else, is allowed.
class AddressList {
 public:
  explicit AddressList(SecretsEntry& entry) : entry_(entry) {
    entry.addresses.scope = AllowedAddresses::Scope::assigned;
  }

  void add(const std::string& word) {
    if (std::exchange(is_first_, false)) entry_.addresses.scope = AllowedAddresses::Scope::listed;
    if (ended_) return;
    if (word == "-" || word == "*") {
      ended_ = true;
      if (word == "-") return;
      if (entry_.addresses.rules.empty()) entry_.addresses.scope = AllowedAddresses::Scope::any;
      entry_.addresses.rules.push_back({.address = {}, .prefix_length = 0, .allow = true});
    } else if (const auto rule = parse_rule(word)) {
      entry_.addresses.rules.push_back(*rule);
    } else {
      // Who is denied cannot be told from the rest any more: so nobody is let in by what follows.
      if (word.starts_with('!')) ended_ = true;
      entry_.unknown_addresses.push_back(word);
    }
  }

 private:
  SecretsEntry& entry_;
  bool is_first_ = true;
  bool ended_ = false;
};

/// How well a name in the file fits: not at all, by *, or by itself.
int fit(std::string_view pattern, std::string_view name) {
  if (pattern == "*") return 1;
  return pattern == name ? 2 : 0;
}

/// The words of one line.
class Entry {
 public:
  bool empty() const { return count_ == 0; }
  bool complete() const { return count_ >= 3; }
  SecretsEntry take() { return std::move(entry_); }

  void add(const std::string& word) {
    switch (count_++) {
      case 0: entry_.client = word; return;
      case 1: entry_.server = word; return;
      case 2:
        if (word.starts_with("@/")) {
          entry_.secret_file = word.substr(1);
        } else {
          entry_.secret = Secret(word);
        }
        return;
      default: break;
    }
    if (in_options_) {
      entry_.options.push_back(word);
    } else if (word == "--") {
      in_options_ = true;
    } else {
      addresses_.add(word);
    }
  }

 private:
  SecretsEntry entry_;
  AddressList addresses_{entry_};
  unsigned count_ = 0;
  bool in_options_ = false;
};

}  // namespace

SecretsText parse_secrets(std::string_view text) {
  SecretsText result;
  Words words(text);
  std::string word;
  for (Words::Found found = Words::Found::line_end; found != Words::Found::text_end;) {
    const unsigned line = words.line();
    Entry entry;
    while ((found = words.next(word)) == Words::Found::word) {
      entry.add(word);
      wipe(word);
    }
    wipe(word);
    if (found == Words::Found::no_end) {
      result.mistake = {line, "a quote or escape does not end"};
      return result;
    }
    if (entry.empty()) continue;
    if (!entry.complete()) {
      result.mistake = {line, ""};
      return result;
    }
    result.entries.push_back(entry.take());
  }
  return result;
}

std::optional<Secret> first_word(std::string_view text) {
  Words words(text);
  std::string word;
  Words::Found found = Words::Found::line_end;
  while (found == Words::Found::line_end) found = words.next(word);
  if (found != Words::Found::word) return std::nullopt;
  Secret secret(word);
  wipe(word);
  return secret;
}

const SecretsEntry* best_entry(std::span<const SecretsEntry> entries, std::string_view client,
                               std::string_view server) {
  const SecretsEntry* best = nullptr;
  int best_fit = 0;
  for (const SecretsEntry& entry : entries) {
    const int client_fit = fit(entry.client, client);
    const int server_fit = fit(entry.server, server);
    if (client_fit == 0 || server_fit == 0 || client_fit * 2 + server_fit <= best_fit) continue;
    best = &entry;
    best_fit = client_fit * 2 + server_fit;
  }
  return best;
}

}  // namespace tunppp::auth
