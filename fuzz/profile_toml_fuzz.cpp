// A profile that a user has written: whatever is in the file, it is a profile or a sentence with
// the file's name; and what a profile says can be sent.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "session/profile_toml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tunppp;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = session::parse_profile(text, "f");
  if (!parsed) {
    if (!parsed.failure().text.starts_with("f:")) std::abort();
    return 0;
  }
  const modem::Profile& profile = (*parsed)->profile;
  const std::string dial = modem::fill_in(profile.dial, 1);
  if (!dial.starts_with("AT")) std::abort();
  for (const char c : dial)
    if (c == '\r' || c == '\n' || c == '{') std::abort();
  return 0;
}
