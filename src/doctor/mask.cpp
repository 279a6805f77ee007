#include "doctor/mask.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace tunppp::doctor {
namespace {

constexpr std::size_t shortest_secret = 6;    // shorter ones are words that stand elsewhere, too
constexpr std::size_t shortest_anywhere = 8;  // shorter ones count as whole words only
constexpr std::size_t most_secrets = 1024;
constexpr std::size_t longest_secret = 256;
// IMSI and IMEI have 14 to 16 digits, an ICCID up to 20 (3GPP TS 23.003, ITU-T E.118). Times since
// boot, in microseconds, have 13 only after a century.
constexpr std::size_t fewest_digits = 14;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hexadecimal(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = lower(c);
  return result;
}

/// The character at a place, or a blank beyond the ends.
char at(std::string_view text, std::size_t place) {
  return place < text.size() ? text[place] : ' ';
}
char before(std::string_view text, std::size_t place) {
  return place == 0 ? ' ' : at(text, place - 1);
}

template <typename Is>
std::size_t run(std::string_view text, std::size_t from, Is is) {
  std::size_t end = from;
  while (end < text.size() && is(text[end])) ++end;
  return end - from;
}

/// Six or more pairs of hexadecimal digits between colons, or dashes.
std::size_t mac_address(std::string_view text, std::size_t from) {
  const char separator = at(text, from + 2);
  if (separator != ':' && separator != '-') return 0;
  if (is_hexadecimal(before(text, from)) || before(text, from) == separator) return 0;
  std::size_t end = from;
  std::size_t pairs = 0;
  while (is_hexadecimal(at(text, end)) && is_hexadecimal(at(text, end + 1))) {
    ++pairs;
    end += 2;
    if (at(text, end) != separator || !is_hexadecimal(at(text, end + 1))) break;
    ++end;
  }
  return pairs >= 6 && !is_hexadecimal(at(text, end)) ? end - from : 0;
}

/// The twelve digits in the names of network interfaces: enx001e101f0000.
std::size_t mac_in_name(std::string_view text, std::size_t from) {
  constexpr std::array<std::string_view, 3> prefixes{"enx", "wlx", "wwx"};
  if (from < 3 || std::count(prefixes.begin(), prefixes.end(), text.substr(from - 3, 3)) == 0)
    return 0;
  return run(text, from, is_hexadecimal) == 12 ? 12 : 0;
}

/// Whether what stands there is a place on USB, though it looks like an address: 1-1.2.3.4, or
/// usb-0:1.2.3.4:1.0 in the name of a link.
bool is_usb_path(std::string_view text, std::size_t from) {
  if (from < 2 || !is_digit(text[from - 2])) return false;
  std::size_t bus = from - 1;
  while (bus > 0 && is_digit(text[bus - 1])) --bus;
  if (text[from - 1] == '-') return !is_alphanumeric(before(text, bus)) && before(text, bus) != '.';
  return text[from - 1] == ':' && bus >= 4 && text.substr(bus - 4, 4) == "usb-";
}

/// Four numbers up to 255 between dots.
std::size_t ipv4_address(std::string_view text, std::size_t from) {
  if (!is_digit(text[from]) || is_digit(before(text, from)) || before(text, from) == '.') return 0;
  std::size_t end = from;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && at(text, end++) != '.') return 0;
    const std::size_t digits = run(text, end, is_digit);
    if (digits == 0 || digits > 3) return 0;
    int value = 0;
    for (const char digit : text.substr(end, digits)) value = 10 * value + (digit - '0');
    if (value > 255) return 0;
    end += digits;
  }
  if (at(text, end) == '.' && is_digit(at(text, end + 1))) return 0;
  return is_usb_path(text, from) ? 0 : end - from;
}

std::size_t ipv6_address(std::string_view text, std::size_t from) {
  if (is_alphanumeric(before(text, from)) || before(text, from) == ':') return 0;
  const auto belongs = [](char c) { return is_hexadecimal(c) || c == ':' || c == '.'; };
  const std::size_t size = run(text.substr(from, INET6_ADDRSTRLEN), 0, belongs);
  if (is_alphanumeric(at(text, from + size))) return 0;
  std::string_view candidate = text.substr(from, size);
  while (candidate.ends_with('.') || (candidate.ends_with(':') && !candidate.ends_with("::")))
    candidate.remove_suffix(1);
  if (std::count(candidate.begin(), candidate.end(), ':') < 2 || candidate == "::") return 0;
  in6_addr parsed{};
  return ::inet_pton(AF_INET6, std::string(candidate).c_str(), &parsed) == 1 ? candidate.size() : 0;
}

/// Twelve such digits by themselves: b827eb123456.
std::size_t mac_in_digits(std::string_view text, std::size_t from) {
  if (is_alphanumeric(before(text, from)) || run(text, from, is_hexadecimal) != 12) return 0;
  if (is_alphanumeric(at(text, from + 12))) return 0;
  const std::string_view word = text.substr(from, 12);
  return std::none_of(word.begin(), word.end(), is_digit) ||
                 std::all_of(word.begin(), word.end(), is_digit)
             ? 0
             : 12;
}

