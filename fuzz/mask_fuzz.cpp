// Any file, with secrets anywhere in it: none comes through. The first octet says what kind of file
// it is; 01 to 04 in the rest stand for the secrets.
#include "doctor/mask.h"

#include <array>
#include <cstdint>
#include <string>

#include "doctor/collect_content.h"
#include "link_fuzz.h"

namespace tunppp::fuzz {
namespace {

constexpr std::string_view serial = "QX7351AB90";
constexpr std::string_view imei = " 867962041234567 ";
constexpr std::string_view mac = " 00:1e:10:1f:00:aa ";
constexpr std::string_view address = " 10.64.99.7 ";
constexpr std::array secrets{serial, imei, mac, address};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string planted(Bytes octets) {
  std::string text;
  for (const std::byte octet : octets) {
    const auto value = std::to_integer<unsigned char>(octet);
    if (value >= 1 && value <= secrets.size())
      text += secrets[value - 1];
    else
      text += static_cast<char>(value);
  }
  return text;
}

/// Also part of a longer number, the IMEI would be there.
std::size_t longest_number(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hexadecimal = run == 0 && i >= 2 && text[i - 2] == '0' && (text[i - 1] | 32) == 'x';
    if (!is_digit(text[i])) {
      run = 0;
      continue;
    }
    if (hexadecimal) {
      while (i < text.size() && is_digit(text[i])) ++i;
      continue;
    }
    longest = std::max(longest, ++run);
  }
  return longest;
}

void run(Bytes octets) {
  Input input(octets);
  constexpr auto kinds = static_cast<unsigned>(doctor::Content::name_only) + 1;
  const auto content = static_cast<doctor::Content>(input.octet() % kinds);
  const std::string text = planted(input.octets(octets.size()));
  // Tables of a kernel's build are taken as they are, and what is packed shows nothing.
  if (content == doctor::Content::kernel_build) return;
  doctor::Mask mask;
  mask.learn(doctor::Mask::Kind::serial, serial);
  doctor::learn_kernel_arguments("psk=hunter22hunter", mask);
  const std::string result = doctor::without_secrets(content, text, mask);
  if (content == doctor::Content::packed_config) return;
  for (const std::string_view secret : secrets)
    require(result.find(secret) == result.npos, "no secret comes through");
  if (content == doctor::Content::text)
    require(longest_number(result) < 14 || text.find(serial) != text.npos,
            "no long number comes through");
  require(result.size() <= 16 * text.size() + 64, "it does not grow beyond its words");
  mask.path(text);
}

}  // namespace
}  // namespace tunppp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tunppp::fuzz::run(std::as_bytes(std::span(data, size)));
  return 0;
}
