#pragma once

#include <tunppp/dialer.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tunppp::session {

/// One [[provider]] of a file: apn, user, password_file, dial.
struct ListedProvider {
  Provider provider;
  std::string password_file;  ///< empty: none; the password is not read yet
};

/// Or a sentence that begins with "<file>:".
Result<std::vector<ListedProvider>> parse_provider_list(std::string_view text,
                                                        std::string_view file);

}  // namespace tunppp::session