/// Behind "IMEI" or its like also in groups: 86 796204 123456 7.
std::size_t grouped_number(std::string_view text, std::size_t from) {
  constexpr std::array<std::string_view, 3> names{"imei", "imsi", "iccid"};
  constexpr std::size_t near = 24;
  if (is_alphanumeric(before(text, from))) return 0;
  const std::string ahead = lower(text.substr(from - std::min(from, near), std::min(from, near)));
  if (std::none_of(names.begin(), names.end(),
                   [&](std::string_view name) { return ahead.find(name) != ahead.npos; }))
    return 0;
  std::size_t digits = 0;
  std::size_t end = from;
  for (std::size_t i = from; i < text.size(); ++i) {
    if (is_digit(text[i])) {
      ++digits;
      end = i + 1;
    } else if ((text[i] != ' ' && text[i] != '-') || !is_digit(at(text, i + 1))) {
      break;
    }
  }
  return digits >= fewest_digits ? end - from : 0;
}

/// Digits enough for an IMEI, an IMSI or an ICCID, with the F that fills the last one up.
std::size_t long_number(std::string_view text, std::size_t from) {
  if (is_digit(before(text, from))) return 0;
  const std::size_t digits = run(text, from, is_digit);
  if (digits < fewest_digits) return 0;
  // An address of 64 bits has sixteen.
  const bool hexadecimal = lower(before(text, from)) == 'x' && from >= 2 && text[from - 2] == '0';
  if (hexadecimal && digits >= 16) return 0;
  return digits + (lower(at(text, from + digits)) == 'f' ? 1 : 0);
}

std::string_view name_of(Mask::Kind kind) {
  switch (kind) {
    case Mask::Kind::number:
      return "NUMBER";
    case Mask::Kind::serial:
      return "SERIAL";
    case Mask::Kind::mac:
      return "MAC";
    case Mask::Kind::ip:
      return "IP";
    case Mask::Kind::value:
      break;
  }
  return "VALUE";
}

constexpr std::string_view masked = "MASKED-";

/// "MASKED-IP-12": from a copy of a copy.
bool is_word(std::string_view text) {
  if (!text.starts_with(masked)) return false;
  text.remove_prefix(masked.size());
  const std::size_t capitals = run(text, 0, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (capitals == 0 || at(text, capitals) != '-') return false;
  const std::size_t digits = run(text, capitals + 1, is_digit);
  return digits > 0 && digits < fewest_digits && capitals + 1 + digits == text.size();
}

}  // namespace

void Mask::learn(Kind kind, std::string_view secret) {
  if (secret.size() < shortest_secret || secret.size() > longest_secret) return;
  if (is_word(secret) || secrets_.size() >= most_secrets) return;
  // "000000", or a word such as "Android", which some modems have for a serial number.
  const bool plain = std::set<char>(secret.begin(), secret.end()).size() < 3 ||
                     std::none_of(secret.begin(), secret.end(), is_digit);
  if (kind == Kind::serial && plain) return;
  const std::string key = lower(secret);
  secrets_.emplace(key, kind);
  std::size_t& longest = longest_secret_[key.front()];
  longest = std::max(longest, key.size());
}

std::string Mask::word_for(Kind kind, std::string_view secret) {
  if (secret.empty() || is_word(secret)) return std::string(secret);
  std::string& word = words_[lower(secret)];
  if (word.empty()) word = fmt::format("{}{}-{}", masked, name_of(kind), ++counts_[kind]);
  return word;
}

Mask::Match Mask::learned(std::string_view text, std::size_t from) const {
  const auto longest = longest_secret_.find(lower(text[from]));
  if (longest == longest_secret_.end()) return {};
  const std::string here = lower(text.substr(from, longest->second));
  for (std::size_t size = here.size(); size >= shortest_secret; --size) {
    const auto found = secrets_.find(std::string_view(here).substr(0, size));
    if (found == secrets_.end()) continue;
    const bool whole =
        !is_alphanumeric(before(text, from)) && !is_alphanumeric(at(text, from + size));
    if (whole || size >= shortest_anywhere) return {size, found->second};
  }
  return {};
}

Mask::Match Mask::match(std::string_view text, std::size_t from) const {
  if (const Match known = learned(text, from); known.size > 0) return known;
  const char c = text[from];
  if (!is_hexadecimal(c) && c != ':') return {};
  if (const std::size_t size = mac_address(text, from)) return {size, Kind::mac};
  if (const std::size_t size = mac_in_name(text, from)) return {size, Kind::mac};
  if (const std::size_t size = mac_in_digits(text, from)) return {size, Kind::mac};
  if (const std::size_t size = ipv6_address(text, from)) return {size, Kind::ip};
  if (!is_digit(c)) return {};
  if (const std::size_t size = ipv4_address(text, from)) return {size, Kind::ip};
  if (const std::size_t size = long_number(text, from)) return {size, Kind::number};
  if (const std::size_t size = grouped_number(text, from)) return {size, Kind::number};
  return {};
}

std::string Mask::text(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t from = 0; from < text.size();) {
    const Match found = match(text, from);
    if (found.size == 0) {
      result += text[from++];
      continue;
    }
    result += word_for(found.kind, text.substr(from, found.size));
    from += found.size;
  }
  return result;
}

std::string Mask::path(std::string_view path) {
  std::string result;
  for (;;) {
    const std::size_t slash = path.find('/');
    result += text(path.substr(0, slash));
    if (slash == path.npos) return result;
    result += '/';
    path.remove_prefix(slash + 1);
  }
}

}  // namespace tunppp::doctor
