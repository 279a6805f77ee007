#include "modem/profile.h"

#include <algorithm>

#include "modem/at_fields.h"

namespace tunppp::modem {
namespace {

/// The text for one placeholder; "" for one that nobody knows, which a profile's test finds.
std::string_view value_of(std::string_view placeholder, const ContextCommand& command,
                          const ContextValues& values, std::string_view cid) {
  if (placeholder == "cid") return cid;
  if (placeholder == "apn") return values.apn;
  if (placeholder == "user") return values.user;
  if (placeholder == "password") return values.password;
  if (placeholder == "pdp") return command.pdp_words[static_cast<std::size_t>(values.pdp_type)];
  if (placeholder == "auth") return command.auth_words[static_cast<std::size_t>(values.auth)];
  return {};
}

/// Appends the filled-in command. `out` has room enough, so that no copy is left behind anywhere.
void fill(std::string& out, const ContextCommand& command, const ContextValues& values) {
  const std::string cid = std::to_string(values.cid);
  std::string_view rest = command.command;
  while (!rest.empty()) {
    const std::size_t open = rest.find('{');
    const std::size_t close = open == rest.npos ? rest.npos : rest.find('}', open);
    if (close == rest.npos) break;
    out.append(rest.substr(0, open));
    out.append(value_of(rest.substr(open + 1, close - open - 1), command, values, cid));
    rest.remove_prefix(close + 1);
  }
  out.append(rest);
}

}  // namespace

bool Profile::has(Quirk quirk) const {
  return std::find(quirks.begin(), quirks.end(), quirk) != quirks.end();
}

std::string_view RadioCommands::of(Radio choice) const {
  switch (choice) {
    case Radio::automatic:
      return automatic;
    case Radio::gsm:
      return gsm;
    case Radio::umts:
      return umts;
    case Radio::lte:
      return lte;
    case Radio::lte_m:
      return lte_m;
    case Radio::nb_iot:
      return nb_iot;
    case Radio::unchanged:
    case Radio::count:
      break;
  }
  return {};
}

Secret fill_in(const ContextCommand& command, const ContextValues& values) {
  constexpr std::size_t room_for_numbers = 64;
  std::string text;
  text.reserve(command.command.size() + values.apn.size() + values.user.size() +
               values.password.size() + room_for_numbers);
  fill(text, command, values);
  Secret secret(text);
  std::fill(text.begin(), text.end(), '\0');
  asm volatile("" : : "r"(text.data()) : "memory");  // or the stores could be left out
  return secret;
}

std::string fill_in(std::string_view command, unsigned cid) {
  ContextValues values;
  values.cid = cid;
  std::string text;
  fill(text, {.command = command}, values);
  return text;
}

const Profile* find_profile(std::string_view name) {
  for (const Profile& profile : profiles())
    if (profile.name == name) return &profile;
  return nullptr;
}

const Profile* find_profile_by_usb(std::uint16_t vendor, std::uint16_t product) {
  for (const Profile& profile : profiles())
    for (const UsbIdentity& usb : profile.usb)
      if (usb.vendor == vendor && usb.product == product) return &profile;
  return nullptr;
}

const Profile* recognize(std::string_view model, std::span<const Profile> among) {
  const Profile* found = nullptr;
  std::size_t longest = 0;
  for (const Profile& profile : among)
    for (const std::string_view name : profile.models) {
      if (name.size() <= longest || !contains_ignoring_case(model, name)) continue;
      longest = name.size();
      found = &profile;
    }
  return found;
}

}  // namespace tunppp::modem
