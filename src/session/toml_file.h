#pragma once

#include <string_view>

#include "base/result.h"

namespace tunppp::session {
[[noreturn]] void toml_is_beyond_its_parser();
}

// The one way into toml++. Its assertions look at the file that is read (3.3 fails one at a "["
// with nothing behind it): here they end the parsing, in every kind of build.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expression) \
  ((expression) ? static_cast<void>(0) : ::tunppp::session::toml_is_beyond_its_parser())
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

namespace tunppp::session {

/// Or a sentence that begins with "<file>:<line>:".
Result<toml::table> parse_toml(std::string_view text, std::string_view file);

}  // namespace tunppp::session
