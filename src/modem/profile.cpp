#include "modem/profile.h"

#include <algorithm>
#include <array>

#include "modem/at_fields.h"

namespace tunppp::modem {
namespace {

/// By Quirk.
constexpr std::array<QuirkInfo, static_cast<std::size_t>(Quirk::count)> quirk_infos{{
    {"slow-hang-up", "ATH may take 90 s before it is answered, and is waited for"},
    {"password-before-user", "the password stands before the user in its command"},
    {"authenticates-in-ppp-only", "no AT command takes user and password for PPP"},
    {"names-apn-with-user", "the command for user and password wants the APN once more"},
    {"no-radio-choice", "--radio has nothing to choose"},
    {"no-cell-report", "it tells of no cell, only of the signal"},
    {"no-power-off", "no AT command switches it off, only its supply or a pin does"},
    {"known-by-name-only", "USB does not tell it from another; AT+CGMM does"},
    {"ports-not-listed", "its USB interfaces are told apart by their descriptors and by asking"},
    {"not-activated-first", "its context is neither activated nor deactivated before the dial"},
    {"small-frames", "its multiplexer wants smaller frames than others"},
    {"no-channel-disconnect", "only the end of its multiplexer ends a channel"},
    {"wants-set-up", "it is told something of its own before it is dialled"},
    {"seen-in-manual-only", "written by its manual or by its family's, not seen on hardware"},
}};

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
  return std::any_of(quirks.begin(), quirks.end(),
                     [quirk](const QuirkNote& note) { return note.quirk == quirk; });
}

std::string_view name_of(Radio radio) {
  constexpr std::array<std::string_view, static_cast<std::size_t>(Radio::count)> names{
      "unchanged", "auto", "gsm", "umts", "lte", "lte-m", "nb-iot", "nr"};
  return names[static_cast<std::size_t>(radio)];
}

QuirkInfo info(Quirk quirk) {
  return quirk_infos[static_cast<std::size_t>(quirk)];
}

std::optional<Quirk> find_quirk(std::string_view name) {
  for (std::size_t i = 0; i < quirk_infos.size(); ++i)
    if (quirk_infos[i].name == name) return static_cast<Quirk>(i);
  return std::nullopt;
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
    case Radio::nr:
      return nr;
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
