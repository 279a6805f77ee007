#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "modem/profile.h"

namespace tunppp::session {

/// A modem profile that a user has written, and all that it points to.
class UserProfile {
 public:
  UserProfile() = default;
  UserProfile(const UserProfile&) = delete;
  UserProfile& operator=(const UserProfile&) = delete;

  modem::Profile profile{};

  std::string_view keep(std::string text) { return strings.emplace_back(std::move(text)); }

  std::deque<std::string> strings;
  std::deque<std::vector<std::string_view>> lists;
  std::deque<std::vector<modem::UsbPort>> ports;
  std::vector<modem::UsbIdentity> usb;
  std::vector<modem::RegistrationQuery> registration;
  std::vector<modem::QuirkNote> quirks;
};

/// Reads a profile in TOML (docs/PROFILES.md). What it leaves out is as in the profile that its key
/// `like` names. A failure says the line and the key: `my.toml:3: dial: it must begin with AT`.
Result<std::unique_ptr<UserProfile>> parse_profile(std::string_view text, std::string_view source);
/// The same from a file.
Result<std::unique_ptr<UserProfile>> read_profile(const std::string& path);

}  // namespace tunppp::session
