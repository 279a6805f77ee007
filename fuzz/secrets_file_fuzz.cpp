// The text of a secrets file: whatever it is, it is read to its end or to a mistake.
#include "auth/secrets_file.h"

#include <algorithm>
#include <cstdint>

#include "link_fuzz.h"

namespace tunppp::fuzz {
namespace {

void run(std::string_view text) {
  const auto lines = static_cast<unsigned>(std::count(text.begin(), text.end(), '\n')) + 1;
  const auto parsed = auth::parse_secrets(text);
  require(parsed.entries.size() <= lines, "an entry has a line");
  require(!parsed.mistake || (parsed.mistake->line >= 1 && parsed.mistake->line <= lines),
          "a mistake is in one of the lines");
  for (const auto& entry : parsed.entries) {
    require(entry.secret.size() <= text.size(), "a secret comes from the text");
    require(entry.secret_file.empty() || entry.secret_file[0] == '/', "files have whole paths");
    const auto* best = auth::best_entry(parsed.entries, entry.client, entry.server);
    require(best != nullptr, "every entry is found by its own names, or a better one");
    entry.addresses.allows({{10, 0, 0, 1}}, {{10, 0, 0, 1}});
    entry.addresses.single();
  }
  auth::first_word(text);
}

}  // namespace
}  // namespace tunppp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tunppp::fuzz::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
