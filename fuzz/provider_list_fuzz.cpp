// A file of providers that a user has written: it is one, or a sentence with the file's name says
// what is wrong.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "session/provider_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tunppp;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto list = session::parse_provider_list(text, "f");
  if (!list) {
    if (!list.failure().text.starts_with("f:")) std::abort();
    return 0;
  }
  if (list->empty()) std::abort();
  for (const session::ListedProvider& it : *list)
    if (it.provider.apn.empty() && it.provider.dial_string.empty()) std::abort();
  return 0;
}
