#pragma once

#include <tunppp/secret.h>

#include "base/result.h"

#include <string>

namespace tunppp::session {

/// The one line of a file that holds a password or a PIN; "-" reads standard input. A file that
/// everybody may read or write is refused. `what` is for the text of a failure: "password file".
Result<Secret> read_secret_line(const std::string& path, std::string_view what);

/// All of a file that must be nobody else's to read; for secrets files.
Result<std::string> read_private_file(const std::string& path, std::string_view what);

/// All of a file that holds no secret.
Result<std::string> read_open_file(const std::string& path, std::string_view what);

}  // namespace tunppp::session
