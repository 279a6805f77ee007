// A provider database, after a line with the digits of a SIM. Whatever the file is: what is found
// can stand in an AT command, and its pieces do not matter.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "session/provider_database.h"

namespace {

using tunppp::session::KnownProvider;
using tunppp::session::ProviderSearch;

std::string apns(std::string_view imsi, std::string_view text, std::size_t piece) {
  ProviderSearch search(imsi);
  bool good = true;
  while (good && text.size() > piece) {
    good = search.feed(text.substr(0, piece), false);
    text.remove_prefix(piece);
  }
  if (good) search.feed(text, true);
  if (search.found().size() > ProviderSearch::max_found) std::abort();
  std::string found;
  for (const KnownProvider& it : search.found()) {
    for (const char c : it.provider.apn + it.provider.user)
      if (c < ' ' || c == '"') std::abort();
    found += it.provider.apn + "\n";
  }
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\n');
  if (end == input.npos) return 0;
  const std::string_view imsi = input.substr(0, end);
  const std::string_view text = input.substr(end + 1);
  if (apns(imsi, text, 7) != apns(imsi, text, text.size() + 1)) std::abort();
  return 0;
}
