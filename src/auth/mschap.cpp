#include "auth/mschap.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "cp/text.h"
#include "crypto/legacy.h"
#include "crypto/md5.h"

namespace tunppp::auth::mschap {
namespace {

Bytes octets_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string_view text_of(Bytes octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// One character of UTF-8 at the front of `octets`; how many octets it has, 0 if it is none.
std::size_t decode(Bytes octets, std::uint32_t& character) {
  const auto first = std::to_integer<std::uint32_t>(octets[0]);
  const std::size_t size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2
                           : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (size == 0 || octets.size() < size) return 0;
  character = size == 1 ? first : first & (0xffU >> (size + 1));
  for (std::byte octet : octets.subspan(1, size - 1)) {
    if ((octet & std::byte{0xc0}) != std::byte{0x80}) return 0;
    character = character << 6 | std::to_integer<std::uint32_t>(octet & std::byte{0x3f});
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = character >= 0xd800 && character < 0xe000;
  return character < least[size] || character > 0x10ffff || surrogate ? 0 : size;
}

bool is_utf8(Bytes octets) {
  std::uint32_t character = 0;
  while (!octets.empty()) {
    const std::size_t size = decode(octets, character);
    if (size == 0) return false;
    octets = octets.subspan(size);
  }
  return true;
}

/// "0-to-256-unicode-char Password", little-endian. Octets that are no UTF-8 each stand for the
/// character of their number.
Secret to_unicode(const Secret& password) {
  Bytes octets = password.expose();
  const bool utf8 = is_utf8(octets);
  std::vector<std::byte> unicode(octets.size() * 2);  // never grows: nothing is left unwiped
  std::size_t end = 0;
  const auto put = [&](std::uint32_t unit) {
    unicode[end++] = static_cast<std::byte>(unit & 0xff);
    unicode[end++] = static_cast<std::byte>(unit >> 8);
  };
  while (!octets.empty()) {
    std::uint32_t character = std::to_integer<std::uint32_t>(octets[0]);
    octets = octets.subspan(utf8 ? decode(octets, character) : 1);
    if (character >= 0x10000) {
      put(0xd800 + ((character - 0x10000) >> 10));
      put(0xdc00 + (character & 0x3ff));
    } else {
      put(character);
    }
  }
  Secret secret(Bytes(unicode).first(end));
  std::fill(unicode.begin(), unicode.end(), std::byte{0});
  asm volatile("" : : "r"(unicode.data()) : "memory");
  return secret;
}

std::string_view without_domain(std::string_view user) {
  const std::size_t domain_end = user.rfind('\\');
  return domain_end == std::string_view::npos ? user : user.substr(domain_end + 1);
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::byte> from_hexadecimal(std::string_view text) {
  std::vector<std::byte> octets;
  if (text.size() % 2 != 0 || text.size() > 64) return {};
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    if (error != std::errc() || end != text.data() + i + 2) return {};
    octets.push_back(static_cast<std::byte>(value));
  }
  return octets;
}

std::string to_hexadecimal(Bytes octets) {
  std::string text;
  for (std::byte octet : octets) text += fmt::format("{:02X}", std::to_integer<unsigned>(octet));
  return text;
}

constexpr std::string_view wrong_credentials = "E=691";

}  // namespace

PasswordHash nt_password_hash(const Secret& password) {
  return crypto::md4({to_unicode(password).expose()});
}

/// RFC 2759 section 8.5: three keys of 7 octets from 16 and five zeros.
NtResponse challenge_response(const ChallengeHash& challenge, const PasswordHash& hash) {
  std::array<std::byte, 21> keys{};
  std::copy(hash.begin(), hash.end(), keys.begin());
  NtResponse response;
  for (std::size_t i = 0; i < 3; ++i) {
    crypto::DesKey key;
    std::copy_n(keys.begin() + static_cast<std::ptrdiff_t>(7 * i), key.size(), key.begin());
    const crypto::DesBlock block = crypto::des(key, challenge);
    std::copy(block.begin(), block.end(), response.begin() + static_cast<std::ptrdiff_t>(8 * i));
  }
  return response;
}

ChallengeHash challenge_hash(const Challenge& peer, const Challenge& authenticator,
                             std::string_view user) {
  const auto digest = crypto::sha1({peer, authenticator, octets_of(without_domain(user))});
  ChallengeHash hash;
  std::copy_n(digest.begin(), hash.size(), hash.begin());
  return hash;
}

NtResponse generate_nt_response(const Challenge& authenticator, const Challenge& peer,
                                std::string_view user, const Secret& password) {
  return challenge_response(challenge_hash(peer, authenticator, user), nt_password_hash(password));
}

std::string generate_authenticator_response(const Secret& password, const NtResponse& response,
                                            const Challenge& peer, const Challenge& authenticator,
                                            std::string_view user) {
  // The two "magic" constants of RFC 2759 section 8.7.
  constexpr std::string_view magic_1 = "Magic server to client signing constant";
  constexpr std::string_view magic_2 = "Pad to make it do more than one iteration";
  const auto hash_hash = crypto::md4({nt_password_hash(password)});
  const auto digest = crypto::sha1({hash_hash, response, octets_of(magic_1)});
  return "S=" + to_hexadecimal(crypto::sha1(
                    {digest, challenge_hash(peer, authenticator, user), octets_of(magic_2)}));
}

bool check_authenticator_response(std::string_view expected, Bytes message) {
  return !expected.empty() && message.size() >= expected.size() &&
         crypto::equal_in_constant_time(octets_of(expected), message.first(expected.size()));
}

std::string success_text(Bytes message) {
  const std::string_view text = text_of(message);
  const std::size_t at = text.find(" M=");
  return at == std::string_view::npos ? "" : cp::printable(octets_of(text.substr(at + 3)));
}

std::optional<FailureMessage> parse_failure(Bytes message) {
  FailureMessage failure;
  bool has_error = false;
  std::string_view text = text_of(message);
  while (!text.empty()) {
    if (text.starts_with("M=")) {
      failure.text = cp::printable(octets_of(text.substr(2)));
      break;
    }
    const std::string_view field = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(field.size() + 1, text.size()));
    const std::string_view value = field.substr(std::min<std::size_t>(2, field.size()));
    if (field.starts_with("E=")) {
      const auto error = number(value);
      if (!error) return std::nullopt;
      failure.error = *error;
      has_error = true;
    } else if (field.starts_with("R=")) {
      failure.retry = value == "1";
    } else if (field.starts_with("C=")) {
      failure.challenge = from_hexadecimal(value);
    }
  }
  if (!has_error) return std::nullopt;
  return failure;
}

std::string explain(const FailureMessage& failure, std::string_view user) {
  const std::string name = cp::printable(octets_of(user));
  const auto sentence = [&]() -> std::string {
    switch (failure.error) {  // RFC 2759 section 6
      case 646: return fmt::format("\"{}\" may not log on at this time of the day", name);
      case 647: return fmt::format("the account of \"{}\" is disabled", name);
      case 648:
        return fmt::format("the password of \"{}\" has expired; tunppp changes no passwords, change "
                           "it elsewhere",
                           name);
      case 649: return fmt::format("\"{}\" has no permission to dial in", name);
      case 691: return fmt::format("the peer refused the user name \"{}\" or its password", name);
      case 709: return fmt::format("the password of \"{}\" could not be changed", name);
      default: return fmt::format("the peer refused \"{}\"", name);
    }
  }();
  const std::string words = failure.text.empty() ? "" : fmt::format(": \"{}\"", failure.text);
  return fmt::format("{} (error {}){}", sentence, failure.error, words);
}

std::string failure_message(Bytes next_challenge, bool version_2) {
  const std::string challenge = to_hexadecimal(next_challenge);
  return version_2 ? fmt::format("{} R=0 C={} V=3 M=Access denied", wrong_credentials, challenge)
                   : fmt::format("{} R=0 C={}", wrong_credentials, challenge);
}

}  // namespace tunppp::auth::mschap
